"""Table 3: the English clips' own labels, corrected by three people's fine labels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from emos.audit import Cell, Evidence, Table, percent
from emos.audit.demo_paper.labels import final_labels, lacking

SUBSET = "en-daily"
BATCHES = {
    "first": ["first-120"],
    "last": ["last-80"],
    "total": ["first-120", "last-80"],
}
NO_RULE = (
    "Not computed: the dataset states no rule by which the fine labels correct the clips' own."
)


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 3."""
    items = evidence.dataset.items.filter(pl.col("subset") == SUBSET)
    labels = final_labels(evidence, SUBSET)
    for column, batches in BATCHES.items():
        clips = items.filter(pl.col("batch").is_in(batches))["item_id"]
        why = lacking(evidence, SUBSET, batches)
        yield table.cell(
            "clips",
            column,
            None if why else len(clips),
            why or "Clips of the batch.",
            items=partial(evidence.trace, clips),
        )
        part = labels.filter(pl.col("batch").is_in(batches))
        why = why or lacking(evidence, SUBSET, batches, "goemotions")
        if set(batches) - set(part.drop_nulls("original")["batch"]):
            why = why or NO_RULE
        yield from _changed(table, evidence, column, part, why)


def _changed(
    table: Table, evidence: Evidence, column: str, part: pl.DataFrame, why: str | None
) -> Iterator[Cell]:
    """How many labels of ``part`` are other than the clips', and how many in a hundred."""
    if why:
        yield from (table.cell(row, column, None, why) for row in ("changed", "share"))
        return
    clips = part.filter(pl.col("label") != pl.col("original"))["item_id"]

    def trace() -> pl.DataFrame:
        return evidence.trace(clips, layer="goemotions")

    rule = "Clips whose corrected label is another than the one they came with."
    yield table.cell("changed", column, len(clips), rule, items=trace)
    share = percent(len(clips), part.height)
    yield table.cell("share", column, share, f"{rule[:-1]}, in percent.", items=trace)
