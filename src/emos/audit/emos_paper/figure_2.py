"""Figure 2: primary emotions of the streaming utterances.

The four shares are counts of the English spelling alone; Table 11 gives the same classes with their
bilingual forms merged, and is what the paper means by a class.
"""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.table_11 import primary_cell


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """The four shares of Figure 2."""
    for row in table.rows:
        yield primary_cell(table, row, evidence)
