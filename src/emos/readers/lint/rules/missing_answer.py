"""Items that all but one annotator answered, or only one did."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column
from emos.readers.wording import counted

_FEW = 0.05  # of the rows answered; more is a batch of its own, not an oversight
_SHOWN = 5


def _check(folder: Folder) -> Iterator[Hit]:
    for group in folder.answer_groups:
        rows = list(zip(*group.sets(), strict=True))
        answered = sum(all(row) for row in rows)
        for number, column in enumerate(group.columns):
            others = [row[:number] + row[number + 1 :] for row in rows]
            pairs = list(zip(rows, others, strict=True))
            blank = [n for n, (row, rest) in enumerate(pairs) if not row[number] and all(rest)]
            alone = [n for n, (row, rest) in enumerate(pairs) if row[number] and not any(rest)]
            if 0 < len(blank) <= _FEW * answered:
                yield _hit(column, blank, "blank where all others answered")
            if len(group.columns) > 2 and 0 < len(alone) <= _FEW * answered:
                yield _hit(column, alone, "answered where nobody else did")


def _hit(column: Column, rows: list[int], what: str) -> Hit:
    shown = ", ".join(column.place(row) for row in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    message = f"{counted(len(rows), 'cell')} of {column.name!r} {what}: {shown}{more}"
    return Hit(column.table.file, message, column.place(rows[0]))


RULE = Rule(
    "missing-answer",
    "info",
    "cells that one annotator alone left blank, or alone filled",
    "ask the annotator, or say how many answers each item has",
    _check,
)
