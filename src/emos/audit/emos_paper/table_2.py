"""Table 2: GoEmotions label sets of CH-SIMS v2.

The first batch's label counts and exact match hold. The latter batch's are those of the sheet's
last 2,500 rows, 595 of which are blank for all three: a blank cell was counted as one label (1.93,
1.25, 1.51), and three blank cells as an exact match (24.4 %; of the 1,904 clips annotated 15
match). The unions are not recoverable.
"""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import (
    CH_SIMS,
    LabelSets,
    count,
    identical,
    label_sets,
    mean_union,
    sheet_rows,
    traced,
    union_from,
)
from emos.audit.emos_paper.values import Tried, mean, others, reason, share

COLUMNS = {"first": "first-2499", "latter": "latter-1904"}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 2."""
    for column, batch in COLUMNS.items():
        sets, rows = label_sets(evidence, batch, "drop"), sheet_rows(evidence, batch)
        rule = reason(len(sets), "Clips of the batch.")
        everything = traced(evidence, [sets])
        yield table.cell("n", column, len(sets) or None, rule, items=everything)
        for place, annotator in enumerate(CH_SIMS[batch], 1):
            yield table.cell(
                f"label-count-{place}",
                column,
                mean(sets.total(annotator), len(sets)),
                reason(len(sets), f"Mean number of labels that {annotator} gave to a clip."),
                alternatives=others(blank_as_label(evidence, rows, annotator)),
                items=traced(evidence, [sets], annotator=annotator),
            )
        yield table.cell(
            "union-mean",
            column,
            mean_union(sets),
            reason(len(sets), "Mean number of distinct labels that the three gave to a clip."),
            alternatives=others(
                (
                    mean_union(rows),
                    f"Over the sheet's {rows.half} {len(rows):,} rows, blank ones included.",
                    traced(evidence, [rows]),
                )
            ),
            items=everything,
            recoverable=False,
        )
        yield table.cell(
            "union-4",
            column,
            count(union_from(4), sets) if len(sets) else None,
            reason(len(sets), "Clips to which the three gave four or more distinct labels."),
            items=traced(evidence, [sets], union_from(4)),
            recoverable=False,
        )
        yield exact_match_cell(table, "exact-match", column, evidence, sets, rows)


def exact_match_cell(
    table: Table, row: str, column: str, evidence: Evidence, sets: LabelSets, rows: LabelSets
) -> Cell:
    """The share of clips with three equal sets, and what blank rows make of it (Tables 2, 4)."""
    same, same_rows = count(identical, sets), count(identical, rows)
    blank = int((~rows.union.any(axis=1)).sum())
    rule = f"Clips on which all three gave the same set: {same} of the {len(sets):,} annotated."
    return table.cell(
        row,
        column,
        share(same, len(sets)),
        reason(len(sets), rule),
        alternatives=others(
            (
                share(same_rows, len(rows)) if len(sets) else None,
                f"Over the sheet's {rows.half} {len(rows):,} rows, with three blank cells counted "
                f"as equal: {same_rows} rows, {blank} of them blank for all three.",
                traced(evidence, [rows], identical),
            )
        ),
        items=traced(evidence, [sets], identical),
    )


def blank_as_label(evidence: Evidence, rows: LabelSets, annotator: str) -> Tried:
    """Mean number of labels over sheet rows with a blank cell counted as one, and that rule."""
    blank = rows.blanks(annotator)
    rule = (
        f"Over the sheet's {rows.half} {len(rows):,} rows, a blank cell counted as one label "
        f"({annotator} has {blank})."
    )
    value = mean(rows.total(annotator) + blank, len(rows))
    return value, rule, traced(evidence, [rows], annotator=annotator)
