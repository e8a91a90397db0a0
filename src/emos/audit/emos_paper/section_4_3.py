"""Section 4.3, stated confidence: the text against Table 8."""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.model_scores import number, printed_cells, printed_table, repeated


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Figures that repeat Table 8, and two claims over it."""
    for row, column in table.values:
        if column != "text":
            yield repeated(table, (row, column), "8", (row, column))
    scores = printed_table("8")
    drop = min(scores.rows, key=lambda row: number(scores.printed(row, "difference")))
    yield table.cell(
        "largest-drop",
        "text",
        scores.rows[drop],
        "The most negative difference that Table 8 prints.",
        items=printed_cells(scores, [(row, "difference") for row in scores.rows]),
    )
    columns = ("high", "low")
    tops = {max(scores.rows, key=lambda row: number(scores.printed(row, c))) for c in columns}
    yield table.cell(
        "highest-confidence",
        "text",
        " and ".join(sorted(scores.rows[row] for row in tops)),
        "The highest mean confidence on both subsets that Table 8 prints.",
        items=printed_cells(scores, [(row, column) for row in scores.rows for column in columns]),
    )
