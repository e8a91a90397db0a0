"""Counts, shares and means as exact values; ``None`` where nothing is there to be counted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import polars as pl

from emos.audit import Alternative, Value, percent

Items = Callable[[], pl.DataFrame]
Tried = tuple[Value | None, str] | tuple[Value | None, str, Items]


def share(count: int, total: int) -> Fraction | None:
    """``count`` in ``total`` as an exact percentage; ``None`` for a total of 0."""
    return percent(count, total) if total else None


def mean(total: int, count: int) -> Fraction | None:
    """``total / count`` exactly; ``None`` for a count of 0."""
    return Fraction(total, count) if count else None


def others(*tried: Tried) -> list[Alternative]:
    """The alternatives that can be had, each with its rule and, if given, what is behind it."""
    return [
        Alternative(one[0], one[1], one[2] if len(one) == 3 else None)
        for one in tried
        if one[0] is not None
    ]


def reason(count: int, rule: str) -> str:
    """``rule``, or why nothing can be computed under it."""
    return rule if count else "Not computed: the dataset has none of the items counted here."
