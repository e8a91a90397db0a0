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
    answers = dataset.votes.filter(pl.col("status") != "blank")
    labels = dataset.labels.filter(pl.col("label").is_not_null())
    if labels.is_empty() and answers.is_empty():
        return
    voted = answers["item_id"].unique()
    bare = labels.filter(~pl.col("item_id").is_in(voted.to_list()))["item_id"]
    nowhere = pl.col("cell").is_null() | pl.col("file").is_null()
    placeless = answers.filter(nowhere)["item_id"]
    counts: dict[str, object] = {
        "labels": making.counted(bare, words.say("findings.bare_items")),
        "votes": making.number(len(placeless), placeless, words.say("findings.placeless_items")),
    }
    key = "untraced"
    if bare.is_empty() and placeless.is_empty():
        key = "traced" if labels.height else "traced_votes"
        counts = {"labels": labels.height, "votes": answers.height}
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
