"""Table 2: GoEmotions label sets of CH-SIMS v2.

The first batch's label counts and exact match hold. The latter batch's are those of the sheet's
last 2,500 rows, 595 of which are blank for all three: a blank cell was counted as one label (1.93,
1.25, 1.51), and three blank cells as an exact match (24.4 %; of the 1,904 clips annotated 15
match). The unions are not recoverable.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import (
    CH_SIMS,
    LabelSets,
    exact_matches,
    label_sets,
    mean_union,
    sheet_rows,
    traced,
    unions_from,
)
from emos.audit.emos_paper.values import mean, others, reason, share

COLUMNS = {"first": "first-2499", "latter": "latter-1904"}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 2."""
    for column, batch in COLUMNS.items():
        sets, rows = label_sets(evidence, batch, "drop"), sheet_rows(evidence, batch)
        half = "first" if column == "first" else "last"
        rule = reason(len(sets), "Clips of the batch.")
        everything = traced(evidence, sets.item_ids)
        yield table.cell("n", column, len(sets) or None, rule, items=everything)
        for place, annotator in enumerate(CH_SIMS[batch], 1):
            computed = mean(sets.total(annotator), len(sets))
            yield table.cell(
                f"label-count-{place}",
                column,
                computed,
                reason(len(sets), f"Mean number of labels that {annotator} gave to a clip."),
                alternatives=others(computed, blank_as_label(rows, annotator, half)),
                items=traced(evidence, sets.item_ids, annotator),
            )
        yield table.cell(
            "union-mean",
            column,
            mean_union(sets),
            reason(len(sets), "Mean number of distinct labels that the three gave to a clip."),
            alternatives=others(mean_union(sets), _union_of_rows(rows, half)),
            items=everything,
            recoverable=False,
        )
        yield table.cell(
            "union-4",
            column,
            unions_from(4, sets) if len(sets) else None,
            reason(len(sets), "Clips to which the three gave four or more distinct labels."),
            items=traced(evidence, sets.where(sets.union_sizes >= 4)),
            recoverable=False,
        )
        yield exact_match_cell(table, "exact-match", column, evidence, sets, rows, half)


def exact_match_cell(
    table: Table,
    row: str,
    column: str,
    evidence: Evidence,
    sets: LabelSets,
    rows: LabelSets,
    half: str,
) -> Cell:
    """The share of clips with three equal sets, and what blank rows make of it (Tables 2, 4)."""
    same, same_rows = exact_matches(sets), exact_matches(rows)
    computed = share(same, len(sets))
    blank = int((~rows.union.any(axis=1)).sum())
    tried = (
        share(same_rows, len(rows)) if len(sets) else None,
        f"Over the sheet's {half} {len(rows):,} rows, with three blank cells counted as equal: "
        f"{same_rows} rows, {blank} of them blank for all three.",
    )
    rule = f"Clips on which all three gave the same set: {same} of the {len(sets):,} annotated."
    return table.cell(
        row,
        column,
        computed,
        reason(len(sets), rule),
        alternatives=others(computed, tried),
        items=traced(evidence, sets.where(sets.identical)),
    )


def blank_as_label(rows: LabelSets, annotator: str, half: str) -> tuple[Fraction | None, str]:
    """Mean number of labels over sheet rows with a blank cell counted as one, and that rule."""
    blank = rows.blanks(annotator)
    rule = (
        f"Over the sheet's {half} {len(rows):,} rows, a blank cell counted as one label "
        f"({annotator} has {blank})."
    )
    return mean(rows.total(annotator) + blank, len(rows)), rule


def _union_of_rows(rows: LabelSets, half: str) -> tuple[Fraction | None, str]:
    rule = f"Over the sheet's {half} {len(rows):,} rows, blank ones included."
    return mean_union(rows), rule
