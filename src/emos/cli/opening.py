"""What a command that needs votes is given: a dataset folder, or a file of votes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emos.tables import Dataset


def open_votes(path: Path) -> Dataset:
    """The dataset in a folder, or the one a votes file makes."""
    from emos.tables import Dataset

    if path.is_file():
        from emos.readers import read_source

        return read_source("votes", path)
    return Dataset.load(path)
