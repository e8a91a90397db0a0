"""Traces of somebody's computer: paths with an account's name, e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.wording import counted

_PATTERN = (
    r"[A-Za-z]:\\Users\\[^\\\s]+|/Users/[^/\s]+/|/home/[^/\s]+/"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
_COMPILED = re.compile(_PATTERN)


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        for column in table.columns:
            found = column.matching(pl.col("text").str.contains(_PATTERN))
            if found:
                what = f"{counted(found.cells, 'cell')} of {column.name!r}"
                yield _hit(table.file, found.place, what)
    for file, strings in folder.strings.items():
        for pointer, text in strings:
            if _COMPILED.search(text):
                yield _hit(file, pointer, "a string")
                break
    for file, text in folder.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if _COMPILED.search(line):
                yield _hit(file, f"line {number}", "a line")
                break


def _hit(file: str, place: str, what: str) -> Hit:
    # What stands there may be a person's account: the place is told, the text is not.
    return Hit(file, f"{what}: a path on somebody's computer or an e-mail address", place)


RULE = Rule(
    "local-path",
    "warning",
    "paths on somebody's computer (/Users/NAME/...) and e-mail addresses",
    "write paths relative to the release",
    _check,
)
