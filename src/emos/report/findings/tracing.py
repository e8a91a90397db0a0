"""Whether every label can be followed back to the cells it came from."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making

SECTIONS = ("items",)


def find(making: Making) -> Iterator[Finding]:
    """Labels without a vote behind them, and votes without a cell."""
    dataset, words = making.results.dataset, making.words
    if dataset.labels.is_empty() and dataset.votes.is_empty():
        return
    voted = dataset.votes["item_id"].unique()
    bare = dataset.labels.filter(~pl.col("item_id").is_in(voted.to_list()))["item_id"]
    nowhere = pl.col("cell").is_null() | pl.col("file").is_null()
    placeless = dataset.votes.filter(nowhere)["item_id"]
    counts: dict[str, object] = {
        "labels": making.counted(bare, words.say("findings.bare_items")),
        "votes": making.number(len(placeless), placeless, words.say("findings.placeless_items")),
    }
    key = "untraced"
    if bare.is_empty() and placeless.is_empty():
        key = "traced" if dataset.labels.height else "traced_votes"
        counts = {"labels": dataset.labels.height, "votes": dataset.votes.height}
    elif bare.is_empty() or placeless.is_empty():
        key = "untraced_votes" if bare.is_empty() else "untraced_labels"
    good = key.startswith("traced")
    yield Finding(
        "good" if good else "wrong",
        words.phrase(f"findings.{key}", **counts),
        words.phrase("findings.traced_why" if good else "findings.untraced_why"),
        "items",
        place=20 if good else 40,
    )
