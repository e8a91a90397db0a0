"""Section 3.2.1: two layers, their classes, three annotators for each clip."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.values import others, reason
from emos.taxonomy import UNSURE


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 3.2.1."""
    votes = evidence.full
    layers = votes["layer"].n_unique()
    yield table.cell(
        "granularities",
        "text",
        layers or None,
        reason(layers, "Layers on which there are votes."),
        items=lambda: votes.group_by("layer", maintain_order=True).len(),
    )
    for row, layer in (("basic-classes", "basic7"), ("fine-classes", "goemotions")):
        yield classes_cell(table, row, layer, evidence)
    yield _annotators(table, votes)


def classes_cell(
    table: Table, row: str, layer: str, evidence: Evidence, *, unsure: bool = False
) -> Cell:
    """How many labels of a layer the annotators used."""
    used = evidence.full.filter(pl.col("layer") == layer)["labels"].explode().drop_nulls()
    counts = used.value_counts(sort=True)
    if not unsure:
        counts = counts.filter(pl.col("labels") != UNSURE)
    note = "with Unsure" if unsure else "Unsure aside"
    return table.cell(
        row,
        "text",
        counts.height or None,
        reason(counts.height, f"Distinct labels that annotators gave on the layer, {note}."),
        items=lambda: counts,
    )


def _annotators(table: Table, votes: pl.DataFrame) -> Cell:
    answers = votes.group_by("item_id", "layer", maintain_order=True).agg(
        annotators=pl.col("annotator").n_unique(),
        answers=(pl.col("status") != "blank").sum(),
    )
    fewest, most = (pick(answers["annotators"], default=0) for pick in (min, max))
    answered = min(answers["answers"], default=0)
    computed = fewest if answers.height else None
    short = answers.filter(pl.col("answers") < 3)
    return table.cell(
        "annotators",
        "text",
        computed,
        reason(
            answers.height,
            f"Annotators per clip and layer of CH-SIMS v2 and MELD, {fewest} at least and {most} "
            "at most; the streaming subset has one agreed annotation and no votes.",
        ),
        alternatives=others(
            (answered, f"Fewest answers that are not blank ({short.height} clips lack one)."),
        ),
        items=lambda: short,
    )
