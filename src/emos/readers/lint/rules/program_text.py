"""Cells in which a program printed its own data structure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.wording import counted

_PRINTED = (
    r"^(?:(?:frozenset|set|dict|tuple|array|Counter)\(.*\)|\[('.*'|\".*\")?\]|\{'.*'\}|\('.*'\))$"
)
_NOTHING = r"^(?i:nan|none|nat|<na>|null|undefined)$"


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        for column in table.columns:
            printed = column.matching(pl.col("text").str.contains(_PRINTED))
            if printed:
                what = f"{counted(printed.cells, 'cell')} of {column.name!r}: program text"
                yield Hit(table.file, f"{what} ({printed.text[:40]})", printed.place)
            nothing = column.matching(pl.col("text").str.contains(_NOTHING))
            if nothing and column.name:
                what = f"{counted(nothing.cells, 'cell')} of {column.name!r}: {nothing.text!r}"
                yield Hit(table.file, f"{what} for no value", nothing.place, severity="info")


RULE = Rule(
    "program-text",
    "warning",
    "cells with a program's own text: frozenset({...}), ['...'], nan",
    "write labels separated by ;, and leave a cell without a value empty",
    _check,
)
