"""Basic-7 labels of the static clips: CH-SIMS v2 by Dawid-Skene, MELD corrected."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from emos.audit import Evidence
from emos.tables import empty


def basic_labels(evidence: Evidence, *, subset: str, repaired: bool = False) -> pl.DataFrame:
    """Labels of a subset under the paper's procedure, misspelt fine labels dropped or repaired."""
    if evidence.dataset.votes.filter(pl.col("subset") == subset).is_empty():
        return empty("labels")
    aggregation = evidence.aggregation if repaired else evidence.aggregation_drop
    labels: pl.DataFrame = aggregation.labels
    return labels.filter((pl.col("subset") == subset) & (pl.col("layer") == "basic7"))


def listed(labels: pl.DataFrame, chosen: pl.Expr) -> Callable[[], pl.DataFrame]:
    """Makes the list of labels behind a count."""
    columns = ("item_id", "batch", "label", "confidence", "unique_labels", "original", "reason")
    return lambda: labels.filter(chosen).select(columns)
