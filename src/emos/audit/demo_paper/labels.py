"""The labels that the demo paper is about."""

from __future__ import annotations

import polars as pl

from emos.aggregate import aggregate_dataset
from emos.audit import Evidence


def final_labels(evidence: Evidence, subset: str) -> pl.DataFrame:
    """Basic-7 labels of a subset: Dawid-Skene to convergence, or corrected by the fine votes."""
    votes = evidence.full.filter(pl.col("subset") == subset)
    labels = aggregate_dataset(evidence.dataset.with_tables(votes=votes)).labels
    return labels.filter(pl.col("layer") == "basic7")
