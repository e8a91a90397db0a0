"""Persons named in file names, column names, cells, JSON and text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.people import LONG, word_pattern
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Table
from emos.readers.wording import counted

_SHOWN = 4


def _check(folder: Folder) -> Iterator[Hit]:
    names = folder.people.names
    patterns = {name: word_pattern(name) for name in names}
    for name, pattern in patterns.items():
        for file in folder.files:
            if pattern.search(file.rpartition("/")[2]):
                yield Hit(file, f"the file's name says {name!r} ({names[name]})")
        for part in sorted({part for file in folder.files for part in file.split("/")[:-1]}):
            if pattern.search(part):
                yield Hit(part, f"a folder's name says {name!r} ({names[name]})")
        for file, text in folder.texts.items():
            lines = [n for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
            if lines:
                message = f"names {name!r} in {counted(len(lines), 'line')}"
                yield Hit(file, message, f"line {lines[0]}")
    if names:
        yield from _in_json(folder, patterns)
        for table in folder.tables:
            yield from _in_headers(table, patterns)
            yield from _in_cells(table, names)


def _in_json(folder: Folder, patterns: dict[str, re.Pattern[str]]) -> Iterator[Hit]:
    anybody = re.compile("|".join(pattern.pattern for pattern in patterns.values()), re.IGNORECASE)
    for file, strings in folder.strings.items():
        naming = [(pointer, text) for pointer, text in strings if anybody.search(text)]
        for name, pattern in patterns.items():
            places = [pointer for pointer, text in naming if _names(pattern, name, text)]
            if places:
                yield Hit(file, f"names {name!r} {counted(len(places), 'time')}", places[0])


def _in_headers(table: Table, patterns: dict[str, re.Pattern[str]]) -> Iterator[Hit]:
    for name, pattern in patterns.items():
        headers = [column for column in table.columns if pattern.search(column.name)]
        if headers:
            columns = ", ".join(f"{c.header_place} ({c.name})" for c in headers[:_SHOWN])
            more = f" and {len(headers) - _SHOWN} more" if len(headers) > _SHOWN else ""
            message = f"{counted(len(headers), 'column')} named {name!r}: {columns}{more}"
            yield Hit(table.file, message, headers[0].header_place)
        if pattern.search(table.sheet.name):
            yield Hit(table.file, f"a sheet's name says {name!r}", table.sheet.name)


def _in_cells(table: Table, names: Iterable[str]) -> Iterator[Hit]:
    conditions = {name: _cells_with(name) for name in names}
    for column in table.columns:
        # Most columns name nobody: all names are looked for at once first.
        if column.matching(pl.any_horizontal(conditions.values())) is None:
            continue
        for name, condition in conditions.items():
            found = column.matching(condition)
            if found:
                message = f"{name!r} in {counted(found.cells, 'cell')} of {column.name!r}"
                yield Hit(table.file, message, found.place)


def _names(pattern: re.Pattern[str], name: str, text: str) -> bool:
    """Short names are words of some language: in running text they prove nothing."""
    if _is_long(name) or len(text) <= 3 * len(name) + 4:
        return pattern.search(text) is not None
    return False


def _cells_with(name: str) -> pl.Expr:
    text = pl.col("text")
    if not _is_long(name):
        return text.str.to_lowercase() == name.lower()
    if name.isascii():
        return text.str.contains(rf"(?i)(?:^|[^\pL]){re.escape(name)}(?:$|[^\pL])")
    return text.str.contains(name, literal=True)


def _is_long(name: str) -> bool:
    return len(name) >= (LONG if name.isascii() else 2)


RULE = Rule(
    "personal-name",
    "error",
    "annotators' names or initials in names of files and columns, in cells, JSON and text",
    "use codes (A1, A2, ...) and keep the key apart",
    _check,
)
