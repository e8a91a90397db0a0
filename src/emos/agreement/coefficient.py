"""What every coefficient is made of: agreement observed, agreement expected by chance.

Conventions of this room. Data are reduced to *units* (items, or groups of items with the same
answers). ``weights`` of shape ``[units, samples]`` says how often each unit is in each sample:
one column of counts gives the coefficient itself, columns of resampled counts give its bootstrap.
Every coefficient is a function that is prepared once on the units and then evaluated under any
weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emos.errors import EmosError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_ITEM = "no item has two answers"
NOT_BOTH = "no item was answered by both"


class Coefficient(NamedTuple):
    """One coefficient on one set of answers.

    Attributes
    ----------
    value : the coefficient, at most 1; NaN where it is undefined.
    observed : agreement found, 0 to 1.
    expected : agreement expected by chance, 0 to 1; NaN for measures not corrected for chance.
    items : items it was computed on.
    reason : why the value is undefined, else ``None``.
    """

    value: float
    observed: float
    expected: float
    items: int
    reason: str | None


class Parts(NamedTuple):
    """Observed and expected agreement under given weights, each ``[cells, samples]``.

    ``expected`` is ``None`` for a measure that is not corrected for chance. ``no_items`` and
    ``no_variation`` say in words why a cell is undefined.
    """

    observed: Floats
    expected: Floats | None
    items: Floats
    no_items: str = NO_ITEM
    no_variation: str = "only one label was given, so chance agreement is 1"

    def values(self) -> Floats:
        """The coefficients ``[cells, samples]``: 1 - (1 - observed) / (1 - expected)."""
        if self.expected is None:
            return self.observed
        return 1.0 - ratio(1.0 - self.observed, 1.0 - self.expected)

    def reason(self, cell: int) -> str | None:
        """Why ``cell`` is undefined in the first sample, or ``None``."""
        if not np.isnan(self.values()[cell, 0]):
            return None
        return self.no_items if self.items[cell, 0] == 0 else self.no_variation


Weighted = Callable[[Floats], Parts]


def weighted_sum(values: Floats, weights: Floats) -> Floats:
    """Sum over units of ``values`` ``[units]`` in every sample, ``[1, samples]``."""
    # A product with a single row is bound by memory: einsum is faster than BLAS, whose threads
    # only wait for each other.
    total: Floats = np.einsum("u,us->s", values, weights)[None]
    return total


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """``numerator / denominator``, NaN where the denominator is 0."""
    result: Floats = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def weighted_mean(values: Floats, counted: npt.NDArray[np.bool_], no_items: str) -> Weighted:
    """The mean of ``values`` (one per unit, 0 where not ``counted``) as a function of weights."""
    included = counted.astype(np.float64)

    def parts(weights: Floats) -> Parts:
        items = weighted_sum(included, weights)
        return Parts(ratio(weighted_sum(values, weights), items), None, items, no_items)

    return parts


def evaluate(weighted: Weighted, units: int) -> Coefficient:
    """The single coefficient that ``weighted`` gives when every unit counts once."""
    parts = weighted(np.ones((units, 1)))
    return Coefficient(
        value=float(parts.values()[0, 0]),
        observed=float(parts.observed[0, 0]),
        expected=float("nan") if parts.expected is None else float(parts.expected[0, 0]),
        items=int(parts.items[0, 0]),
        reason=parts.reason(0),
    )


def check_codes(codes: npt.ArrayLike, dimensions: int) -> Ints:
    """Answers as integer codes, below 0 where there is none.

    Raises
    ------
    EmosError : if they are no integers or the array has another number of dimensions.
    """
    array = np.asarray(codes)
    if array.size == 0 and array.ndim == dimensions:
        return array.astype(np.int64)
    if array.ndim != dimensions or not np.issubdtype(array.dtype, np.integer):
        raise EmosError(
            f"answers must be a {dimensions}-dimensional array of integer codes, "
            f"not {array.dtype} of shape {array.shape}",
            remedy="number the labels 0, 1, ... and write -1 for no answer",
        )
    return array.astype(np.int64)
