"""A manifest: a table of paths and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emos.readers.lint.table import Table

_PATHS = ("release_path", "path", "file", "filename", "file_path", "file_name", "name")
_SIZES = ("size_bytes", "size", "bytes", "file_size")


@dataclass(frozen=True)
class Listing:
    """One manifest.

    Attributes
    ----------
    file : the manifest itself.
    prefix : what its paths start from: its own folder with a slash behind it, or nothing.
    rows : path, size in bytes (None if there is none) and place of every row.
    """

    file: str
    prefix: str
    rows: tuple[tuple[str, int | None, str], ...]


def find_listings(tables: Sequence[Table]) -> list[Listing]:
    """The tables that are manifests: called so, with a column of paths."""
    return [
        listing
        for table in tables
        if "manifest" in table.stem.lower() and (listing := _listing(table)) is not None
    ]


def _listing(table: Table) -> Listing | None:
    named = {column.name.casefold(): column for column in table.columns}
    path = next((named[name] for name in _PATHS if name in named), None)
    size = next((named[name] for name in _SIZES if name in named), None)
    if path is None:
        return None
    sizes = size.cells.to_list() if size else [None] * path.cells.len()
    parent = table.file.rpartition("/")[0]
    return Listing(
        table.file,
        f"{parent}/" if parent else "",
        tuple(
            (name.removeprefix("./"), _number(text), path.place(row))
            for row, (name, text) in enumerate(zip(path.cells, sizes, strict=True))
            if name is not None
        ),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
