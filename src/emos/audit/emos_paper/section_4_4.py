"""Section 4.4, streaming: the model's answers would be needed, and are not released."""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.model_scores import NO_OUTPUTS


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """No figure can be recomputed, and no table prints another that implies one."""
    for row, column in table.values:
        yield table.cell(
            row, column, None, f"{NO_OUTPUTS}, and no other printed value implies this one."
        )
