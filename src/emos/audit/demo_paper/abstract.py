"""The abstract: how many clips, annotators and monologues."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every number of the abstract."""
    items, votes = evidence.dataset.items, evidence.dataset.votes
    monologues = items.filter(pl.col("subset") == "streaming")
    clips, people = items.height - monologues.height, votes["annotator"].n_unique()
    for row, count, rule, lacking in (
        ("clips", clips, "Items outside the streaming subset.", "clips"),
        ("annotators", people, "Annotators with a workbook.", "votes"),
    ):
        yield table.cell(row, "value", count or None, rule if count else _without(lacking))
    yield table.cell(
        "monologues",
        "value",
        monologues.height or None,
        "Items of the streaming subset." if monologues.height else _without("monologues"),
        items=lambda: monologues.select("item_id", "recording", "start_s", "end_s"),
    )


def _without(what: str) -> str:
    return f"Not computed: the dataset has no {what}."
