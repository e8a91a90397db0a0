"""What stands for votes: a dataset, its folder, or a file of votes."""

from __future__ import annotations

from pathlib import Path

from emos.errors import EmosError
from emos.tables import Dataset


def open_votes(given: Dataset | str | Path, *, layer: str | None = None) -> Dataset:
    """The dataset itself, the one in a folder, or the one that a file of votes makes.

    ``layer`` is what the labels of a votes file are (``basic7``, ``goemotions``, ``label``); by
    default the labels tell. A dataset says so itself.

    Raises
    ------
    EmosError : for what is none of these or cannot be read, and for a ``layer`` with a dataset.
    """
    if not isinstance(given, Dataset | str | Path):
        raise EmosError(
            f"{type(given).__name__} is no dataset", remedy="give a Dataset or the path of one"
        )
    if not isinstance(given, Dataset) and Path(given).is_file():
        from emos.readers.sources import read_source

        return read_source("votes", given, layer=layer)
    dataset = given if isinstance(given, Dataset) else Dataset.load(given)
    if layer is not None:
        raise EmosError(
            "a dataset knows its layers",
            file=None if isinstance(given, Dataset) else given,
            remedy="--layer is for a file of votes",
        )
    return dataset
