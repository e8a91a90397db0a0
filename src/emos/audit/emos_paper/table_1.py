"""Table 1: quality tiers and numbers of distinct labels of CH-SIMS v2.

Every cell holds under the release's Dawid-Skene run, stopped after 50 iterations. One label from
all three adds nothing to High: all such clips reach 0.9 by their confidence. The paper says "upon
convergence"; what the tiers are then stands as an alternative.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed
from emos.audit.emos_paper.values import others, reason

COLUMNS = {
    "first": pl.col("batch") == "first-2499",
    "latter": pl.col("batch") == "latter-1904",
    "total": pl.lit(True),
}
RUN = "by Dawid-Skene, one model per batch, at most 50 iterations"
CONVERGED = "The same, run to convergence."
TIERS = ("high", "medium", "low")
DISTINCT = {1: "one and the same label", 2: "two distinct labels", 3: "three distinct labels"}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 1."""
    labels = basic_labels(evidence, subset="ch-sims-v2")
    converged = basic_labels(evidence, subset="ch-sims-v2", run="converged")
    for column, batch in COLUMNS.items():
        part, other = labels.filter(batch), converged.filter(batch)
        clips = part.height
        counted = clips if clips else None
        rule = reason(clips, f"Clips of {'both batches' if column == 'total' else 'the batch'}.")
        yield table.cell("n", column, counted, rule, items=listed(part, pl.lit(True)))
        for tier in TIERS:
            chosen = pl.col("tier") == tier
            computed = part.filter(chosen).height if clips else None
            yield table.cell(
                tier,
                column,
                computed,
                reason(clips, tier_rule(tier, part)),
                alternatives=others(
                    (other.filter(chosen).height, CONVERGED, listed(other, chosen))
                ),
                items=listed(part, chosen),
            )
        for size, name in DISTINCT.items():
            chosen = pl.col("unique_labels") == size
            yield table.cell(
                f"unique-{size}",
                column,
                part.filter(chosen).height if clips else None,
                reason(clips, f"Clips to which the three annotators gave {name}."),
                items=listed(part, chosen),
            )


def tier_rule(tier: str, labels: pl.DataFrame) -> str:
    """What puts a clip in a tier (section 3.2.2)."""
    unanimous = (pl.col("unique_labels") == 1) & (pl.col("confidence") < 0.9)
    added = labels.filter(unanimous).height
    return {
        "high": f"Clips of confidence 0.9 or more {RUN}, or with one label from all three, "
        f"which adds {added}.",
        "medium": f"Clips of confidence from 0.8 to below 0.9 {RUN}.",
        "low": f"Clips of confidence below 0.8 {RUN}.",
    }[tier]
