"""Files and folders that cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    for file, error in folder.errors.items():
        if file in folder.unreadable or not file.lower().endswith(".json"):
            yield Hit(file, error.problem, error.place or "", remedy=error.remedy)


RULE = Rule(
    "unreadable-file",
    "error",
    "workbooks and CSV files that cannot be read (damaged, encrypted, another format, not UTF-8), "
    "files and folders without the right to read them",
    "save the file again",
    _check,
)
