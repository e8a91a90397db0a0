"""Where items are: subset and batch as one place with its name, and the dataset's own order."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from emos.tables import Dataset
from emos.tables.natural_order import natural_key

MOST = 12  # batches, annotators or pairs that are drawn each for themselves


class Place(NamedTuple):
    """A batch of a subset; both are "" where the dataset names none."""

    subset: str
    batch: str

    @property
    def name(self) -> str:
        """As shown: ``ch-sims-v2/first-2499``."""
        return "/".join(part for part in self if part)

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of ``frame`` (`placed`) that belong here."""
        return frame.filter(pl.col("subset") == self.subset, pl.col("batch") == self.batch)


class Places(NamedTuple):
    """The places to show, and how many smaller ones there are beside them."""

    shown: tuple[Place, ...]
    left_out: int


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with "" for a subset or batch that is not named."""
    return frame.with_columns(pl.col("subset", "batch").fill_null(""))


def places(frame: pl.DataFrame, most: int = MOST) -> Places:
    """Where the rows of ``frame`` (`placed`) are: the ``most`` largest, in natural order."""
    sizes = frame.group_by("subset", "batch").len().sort("len", "subset", "batch", descending=True)
    kept = [Place(*row) for row in sizes.head(most).select("subset", "batch").iter_rows()]
    kept.sort(key=lambda place: [natural_key(part) for part in place])
    return Places(tuple(kept), max(0, sizes.height - most))


def in_item_order(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` in the order of the dataset's items, rows of one item in the order they had."""
    rows = dataset.items.select("item_id").with_row_index("__row__")
    found = frame.join(rows, on="item_id", how="left", maintain_order="left")
    return found.sort("__row__", nulls_last=True, maintain_order=True).drop("__row__")
