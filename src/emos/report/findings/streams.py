"""How many emotion turning points there are, which depends on what is called one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.aggregate.settled import settled
from emos.aggregate.turning_points import boundaries
from emos.report.behind import behind
from emos.report.findings import Finding
from emos.report.making import Making
from emos.report.words import Number

SECTIONS = ("streams",)


def find(making: Making) -> Iterator[Finding]:
    """Boundaries, and how many of them are changes of the primary emotion or of either layer."""
    words, dataset = making.words, making.results.dataset
    found = boundaries(settled(dataset.utterances, dataset.monologues))
    if found.is_empty():
        return

    def number(rows: pl.DataFrame, name: str) -> Number:
        leads = behind(making, rows, words.say(f"findings.streams_{name}"))
        return Number(f"{rows.height:,}", leads)

    yield Finding(
        "careful",
        words.phrase(
            "findings.streams",
            boundary=number(found, "boundary"),
            primary=number(found.filter("primary"), "primary"),
            either=number(found.filter("either"), "either"),
        ),
        words.phrase("findings.streams_why"),
        "streams",
        place=45,
    )
