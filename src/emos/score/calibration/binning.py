"""Bins of confidence, whose edges are fixed once on the data and kept in every resample.

Bin m holds the values above its lower edge up to and with its upper edge (Guo et al., 2017); the
first one holds its lower edge too. These are the bins of scikit-learn's ``calibration_curve``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emos.score.metric import Floats, Ints


class Bins(NamedTuple):
    """Bins in ascending order.

    Attributes
    ----------
    edges : ``[bins + 1]``.
    place : the bin of each value, ``[values]``, from 0.
    """

    edges: Floats
    place: Ints

    @property
    def number(self) -> int:
        """How many bins there are."""
        return len(self.edges) - 1


def equal_width(values: Floats, bins: int) -> Bins:
    """``bins`` bins of equal width from 0 to 1."""
    # k / bins, not steps of 1 / bins: 0.3 and 3 / 10 are then one number, and its bin the lower.
    return _binned(values, np.arange(bins + 1) / bins)


def equal_mass(values: Floats, bins: int) -> Bins:
    """Bins between quantiles of ``values``, which has one entry per item.

    With n items the upper edge of bin k is the ceil(n k / bins)-th least value. Items of one and
    the same confidence are always in one bin, so that there are fewer than ``bins`` bins where many
    items share a confidence; none is empty. No values make one empty bin from 0 to 1.
    """
    if not len(values):
        return Bins(np.array([0.0, 1.0]), np.zeros(0, dtype=np.int64))
    ordered = np.sort(values)
    ranks = -(-len(values) * np.arange(1, bins) // bins)  # whole numbers: no rounding moves an edge
    inner = np.unique(ordered[np.maximum(ranks, 1) - 1])
    edges = np.concatenate([ordered[:1], inner[inner < ordered[-1]], ordered[-1:]])
    return _binned(values, edges)


def _binned(values: Floats, edges: Floats) -> Bins:
    return Bins(edges, np.searchsorted(edges[1:-1], values, side="left").astype(np.int64))
