"""Long runs of rows in which two annotators' workbooks hold the same answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column

_BLOCK = 100  # rows; annotators who agree in 80 % of rows fill one alike with p = 2e-10
_ALIKE = 0.98  # of a block's rows: copies are often repaired here and there


def _check(folder: Folder) -> Iterator[Hit]:
    lists: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for group in folder.answer_groups:
        if group.apart:
            for column in group.columns:
                lists[column.table.key, group.layer].append(column)
    for columns in lists.values():
        for first, second in combinations(columns, 2):
            if first.cells.len() == second.cells.len():
                yield from _copied(first, second)


def _copied(first: Column, second: Column) -> Iterator[Hit]:
    rows = pl.DataFrame({"a": first.cells, "b": second.cells}).with_row_index("row")
    # Two blanks are no answer, let alone a copied one; where one is blank they differ.
    rows = rows.filter(pl.col("a").is_not_null() | pl.col("b").is_not_null())
    blocks = (
        rows.with_columns((pl.int_range(pl.len()) // _BLOCK).alias("block"))
        .group_by("block", maintain_order=True)
        .agg(
            pl.col("a").eq_missing(pl.col("b")).sum().alias("alike"),
            pl.len().alias("rows"),
            pl.col("row").first().alias("first"),
            pl.col("row").last().alias("last"),
            pl.col("a").n_unique().alias("distinct"),
        )
        # A block in which everybody always says the same proves nothing.
        .filter((pl.col("rows") == _BLOCK) & (pl.col("distinct") > 2))
        .filter(pl.col("alike") >= _ALIKE * _BLOCK)
    )
    if blocks.height:
        start, end = first.place(blocks["first"][0]), first.place(blocks["last"][-1])
        alike = f"{blocks['alike'].sum():,} of {blocks['rows'].sum():,} answers"
        message = f"{start} to {end}: {alike} are those of {second.table.file}"
        yield Hit(first.table.file, message, start)


RULE = Rule(
    "copied-answers",
    "error",
    "blocks of 100 rows in which two annotators' workbooks hold the same answers",
    "publish only the annotator's own answers, and say which rows those are",
    _check,
)
