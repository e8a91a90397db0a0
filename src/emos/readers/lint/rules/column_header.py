"""Columns that a reader cannot address, or that say nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column
from emos.readers.wording import counted

_PANDAS = re.compile(r"Unnamed: \d+(_level_\d+)?")


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        nameless = [column for column in table.columns if not column.name]
        for column in nameless:
            if column.filled:
                message = f"{counted(column.filled, 'filled cell')} under no header"
                yield Hit(table.file, message, column.header_place)
        emptied = [column for column in nameless if not column.filled]
        if emptied:
            yield _about(emptied, "no header and no content")
        pandas = [column for column in table.columns if _PANDAS.fullmatch(column.name)]
        if pandas:
            yield _about(pandas, "pandas' name for a column without a header")
        blank = [column for column in table.columns if column.name and not column.filled]
        blank = [column for column in blank if column not in pandas]
        if blank and table.data.height:
            yield _about(blank, "a header and no content")
        for name, count in Counter(column.name for column in table.columns if column.name).items():
            if count > 1:
                message = f"{count} columns are called {name!r}"
                yield Hit(table.file, message, remedy="give each its own name")


def _about(columns: list[Column], what: str) -> Hit:
    names = ", ".join(f"{c.letters} ({c.name})" if c.name else c.letters for c in columns[:6])
    more = f" and {len(columns) - 6} more" if len(columns) > 6 else ""
    return Hit(
        columns[0].table.file,
        f"{counted(len(columns), 'column')} with {what}: {names}{more}",
        columns[0].header_place,
        severity="info",
        remedy="fill them, or leave them out",
    )


RULE = Rule(
    "column-header",
    "warning",
    "filled columns without a header, repeated headers; columns without content",
    "write a header",
    _check,
)
