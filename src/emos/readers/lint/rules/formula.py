"""Cells whose value depends on the program that opens the file."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Table
from emos.readers.wording import counted

_ERROR = r"^#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)$"


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        for cells, what, remedy in (
            (table.sheet.formulas, "formula", "replace them by their values"),
            (table.sheet.merged, "merged-away cell", "unmerge and fill in each"),
        ):
            if cells:
                place = _in_sheet(table, str(min(cells)))
                yield Hit(table.file, counted(len(cells), what), place, remedy=remedy)
        for column in table.columns:
            errors = column.matching(pl.col("text").str.contains(_ERROR))
            if errors:
                message = f"{counted(errors.cells, 'cell')} with an error ({errors.text})"
                yield Hit(table.file, message, errors.place)


def _in_sheet(table: Table, address: str) -> str:
    return f"{table.sheet.name}!{address}" if table.sheet.others else address


RULE = Rule(
    "formula",
    "warning",
    "formulas (their stored value may be stale), merged cells, cells with an error",
    "write plain values",
    _check,
)
