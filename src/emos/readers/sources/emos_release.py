"""``emos import emos-release PATH``: the public EmoS release, with or without its media."""

from __future__ import annotations

from pathlib import Path

from emos.readers.by_layout import read_by_layout
from emos.readers.layout import read_layout
from emos.readers.layouts import EMOS_RELEASE
from emos.readers.sources import Source
from emos.tables import Dataset


def _read(path: Path, *, repair: str, layout: object = None, layer: object = None) -> Dataset:
    return read_by_layout(path, read_layout(EMOS_RELEASE), repair=repair)


SOURCE = Source("emos-release", "the public EmoS release (get it with emos fetch)", _read)
