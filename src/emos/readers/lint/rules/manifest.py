"""A manifest against the folder it lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from emos.readers.lint.folder import Folder, is_media
from emos.readers.lint.listing import Listing
from emos.readers.lint.registry import Hit, Rule
from emos.readers.wording import counted

_MOST = 20  # files of one kind that are listed one by one
_ABOUT_THE_FILES = ("readme", "licen", "copying", "citation", "changelog", "file_counts", ".git")


def _check(folder: Folder) -> Iterator[Hit]:
    for listing in folder.listings:
        yield from _missing(folder, listing)
        yield from _sizes(folder, listing)
        yield from _extra(folder, listing)
        for path, count in Counter(path for path, _, _ in listing.rows).items():
            if count > 1:
                yield Hit(listing.file, f"{path} is listed {count} times")


def _missing(folder: Folder, listing: Listing) -> Iterator[Hit]:
    kinds: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for path, size, place in listing.rows:
        if listing.prefix + path not in folder.files:
            kinds[PurePosixPath(path).suffix.lower()].append((path, size or 0, place))
    for kind, files in sorted(kinds.items()):
        media = is_media(files[0][0])
        if media or len(files) > _MOST:
            size = sum(size for _, size, _ in files)
            message = (
                f"{counted(len(files), f'{kind} file')} ({size / 1e9:.1f} GB) listed and not here"
            )
            yield Hit(listing.file, message, severity="info" if media else None)
            continue
        for path, _, place in files:
            yield Hit(listing.file, f"{path} is listed and not here", place)


def _sizes(folder: Folder, listing: Listing) -> Iterator[Hit]:
    for path, size, place in listing.rows:
        here = folder.files.get(listing.prefix + path)
        if size is not None and here is not None and here != size:
            message = f"{path} has {here:,} bytes, listed with {size:,}"
            yield Hit(listing.file, message, place, severity="error")


def _extra(folder: Folder, listing: Listing) -> Iterator[Hit]:
    listed = {listing.prefix + path for path, _, _ in listing.rows}
    extra = [
        file
        for file in folder.files
        if file.startswith(listing.prefix) and file not in listed and file != listing.file
    ]
    for file in extra[:_MOST]:
        about = PurePosixPath(file).name.lower().startswith(_ABOUT_THE_FILES)
        yield Hit(file, f"not listed in {listing.file}", severity="info" if about else None)
    if len(extra) > _MOST:
        yield Hit(listing.file, f"{len(extra) - _MOST:,} more files are not listed")


RULE = Rule(
    "manifest",
    "warning",
    "a manifest against the folder: files missing, not listed, listed twice, of another size "
    "(media that a copy lacks: one finding per kind)",
    "write the manifest anew from the folder",
    _check,
)
