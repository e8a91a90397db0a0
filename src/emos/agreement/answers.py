"""The answers that count under one blank policy, in the forms that coefficients need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import Floats, Ints
from emos.agreement.label_sets import Bits, pack_sets
from emos.agreement.pairs import AnnotatorPair
from emos.agreement.tally import Tally, tally_votes


@dataclass(frozen=True)
class Answers:
    """Answers of several annotators to several units.

    Attributes
    ----------
    annotators, labels : their names.
    member : booleans ``[answers, labels]``: which labels an answer holds.
    unit, annotator, code : one entry per answer, sorted by annotator, then unit; ``code`` is a
        row of ``member``.
    units : number of units, those without an answer included.
    max_pairs : with more pairs of annotators than this, none is listed.
    """

    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: npt.NDArray[np.bool_]
    unit: Ints
    annotator: Ints
    code: Ints
    units: int
    max_pairs: int

    @cached_property
    def tally(self) -> Tally:
        """How many annotators gave each answer to each unit."""
        return tally_votes(self.unit, self.code, self.units)

    @cached_property
    def sets(self) -> Bits:
        """Each answer's labels as bits."""
        return pack_sets(self.member)

    @cached_property
    def yes(self) -> Floats:
        """How many annotators gave each label to each unit, ``[units, labels]``."""
        tally = self.tally
        total = np.zeros((self.units, len(self.labels)))
        for place in range(len(self.labels)):
            holds = self.member[tally.answer, place]
            total[:, place] = np.bincount(
                tally.unit[holds], tally.votes[holds], minlength=self.units
            )
        return total

    @cached_property
    def pairs(self) -> tuple[AnnotatorPair, ...]:
        """Every pair of annotators, with what both answered."""
        people = len(self.annotators)
        if people * (people - 1) // 2 > self.max_pairs:
            return ()
        bounds = np.searchsorted(self.annotator, np.arange(people + 1))
        return tuple(
            self._pair(a, b, slice(bounds[a], bounds[a + 1]), slice(bounds[b], bounds[b + 1]))
            for a, b in combinations(range(people), 2)
        )

    def _pair(self, a: int, b: int, of_a: slice, of_b: slice) -> AnnotatorPair:
        unit, in_a, in_b = np.intersect1d(
            self.unit[of_a], self.unit[of_b], assume_unique=True, return_indices=True
        )
        return AnnotatorPair(
            self.annotators[a],
            self.annotators[b],
            unit,
            self.code[of_a][in_a],
            self.code[of_b][in_b],
        )
