"""Counts, shares and means as exact values; ``None`` where nothing is there to be counted."""

from __future__ import annotations

from fractions import Fraction

from emos.audit import Alternative, Value, percent


def share(count: int, total: int) -> Fraction | None:
    """``count`` in ``total`` as an exact percentage; ``None`` for a total of 0."""
    return percent(count, total) if total else None


def mean(total: int, count: int) -> Fraction | None:
    """``total / count`` exactly; ``None`` for a count of 0."""
    return Fraction(total, count) if count else None


def others(computed: Value | None, *tried: tuple[Value | None, str]) -> list[Alternative]:
    """The alternatives that can be had and give another value than ``computed``."""
    return [
        Alternative(value, rule) for value, rule in tried if value is not None and value != computed
    ]


def reason(count: int, rule: str) -> str:
    """``rule``, or why nothing can be computed under it."""
    return rule if count else "Not computed: the dataset has none of the items counted here."
