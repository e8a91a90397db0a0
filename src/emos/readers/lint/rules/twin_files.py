"""Files with the same bytes under different names."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from emos.readers.lint.folder import Folder, is_media
from emos.readers.lint.registry import Hit, Rule

_MAX_BYTES = 256 * 1024 * 1024  # more is media, or takes longer than a look-over should


def _check(folder: Folder) -> Iterator[Hit]:
    by_size: dict[int, list[str]] = defaultdict(list)
    for file, size in folder.files.items():
        wanted = 0 < size <= _MAX_BYTES and not is_media(file)
        if wanted and file not in folder.unreadable:
            by_size[size].append(file)
    twins: dict[str, list[str]] = defaultdict(list)
    for files in by_size.values():
        if len(files) > 1:
            for file in files:
                twins[_digest(folder.root / file)].append(file)
    for first, *others in sorted(group for group in twins.values() if len(group) > 1):
        group = [first, *others]
        if len({_layer(file) for file in group} - {None}) > 1:
            # A summary of one layer that is a summary of the other has been overwritten.
            message = f"same bytes as {first}, though their names speak of different layers"
            yield Hit(others[-1], message, severity="error", remedy="put the right file back")
        else:
            yield Hit(first, f"same bytes as {', '.join(others)}")


def _layer(file: str) -> str | None:
    """The layer that the file's name, or else its folder, speaks of."""
    path = PurePosixPath(file)
    for part in (path.name, path.parent.name):
        layers = [layer for layer in ("goemotion", "basic7") if layer in part.lower()]
        if layers:
            return layers[0]
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


RULE = Rule(
    "twin-files",
    "warning",
    "files with the same bytes under different names; an error if their names say different things",
    "keep one of them, or say in the README that one is a copy",
    _check,
)
