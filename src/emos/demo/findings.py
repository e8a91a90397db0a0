"""What there is to find in the demo corpus, said for somebody who sees EmoS the first time.

Every number here is counted in the results. The sentences are data (``findings.toml``).
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from emos.agreement import Agreement
from emos.audit import Audit, Cell, Verdict, matches, parse_printed, shown
from emos.errors import EmosError
from emos.readers.lint import Finding as Fault
from emos.readers.repair import reread_votes
from emos.tables import Dataset

EXAMPLES = 3


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    key : its name (``audit``, ``blank``, ``repair``, ...).
    what : what was found, in a sentence.
    why : why it matters.
    where : files and cells, or files that the demo wrote.
    """

    key: str
    what: str
    why: str
    where: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """What the rooms gave; ``faults`` are lint's, ``truth`` is the file of planted classes."""

    dataset: Dataset
    agreement: Agreement
    audit: Audit
    faults: tuple[Fault, ...]
    truth: Path


def find_all(results: Results, says: dict[str, str]) -> tuple[Finding, ...]:
    """Every finding in the words of `sentences`, the most important first."""
    found = []
    for key, make in _FINDINGS.items():
        values, where = make(results, says)
        found.append(
            Finding(
                key, says[key].format(**values), says[f"{key}_why"].format(**values), tuple(where)
            )
        )
    return tuple(found)


def false_cells(audit: Audit) -> list[Cell]:
    """The cells whose printed value the paper's own rule does not give."""
    return [cell for cell in audit.cells if cell.verdict is not Verdict.HOLDS]


def sentences(language: str) -> dict[str, str]:
    """What findings say in ``language`` (``en`` or ``zh``); an `EmosError` for another."""
    text = files("emos.demo").joinpath("findings.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, str]] = tomllib.loads(text)
    if language not in known:
        raise EmosError(
            f"the findings are not written in {language!r}", remedy=f"known are {', '.join(known)}"
        )
    return known[language]


_Made = tuple[dict[str, Any], list[str]]


def _audit(results: Results, says: dict[str, str]) -> _Made:
    wrong = false_cells(results.audit)
    cells = len(results.audit.cells)
    where = [line for cell in wrong for line in _false_cell(cell, says)]
    return {"false": len(wrong), "cells": cells, "holds": cells - len(wrong)}, where


def _false_cell(cell: Cell, says: dict[str, str]) -> Iterator[str]:
    printed = parse_printed(cell.paper or "")
    yield says["audit_line"].format(
        table=cell.table,
        row=cell.row,
        column=cell.column,
        paper=cell.paper,
        computed=shown(cell.computed, printed),
        verdict=cell.verdict,
    )
    for other in cell.alternatives:
        if matches(other.value, printed):
            value = shown(other.value, printed)
            yield "  " + says["audit_rule"].format(value=value, rule=other.rule)


def _blank(results: Results, says: dict[str, str]) -> _Made:
    """The batch whose exact match blank rows change most."""
    effects = [
        (effect, figure)
        for effect in results.agreement.warnings
        for figure in effect.figures
        if figure.measure == "exact-match" and figure.who == "all"
    ]
    effect, figure = max(effects, key=lambda pair: pair[1].agree - pair[1].skip)
    votes = results.dataset.votes.filter(
        pl.col("batch") == effect.batch, pl.col("layer") == effect.layer
    )
    nobody = (pl.col("status") == "blank").all().over("item_id")
    runs = (
        votes.filter(nobody)
        .group_by("file", "annotator", maintain_order=True)
        .agg(cell=pl.format("{}:{}", pl.col("cell").first(), pl.col("cell").last()))
    )
    values = {
        "rows": effect.blank_for_all,
        "batch": f"{effect.subset}/{effect.batch}",
        "measure": f"exact match ({effect.layer})",
        "skip": f"{figure.skip:.1%}",
        "agree": f"{figure.agree:.1%}",
    }
    return values, [_cell(results.dataset, row) for row in runs.to_dicts()]


def _repair(results: Results, says: dict[str, str]) -> _Made:
    votes = results.dataset.votes
    dropped = reread_votes(votes, results.dataset.info, mode="drop")
    lost = votes.filter(votes["labels"].list.len() > dropped["labels"].list.len())
    ledger = results.dataset.ledger
    aside = ledger.filter(pl.col("kind") == "aside")
    kinds = ("misspelling", "glued", "pair", "emoji")
    shown_rows = [ledger.filter(pl.col("rule") == kind).head(1) for kind in kinds]
    examples = pl.concat(shown_rows)
    values = {
        "repaired": lost.height,
        "aside": aside.height,
        "examples": ", ".join(examples["before"]),
        "words": ", ".join(aside["before"].unique(maintain_order=True)),
    }
    return values, [
        f"{_cell(results.dataset, row)}: {row['before']} → {row['after']}"
        for row in examples.head(EXAMPLES).to_dicts()
    ]


def _outside(results: Results, says: dict[str, str]) -> _Made:
    rows = results.dataset.ledger.filter(pl.col("rule") == "outside-batch")
    runs = rows.filter(pl.col("item_id").is_null())
    run = runs.row(0, named=True)
    cells = runs["note"].str.extract(r"^([\d,]+) cells").str.replace_all(",", "").cast(pl.Int64)
    values = {
        "cells": int(cells.sum()) + rows.height - runs.height,
        "annotator": run["annotator"],
        "cell": run["cell"],
        "other": str(run["note"]).rsplit(" ", 1)[-1].removesuffix("'s"),
    }
    return values, [_cell(results.dataset, row) for row in rows.to_dicts()]


def _duplicate(results: Results, says: dict[str, str]) -> _Made:
    row = results.dataset.ledger.filter(pl.col("rule") == "duplicate-clip").row(0, named=True)
    items = sorted((row["item_id"], row["before"]), key=lambda item: _place(results.dataset, item))
    given = [results.dataset.votes.filter(pl.col("item_id") == item) for item in items]
    where = [
        f"{_cell(results.dataset, vote)}: {vote['raw']}"
        for votes in given
        for vote in votes.to_dicts()
    ]
    return {"first": items[0], "second": items[1], "note": row["note"]}, where


def _streaming(results: Results, says: dict[str, str]) -> _Made:
    ledger, utterances = results.dataset.ledger, results.dataset.utterances
    cut = ledger.filter(pl.col("rule") == "cut-off").row(0, named=True)
    kept = utterances.filter(pl.col("monologue_id") == cut["item_id"]).height
    advertisement = ledger.filter(pl.col("rule") == "advertisement").row(0, named=True)
    monologues = results.dataset.monologues.height
    values = {"monologues": monologues, "others": monologues - 1, "kept": kept}
    return values, [
        f"{_cell(results.dataset, cut)}: {cut['note']}",
        _cell(results.dataset, advertisement),
    ]


def _lint(results: Results, says: dict[str, str]) -> _Made:
    rules = Counter(fault.rule for fault in results.faults if fault.severity == "error")
    values = {
        "errors": rules.total(),
        "warnings": sum(fault.severity == "warning" for fault in results.faults),
        "names": rules["personal-name"],
        "json": rules["invalid-json"],
    }
    return values, ["lint.txt"]


def _labels(results: Results, says: dict[str, str]) -> _Made:
    with results.truth.open(encoding="utf-8", newline="") as file:
        truth = {row["item_id"]: row["true_class"] for row in csv.DictReader(file)}
    labels = results.dataset.labels.filter(pl.col("label").is_not_null()).with_columns(
        true=pl.col("item_id").replace_strict(truth, default=None)
    )
    chinese = labels.filter(pl.col("original").is_null())
    english = labels.filter(pl.col("original").is_not_null())

    def right(rows: pl.DataFrame, column: str = "label") -> int:
        return rows.filter(pl.col(column) == pl.col("true")).height

    high = chinese.filter(pl.col("tier") == "high")
    rest = chinese.filter(pl.col("tier") != "high")
    values = {
        "clips": chinese.height,
        "dawid": right(chinese),
        "majority": right(chinese, "majority"),
        "english": english.height,
        "original": right(english, "original"),
        "corrected": right(english),
        "high": high.height,
        "high_right": right(high),
        "rest": rest.height,
        "rest_right": right(rest),
    }
    return values, ["dataset/labels.parquet", "tiers.svg"]


def _cell(dataset: Dataset, row: dict[str, Any]) -> str:
    """Where a ledger row or vote stands in the copy of the corpus, under the file's real name."""
    file = dataset.sources.get(row["file"], row["file"])
    whose = f" ({row['annotator']})" if row["annotator"] else ""
    return f"corpus/{file}, {row['cell']}{whose}"


def _place(dataset: Dataset, item: str) -> int:
    return int(dataset.items.filter(pl.col("item_id") == item)["position"][0])


_FINDINGS = {
    "audit": _audit,
    "blank": _blank,
    "repair": _repair,
    "outside": _outside,
    "duplicate": _duplicate,
    "streaming": _streaming,
    "lint": _lint,
    "labels": _labels,
}
