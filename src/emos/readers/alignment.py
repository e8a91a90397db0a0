"""Bringing an annotator's rows to the items by id, and saying where the sheets disagree."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from emos.errors import EmosError
from emos.readers.ledger import ledger_frame
from emos.readers.sheets.grid import ROW, Grid
from emos.tables import empty

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def align(
    rows: pl.DataFrame,
    items: pl.DataFrame,
    grid: Grid,
    id_column: str,
    answer_columns: list[str],
    where: dict[str, Any],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows whose id is an item's, and ledger rows on the ids that are not.

    An id that differs from exactly one item's in leading zeros only (``1`` for ``0001``: a
    spreadsheet took it for a number) is that item's. Rows with an unknown id are left out.

    Raises
    ------
    EmosError : if no row's id is an item's.
    """
    known = set(items["item_id"])
    strange = [item for item in rows["item_id"].unique(maintain_order=True) if item not in known]
    if not strange:
        return rows, empty("ledger")
    present = known.intersection(rows["item_id"])
    renamed = _match_without_zeros(strange, known - present)
    filled = pl.any_horizontal(pl.col(c).is_not_null() for c in answer_columns)
    unmatched = rows.filter(~pl.col("item_id").is_in([*known, *renamed]))
    if unmatched.height == rows.height:
        raise EmosError(
            f"none of its ids is an item's (the first is {strange[0]!r})",
            file=grid.sheet.path,
            place=f"column {id_column}",
            remedy=f"ids look like {items['item_id'][0]!r}; check item_id in the layout",
        )
    notes: list[dict[str, Any]] = []
    for row, item in rows.select(ROW, "item_id").iter_rows():
        if item in renamed:
            notes.append(
                where
                | {
                    "kind": "repaired",
                    "rule": "id-zeros",
                    "cell": grid.sheet.place(row, id_column),
                    "item_id": renamed[item],
                    "before": item,
                    "after": renamed[item],
                }
            )
    for row, item, answered in unmatched.select(ROW, "item_id", filled.alias("f")).iter_rows():
        notes.append(
            where
            | {
                "kind": "flagged",
                "rule": "unknown-id",
                "cell": grid.sheet.place(row, id_column),
                "before": item,
                "note": "its answer is not a vote" if answered else "it holds no answer",
            }
        )
    rows = rows.with_columns(pl.col("item_id").replace(renamed))
    return rows.filter(pl.col("item_id").is_in(list(known))), ledger_frame(notes)


def _match_without_zeros(strange: list[str], free: set[str]) -> dict[str, str]:
    """Unknown id to the one free item whose id is the same without leading zeros."""
    by_key: dict[str, list[str]] = {}
    for item in free:
        by_key.setdefault(_ZEROS.sub("", item), []).append(item)
    keys = [_ZEROS.sub("", item) for item in strange]
    return {
        item: by_key[key][0]
        for item, key in zip(strange, keys, strict=True)
        if len(by_key.get(key, ())) == 1 and keys.count(key) == 1
    }


def drop_repeated(
    rows: pl.DataFrame,
    grid: Grid,
    id_column: str,
    columns: dict[str, str],
    where: dict[str, Any],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with every item once; a repetition with the same answer is noted and left out.

    Raises
    ------
    EmosError : if one item has two different answers: which one counts is not known.
    """
    twice = rows.filter(pl.col("item_id").is_duplicated())
    if not twice.height:
        return rows, empty("ledger")
    answers = pl.struct(columns.values()).n_unique().over("item_id")
    for item, first, second in (
        twice.filter(answers > 1)
        .group_by("item_id", maintain_order=True)
        .agg(pl.col(ROW).first().alias("first"), pl.col(ROW).get(1).alias("second"))
        .head(1)
        .iter_rows()
    ):
        raise EmosError(
            f"item {item} is voted on twice by {where.get('annotator')}, with different answers "
            f"({grid.sheet.place(first, id_column)} and {grid.sheet.place(second, id_column)})",
            file=grid.sheet.path,
            remedy="keep one of the two rows",
        )
    repeated = twice.filter(~pl.col("item_id").is_first_distinct())
    notes = [
        where
        | {
            "kind": "flagged",
            "rule": "repeated-row",
            "cell": grid.sheet.place(row, id_column),
            "item_id": item,
            "note": "the first of the rows counts",
        }
        for row, item in repeated.select(ROW, "item_id").iter_rows()
    ]
    return rows.unique("item_id", keep="first", maintain_order=True), ledger_frame(notes)


def check_order(
    rows: pl.DataFrame, items: pl.DataFrame, grid: Grid, id_column: str, where: dict[str, Any]
) -> pl.DataFrame:
    """One ledger row if the items stand in another order here than in the items table."""
    order = rows.select(ROW, "item_id").join(
        items.select("item_id").with_row_index("_order"),
        on="item_id",
        how="inner",
        maintain_order="left",
    )
    back = order.filter(pl.col("_order").cast(pl.Int64).diff() < 0)
    if not back.height:
        return empty("ledger")
    first = back.row(0, named=True)
    note = (
        f"{back.height:,} rows stand before the row above them in the items' order; "
        "answers were aligned by id"
    )
    return ledger_frame(
        [
            where
            | {
                "kind": "flagged",
                "rule": "row-order",
                "cell": grid.sheet.place(first[ROW], id_column),
                "item_id": first["item_id"],
                "note": note,
            }
        ]
    )


def check_text(
    rows: pl.DataFrame, items: pl.DataFrame, grid: Grid, text_column: str, where: dict[str, Any]
) -> pl.DataFrame:
    """One ledger row for every item whose text here is not the one in the items table."""
    joined = rows.select(ROW, "item_id", "_text").join(
        items.select("item_id", pl.col("transcript").str.strip_chars()),
        on="item_id",
        how="inner",
        maintain_order="left",
    )
    differs = joined.filter(pl.col("_text").ne_missing(pl.col("transcript")))
    return ledger_frame(
        where
        | {
            "kind": "flagged",
            "rule": "text-differs",
            "cell": grid.sheet.place(row, text_column),
            "item_id": item,
            "before": text,
            "after": kept,
            "note": "the answer may be to another text",
        }
        for row, item, text, kept in differs.iter_rows()
    )
