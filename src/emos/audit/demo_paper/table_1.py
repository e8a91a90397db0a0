"""Table 1: Basic-7 labels of the Chinese clips by Dawid-Skene, run to convergence.

False on purpose: the Medium tier of the latter batch (two digits that do not add up to its clips).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import polars as pl

from emos.audit import Alternative, Cell, Evidence, Table
from emos.audit.demo_paper.labels import final_labels, lacking

SUBSET = "zh-daily"
BATCHES = {
    "first": ["first-220"],
    "latter": ["latter-180"],
    "total": ["first-220", "latter-180"],
}
TIERS = {
    "high": "Clips of confidence 0.9 or more, or with one label from all three.",
    "medium": "Clips of confidence from 0.8 to below 0.9.",
    "low": "Clips of confidence below 0.8.",
}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 1."""
    items = evidence.dataset.items.filter(pl.col("subset") == SUBSET)
    labels = final_labels(evidence, SUBSET).filter(pl.col("label").is_not_null())
    for column, batches in BATCHES.items():
        clips = items.filter(pl.col("batch").is_in(batches))["item_id"]
        why = lacking(evidence, SUBSET, batches)
        yield table.cell(
            "clips",
            column,
            None if why else len(clips),
            why or "Clips of the batch.",
            items=partial(evidence.trace, clips),
        )
        part = labels.filter(pl.col("batch").is_in(batches))
        why = why or lacking(evidence, SUBSET, batches, "basic7")
        rule = why or "Clips with at least one answer."
        yield table.cell(
            "labelled",
            column,
            None if why else part.height,
            rule,
            items=partial(evidence.trace, part["item_id"], layer="basic7"),
        )
        for tier in TIERS:
            yield _tier(table, evidence, column, tier, part, why)
    for column in ("first", "latter"):
        yield _kappa(table, evidence, column)


def _tier(
    table: Table, evidence: Evidence, column: str, tier: str, part: pl.DataFrame, why: str | None
) -> Cell:
    """How many labels of ``part`` are in a tier, at convergence and after an early stop."""
    if why:
        return table.cell(tier, column, None, why)
    clips = part.filter(pl.col("tier") == tier)["item_id"]
    early = evidence.aggregation.labels.filter(
        pl.col("item_id").is_in(part["item_id"].to_list()), pl.col("layer") == "basic7"
    )
    stopped = early.filter(pl.col("tier") == tier)["item_id"]
    return table.cell(
        tier,
        column,
        len(clips),
        TIERS[tier],
        alternatives=[
            Alternative(
                len(stopped),
                "The same, stopped after 50 iterations.",
                lambda: evidence.trace(stopped, layer="basic7"),
            )
        ],
        items=lambda: evidence.trace(clips, layer="basic7"),
    )


def _kappa(table: Table, evidence: Evidence, column: str) -> Cell:
    (batch,) = BATCHES[column]
    why = lacking(evidence, SUBSET, [batch], "basic7")
    if why:
        return table.cell("kappa", column, None, why)
    kappa = evidence.agreement.value("fleiss-kappa", subset=SUBSET, batch=batch, layer="basic7")
    rule = "Fleiss' kappa; a blank is no vote."
    if math.isnan(kappa):
        rule = f"{rule} Undefined: no two answers on one clip, or one label alone."
    return table.cell("kappa", column, kappa, rule, items=lambda: _answers(evidence, batch))


def _answers(evidence: Evidence, batch: str) -> pl.DataFrame:
    """The clips of a batch that somebody answered, with their votes."""
    here = (pl.col("subset") == SUBSET) & (pl.col("batch") == batch)
    given = here & (pl.col("layer") == "basic7") & (pl.col("status") != "blank")
    return evidence.trace(evidence.full.filter(given)["item_id"], layer="basic7")
