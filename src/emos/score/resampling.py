"""Bootstrap over items, or over groups of items that belong together, for every metric at once.

Items of one dialogue or source video are not independent: resampling the groups gives intervals
that say so (Davison and Hinkley, 1997, section 3.8). One model's score is resampled by its units,
which are few; models that are compared share draws of the items themselves (`emos.score.compare`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from emos.agreement.bootstrap import percentile_interval, resampled_weights
from emos.score.metric import Floats, Ints, Metric, cell_names
from emos.score.result import Estimate


def draws(
    count: Floats, *, group: Ints | None, replicates: int, seed: int, entries: int
) -> Iterator[Floats]:
    """Blocks ``[units, samples]`` of how often each unit is in a resample.

    Parameters
    ----------
    count : items per unit, ``[units]``.
    group : the group of each unit, numbered from 0, to resample groups; units must then not span
        groups. ``None`` resamples items.
    entries : rows of the largest table that a block is multiplied with.
    """
    if group is None:
        yield from resampled_weights(count, replicates=replicates, seed=seed, entries=entries)
        return
    groups = np.ones(int(group.max()) + 1 if len(group) else 0)
    for drawn in resampled_weights(
        groups, replicates=replicates, seed=seed, entries=max(entries, len(count))
    ):
        yield drawn[group] * count[:, None]


class UnitSums:
    """Sums weights of items ``[items, samples]`` to weights of their units ``[units, samples]``.

    Parameters
    ----------
    unit : the unit of each item, ``[items]``.
    units : how many there are; one without items gets 0.
    """

    def __init__(self, unit: Ints, units: int) -> None:
        self.units = units
        self.order = np.argsort(unit, kind="stable")
        self.present, self.first = np.unique(unit[self.order], return_index=True)

    def __call__(self, weights: Floats) -> Floats:
        """``weights`` summed over the items of each unit."""
        summed = np.zeros((self.units, weights.shape[1]))
        if len(self.present):
            summed[self.present] = np.add.reduceat(weights[self.order], self.first, axis=0)
        return summed


def estimates(
    metrics: Sequence[Metric],
    sample: Callable[[Floats], object],
    count: Floats,
    classes: Sequence[str],
    *,
    group: Ints | None = None,
    replicates: int = 1000,
    seed: int = 12345,
    confidence: float = 0.95,
    entries: int = 64,
) -> dict[str, Estimate]:
    """Every metric with its percentile interval.

    Parameters
    ----------
    metrics : of one family.
    sample : makes the family's sample of weights ``[units, samples]``.
    count : items per unit.
    classes : names of the cells of metrics per class.
    group : as for `draws`.
    replicates : 0 for no intervals.
    """
    names = [(name, metric) for metric in metrics for name in cell_names(metric, classes)]

    def values(weights: Floats) -> Floats:
        one = sample(weights)
        return np.concatenate([metric.value(one) for metric in metrics])

    points = values(count[:, None])[:, 0]
    blocks = [
        values(weights)
        for weights in draws(count, group=group, replicates=replicates, seed=seed, entries=entries)
    ]
    limits = percentile_interval(
        np.concatenate(blocks, axis=1) if blocks else np.full((len(names), 1), np.nan), confidence
    )
    return {
        name: Estimate(
            float(value), float(low), float(high), None if value == value else metric.undefined
        )
        for (name, metric), value, low, high in zip(
            names, points, limits.low, limits.high, strict=True
        )
    }
