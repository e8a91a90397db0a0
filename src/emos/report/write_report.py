"""Write the page of a dataset: one file, and for a large dataset its votes beside it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from emos.errors import EmosError
from emos.report.beside import MOST_ITEMS, beside_page, check_beside, is_large, write_votes
from emos.report.blocks import Details, Section, Table
from emos.report.findings import find_all
from emos.report.items import listed_items, packed_items
from emos.report.making import Making
from emos.report.page.render import Page, render
from emos.report.results import Results
from emos.report.sections import SectionMaker, all_sections
from emos.report.sets import LISTED, ItemSets
from emos.report.words import Number, Phrase, Words, read_words
from emos.tables import Dataset, signature
from emos.tables.writing import staged


class Written(NamedTuple):
    """What was written.

    Attributes
    ----------
    page : the page.
    beside : every vote of a dataset too large for one page, or ``None``.
    findings : the findings as texts, the weightiest first.
    """

    page: Path
    beside: Path | None
    findings: tuple[str, ...]


def write_report(
    results: Results,
    path: str | Path,
    *,
    language: str = "en",
    only: Iterable[str] | None = None,
    named: str | Path = "DATASET",
    most_items: int = MOST_ITEMS,
) -> Written:
    """Write the page about ``results`` to ``path``, which is replaced at once or not at all.

    Parameters
    ----------
    results : a dataset and what is made of it.
    path : ends in ``.html``.
    language : ``en`` or ``zh``, the language of the page's words. What other rooms say (an audit's
        rules, a linter's messages) is English.
    only : names of sections; all that the dataset has something for by default.
    named : the dataset's path as a reader would type it in a command.
    most_items : with more items, or ten times as many votes, the page holds a part of each list,
        and ``<name>.votes.parquet`` beside it every vote.

    Raises
    ------
    EmosError : for another ending or language, an unknown section, an empty dataset, or a file
        that cannot be written.
    """
    path = Path(path)
    only = None if only is None else tuple(only)
    check_choices(path, language, only)
    words = read_words(language)
    chosen = _chosen(only)
    dataset = results.dataset
    beside = beside_page(path) if is_large(dataset, most_items) else None
    if beside is not None:
        check_beside(beside)
    results.check()
    sets = ItemSets(most=None if beside is None else LISTED)
    making = Making(results, words, sets, path=str(named))
    made = (maker.make(making) for maker in chosen)
    whole = (_filled(section) for section in made if section is not None)
    sections = [section for section in whole if section.blocks]
    findings = find_all(making, (section.name for section in sections))
    every = listed_items(dataset)
    items = every if beside is None else every.filter(pl.col("item_id").is_in(sets.listed()))
    place = {one: number for number, one in enumerate(items["item_id"])}
    page = Page(
        title=words.say("page.title", name=dataset.info.name),
        facts=_facts(dataset, every.height, words),
        findings=findings,
        missing=_missing(results, words) if only is None or len(sections) < len(chosen) else (),
        sections=sections,
        items=packed_items(dataset, items),
        sets=sets.packed(place),
        beside=_beside(beside, every.height, words),
        signature=_signature(results, language, sections),
        places=None if beside is None else _places(every["item_id"], place),
    )
    html = render(page, words)
    with ExitStack() as both:  # neither file is replaced unless both are written
        both.enter_context(staged(path)).write_text(html, encoding="utf-8")
        if beside is not None:
            write_votes(dataset, both.enter_context(staged(beside)))
    return Written(path, beside, tuple(_plain(finding.what) for finding in findings))


def check_choices(path: Path, language: str, only: Iterable[str] | None = None) -> None:
    """An `EmosError` for a page name, a language or a section that `write_report` would refuse."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise EmosError(
            f"a page cannot be called {path.name!r}", file=path, remedy="end the name in .html"
        )
    read_words(language)
    _chosen(only)


def _chosen(only: Iterable[str] | None) -> tuple[SectionMaker, ...]:
    known = all_sections()
    if only is None:
        return known
    wanted = list(only)
    names = [maker.name for maker in known]
    for name in wanted:
        if name not in names:
            raise EmosError(f"no section is called {name!r}", remedy=f"known: {', '.join(names)}")
    return tuple(maker for maker in known if maker.name in wanted)


Holder = TypeVar("Holder", Section, Details)


def _filled(holder: Holder) -> Holder:
    """Without tables that have no rows and what then holds nothing: no heading stands alone."""
    blocks = [_filled(one) if isinstance(one, Details) else one for one in holder.blocks]
    kept = [
        one
        for one in blocks
        if not (isinstance(one, Table) and not one.rows)
        and not (isinstance(one, Details) and not one.blocks)
    ]
    return replace(holder, blocks=kept)


def _facts(dataset: Dataset, items: int, words: Words) -> str:
    """What the dataset holds, in a line."""
    counts = {
        "items": items,
        "votes": dataset.votes.filter(pl.col("status") != "blank").height,
        "people": dataset.votes["annotator"].n_unique(),
        "labels": dataset.labels["label"].count(),
        "monologues": dataset.utterances["monologue_id"].n_unique(),
        "utterances": dataset.utterances.height,
    }
    parts = (words.say(f"page.fact_{name}", n=count) for name, count in counts.items() if count)
    return " · ".join(parts)


def _missing(results: Results, words: Words) -> tuple[str, ...]:
    lines = [words.say(f"missing.{one.key}", **one.values) for one in results.missing]
    if results.audit is None:
        lines.append(words.say("missing.no-paper"))
    if results.faults is None:
        lines.append(words.say("missing.no-lint"))
    return tuple(lines)


def _beside(file: Path | None, items: int, words: Words) -> str:
    if file is None:
        return ""
    return words.say("page.beside", items=items, listed=LISTED, file=file.name)


def _places(ids: pl.Series, place: dict[str, int]) -> dict[int, int]:
    """Where each item of the page stands on it, by its place among all ``ids``."""
    here = ids.is_in(list(place)).arg_true()
    return {at: place[one] for at, one in zip(here, ids.gather(here), strict=True)}


def _signature(results: Results, language: str, sections: list[Section]) -> str:
    parameters = {
        "sections": tuple(section.name for section in sections),
        "lang": language,
        "boot": f"{results.replicates}/{results.seed}",
    }
    tables = {
        name: getattr(results.dataset, name)
        for name in ("items", "votes", "labels", "utterances", "ledger")
        if not getattr(results.dataset, name).is_empty()
    }
    return signature("report", parameters, **tables)


def _plain(phrase: Phrase) -> str:
    return "".join(part.text if isinstance(part, Number) else part for part in phrase)
