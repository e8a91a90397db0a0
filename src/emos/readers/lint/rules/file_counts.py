"""Stated numbers and sizes of files (``file_counts.json``) against the manifest or the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    for file, salvaged in folder.json.items():
        stated = _stated(salvaged.value)
        if stated is None:
            continue
        parent = PurePosixPath(file).parent.as_posix()
        prefix = "" if parent == "." else f"{parent}/"
        listing = next((one for one in folder.listings if one.prefix == prefix), None)
        if listing is not None:
            sizes = {path: size or 0 for path, size, _ in listing.rows}
            source = f"by {listing.file}"
        else:
            sizes = {
                path.removeprefix(prefix): size
                for path, size in folder.files.items()
                if path.startswith(prefix)
            }
            source = "in the folder"
        for name, (count, size) in stated.items():
            found = [
                bytes_
                for path, bytes_ in sizes.items()
                if name == "total" or path.startswith(f"{name}/")
            ]
            if (len(found), sum(found)) != (count, size):
                yield Hit(
                    file,
                    f"{name}: {count:,} files of {size:,} bytes, {source} {len(found):,} of "
                    f"{sum(found):,}",
                    f"/{name}",
                )


def _stated(value: object) -> dict[str, tuple[int, int]] | None:
    """Folder to number of files and bytes, None if the JSON is not of this form."""
    if not isinstance(value, dict) or not value:
        return None
    stated = {}
    for name, entry in value.items():
        if not isinstance(entry, dict):
            return None
        count, size = entry.get("files"), entry.get("size_bytes")
        if not isinstance(count, int) or not isinstance(size, int):
            return None
        stated[name] = (count, size)
    return stated


RULE = Rule(
    "file-counts",
    "warning",
    "stated numbers and sizes of files against the manifest, or the folder if there is none",
    "count again",
    _check,
)
