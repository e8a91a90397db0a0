"""Table 11: primary emotions of the streaming utterances.

Every cell holds once the two spellings of a class (`Anger` and its bilingual form) are merged.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.streaming import PLACE
from emos.audit.emos_paper.values import others, reason, share

AS_WRITTEN = "Only the class's English spelling, bilingual forms left out: {n} of {of}."


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 11."""
    for row in table.rows:
        yield primary_cell(table, row, evidence)


def primary_cell(table: Table, row: str, evidence: Evidence) -> Cell:
    """The share of utterances of a primary class, both spellings merged (Table 11, Figure 2)."""
    merged, written, total = primary_counts(evidence, row.capitalize())
    chosen = pl.col("primary") == row.capitalize()
    return table.cell(
        row,
        "share",
        share(merged, total),
        reason(
            total, f"Utterances of the class, its bilingual form included: {merged} of {total}."
        ),
        alternatives=others((share(written, total), AS_WRITTEN.format(n=written, of=total))),
        items=lambda: evidence.dataset.utterances.filter(chosen).select(PLACE),
    )


def primary_counts(evidence: Evidence, name: str) -> tuple[int, int, int]:
    """Utterances of a class, of its English spelling alone, and all."""
    utterances = evidence.dataset.utterances
    merged = utterances.filter(pl.col("primary") == name).height
    written = utterances.filter(pl.col("primary_raw") == name).height
    return merged, written, utterances.height
