"""Pairs of votes: within a unit, and of two annotators."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emos.agreement.coefficient import NOT_BOTH, Floats, Ints, Weighted, weighted_mean
from emos.agreement.tally import Tally


class AnnotatorPair(NamedTuple):
    """The units two annotators both answered, and their answers there."""

    first: str
    second: str
    unit: Ints
    left: Ints
    right: Ints

    @property
    def name(self) -> str:
        """The pair as the tables write it."""
        return f"{self.first}-{self.second}"


def cells_of_a_unit(tally: Tally) -> tuple[Ints, Ints]:
    """Every ordered pair of cells (itself included) that belong to the same unit.

    Their number is the sum over units of the squared number of distinct answers.
    """
    order = np.argsort(tally.unit, kind="stable")
    cells = np.bincount(tally.unit, minlength=len(tally.size))
    start = np.concatenate(([0], np.cumsum(cells)[:-1])).astype(np.int64)
    repeat = cells[tally.unit[order]]
    first = np.repeat(order, repeat)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return first, order[start[tally.unit[first]] + offset]


def pair_mean(pair: AnnotatorPair, values: Floats, units: int) -> Weighted:
    """Mean of one value per unit that both answered, as a function of weights of all units."""
    spread, both = np.zeros(units), np.zeros(units, dtype=np.bool_)
    spread[pair.unit], both[pair.unit] = values, True
    return weighted_mean(spread, both, NOT_BOTH)
