"""One clip under two ids, with two labels."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.duplicates import find_duplicates
from emos.report.findings import Finding
from emos.report.making import Making

SECTIONS = ("items",)


def find(making: Making) -> Iterator[Finding]:
    """Clips of the same recording, start and end that are not neighbouring utterances."""
    dataset, words = making.results.dataset, making.words
    pairs = find_duplicates(dataset.items, dataset.labels).filter(~pl.col("neighbours"))
    if pairs.is_empty():
        return
    differ = pairs.filter(pl.col("label_differs").fill_null(False))
    both = pl.concat([pairs["item_id"], pairs["other_id"]]).sort()
    apart = pl.concat([differ["item_id"], differ["other_id"]]).sort()
    yield Finding(
        "wrong" if differ.height else "careful",
        words.phrase(
            "findings.duplicates",
            n=making.number(pairs.height, both, words.say("findings.duplicates_items")),
            differ=making.number(
                differ.height, apart, words.say("findings.duplicates_differ_items")
            ),
        ),
        words.phrase("findings.duplicates_why"),
        "items",
        place=30,
    )
