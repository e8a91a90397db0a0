"""What some printed scores imply about another: identities in interval arithmetic.

Every printed value stands for an interval (`Printed.low` to `Printed.high`). The functions below
return the interval of a quantity over all values that the given ones may stand for; a printed
value outside it cannot be right together with them. All is exact (fractions).

Scores of a class: recall R = right / size, precision P = right / answers,
F1 = 2 P R / (P + R) = 2 right / (size + answers), and 0 where nothing is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from emos.audit.compare import Printed

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Interval:
    """All values from ``low`` to ``high``, both included."""

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        return f"{float(self.low):.4f} to {float(self.high):.4f}"

    def within(self, low: Fraction, high: Fraction) -> Interval:
        """The part between two limits; a single limit where there is none."""
        return Interval(min(max(self.low, low), high), max(min(self.high, high), low))


def interval(printed: Printed) -> Interval:
    """What a printed value stands for."""
    return Interval(printed.low, printed.high)


def share(printed: Printed) -> Interval:
    """What a printed score or share stands for, kept between 0 and 1."""
    return interval(printed).within(_ZERO, _ONE)


def f1_from(precision: Printed, recall: Printed) -> Interval:
    """F1 from precision and recall; it grows in both."""
    p, r = share(precision), share(recall)
    return Interval(_f1(p.low, r.low), _f1(p.high, r.high))


def other_from(f1: Printed, known: Printed) -> Interval:
    """Precision from F1 and recall, or recall from F1 and precision.

    With one of them called x, the other is F1 x / (2 x - F1): it grows in F1 and falls in x.
    The limit is 1 where the denominator is not positive: where F1 and x are printed as 0, any
    value will do.
    """
    f, x = share(f1), share(known)
    return Interval(_other(f.low, x.high), _other(f.high, x.low)).within(_ZERO, _ONE)


def mean_of(values: Sequence[Interval]) -> Interval:
    """The plain mean (macro-F1 over the F1 of classes).

    Raises
    ------
    ValueError : of no value.
    """
    if not values:
        raise ValueError("the mean of no value is undefined")
    count = len(values)
    return Interval(
        sum((v.low for v in values), _ZERO) / count, sum((v.high for v in values), _ZERO) / count
    )


def weighted_mean(weights: Sequence[Interval], values: Sequence[Interval]) -> Interval | None:
    """The mean under weights that sum to 1 (accuracy: class shares and recalls).

    Returns
    -------
    The interval over all weights in their intervals whose sum is 1; ``None`` if there are none.
    """
    if not sum(w.low for w in weights) <= 1 <= sum(w.high for w in weights):
        return None
    low = _extreme(weights, [v.low for v in values], largest=False)
    return Interval(low, _extreme(weights, [v.high for v in values], largest=True))


def answers(size: Interval, precision: Printed, recall: Printed) -> Interval:
    """How often a class of ``size`` clips was answered: size * R / P.

    Nothing right and precision 0 bound nothing from above, so only 0 is returned for them.
    """
    p, r = share(precision), share(recall)
    if p.low <= 0:
        return Interval(_ZERO, _ZERO)
    return Interval(size.low * r.low / p.high, size.high * r.high / p.low)


def mixing_weight(first: Printed, second: Printed, mixed: Printed) -> Interval | None:
    """The w for which w * first + (1 - w) * second = mixed (an accuracy over two languages).

    Returns
    -------
    The interval of w within [0, 1]: ``None`` if no w in it will do, all of it if the two parts may
    be equal.
    """
    a, b, m = interval(first), interval(second), interval(mixed)
    if a.low > b.high:  # exchange the parts so that the first is the smaller one
        swapped = mixing_weight(second, first, mixed)
        return None if swapped is None else Interval(1 - swapped.high, 1 - swapped.low)
    if m.high < a.low or m.low > b.high:
        return None
    if a.high >= b.low:
        return Interval(_ZERO, _ONE)
    # w = (b - m) / (b - a): it falls in m and grows in a and, while m lies above a, in b.
    corners = [
        (y - z) / (y - x) for x in (a.low, a.high) for y in (b.low, b.high) for z in (m.low, m.high)
    ]
    low, high = min(corners), max(corners)
    if low > 1 or high < 0:
        return None
    return Interval(low, high).within(_ZERO, _ONE)


def _f1(precision: Fraction, recall: Fraction) -> Fraction:
    total = precision + recall
    return 2 * precision * recall / total if total else _ZERO


def _other(f1: Fraction, known: Fraction) -> Fraction:
    below = 2 * known - f1
    return f1 * known / below if below > 0 else _ONE


def _extreme(weights: Sequence[Interval], values: Sequence[Fraction], *, largest: bool) -> Fraction:
    """Put what is left of 1 above the smallest weights where it counts most (or least)."""
    left = 1 - sum((w.low for w in weights), _ZERO)
    total = sum((w.low * v for w, v in zip(weights, values, strict=True)), _ZERO)
    order = sorted(range(len(values)), key=lambda i: values[i], reverse=largest)
    for i in order:
        part = min(left, weights[i].high - weights[i].low)
        total += part * values[i]
        left -= part
    return total
