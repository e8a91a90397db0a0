"""The abstract: how many clips, annotators and monologues."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every number of the abstract."""
    items, votes = evidence.dataset.items, evidence.dataset.votes
    clips = items.filter(pl.col("subset") != "streaming")
    yield table.cell("clips", "value", clips.height, "Items outside the streaming subset.")
    people = votes["annotator"].n_unique()
    yield table.cell("annotators", "value", people, "Annotators with a workbook.")
    monologues = items.filter(pl.col("subset") == "streaming")
    yield table.cell(
        "monologues",
        "value",
        monologues.height,
        "Items of the streaming subset.",
        items=lambda: monologues.select("item_id", "recording", "start_s", "end_s"),
    )
