"""Labels that were typed wrongly: how many, and that none was lost."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making


def find(making: Making) -> Iterator[Finding]:
    """Repaired cells, and tokens set aside since no repair was certain."""
    ledger, words = making.results.dataset.ledger, making.words
    votes = ledger.filter(pl.col("annotator").is_not_null())
    for kind in ("repaired", "aside"):
        rows = votes.filter(pl.col("kind") == kind)
        if rows.is_empty():
            continue
        what = words.say(f"findings.{kind}_items")
        cells = making.number(rows.height, rows["item_id"].drop_nulls(), what)
        yield Finding(
            "careful",
            words.phrase(f"findings.{kind}", n=cells, people=rows["annotator"].n_unique()),
            words.phrase(f"findings.{kind}_why"),
            "ledger",
            place=30 if kind == "aside" else 40,
        )
