"""Table 5: Basic-7 distribution.

CH-SIMS v2's column holds. MELD-Core's is that of the first 3,000 clips, though its total says
5,000; "Combined" is therefore over 4,403 + 3,000 clips, not over 9,403.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed, listed_repaired
from emos.audit.emos_paper.label_sets import DROPPED, REPAIRED
from emos.audit.emos_paper.table_1 import CONVERGED, RUN
from emos.audit.emos_paper.values import others, reason, share

PARTS = {
    "ch-sims-v2": (("ch-sims-v2",), "Share of the class among {n:,} labels " + f"{RUN}."),
    "meld-core": (("meld",), "Share of the class among {n:,} corrected labels, " + f"{DROPPED}."),
    "combined": (
        ("ch-sims-v2", "meld"),
        "Share of the class among all {n:,} labels, "
        f"CH-SIMS v2's {RUN}, and MELD's corrected, {DROPPED}.",
    ),
}
WITHOUT_LAST = pl.col("batch") != "last-2000"


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 5."""
    for column, (subsets, _) in PARTS.items():
        labels = static_labels(evidence, column)
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
                name = row.capitalize()
                yield class_share(table, (row, column), name, column, labels, evidence)


def static_labels(evidence: Evidence, part: str) -> dict[str, pl.DataFrame]:
    """Labels of a part by run: misspelt fine labels dropped, repaired, or run to convergence."""
    return {
        run: pl.concat([basic_labels(evidence, subset=name, run=run) for name in PARTS[part][0]])
        for run in ("drop", "full", "converged")
    }


def class_share(
    table: Table,
    place: tuple[str, str],
    name: str,
    part: str,
    runs: Mapping[str, pl.DataFrame],
    evidence: Evidence,
) -> Cell:
    """The cell of a class's share, with the first 3,000 MELD clips alone as another rule."""
    chosen = pl.col("label") == name
    labels, repaired, converged = (runs[run] for run in ("drop", "full", "converged"))
    early = labels.filter(WITHOUT_LAST)
    first = early.filter(pl.col("subset") == "meld").height
    return table.cell(
        *place,
        _share(labels, chosen),
        reason(labels.height, PARTS[part][1].format(n=labels.height)),
        alternatives=others(
            (
                _share(early, chosen),
                f"Over {early.height:,} clips: of MELD only the first {first:,}.",
                listed(early, chosen),
            ),
            (_share(repaired, chosen), REPAIRED, listed_repaired(evidence, repaired, chosen)),
            (_share(converged, chosen), CONVERGED, listed(converged, chosen)),
        ),
        items=listed(labels, chosen),
    )


def _share(labels: pl.DataFrame, chosen: pl.Expr) -> Fraction | None:
    return share(labels.filter(chosen).height, labels.height)
