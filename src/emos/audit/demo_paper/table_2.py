"""Table 2: GoEmotions label sets.

False on purpose: the exact match of the Chinese latter batch, which counts rows that nobody
annotated as agreement.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import polars as pl

from emos.audit import Alternative, Cell, Evidence, Table
from emos.audit.demo_paper.labels import lacking

BATCHES = {
    "zh-first": ("zh-daily", "first-220"),
    "zh-latter": ("zh-daily", "latter-180"),
    "en-first": ("en-daily", "first-120"),
    "en-last": ("en-daily", "last-80"),
}
LAYER = "goemotions"


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 2."""
    for column, (subset, batch) in BATCHES.items():
        why = lacking(evidence, subset, [batch], LAYER)
        if why:
            yield from (table.cell(row, column, None, why) for row in table.rows)
            continue
        given = _votes(evidence, column).filter(pl.col("status") != "blank")
        answers = partial(evidence.trace, given["item_id"], layer=LAYER)
        yield table.cell(
            "labels",
            column,
            _mean(given["labels"].list.len()),
            "Mean number of labels in an answer; blanks are no answers.",
            items=answers,
        )
        unions = given.group_by("item_id").agg(pl.col("labels").explode().n_unique())["labels"]
        yield table.cell(
            "union",
            column,
            _mean(unions),
            "Mean number of distinct labels over the clips with an answer.",
            items=answers,
        )
        yield _agreement(table, evidence, column, "jaccard", "mean Jaccard of the pairs")
        yield _agreement(table, evidence, column, "exact-match", "clips with one set from all")


def _agreement(table: Table, evidence: Evidence, column: str, row: str, what: str) -> Cell:
    """A figure of agreement in percent, and what it is when blanks count as agreement."""
    subset, batch = BATCHES[column]
    at = {"subset": subset, "batch": batch, "layer": LAYER}
    value = 100 * evidence.agreement.value(row, **at)
    agreed = 100 * evidence.agreement.value(row, policy="agree", **at)
    votes = _votes(evidence, column)
    blank = _blank_for_all(votes)
    undefined = " Undefined: no clip has two answers." if math.isnan(value) else ""
    answered = _alike(votes) if row == "exact-match" else _answered(votes)
    counted = f"With {len(blank)} rows that nobody annotated counted as agreement."
    return table.cell(
        row,
        column,
        value,
        f"{what.capitalize()}, in percent; a blank is no vote.{undefined}",
        alternatives=[
            Alternative(
                agreed,
                counted,
                lambda: evidence.trace(pl.concat([answered, blank]), layer=LAYER),
            )
        ]
        if len(blank)
        else [],
        items=lambda: evidence.trace(answered, layer=LAYER),
    )


def _votes(evidence: Evidence, column: str) -> pl.DataFrame:
    subset, batch = BATCHES[column]
    return evidence.full.filter(
        pl.col("subset") == subset, pl.col("batch") == batch, pl.col("layer") == LAYER
    )


def _blank_for_all(votes: pl.DataFrame) -> pl.Series:
    """The clips on which no annotator gave a label."""
    nobody = votes.group_by("item_id", maintain_order=True).agg((pl.col("status") == "blank").all())
    return nobody.filter("status")["item_id"]


def _answered(votes: pl.DataFrame) -> pl.Series:
    """The clips with an answer."""
    given = votes.filter(pl.col("status") != "blank")
    return given["item_id"].unique(maintain_order=True)


def _alike(votes: pl.DataFrame) -> pl.Series:
    """The clips to which all who answered, two or more, gave one set of labels."""
    given = votes.filter(pl.col("status") != "blank")
    sets = given.group_by("item_id", maintain_order=True).agg(
        answers=pl.len(), different=pl.col("labels").list.sort().list.join(";").n_unique()
    )
    return sets.filter(pl.col("answers") > 1, pl.col("different") == 1)["item_id"]


def _mean(counts: pl.Series) -> Fraction:
    return Fraction(int(counts.sum()), len(counts))
