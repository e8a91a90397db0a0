"""How many annotators gave each answer to each unit, kept sparse.

A fine-grained layer has hundreds of distinct label sets, of which a unit holds at most a few: a
dense table would grow with items x sets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import Floats, Ints, check_codes
from emos.errors import EmosError


class Tally(NamedTuple):
    """The filled cells of the table ``n[unit, answer]``, sorted by answer, then unit.

    Attributes
    ----------
    unit, answer, votes : one entry per cell with at least one vote.
    size : votes per unit, ``[units]``.
    """

    unit: Ints
    answer: Ints
    votes: Floats
    size: Floats

    def per_unit(self, values: Floats) -> Floats:
        """Sum of ``values`` (one per cell) over each unit's cells, ``[units]``."""
        return np.bincount(self.unit, values, minlength=len(self.size)).astype(np.float64)

    def totals(self, values: Floats, weights: Floats) -> Floats:
        """Weighted sum of ``values`` per answer that occurs, ``[distinct answers, samples]``."""
        rows = weights[self.unit]
        rows *= values[:, None]
        return sum_groups(self.answer, rows)


def sum_groups(key: Ints, rows: Floats) -> Floats:
    """Sum consecutive ``rows`` that share a ``key`` (sorted), one output row per distinct key."""
    if not len(key):
        return np.zeros((0, rows.shape[1]))
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    return np.add.reduceat(rows, starts, axis=0)


def tally_votes(unit: Ints, answer: Ints, units: int) -> Tally:
    """Tally votes given as parallel arrays of unit and answer code (all codes >= 0)."""
    cell, count = np.unique(answer * max(units, 1) + unit, return_counts=True)
    size = np.bincount(unit, minlength=units).astype(np.float64)
    return Tally(cell % max(units, 1), cell // max(units, 1), count.astype(np.float64), size)


def tally_codes(codes: npt.ArrayLike) -> Tally:
    """Tally an array ``[items, annotators]`` of answer codes, below 0 where there is none."""
    array = check_codes(codes, 2)
    unit, annotator = np.nonzero(array >= 0)
    return tally_votes(unit, array[unit, annotator], len(array))


def tally_counts(counts: npt.ArrayLike) -> Tally:
    """Tally a table ``[items, labels]`` of how many annotators gave each label to each item.

    Raises
    ------
    EmosError : if it has another shape or an entry is negative, NaN or no whole number.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or table.dtype.kind not in "iuf":
        raise EmosError(
            f"counts must be a table of items x labels, not {table.dtype} of shape {table.shape}"
        )
    table = table.astype(np.float64)
    if not (np.isfinite(table).all() and (table >= 0).all() and (table % 1 == 0).all()):
        raise EmosError("counts must be whole numbers from 0", remedy="count annotators per label")
    answer, unit = np.nonzero(table.T)
    return Tally(unit, answer, table[unit, answer], table.sum(axis=1))
