"""Section 3.2: the pilot study, which is not in the release."""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Both accuracies of the pilot."""
    for row in table.rows:
        yield table.cell(
            row, "text", None, "Neither the pilot set nor the models' answers are released."
        )
