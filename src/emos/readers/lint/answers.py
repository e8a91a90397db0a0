"""Which columns hold annotators' answers: beside each other in a table, or in a workbook each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from emos.readers.lint.people import annotator_columns, sibling_groups
from emos.readers.lint.table import Column, Table, labels_in

_SAME = 0.95  # of a column's rows alike in all workbooks: it came with the items


@dataclass(frozen=True)
class AnswerGroup:
    """Columns with the answers of several annotators to the same items, row by row.

    ``columns`` are of one ``layer``; they stand in one table, or each in its own (``apart``).
    """

    layer: str
    columns: tuple[Column, ...]
    apart: bool

    def sets(self) -> list[list[frozenset[str]]]:
        """Per column the labels of every row; an empty set where there is none."""
        return [label_sets(column.cells) for column in self.columns]


def label_sets(cells: pl.Series) -> list[frozenset[str]]:
    """The labels in every cell, as spelled; an empty set for an empty cell."""
    distinct = {text: frozenset(labels_in(text)) for text in cells.drop_nulls().unique()}
    return [distinct[text] if text is not None else frozenset() for text in cells]


def answer_groups(tables: Sequence[Table]) -> list[AnswerGroup]:
    """Every group of answers: columns that differ in one word, and workbooks of a folder."""
    groups = [
        AnswerGroup(_layer(columns[0]), tuple(columns), apart=False)
        for table in tables
        for columns in ([column for _, column in group] for group in annotator_columns(table))
    ]
    for siblings in sibling_groups(tables):
        for layer in ("basic7", "goemotions"):
            columns = _own_columns(siblings, layer)
            if columns:
                groups.append(AnswerGroup(layer, columns, apart=True))
    return groups


def _own_columns(siblings: Sequence[Table], layer: str) -> tuple[Column, ...]:
    """One column of ``layer`` from each sibling; none if they cannot be told."""
    if len({table.data.height for table in siblings}) > 1:
        return ()
    per_table = [
        [column for column in table.label_columns if _layer(column) == layer] for table in siblings
    ]
    given = _came_with_items(per_table)
    chosen = [[column for column in columns if column.name not in given] for columns in per_table]
    if any(len(columns) != 1 for columns in chosen):
        return ()
    return tuple(columns[0] for columns in chosen)


def _came_with_items(per_table: Sequence[Sequence[Column]]) -> set[str]:
    """Names of columns that say the same in every workbook."""
    names = set.intersection(*({column.name for column in columns} for columns in per_table))
    found = set()
    for name in names:
        first, *others = [
            next(column for column in columns if column.name == name) for columns in per_table
        ]
        if all(_same(first, other) for other in others):
            found.add(name)
    return found


def _same(first: Column, second: Column) -> bool:
    equal = first.cells.eq_missing(second.cells)
    return bool(equal.len()) and float(equal.sum()) >= _SAME * equal.len()


def _layer(column: Column) -> str:
    return column.label_set.layer if column.label_set is not None else ""
