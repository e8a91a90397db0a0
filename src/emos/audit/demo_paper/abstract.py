"""The abstract: how many clips, annotators and monologues."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every number of the abstract."""
    items, votes = evidence.dataset.items, evidence.dataset.votes
    monologues = items.filter(pl.col("subset") == "streaming")
    clips = items.filter(pl.col("subset").ne_missing("streaming"))
    people = votes.group_by("annotator", maintain_order=True).agg(
        pl.col("batch").first(), pl.col("file").first(), answers=(pl.col("status") != "blank").sum()
    )
    rule = "Items outside the streaming subset."
    yield _count(table, "clips", clips.select("item_id"), rule, "clips")
    yield _count(table, "annotators", people, "Annotators with a workbook.", "votes")
    yield table.cell(
        "monologues",
        "value",
        monologues.height or None,
        "Items of the streaming subset." if monologues.height else _without("monologues"),
        items=lambda: monologues.select("item_id", "recording", "start_s", "end_s"),
    )


def _count(table: Table, row: str, frame: pl.DataFrame, rule: str, lacking: str) -> Cell:
    """How many rows a frame has, which are what is behind it."""
    counted = frame.height or None
    said = rule if counted else _without(lacking)
    return table.cell(row, "value", counted, said, items=lambda: frame)


def _without(what: str) -> str:
    return f"Not computed: the dataset has no {what}."
