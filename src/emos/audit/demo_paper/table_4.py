"""Table 4: the monologues.

False on purpose: the turning points, which are every boundary between two utterances.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Alternative, Cell, Evidence, Table

PLACE = ("monologue_id", "index", "before", "primary", "start_s", "transcript_en")


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 4."""
    dataset = evidence.dataset
    if dataset.monologues.is_empty():
        why = "Not computed: the dataset has no annotated monologues."
        yield from (table.cell(row, "value", None, why) for row in table.rows)
        return
    yield table.cell(
        "monologues",
        "value",
        dataset.monologues.height,
        "Annotated monologues.",
        items=lambda: dataset.monologues.select(pl.col("monologue_id").alias("item_id"), "file"),
    )
    utterances = dataset.utterances.sort("monologue_id", "index")
    yield table.cell(
        "utterances",
        "value",
        utterances.height,
        "Utterances whose annotation can be read.",
        items=lambda: utterances.select("monologue_id", "index", "primary_raw", "file", "place"),
    )
    sentences = dataset.sentences.select("monologue_id", "index", "start_s", "end_s", "file")
    rule = "Sentences with times." if len(sentences) else "Not computed: no sentence has a time."
    yield table.cell("sentences", "value", len(sentences) or None, rule, items=lambda: sentences)
    before = pl.col("primary").shift(1).over("monologue_id")
    boundaries = utterances.with_columns(before=before).filter(pl.col("before").is_not_null())
    changes = boundaries.filter(pl.col("primary") != pl.col("before"))
    yield table.cell(
        "turning-points",
        "value",
        changes.height,
        "Boundaries between utterances at which the primary emotion changes.",
        alternatives=[
            Alternative(
                boundaries.height,
                "Every boundary, whether the emotion changes or not.",
                lambda: boundaries.select(PLACE),
            )
        ],
        items=lambda: changes.select(PLACE),
    )
