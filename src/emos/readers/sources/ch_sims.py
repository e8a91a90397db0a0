"""``emos import ch-sims PATH``: CH-SIMS v2's ``meta.csv``, or the folder it lies in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emos.readers.by_layout import read_by_layout
from emos.readers.layout import read_layout
from emos.readers.layouts import CH_SIMS
from emos.readers.sources import Source
from emos.tables import Dataset


def _read(path: Path, *, repair: str, layout: object = None, layer: object = None) -> Dataset:
    described = read_layout(CH_SIMS)
    if path.is_file():
        subset = described.subsets[0]
        items = replace(subset.items, file=path.name)
        described = replace(described, subsets=(replace(subset, items=items),))
        path = path.parent
    return read_by_layout(path, described, repair=repair)


SOURCE = Source("ch-sims", "CH-SIMS v2's meta.csv", _read)
