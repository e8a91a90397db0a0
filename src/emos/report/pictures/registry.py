"""What a picture is, what it can be narrowed to, and where to find all of them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import polars as pl

import emos.report.pictures
from emos.errors import EmosError
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Choice:
    """What a picture shows of a dataset; ``None`` for all there is.

    Attributes
    ----------
    layer, subset, batch : names in the dataset.
    annotators : names in the dataset.
    item : an item or a monologue.
    wide : for the width of a page (6.9 inches), not of one of its two columns (3.3 inches).
    """

    layer: str | None = None
    subset: str | None = None
    batch: str | None = None
    annotators: tuple[str, ...] | None = None
    item: str | None = None
    wide: bool = False

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of ``frame`` that are chosen, by those of the columns it has."""
        for column in ("layer", "subset", "batch"):
            wanted = getattr(self, column)
            if wanted is not None and column in frame.columns:
                frame = frame.filter(pl.col(column) == wanted)
        if self.annotators is not None and "annotator" in frame.columns:
            frame = frame.filter(pl.col("annotator").is_in(self.annotators))
        return frame


@dataclass(frozen=True)
class Picture:
    """One kind of picture.

    Attributes
    ----------
    name : as for ``emos plot``; ``<name>`` in the part ``pictures`` of the words says what it is.
    numbers : the table behind it; no rows if there is nothing to show.
    chart : draws such a table. A column ``behind`` (Int64, nullable) makes a mark lead to that
        item set of the page.
    needs : key of the sentence that says what is missing, and the command that makes it, when
        there are no rows.
    """

    name: str
    numbers: Callable[[Results, Choice], pl.DataFrame]
    chart: Callable[[pl.DataFrame, Words, Choice], alt.TopLevelMixin]
    needs: str


@cache
def all_pictures() -> tuple[Picture, ...]:
    """Every ``PICTURE`` of a module of this package, by name."""
    found = [
        picture
        for module in pkgutil.iter_modules(emos.report.pictures.__path__)
        if (picture := getattr(_module(module.name), "PICTURE", None)) is not None
    ]
    return tuple(sorted(found, key=lambda picture: picture.name))


def find_picture(name: str) -> Picture:
    """The picture called ``name``.

    Raises
    ------
    EmosError : for an unknown name, with the known ones.
    """
    for picture in all_pictures():
        if picture.name == name:
            return picture
    known = ", ".join(picture.name for picture in all_pictures())
    raise EmosError(f"no picture is called {name!r}", remedy=f"choose one of {known}")


def _module(name: str) -> object:
    return import_module(f"emos.report.pictures.{name}")
