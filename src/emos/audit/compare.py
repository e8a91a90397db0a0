"""When a printed number holds: rounding as a reader would check it, and the four verdicts.

A printed number is kept as text, because ``0.30`` and ``0.3`` promise different things. A computed
value holds if it rounds to the printed one at the printed precision; on an exact tie both
neighbours are accepted, for half up, half to even and the rounding of binary floats (Python makes
15.075 to 15.07) part there. Nothing is compared in floating point: ints, Fractions and Decimals are
exact, and a float within 1e-9 of a tie counts as the tie.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from emos.audit.cell import Alternative, Value, Verdict
from emos.errors import EmosError

_PRINTED = re.compile(r"(<=|>=|<|>|~)?\s*([-+−]?)(\d[\d,]*)(?:\.(\d+))?(?:e([-+]?\d+))?\s*%?")
_ABOUT = Fraction(1, 10)
_FLOAT_NOISE = Fraction(1, 10**9)


@dataclass(frozen=True)
class Printed:
    """A printed value: its text, its number, and how it is to be read.

    Attributes
    ----------
    text : as printed, without unit.
    number : the exact decimal; ``None`` for a name.
    decimals : digits after the point (5 of ``5e-5``).
    relation : ``=`` (rounds to), ``<``, ``<=``, ``>``, ``>=``, or ``~`` ("about": within 10 %).
    """

    text: str
    number: Fraction | None
    decimals: int = 0
    relation: str = "="

    @cached_property
    def unit(self) -> Fraction:
        """One unit of the last printed digit."""
        return Fraction(10) ** -self.decimals

    @cached_property
    def low(self) -> Fraction:
        """The smallest value that may have been rounded to this one."""
        return self._value() - self.unit / 2

    @cached_property
    def high(self) -> Fraction:
        """The largest value that may have been rounded to this one."""
        return self._value() + self.unit / 2

    def json(self) -> int | float | str:
        """The number as JSON has it; the text where it is a name."""
        if self.number is None:
            return self.text
        return int(self.number) if self.decimals <= 0 else float(self.number)

    def _value(self) -> Fraction:
        if self.number is None:
            raise EmosError(f"{self.text!r} is no number")
        return self.number


def parse_printed(text: str) -> Printed:
    """Read a value as a paper prints it: ``1,458``, ``24.4``, ``+0.002``, ``5e-5``, ``< 70``,
    ``~ 700``.

    Anything else is a name and compared as text.
    """
    match = _PRINTED.fullmatch(text.strip())
    if match is None:
        return Printed(text.strip(), None)
    relation, sign, whole, decimals, power = match.groups()
    decimals, exponent = decimals or "", int(power or 0)
    number = Fraction(Decimal(f"{whole.replace(',', '')}.{decimals or '0'}e{exponent}"))
    if sign in ("-", "−"):
        number = -number
    return Printed(text.strip(), number, len(decimals) - exponent, relation or "=")


def rounds_to(value: int | float | Fraction | Decimal, printed: Printed) -> bool:
    """Whether ``value`` rounds to ``printed`` at its precision; on a tie both neighbours do."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    scaled = Fraction(value) / printed.unit
    wanted = printed._value() / printed.unit
    whole = math.floor(scaled)
    rest = scaled - whole
    noise = _FLOAT_NOISE if isinstance(value, float) else Fraction(0)
    if abs(rest - Fraction(1, 2)) <= noise:
        return wanted in (whole, whole + 1)
    return wanted == (whole if rest < Fraction(1, 2) else whole + 1)


def matches(value: Value | None, printed: Printed) -> bool:
    """Whether a computed value is what the paper prints, read as it is printed."""
    if value is None:
        return False
    if printed.number is None or isinstance(value, str):
        return isinstance(value, str) and value.casefold() == printed.text.casefold()
    if printed.relation == "=":
        return rounds_to(value, printed)
    if isinstance(value, float) and not math.isfinite(value):
        return False
    number = Fraction(value)
    if printed.relation == "~":
        return abs(number - printed.number) <= _ABOUT * abs(printed.number)
    return {
        "<": number < printed.number,
        "<=": number <= printed.number,
        ">": number > printed.number,
        ">=": number >= printed.number,
    }[printed.relation]


def judge(
    printed: Printed,
    computed: Value | None,
    alternatives: Iterable[Alternative] = (),
    *,
    recoverable: bool = True,
) -> Verdict:
    """The verdict on one cell: the stated rule first, then any other, then what is left.

    ``recoverable=False`` says that the paper leaves open what was counted, so that a computed
    value is one reading among others and cannot contradict the printed one.
    """
    if matches(computed, printed):
        return Verdict.HOLDS
    if any(matches(alternative.value, printed) for alternative in alternatives):
        return Verdict.OTHER_RULE
    if computed is None or not recoverable:
        return Verdict.NOT_RECOVERABLE
    return Verdict.DIFFERS


def judge_interval(
    printed: Printed,
    low: Fraction,
    high: Fraction,
    alternatives: Iterable[Alternative] = (),
) -> Verdict:
    """The verdict where the data give only bounds: can any value between them be printed so?"""
    if low <= printed.high and high >= printed.low:
        return Verdict.HOLDS
    return judge(printed, low if low > printed.high else high, alternatives)


def shown(value: Value | None, printed: Printed | None) -> int | float | str | None:
    """A computed value as reports show it: one digit more than printed.

    More digits are kept until whoever rounds the value shown, half up, gets the printed number if
    and only if the value gives it (24.3499 beside 24.4 is not 24.35, and 4.147 beside 4.1 not
    4.15); an exact tie, which gives both neighbours, is shown in full. A whole number stays one.
    Without a printed value four decimals are kept.
    """
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    number = Fraction(value)
    if printed is None or printed.number is None:
        return float(round(number, 4))
    for digits in range(printed.decimals + 1, 16):
        short = round(number, digits)
        if short == number or _reads_as(short, printed) == matches(value, printed):
            return float(short)
    return float(number)


def _reads_as(short: Fraction, printed: Printed) -> bool:
    """Whether a reader who rounds ``short`` half up gets the printed number."""
    if printed.relation != "=":
        return matches(short, printed)
    units = math.floor(abs(short) / printed.unit + Fraction(1, 2))
    return (units if short >= 0 else -units) * printed.unit == printed.number


def percent(count: int, total: int) -> Fraction:
    """``count`` in ``total`` as an exact percentage.

    Raises
    ------
    ZeroDivisionError : for a total of 0; the caller says why there is none.
    """
    return Fraction(100 * count, total)
