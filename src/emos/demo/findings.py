"""What there is to find in the demo corpus, said for somebody who sees EmoS the first time.

Every number here is counted in the results. The sentences are data (``words.toml``).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from emos.agreement import Agreement
from emos.audit import Audit, Cell, Verdict, matches, parse_printed, shown
from emos.demo.words import Words
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


def find_all(results: Results, words: Words) -> tuple[Finding, ...]:
    """Every finding, the most important first."""
    found, says = [], words.findings
    for key, make in _FINDINGS.items():
        values, where = make(results, words)
        found.append(
            Finding(
                key, says[key].format(**values), says[f"{key}_why"].format(**values), tuple(where)
            )
        )
    return tuple(found)


def false_cells(audit: Audit) -> list[Cell]:
    """The cells whose printed value the paper's own rule does not give."""
    return [cell for cell in audit.cells if cell.verdict is not Verdict.HOLDS]


_Made = tuple[dict[str, Any], list[str]]


def _audit(results: Results, words: Words) -> _Made:
    wrong = false_cells(results.audit)
    cells = len(results.audit.cells)
    where = [line for cell in wrong for line in _false_cell(cell, words)]
    return {"false": len(wrong), "cells": cells, "holds": cells - len(wrong)}, where


def _false_cell(cell: Cell, words: Words) -> Iterator[str]:
    printed, says = parse_printed(cell.paper or ""), words.findings
    yield says["audit_line"].format(
        table=cell.table,
        row=cell.row,
        column=cell.column,
        paper=cell.paper,
        computed=shown(cell.computed, printed),
        verdict=words.translated(cell.verdict),
    )
    for other in cell.alternatives:
        if matches(other.value, printed):
            value = shown(other.value, printed)
            yield "  " + says["audit_rule"].format(value=value, rule=words.translated(other.rule))


def _blank(results: Results, words: Words) -> _Made:
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
        "layer": effect.layer,
        "skip": f"{figure.skip:.1%}",
        "agree": f"{figure.agree:.1%}",
    }
    return values, [_cell(results.dataset, row) for row in runs.to_dicts()]


def _repair(results: Results, words: Words) -> _Made:
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


def _outside(results: Results, words: Words) -> _Made:
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


def _duplicate(results: Results, words: Words) -> _Made:
    row = results.dataset.ledger.filter(pl.col("rule") == "duplicate-clip").row(0, named=True)
    pair = pl.col("item_id").is_in([row["item_id"], row["before"]])
    first, second = results.dataset.items.filter(pair).sort("position").to_dicts()
    items = [first["item_id"], second["item_id"]]
    given = [results.dataset.votes.filter(pl.col("item_id") == item) for item in items]
    where = [
        f"{_cell(results.dataset, vote)}: {vote['raw']}"
        for votes in given
        for vote in votes.to_dicts()
    ]
    values = {
        "first": items[0],
        "second": items[1],
        "recording": first["recording"],
        "start": f"{first['start_s']:.3f}",
        "end": f"{first['end_s']:.3f}",
        "label": first["source_label"],
        "other": second["source_label"],
    }
    return values, where


def _streaming(results: Results, words: Words) -> _Made:
    ledger, utterances = results.dataset.ledger, results.dataset.utterances
    cut = ledger.filter(pl.col("rule") == "cut-off").row(0, named=True)
    kept = utterances.filter(pl.col("monologue_id") == cut["item_id"]).height
    advertisement = ledger.filter(pl.col("rule") == "advertisement").row(0, named=True)
    monologues = results.dataset.monologues.height
    values = {"monologues": monologues, "others": monologues - 1, "kept": kept}
    return values, [
        f"{_cell(results.dataset, cut | {'cell': words.translated(cut['cell'])})}: "
        + words.translated(cut["note"]),
        _cell(results.dataset, advertisement),
    ]


def _lint(results: Results, words: Words) -> _Made:
    rules = Counter(fault.rule for fault in results.faults if fault.severity == "error")
    values = {
        "errors": rules.total(),
        "warnings": sum(fault.severity == "warning" for fault in results.faults),
        "names": rules["personal-name"],
        "json": rules["invalid-json"],
    }
    return values, ["lint.txt"]


def _labels(results: Results, words: Words) -> _Made:
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
