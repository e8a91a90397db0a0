"""Which items have a stated confidence, and what the metrics of such items share.

An item takes part if it has a label, a confidence from 0 to 1, and its answer counts: under the
policy ``wrong`` an answer that is no label is a wrong answer with the confidence it was given with;
under ``leave-out`` and ``neutral`` it is left out, for a confidence says nothing of an answer that
was put in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.score.calibration.binning import Bins, equal_mass, equal_width
from emos.score.family import Context
from emos.score.metric import Floats, Ints
from emos.score.resampling import UnitSums
from emos.taxonomy import BASIC7

TIERS = ("high", "low")


@dataclass(frozen=True)
class Stated:
    """Items reduced to units: those of one confidence, correctness and tier are one unit.

    Attributes
    ----------
    unit : the unit of each item ``[items]``; -1 without a label, the last one if left out.
    confidence, right, tier : of each unit but the last ``[U]``; ``tier`` is a place in `TIERS` or
        2 for another.
    values : distinct confidences ``[V]``, ascending; ``value`` is the place of each unit's.
    width, mass : bins of ``values``.
    labelled : how many items have a label.
    unusable : how many of these have a confidence that is left out with its answer.
    """

    unit: Ints
    confidence: Floats
    right: Floats
    tier: Ints
    values: Floats
    value: Ints
    width: Bins
    mass: Bins
    labelled: int
    unusable: int

    @property
    def units(self) -> int:
        """How many units there are, with the one of items left out."""
        return len(self.confidence) + 1

    @property
    def taking_part(self) -> int:
        """How many items have a confidence that counts."""
        return int(((self.unit >= 0) & (self.unit < self.units - 1)).sum())


def usable(context: Context) -> npt.NDArray[np.bool_]:
    """Which items were answered with a label of the set, ``[items]``."""
    answers = context.predictions.items
    known = (answers["status"] == "ok") & answers["basic7"].is_in(BASIC7.labels).fill_null(False)
    return known.to_numpy()


def stated(context: Context, bins: int) -> Stated:
    """The confidences of a model's answers; those that are no number from 0 to 1 are none."""
    given = context.predictions.items["confidence"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    answered = usable(context)
    labelled = context.gold >= 0
    has = labelled & (given >= 0) & (given <= 1)
    part = has & (answered | (context.options.policy == "wrong"))
    right = answered & (context.gold == context.predicted)
    tier = context.labels()["tier"].replace_strict(
        list(TIERS), [0, 1], default=2, return_dtype=pl.Int64
    )
    rows = np.stack([given, right, tier.fill_null(2).to_numpy()], axis=1)[part] + 0.0  # no -0.0
    found, place = np.unique(rows, axis=0, return_inverse=True)
    unit = np.where(labelled, len(found), -1)
    unit[part] = place.reshape(-1)
    values, value = np.unique(found[:, 0], return_inverse=True)
    mass = equal_mass(rows[:, 0], bins)
    of_values = np.searchsorted(mass.edges[1:-1], values, side="left").astype(np.int64)
    return Stated(
        unit=unit.astype(np.int64),
        confidence=found[:, 0],
        right=found[:, 1],
        tier=found[:, 2].astype(np.int64),
        values=values,
        value=value.astype(np.int64),
        width=equal_width(values, bins),
        mass=Bins(mass.edges, of_values),
        labelled=int(labelled.sum()),
        unusable=int((has & ~part).sum()),
    )


@dataclass(frozen=True)
class Binned:
    """Sums over the items of each bin, all ``[bins, samples]``."""

    items: Floats
    right: Floats
    confidence: Floats


@dataclass(frozen=True)
class StatedSample:
    """What the metrics share; every sum is over items.

    Attributes
    ----------
    weights : how often each unit is in each sample ``[units, samples]``.
    """

    of: Stated
    weights: Floats

    @cached_property
    def right(self) -> Floats:
        """Right answers by confidence, the least first, ``[V, samples]``."""
        return self._by_value(self.weights[:-1] * self.of.right[:, None])

    @cached_property
    def wrong(self) -> Floats:
        """Wrong answers by confidence ``[V, samples]``."""
        return self._by_value(self.weights[:-1] * (1 - self.of.right[:, None]))

    @cached_property
    def items(self) -> Floats:
        """Answers by confidence ``[V, samples]``."""
        return self.right + self.wrong

    @cached_property
    def total(self) -> Floats:
        """Items that take part, ``[1, samples]``."""
        return total(self.items)

    @cached_property
    def confidence(self) -> Floats:
        """The sum of confidences, ``[1, samples]``."""
        return total(self.items * self.of.values[:, None])

    @cached_property
    def width(self) -> Binned:
        """Sums over bins of equal width."""
        return self._binned(self.of.width)

    @cached_property
    def mass(self) -> Binned:
        """Sums over bins of equal mass."""
        return self._binned(self.of.mass)

    def of_tier(self, name: str) -> tuple[Floats, Floats]:
        """The sum of confidences over a tier, and its items, both ``[1, samples]``."""
        weights = self.weights[:-1] * (self.of.tier == TIERS.index(name))[:, None]
        return total(weights * self.of.confidence[:, None]), total(weights)

    def _by_value(self, weights: Floats) -> Floats:
        return UnitSums(self.of.value, len(self.of.values))(weights)

    def _binned(self, bins: Bins) -> Binned:
        add = UnitSums(bins.place, bins.number)
        return Binned(add(self.items), add(self.right), add(self.items * self.of.values[:, None]))


def total(values: Floats) -> Floats:
    """The sum over rows, ``[1, samples]``."""
    summed: Floats = values.sum(axis=0, keepdims=True)
    return summed
