"""``emos import meld PATH``: MELD's ``train_``, ``dev_`` and ``test_sent_emo.csv``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from emos.errors import EmosError
from emos.readers.by_layout import read_by_layout
from emos.readers.layout import read_layout
from emos.readers.layouts import MELD
from emos.readers.ledger import ledger_frame
from emos.readers.sources import Source
from emos.tables import Dataset


def _read(path: Path, *, repair: str, layout: object = None, layer: object = None) -> Dataset:
    """Whichever of the three files are there; the ledger names those that are not."""
    described = read_layout(MELD)
    files = [subset.items.file for subset in described.subsets]
    if path.is_file():
        files = [name for name in files if name == path.name]
        path = path.parent
    there = [
        s for s in described.subsets if s.items.file in files and (path / s.items.file).exists()
    ]
    if not there:
        raise EmosError(
            "none of MELD's label files is here",
            file=path,
            remedy=f"expected {', '.join(s.items.file for s in described.subsets)}",
        )
    dataset = read_by_layout(path, replace(described, subsets=tuple(there)), repair=repair)
    missing = [
        {"kind": "flagged", "rule": "missing-file", "file": name, "note": "not read: not there"}
        for name in files
        if not (path / name).exists()
    ]
    return dataset.with_tables(ledger=pl.concat([ledger_frame(missing), dataset.ledger]))


SOURCE = Source("meld", "MELD's three label files (*_sent_emo.csv)", _read)
