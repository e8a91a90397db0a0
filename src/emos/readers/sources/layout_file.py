"""``emos import LAYOUT.toml PATH``: anybody's workbooks, by a layout file."""

from __future__ import annotations

from pathlib import Path

from emos.errors import EmosError
from emos.readers.by_layout import read_by_layout
from emos.readers.layout import read_layout
from emos.readers.sources import Source
from emos.tables import Dataset


def _read(
    path: Path, *, repair: str, layout: str | Path | None = None, layer: object = None
) -> Dataset:
    if layout is None:
        raise EmosError(
            "which layout?", remedy="emos import LAYOUT.toml PATH, or --layout LAYOUT.toml"
        )
    return read_by_layout(path, read_layout(layout), repair=repair)


SOURCE = Source("layout", "workbooks described by a layout file", _read, options=("layout",))
