"""The file beside the page of a large dataset: every vote, for whoever follows a number further."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from emos.errors import EmosError
from emos.tables import Dataset

# More than this is summarised. The page of the EmoS release (9,449 items, 56,418 votes) stays
# whole.
MOST_ITEMS = 20_000
_VOTES_PER_ITEM = 10

_MARK = {"emos": "votes beside a page"}


def is_large(dataset: Dataset, most_items: int = MOST_ITEMS) -> bool:
    """Whether ``dataset`` has too many items or votes to be on a page as a whole."""
    items = max(dataset.items.height, dataset.votes["item_id"].n_unique())
    return items > most_items or dataset.votes.height > most_items * _VOTES_PER_ITEM


def beside_page(page: Path) -> Path:
    """Where the votes stand that ``page`` does not hold."""
    return page.with_name(f"{page.stem}.votes.parquet")


def check_beside(path: Path) -> None:
    """An `EmosError` if a file is there that is no earlier one of this kind.

    Nobody named this file, so nobody can have meant to replace another.
    """
    if not path.exists():
        return
    try:
        ours = pl.read_parquet_metadata(path).items() >= _MARK.items()
    except (OSError, pl.exceptions.PolarsError):
        ours = False
    if not ours:
        raise EmosError(
            "the votes of a large dataset go here, and another file has this name",
            file=path,
            remedy="name the page differently",
        )


def write_votes(dataset: Dataset, path: Path) -> None:
    """Every vote, with what its item's label on that layer became."""
    labels = dataset.labels.select("item_id", "layer", "label", "confidence", "tier")
    votes = dataset.votes.join(labels, on=("item_id", "layer"), how="left", maintain_order="left")
    votes.write_parquet(path, metadata=_MARK)
