"""Where a vote stands, and the error for an item that one annotator answered twice."""

from __future__ import annotations

from typing import TypedDict

import polars as pl

from emos.errors import EmosError


class Where(TypedDict):
    """Where a vote stands, as `EmosError` takes it."""

    file: str | None
    place: str | None


def where(votes: pl.DataFrame, row: int) -> Where:
    """File and cell of a vote where the table has them, else its item."""
    vote = votes.row(row, named=True)
    file, cell = vote.get("file"), vote.get("cell")
    if file and cell:
        return {"file": str(file), "place": str(cell)}
    return {"file": None, "place": f"item {vote['item_id']}" if "item_id" in vote else f"row {row}"}


def refuse_double_votes(votes: pl.DataFrame) -> None:
    """Stop at an item that one annotator answered twice.

    ``votes`` (columns ``item_id``, ``annotator``) are those on one layer.

    Raises
    ------
    EmosError : naming the second vote, where it stands if the table tells.
    """
    twice = votes.select(~pl.struct("item_id", "annotator").is_first_distinct()).to_series()
    if twice.any():
        row = twice.arg_max() or 0
        vote = votes.row(row, named=True)
        raise double_vote(vote["annotator"], vote["item_id"], where(votes, row))


def double_vote(annotator: object, item: object, place: Where | None = None) -> EmosError:
    """The error for two votes of one annotator on one item."""
    return EmosError(
        f"{annotator} voted twice on item {item}",
        remedy="keep one of the votes",
        **(place or {"file": None, "place": None}),
    )
