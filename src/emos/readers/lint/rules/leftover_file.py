"""Files that nobody meant to publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule

_NAMES = frozenset([".ds_store", "thumbs.db", "desktop.ini"])
_SUFFIXES = (".part", ".tmp", ".temp", ".bak", ".swp", ".swo")


def _check(folder: Folder) -> Iterator[Hit]:
    for file, size in folder.files.items():
        name = PurePosixPath(file).name.lower()
        if name in _NAMES or name.startswith("~$") or name.endswith(_SUFFIXES):
            yield Hit(file, "left over by a program", remedy="delete it")
        elif size == 0:
            yield Hit(file, "empty file")


RULE = Rule(
    "leftover-file",
    "warning",
    "empty files, and temporary files of editors and operating systems",
    "delete it, or put its content back",
    _check,
)
