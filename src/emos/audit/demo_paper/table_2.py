"""Table 2: GoEmotions label sets.

False on purpose: the exact match of the Chinese latter batch, which counts rows that nobody
annotated as agreement.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from emos.audit import Alternative, Cell, Evidence, Table

BATCHES = {
    "zh-first": "first-220",
    "zh-latter": "latter-180",
    "en-first": "first-120",
    "en-last": "last-80",
}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 2."""
    fine = evidence.full.filter(pl.col("layer") == "goemotions")
    for column, batch in BATCHES.items():
        votes = fine.filter(pl.col("batch") == batch)
        given = votes.filter(pl.col("status") != "blank")
        sizes = given["labels"].list.len()
        yield table.cell(
            "labels",
            column,
            Fraction(int(sizes.sum()), len(sizes)),
            "Mean number of labels in an answer; blanks are no answers.",
        )
        unions = given.group_by("item_id").agg(pl.col("labels").explode().n_unique())["labels"]
        yield table.cell(
            "union",
            column,
            Fraction(int(unions.sum()), len(unions)),
            "Mean number of distinct labels over the clips with an answer.",
        )
        yield _agreement(table, evidence, column, "jaccard", "mean Jaccard of the pairs")
        yield _agreement(table, evidence, column, "exact-match", "clips with one set from all")


def _agreement(table: Table, evidence: Evidence, column: str, row: str, what: str) -> Cell:
    """A figure of agreement in percent, and what it is when blanks count as agreement."""
    batch = BATCHES[column]
    at = {"batch": batch, "layer": "goemotions"}
    value = 100 * evidence.agreement.value(row, **at)
    agreed = 100 * evidence.agreement.value(row, policy="agree", **at)
    blank = _blank_for_all(evidence, batch)
    rule = f"With {len(blank)} rows that nobody annotated counted as agreement."
    everything = evidence.dataset.items.filter(pl.col("batch") == batch)["item_id"]
    return table.cell(
        row,
        column,
        value,
        f"{what.capitalize()}, in percent; a blank is no vote.",
        alternatives=[Alternative(agreed, rule)] if len(blank) else [],
        items=lambda: evidence.trace(blank if len(blank) else everything, layer="goemotions"),
    )


def _blank_for_all(evidence: Evidence, batch: str) -> pl.Series:
    """The clips of a batch on which no annotator gave a label."""
    votes = evidence.full.filter((pl.col("batch") == batch) & (pl.col("layer") == "goemotions"))
    empty = votes.group_by("item_id", maintain_order=True).agg((pl.col("status") == "blank").all())
    return empty.filter("status")["item_id"]
