"""Table 3: the English clips' own labels, corrected by three people's fine labels."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table, percent
from emos.audit.demo_paper.labels import final_labels

BATCHES = {
    "first": pl.col("batch") == "first-120",
    "last": pl.col("batch") == "last-80",
    "total": pl.lit(True),
}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 3."""
    labels = final_labels(evidence, "en-daily")
    for column, batch in BATCHES.items():
        part = labels.filter(batch)
        changed = part.filter(pl.col("label") != pl.col("original"))["item_id"]

        def trace(clips: pl.Series = changed) -> pl.DataFrame:
            return evidence.trace(clips, layer="goemotions")

        yield table.cell("clips", column, part.height, "Clips of the batch.")
        rule = "Clips whose corrected label is another than the one they came with."
        yield table.cell("changed", column, len(changed), rule, items=trace)
        share = percent(len(changed), part.height)
        yield table.cell("share", column, share, f"{rule[:-1]}, in percent.", items=trace)
