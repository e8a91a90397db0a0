"""Percentile intervals by resampling items (Efron and Tibshirani, 1993, section 13.3).

A resample of n items is a draw of how often each response pattern occurs: one multinomial draw
over patterns, which serves all coefficients and policies at once. Replicates are drawn in blocks,
so that memory does not grow with their number; the numbers do not depend on the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from emos.agreement.coefficient import Floats, Ints

BLOCK = 1_000_000  # numbers held at once in the largest intermediate table


class Interval(NamedTuple):
    """Percentile limits of several cells and how many replicates were undefined, ``[cells]``."""

    low: Floats
    high: Floats
    undefined: Floats


def resampled_weights(
    count: Floats, *, replicates: int, seed: int, entries: int
) -> Iterator[Floats]:
    """Blocks ``[units, samples]`` of how often each unit occurs in a resample of the items.

    Parameters
    ----------
    count : items per unit in the data, ``[units]``.
    entries : rows of the largest table that will be multiplied with a block.
    """
    generator = np.random.default_rng(seed)
    block = max(1, BLOCK // max(1, len(count), entries))
    for start in range(0, replicates if count.any() else 0, block):
        drawn = _draw(generator, count.astype(np.int64), min(block, replicates - start))
        yield np.ascontiguousarray(drawn.T, dtype=np.float64)


def _draw(generator: np.random.Generator, count: Ints, samples: int) -> Ints:
    """Multinomial counts ``[samples, units]``."""
    items, units = int(count.sum()), len(count)
    if items > 4 * units:
        drawn: Ints = generator.multinomial(items, count / items, size=samples)
        return drawn
    # With hardly two items to a pattern, drawing the items themselves is three times faster.
    unit = np.repeat(np.arange(units), count)
    place = unit[generator.integers(items, size=(samples, items))]
    place += units * np.arange(samples)[:, None]
    return np.bincount(place.ravel(), minlength=samples * units).reshape(samples, units)


def percentile_interval(replicates: Floats, confidence: float) -> Interval:
    """Limits of each row's central ``confidence`` share, ``[cells, replicates]`` in.

    Undefined replicates are left out and counted; with none defined the limits are NaN.
    """
    missing = np.isnan(replicates)
    undefined = missing.sum(axis=1).astype(np.float64)
    tail = (1.0 - confidence) / 2.0
    limits = np.full((2, len(replicates)), np.nan)
    whole = undefined == 0
    if whole.any():
        limits[:, whole] = np.quantile(replicates[whole], [tail, 1.0 - tail], axis=1)
    for row in np.flatnonzero(~whole & (undefined < replicates.shape[1])):
        limits[:, row] = np.quantile(replicates[row, ~missing[row]], [tail, 1.0 - tail])
    return Interval(limits[0], limits[1], undefined)
