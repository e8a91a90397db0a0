"""Labels that were typed wrongly or in the wrong place: how many, and that none was lost."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making

SECTIONS = ("ledger",)


def find(making: Making) -> Iterator[Finding]:
    """Repaired cells, words set aside since no repair was certain, cells outside a batch."""
    ledger = making.results.dataset.ledger
    votes = ledger.filter(pl.col("annotator").is_not_null())
    yield from _rows(making, votes.filter(pl.col("kind") == "aside"), "aside", 30)
    yield from _rows(making, votes.filter(pl.col("kind") == "repaired"), "repaired", 40)
    outside = votes.filter(pl.col("rule") == "outside-batch")
    yield from _rows(making, outside, "outside", 35)


def _rows(making: Making, rows: pl.DataFrame, kind: str, place: int) -> Iterator[Finding]:
    if rows.is_empty():
        return
    words = making.words
    what = words.say(f"findings.{kind}_items")
    number = making.number(rows.height, rows["item_id"].drop_nulls(), what)
    yield Finding(
        "careful",
        words.phrase(f"findings.{kind}", n=number),
        words.phrase(f"findings.{kind}_why"),
        "ledger",
        place=place,
    )
