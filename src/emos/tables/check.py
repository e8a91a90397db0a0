"""What must be true of a dataset's tables before anything is computed from them.

The readers write tables that pass; a folder made or edited by other means may not, and a number
computed from it would be wrong in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from emos.errors import EmosError

STATUSES = ("given", "blank", "unsure")

# Columns without which a table's rows mean nothing; no value of theirs may be null.
KEYS: Mapping[str, tuple[str, ...]] = {
    "items": ("item_id",),
    "votes": ("item_id", "annotator", "layer", "labels", "status"),
    "labels": ("item_id", "layer"),
    "soft_labels": ("item_id", "layer", "probability"),
    "monologues": ("monologue_id",),
    "utterances": ("monologue_id", "index"),
    "sentences": ("monologue_id", "index"),
    "ledger": ("kind", "rule"),
}

_REMEDY = "import the dataset again"


def check_keys(table: str, frame: pl.DataFrame, file: Path) -> None:
    """Refuse a table that lacks a key column or has a null in one.

    Raises
    ------
    EmosError : naming the column and, for a null, the first row (from 1).
    """
    for column in KEYS[table]:
        if column not in frame.columns:
            raise EmosError(f"column {column!r} is missing", file=file, remedy=_REMEDY)
        if frame[column].null_count():
            row = int(frame[column].is_null().arg_max() or 0) + 1
            raise EmosError(f"row {row} has no {column}", file=file, remedy=_REMEDY)


def check_items(items: pl.DataFrame, file: Path) -> None:
    """Refuse two items of one id.

    Raises
    ------
    EmosError : naming the first id that stands there twice.
    """
    twice = items.filter(pl.col("item_id").is_duplicated())
    if twice.height:
        raise EmosError(
            f"item {twice['item_id'][0]} stands there twice", file=file, remedy="keep one row of it"
        )


def check_votes(
    votes: pl.DataFrame,
    items: pl.DataFrame,
    label_sets: Mapping[str, Sequence[str]],
    file: Path,
) -> None:
    """Refuse votes that contradict themselves, the label sets or the items.

    A ``blank`` vote has no label and a ``given`` one has; an ``unsure`` one has none where the
    layer's set has no such label. Its labels are of its layer's set; its item is
    in ``items``.

    Raises
    ------
    EmosError : naming the first vote at fault.
    """
    empty = pl.col("labels").list.len() == 0
    for wrong, problem in (
        (~pl.col("status").is_in(STATUSES), f"has a status that is none of {', '.join(STATUSES)}"),
        ((pl.col("status") == "blank") & ~empty, "is blank and has labels"),
        ((pl.col("status") == "given") & empty, "has no label and is not blank"),
    ):
        _refuse(votes.filter(wrong), problem, file)
    for layer in votes["layer"].unique(maintain_order=True):
        if layer not in label_sets:
            raise EmosError(
                f"dataset.toml has no label set for layer {layer!r}",
                file=file,
                remedy=f"it has {', '.join(label_sets) or 'none'}",
            )
        on_layer = votes.filter(pl.col("layer") == layer)
        known = list(label_sets[layer])
        stray = on_layer["labels"].explode().drop_nulls().unique()
        stray = stray.filter(~stray.is_in(known))
        if len(stray):
            outside = pl.col("labels").list.contains(stray[0])
            _refuse(on_layer.filter(outside), f"has a label {stray[0]!r} outside {layer}", file)
    _refuse(
        votes.join(items.select("item_id"), on="item_id", how="anti", maintain_order="left"),
        "is on an item that is not in the items table",
        file,
    )


def _refuse(found: pl.DataFrame, problem: str, file: Path) -> None:
    if found.height:
        vote = found.row(0, named=True)
        more = f" ({found.height - 1} more)" if found.height > 1 else ""
        raise EmosError(
            f"the vote of {vote['annotator']} on {vote['item_id']} {problem}{more}",
            file=file,
            remedy=_REMEDY,
        )
