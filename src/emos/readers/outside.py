"""Filled cells outside an annotator's batch: they are no votes, and often copies of others'."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.readers.ledger import ledger_frame
from emos.readers.sheets.grid import ROW
from emos.tables import empty


def outside_rows(
    rows: pl.DataFrame,
    column: str,
    items: pl.DataFrame,
    votes: pl.DataFrame,
    where: dict[str, Any],
) -> pl.DataFrame:
    """Ledger rows on the filled cells of one annotator's column outside his or her batch.

    A single cell is a row with its text. A run of neighbouring cells is one row with its range,
    its size, and how many of its cells equal the answers of the annotator they are most like.
    """
    theirs = votes.filter(
        (pl.col("annotator") == where["annotator"]) & (pl.col("layer") == where["layer"])
    )
    cells = (
        rows.select(ROW, "item_id", pl.col(column).alias("raw"))
        .filter(pl.col("raw").is_not_null())
        .join(theirs.select("item_id"), on="item_id", how="anti")
        .join(items.select("item_id"), on="item_id", how="semi")
        .sort(ROW)
        .with_columns((pl.col(ROW).diff().fill_null(1) != 1).cum_sum().alias("_run"))
    )
    if not cells.height:
        return empty("ledger")
    found = []
    for _, run in cells.group_by("_run", maintain_order=True):
        first, last = run[ROW][0], run[ROW][-1]
        common = where | {"kind": "flagged", "rule": "outside-batch"}
        if run.height == 1:
            found.append(
                common
                | {
                    "cell": f"{column}{first + 1}",
                    "item_id": run["item_id"][0],
                    "before": run["raw"][0],
                    "note": "not a vote: outside the annotator's batch",
                }
            )
        else:
            found.append(
                common
                | {
                    "cell": f"{column}{first + 1}:{column}{last + 1}",
                    "note": _note(run, votes, where),
                }
            )
    return ledger_frame(found)


def _note(run: pl.DataFrame, votes: pl.DataFrame, where: dict[str, Any]) -> str:
    """How many cells the run has, and whose answers they are copies of."""
    note = f"{run.height:,} cells outside the annotator's batch: not votes"
    others = votes.filter(
        (pl.col("layer") == where["layer"]) & (pl.col("annotator") != where["annotator"])
    )
    alike = (
        run.join(others.select("item_id", "annotator", pl.col("raw").alias("_other")), on="item_id")
        .group_by("annotator")
        .agg((pl.col("raw") == pl.col("_other")).sum().alias("equal"))
        .sort("equal", "annotator", descending=[True, False])
    )
    if not alike.height:
        return note
    annotator, equal = alike.row(0)
    return f"{note}; {equal:,} of them equal {annotator}'s"
