"""What a command that needs votes is given: a dataset folder, or a file of votes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emos.tables import Dataset


def open_votes(path: Path, *, layer: str | None = None) -> Dataset:
    """The dataset in a folder, or the one a votes file makes.

    ``layer`` is what a votes file's labels are; by default the labels tell.
    """
    from emos.errors import EmosError
    from emos.tables import Dataset

    if path.is_file():
        from emos.readers import read_source

        return read_source("votes", path, layer=layer)
    if layer is not None:
        raise EmosError("a dataset knows its layers", file=path, remedy="leave out --layer")
    return Dataset.load(path)
