"""Table 8, mean stated confidence: low minus high gives the printed difference."""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.model_scores import NO_OUTPUTS, number, printed_cells
from emos.audit.implied import Interval

# Each cell from the other two of its row: sign and column of both terms.
_FORMULAS = {
    "high": ((1, "low"), (-1, "difference")),
    "low": ((1, "high"), (1, "difference")),
    "difference": ((1, "low"), (-1, "high")),
}


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Every cell, implied by the other two of its row."""
    for row in table.rows:
        for column, ((_, first), (sign, second)) in _FORMULAS.items():
            a, b = table.printed(row, first), table.printed(row, second)
            ends = (sign * b.low, sign * b.high)
            bounds = Interval(a.low + min(ends), a.high + max(ends))
            rule = (
                f"{NO_OUTPUTS}; {table.columns[first]} {'plus' if sign > 0 else 'minus'} "
                f"{table.columns[second]} of the row, over all they may have been rounded from "
                f"{bounds}."
            )
            yield table.bounded(
                row,
                column,
                number(a) + sign * number(b),
                bounds,
                rule,
                items=printed_cells(table, [(row, first), (row, second)]),
            )
