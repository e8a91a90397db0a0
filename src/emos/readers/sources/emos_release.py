"""``emos import emos-release PATH``: the public EmoS release, with or without its media."""

from __future__ import annotations

from pathlib import Path

from emos.errors import EmosError
from emos.readers.by_layout import read_by_layout
from emos.readers.layout import Layout, read_layout
from emos.readers.layouts import EMOS_RELEASE
from emos.readers.sources import Source
from emos.tables import Dataset


def _read(path: Path, *, repair: str, layout: object = None, layer: object = None) -> Dataset:
    described = read_layout(EMOS_RELEASE)
    _check_release(path, described)
    return read_by_layout(path, described, repair=repair)


def _check_release(path: Path, layout: Layout) -> None:
    """Tell a folder that is no release from one of which something is missing."""
    folders = [subset.folder for subset in layout.subsets]
    if path.is_dir() and not any((path / folder).is_dir() for folder in folders):
        raise EmosError(
            f"not a copy of the EmoS release ({folders[0]} is missing)",
            file=path,
            remedy="give its top folder, or get it with emos fetch emos-release",
        )


SOURCE = Source("emos-release", "the public EmoS release (get it with emos fetch)", _read)
