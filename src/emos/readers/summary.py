"""What an import found, in counts: for its summary and for the top of the ledger."""

from __future__ import annotations

import polars as pl

from emos.readers.ledger import RULES
from emos.tables import Dataset

_KINDS = ["repaired", "aside", "flagged"]
# The note of a row that stands for many places begins with their number.
_STANDS_FOR = r"^([\d,]+) (?:cell|clip|item|row)s?\b"


def count_answers(dataset: Dataset) -> pl.DataFrame:
    """Items and votes of every subset, batch and layer.

    Columns ``subset, batch, items, layer, annotators, given, unsure, blank``; ``unread`` counts
    the blanks whose cell holds something that was kept aside (``NA`` and the like are plain
    blanks). A batch without votes has one row, its layer null.
    """
    items = dataset.items.group_by("subset", "batch", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("items")
    )
    votes = dataset.votes.group_by("subset", "batch", "layer", maintain_order=True).agg(
        pl.col("annotator").n_unique().cast(pl.Int64).alias("annotators"),
        *(
            (pl.col("status") == status).sum().cast(pl.Int64).alias(status)
            for status in ("given", "unsure", "blank")
        ),
        ((pl.col("status") == "blank") & (pl.col("aside").list.len() > 0))
        .sum()
        .cast(pl.Int64)
        .alias("unread"),
    )
    return items.join(votes, on=["subset", "batch"], how="left", maintain_order="left_right")


def count_rules(ledger: pl.DataFrame) -> pl.DataFrame:
    """How many rows each rule has: ``kind, rule, rows, places, meaning``, the most frequent first.

    ``places`` is what the rows stand for: a run of cells, or the items of one spelling, are one
    row of the ledger. A rule without a fixed meaning (see `RULES`) is described by its first row's
    note.
    """
    counted = ledger.group_by("kind", "rule", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("note")
        .str.extract(_STANDS_FOR)
        .str.replace_all(",", "")
        .cast(pl.Int64)
        .fill_null(1)
        .sum()
        .alias("places"),
        pl.col("note").first().fill_null("").alias("meaning"),
    )
    return (
        counted.with_columns(
            pl.col("rule").replace_strict(RULES, default=pl.col("meaning")).alias("meaning"),
            pl.col("kind").replace_strict(_KINDS, range(len(_KINDS)), default=9).alias("_kind"),
        )
        .sort("_kind", "rows", "rule", descending=[False, True, False])
        .drop("_kind")
    )


def filter_ledger(
    ledger: pl.DataFrame,
    *,
    kinds: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    annotators: tuple[str, ...] = (),
) -> pl.DataFrame:
    """The rows of these kinds, rules and annotators; an empty filter keeps all."""
    for column, wanted in (("kind", kinds), ("rule", rules), ("annotator", annotators)):
        if wanted:
            ledger = ledger.filter(pl.col(column).is_in(list(wanted)))
    return ledger
