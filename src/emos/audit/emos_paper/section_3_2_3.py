"""Section 3.2.3: four styles of annotators, described in words."""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """The number of styles, which nothing in the release can confirm."""
    rule = (
        "The release has no styles of annotators, and the paper no rule that gives one to each of "
        "the twelve."
    )
    yield table.cell("styles", "text", None, rule)
