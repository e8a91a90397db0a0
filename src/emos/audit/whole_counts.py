"""Whether a printed share can be a share of whole clips (the GRIM test).

A recall of a class of n clips is k / n with a whole k, so only n + 1 values can be printed; a mean
or share that is none of them was not taken over n items (Brown and Heathers, 2017, "The GRIM test",
Social Psychological and Personality Science 8(4)). It bites where n is less than the number of
values that the printed precision can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit.compare import Printed


def counts_giving(printed: Printed, total: int, *, scale: int = 1) -> tuple[int, ...]:
    """The whole counts k for which ``scale * k / total`` is printed so, in order.

    Parameters
    ----------
    printed : a share as printed, in units of 1 / ``scale`` (100 for a percentage).
    total : how many items the share is of, at least 1.
    """
    low, high = printed.low, printed.high
    first = -(-low.numerator * total // (low.denominator * scale))
    last = high.numerator * total // (high.denominator * scale)
    return tuple(range(max(first, 0), min(last, total) + 1))


def totals_giving(printed: Printed, totals: Iterable[int]) -> tuple[int, ...]:
    """Those of ``totals`` for which some whole count gives the printed share."""
    return tuple(total for total in totals if counts_giving(printed, total))


def nearest_count(printed: Printed, total: int, *, scale: int = 1) -> int:
    """The whole count whose share of ``total`` lies nearest to the printed value.

    Raises
    ------
    ValueError : if what is printed is no number.
    """
    if printed.number is None:
        raise ValueError(f"{printed.text!r} is no number")
    return min(max(round(printed.number * total / scale), 0), total)
