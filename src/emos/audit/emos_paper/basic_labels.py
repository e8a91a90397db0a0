"""Basic-7 labels of the static clips: CH-SIMS v2 by Dawid-Skene, MELD corrected."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from emos.audit import Evidence
from emos.audit.behind import with_votes
from emos.tables import empty


def basic_labels(evidence: Evidence, *, subset: str, run: str = "drop") -> pl.DataFrame:
    """Labels of a subset under the paper's procedure.

    ``run`` says from which votes: ``drop`` (misspelt fine labels dropped), ``full`` (repaired), or
    ``converged`` (dropped, Dawid-Skene run to convergence).
    """
    if evidence.dataset.votes.filter(pl.col("subset") == subset).is_empty():
        return empty("labels")
    aggregation = {
        "drop": lambda: evidence.aggregation_drop,
        "full": lambda: evidence.aggregation,
        "converged": lambda: evidence.aggregation_converged,
    }[run]()
    labels: pl.DataFrame = aggregation.labels
    return labels.filter((pl.col("subset") == subset) & (pl.col("layer") == "basic7"))


def listed(labels: pl.DataFrame, chosen: pl.Expr) -> Callable[[], pl.DataFrame]:
    """Makes the list of labels behind a count."""
    columns = ("item_id", "batch", "label", "confidence", "unique_labels", "original", "reason")
    return lambda: labels.filter(chosen).select(columns)


def listed_repaired(
    evidence: Evidence, labels: pl.DataFrame, chosen: pl.Expr
) -> Callable[[], pl.DataFrame]:
    """The same with the votes as repaired, where ``labels`` were made from those."""
    return lambda: with_votes(listed(labels, chosen)(), evidence, reading="full")
