"""Cells of labels that need tidying before they can be split."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.ledger import RULES
from emos.readers.lint.folder import Folder
from emos.readers.lint.label_readings import UNTIDY, misspelt
from emos.readers.lint.registry import Hit, Rule
from emos.readers.wording import counted


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        for column in table.label_columns:
            for change, cells, first in misspelt(column):
                if change.rule in UNTIDY:
                    message = f"{counted(cells, 'cell')} of {column.name!r}: {RULES[change.rule]}"
                    yield Hit(table.file, message, column.place(first))


RULE = Rule(
    "untidy-label",
    "info",
    "separators with nothing behind them, labels named twice in a cell, blanks around them",
    "write labels separated by one ;",
    _check,
)
