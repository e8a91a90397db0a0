"""Table 5: Basic-7 distribution.

CH-SIMS v2's column holds. MELD-Core's is that of the first 3,000 clips, though its total says
5,000; "Combined" is therefore over 4,403 + 3,000 clips, not over 9,403.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed
from emos.audit.emos_paper.values import others, reason, share

PARTS = {
    "ch-sims-v2": (("ch-sims-v2",), "Share of the class among {n:,} labels by Dawid-Skene."),
    "meld-core": (("meld",), "Share of the class among {n:,} corrected labels."),
    "combined": (("ch-sims-v2", "meld"), "Share of the class among all {n:,} labels."),
}
WITHOUT_LAST = pl.col("batch") != "last-2000"


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 5."""
    for column, (subsets, stated) in PARTS.items():
        labels, repaired = static_labels(evidence, *subsets)
        for row in table.rows:
            if row == "total":
                clips = evidence.dataset.items.filter(pl.col("subset").is_in(subsets))
                yield table.cell(
                    row,
                    column,
                    clips.height or None,
                    reason(clips.height, "Clips."),
                    items=partial(clips.select, "item_id", "batch", "position"),
                )
            else:
                yield class_share(table, row, column, row.capitalize(), stated, labels, repaired)


def static_labels(evidence: Evidence, *subsets: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Labels of static subsets with misspelt fine labels dropped, and with them repaired."""
    drop, full = (
        pl.concat([basic_labels(evidence, subset=name, repaired=repaired) for name in subsets])
        for repaired in (False, True)
    )
    return drop, full


def class_share(
    table: Table,
    row: str,
    column: str,
    name: str,
    stated: str,
    labels: pl.DataFrame,
    repaired: pl.DataFrame,
) -> Cell:
    """The cell of a class's share, with the first 3,000 MELD clips alone as another rule."""
    chosen = pl.col("label") == name
    part = labels.filter(WITHOUT_LAST)
    first = part.filter(pl.col("subset") == "meld").height
    computed = share(labels.filter(chosen).height, labels.height)
    return table.cell(
        row,
        column,
        computed,
        reason(labels.height, stated.format(n=labels.height)),
        alternatives=others(
            computed,
            (
                share(part.filter(chosen).height, part.height),
                f"Over {part.height:,} clips: of MELD only the first {first:,}.",
            ),
            (
                share(repaired.filter(chosen).height, repaired.height),
                "The same after repair of misspelt labels.",
            ),
        ),
        items=listed(labels, chosen),
    )
