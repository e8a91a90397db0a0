"""Write the page of a dataset: one file, and for a large dataset its votes beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from emos.errors import EmosError
from emos.report.blocks import Section
from emos.report.findings import find_all
from emos.report.items import listed_items, packed_items
from emos.report.making import Making
from emos.report.page.render import Page, render
from emos.report.results import Results
from emos.report.sections import SectionMaker, all_sections
from emos.report.sets import LISTED, ItemSets
from emos.report.words import Number, Phrase, Words, read_words
from emos.tables import Dataset, signature
from emos.tables.writing import staged, write_text

# More items than this are summarised: the page of the EmoS release (9,449) stays whole.
MOST_ITEMS = 20_000


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
    most_items : with more items than this the page holds a part of each list, and
        ``<name>.votes.parquet`` beside it every vote.

    Raises
    ------
    EmosError : for another ending or language, an unknown section, or a file that cannot be
        written.
    """
    path = Path(path)
    words = read_words(language)
    check_page_name(path)
    results.check()
    dataset = results.dataset
    large = max(dataset.items.height, dataset.votes["item_id"].n_unique()) > most_items
    sets = ItemSets(most=LISTED if large else None)
    making = Making(results, words, sets, path=str(named))
    sections = [
        section
        for maker in _chosen(only)
        if (section := maker.make(making)) is not None
    ]  # fmt: skip
    findings = find_all(making, (section.name for section in sections))
    items = listed_items(dataset, sets.listed() if large else None)
    beside = path.with_name(f"{path.stem}.votes.parquet") if large else None
    place = {one: number for number, one in enumerate(items["item_id"])}
    page = Page(
        title=words.say("page.title", name=dataset.info.name),
        facts=_facts(dataset, words),
        findings=findings,
        missing=_missing(results, words) if only is None else (),
        sections=sections,
        items=packed_items(dataset, items),
        sets=sets.packed(place),
        beside=_beside(beside, dataset, words),
        signature=_signature(results, language, sections),
    )
    html = render(page, words)
    if beside is not None:
        _write_votes(dataset, beside)
    write_text(html, path)
    return Written(path, beside, tuple(_plain(finding.what) for finding in findings))


def check_page_name(path: Path) -> None:
    """An `EmosError` unless ``path`` ends as a page does."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise EmosError(
            f"a page cannot be called {path.name!r}", file=path, remedy="end the name in .html"
        )


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


def _facts(dataset: Dataset, words: Words) -> Phrase:
    return words.phrase(
        "page.facts",
        items=dataset.items.height,
        votes=dataset.votes.height,
        people=dataset.votes["annotator"].n_unique(),
        labels=dataset.labels.height,
        utterances=dataset.utterances.height,
        monologues=dataset.utterances["monologue_id"].n_unique(),
    )


def _missing(results: Results, words: Words) -> tuple[str, ...]:
    lines = [words.say(f"missing.{one.key}", **one.values) for one in results.missing]
    if results.audit is None:
        lines.append(words.say("missing.no-paper"))
    if results.folder is None:
        lines.append(words.say("missing.no-lint"))
    return tuple(lines)


def _beside(file: Path | None, dataset: Dataset, words: Words) -> str:
    if file is None:
        return ""
    return words.say("page.beside", items=dataset.items.height, listed=LISTED, file=file.name)


def _write_votes(dataset: Dataset, path: Path) -> None:
    """Every vote with what its item's label became, for whoever follows a number further."""
    labels = dataset.labels.select("item_id", "layer", "label", "confidence", "tier")
    votes = dataset.votes.join(labels, on=("item_id", "layer"), how="left", maintain_order="left")
    with staged(path) as part:
        votes.write_parquet(part)


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
