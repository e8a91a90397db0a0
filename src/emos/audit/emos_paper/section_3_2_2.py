"""Section 3.2.2: quality tiers, soft labels, duplicated clips.

The shares of the tiers hold. Of MELD's duplicated clips, said to be fully rectified, some still
have two labels.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed
from emos.audit.emos_paper.label_sets import DROPPED
from emos.audit.emos_paper.section_3_2_1 import classes_cell
from emos.audit.emos_paper.table_1 import CONVERGED, TIERS, tier_rule
from emos.audit.emos_paper.values import others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 3.2.2."""
    labels = basic_labels(evidence, subset="ch-sims-v2")
    converged = basic_labels(evidence, subset="ch-sims-v2", run="converged")
    tiers = labels["tier"].n_unique()
    yield table.cell(
        "tiers",
        "text",
        tiers or None,
        reason(tiers, "Tiers that occur."),
        items=lambda: labels.group_by("tier", maintain_order=True).len(),
    )
    for tier in TIERS:
        chosen = pl.col("tier") == tier
        yield table.cell(
            tier,
            "text",
            share(labels.filter(chosen).height, labels.height),
            reason(labels.height, tier_rule(tier, labels)),
            alternatives=others(
                (
                    share(converged.filter(chosen).height, converged.height),
                    CONVERGED,
                    listed(converged, chosen),
                ),
            ),
            items=listed(labels, chosen),
        )
    yield classes_cell(table, "classes", "goemotions", evidence, unsure=True)
    yield _duplicates(table, evidence)


def _duplicates(table: Table, evidence: Evidence) -> Cell:
    """Clips of the same episode, start and end, in two dialogues, with two corrected labels."""
    labels = basic_labels(evidence, subset="meld").select("item_id", "original", "label")
    place = ("recording", "start_s", "end_s")
    twice = (
        evidence.dataset.items.filter(
            (pl.col("subset") == "meld") & pl.all_horizontal(pl.col(place).is_not_null())
        )
        .join(labels, on="item_id")
        .filter(pl.col("group").n_unique().over(place) > 1)
        .sort(*place, "position")
        .select("item_id", *place, "original", "label")
    )
    before, after = (
        twice.filter(pl.col(name).n_unique().over(place) > 1).select(place).n_unique()
        for name in ("original", "label")
    )
    sets = twice.select(place).n_unique()
    return table.cell(
        "duplicates",
        "text",
        after if labels.height else None,
        reason(
            labels.height,
            f"Of {sets} clips that stand in two dialogues with the same episode, start and end "
            f"({before} with two labels in MELD), those with two corrected labels, {DROPPED}.",
        ),
        items=lambda: twice,
    )
