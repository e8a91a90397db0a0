"""``emos import emos-release PATH``: the public EmoS release, with or without its media."""

from __future__ import annotations

from pathlib import Path

from emos.readers.by_layout import read_by_layout
from emos.readers.layout import read_layout
from emos.readers.sources import Source
from emos.tables import Dataset

LAYOUT = Path(__file__).parents[1] / "layouts" / "emos-release.toml"


def _read(path: Path, *, repair: str, layout: object = None, layer: object = None) -> Dataset:
    return read_by_layout(path, read_layout(LAYOUT), repair=repair)


SOURCE = Source("emos-release", "the public EmoS release (emos fetch emos-release)", _read)
