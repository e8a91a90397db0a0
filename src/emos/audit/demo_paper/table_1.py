"""Table 1: Basic-7 labels of the Chinese clips by Dawid-Skene, run to convergence.

False on purpose: the Medium tier of the latter batch (two digits that do not add up to its clips).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Alternative, Cell, Evidence, Table
from emos.audit.demo_paper.labels import final_labels

BATCHES = {
    "first": pl.col("batch") == "first-220",
    "latter": pl.col("batch") == "latter-180",
    "total": pl.lit(True),
}
TIERS = {
    "high": "Clips of confidence 0.9 or more, or with one label from all three.",
    "medium": "Clips of confidence from 0.8 to below 0.9.",
    "low": "Clips of confidence below 0.8.",
}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 1."""
    items = evidence.dataset.items.filter(pl.col("subset") == "zh-daily")
    labels = final_labels(evidence, "zh-daily").filter(pl.col("label").is_not_null())
    early = evidence.aggregation.labels.filter(pl.col("item_id").is_in(labels["item_id"].to_list()))
    for column, batch in BATCHES.items():
        part = labels.filter(batch)
        yield table.cell("clips", column, items.filter(batch).height, "Clips of the batch.")
        yield table.cell("labelled", column, part.height, "Clips with at least one answer.")
        for tier, rule in TIERS.items():
            clips = part.filter(pl.col("tier") == tier)["item_id"]
            stopped = early.filter(batch & (pl.col("tier") == tier)).height

            def trace(clips: pl.Series = clips) -> pl.DataFrame:
                return evidence.trace(clips, layer="basic7")

            tried = [Alternative(stopped, "The same, stopped after 50 iterations.")]
            others = tried if stopped != len(clips) else []
            yield table.cell(tier, column, len(clips), rule, alternatives=others, items=trace)
    for column, name in (("first", "first-220"), ("latter", "latter-180")):
        kappa = evidence.agreement.value("fleiss-kappa", batch=name, layer="basic7")
        yield table.cell("kappa", column, kappa, "Fleiss' kappa; a blank is no vote.")
