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
    bare = dataset.labels.filter(~pl.col("item_id").is_in(voted.to_list()))
    placeless = dataset.votes.filter(pl.col("cell").is_null() | pl.col("file").is_null())
    if bare.height or placeless.height:
        yield Finding(
            "wrong",
            words.phrase(
                "findings.untraced",
                labels=making.counted(bare["item_id"], words.say("findings.bare_items")),
                votes=making.number(
                    placeless.height, placeless["item_id"], words.say("findings.placeless_items")
                ),
            ),
            words.phrase("findings.untraced_why"),
            "items",
            place=40,
        )
    else:
        yield Finding(
            "good",
            words.phrase(
                "findings.traced", labels=dataset.labels.height, votes=dataset.votes.height
            ),
            words.phrase("findings.traced_why"),
            "items",
            place=20,
        )
