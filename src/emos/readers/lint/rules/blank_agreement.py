"""Rows that nobody answered, which count as agreement where blanks are compared."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.lint.answers import AnswerGroup
from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule

_MATTERS = 0.005  # half a point of exact match


def _check(folder: Folder) -> Iterator[Hit]:
    for group in folder.answer_groups:
        rows = list(zip(*group.sets(), strict=True))
        blank = [place for place, row in enumerate(rows) if not any(row)]
        if not blank:
            continue
        answered = [row for row in rows if all(row)]
        alike = sum(len(set(row)) == 1 for row in answered)
        counted = (alike + len(blank)) / len(rows)
        message = (
            f"{len(blank):,} of {len(rows):,} rows are blank for all {len(group.columns)} "
            f"annotators ({_columns(group)}); counted as agreement they make exact match "
            f"{counted:.1%}, over the {len(answered):,} rows that all answered it is "
            f"{_share(alike, len(answered))}"
        )
        first = group.columns[0]
        # Workbooks apart are blank outside their batch by design; one table is not.
        changes = not answered or abs(counted - alike / len(answered)) >= _MATTERS
        severity = None if changes and not group.apart else "info"
        yield Hit(first.table.file, message, first.place(blank[0]), severity=severity)


def _columns(group: AnswerGroup) -> str:
    if group.apart:
        return ", ".join(column.table.file.rpartition("/")[2] for column in group.columns)
    return ", ".join(column.name for column in group.columns)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} ({part:,} rows)" if whole else "undefined: there are none"


RULE = Rule(
    "blank-agreement",
    "warning",
    "rows blank for all annotators, which count as agreement if blanks are compared; exact match "
    "with and without them",
    "leave the rows out, and say what a blank means",
    _check,
)
