"""One number of a paper beside the number its data give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from emos.errors import EmosError

if TYPE_CHECKING:
    import polars as pl

# What a rule may give. Counts and shares come best as int and Fraction: their rounding is exact.
# A text is a name that the paper prints (the clip with most turning points, say).
Value = int | float | Fraction | Decimal | str


class Verdict(StrEnum):
    """Whether a printed value follows from the data."""

    HOLDS = "holds"
    OTHER_RULE = "holds under another rule"
    DIFFERS = "differs"
    NOT_RECOVERABLE = "not recoverable"


@dataclass(frozen=True)
class Alternative:
    """What another rule, or another reading of the stated one, gives for the same cell.

    ``items`` makes what is behind it, as for `Cell`.
    """

    value: Value
    rule: str
    items: Callable[[], pl.DataFrame] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Cell:
    """One printed value, the one computed under the stated rule, and the verdict.

    Attributes
    ----------
    key : ``table:row:column`` in slugs, unique in a paper (``2:exact-match:latter``).
    table : the table's number, or the section of a figure in running text.
    row, column : their names as a reader finds them in the paper.
    paper : the value as printed (``"24.4"``); ``None`` for a check that prints no value.
    computed : the value under the rule that the paper states; ``None`` where none can be had.
    verdict : see `Verdict`.
    rule : how ``computed`` came about, or why there is none, in one sentence.
    alternatives : other rules tried, those that give the printed value first.
    items : makes the frame of items, votes and workbook cells (or printed cells) behind the
        value when called; ``None`` where there are none.
    """

    key: str
    table: str
    row: str
    column: str
    paper: str | None
    computed: Value | None
    verdict: Verdict
    rule: str
    alternatives: tuple[Alternative, ...] = ()
    items: Callable[[], pl.DataFrame] | None = field(default=None, compare=False, repr=False)

    def alternative(self, number: int) -> Alternative:
        """The alternative of a number, counted from 1; an `EmosError` if there is none."""
        if not 1 <= number <= len(self.alternatives):
            known = f"1 to {len(self.alternatives)}" if self.alternatives else "none"
            raise EmosError(f"{self.key} has no alternative {number}", remedy=f"it has {known}")
        return self.alternatives[number - 1]
