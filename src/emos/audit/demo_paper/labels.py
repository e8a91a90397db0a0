"""The labels that the demo paper is about, and why there may be none."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from emos.aggregate import aggregate_dataset
from emos.audit import Evidence
from emos.tables import empty


def final_labels(evidence: Evidence, subset: str) -> pl.DataFrame:
    """Basic-7 labels of a subset: Dawid-Skene to convergence, or corrected by the fine votes.

    No rows for a subset without votes, or whose fine votes come with no rule of correction.
    """
    votes = evidence.full.filter(pl.col("subset") == subset)
    if votes.is_empty():
        return empty("labels")
    labels = aggregate_dataset(evidence.dataset.with_tables(votes=votes)).labels
    return labels.filter(pl.col("layer") == "basic7")


def lacking(
    evidence: Evidence, subset: str, batches: Iterable[str], layer: str | None = None
) -> str | None:
    """Why a figure of these batches cannot be had; ``None`` where it can.

    With ``layer``, every batch must have an answer on it.
    """
    items, votes = evidence.dataset.items, evidence.full
    for batch in batches:
        here = (pl.col("subset") == subset) & (pl.col("batch") == batch)
        if items.filter(here).is_empty():
            return f"Not computed: the dataset has no batch {subset}/{batch}."
        if layer is None:
            continue
        answers = here & (pl.col("layer") == layer) & (pl.col("status") != "blank")
        if votes.filter(answers).is_empty():
            return f"Not computed: batch {subset}/{batch} has no answers on {layer}."
    return None
