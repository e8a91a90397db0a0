"""Rank correlation of weighted pairs, so that a bootstrap over monologues can have it."""

from __future__ import annotations

import numpy as np

from emos.score.metric import Floats


def rank_correlation(one: Floats, other: Floats, weights: Floats) -> Floats:
    """Spearman's correlation where pair p is there ``weights[p, s]`` times in sample s.

    Parameters
    ----------
    one, other : values of the pairs ``[P]``.
    weights : whole numbers ``[P, samples]``.

    Returns
    -------
    ``[1, samples]``, from -1 to 1; NaN where a side is constant or there is no pair. Equal to
    `scipy.stats.spearmanr` of the pairs written out.
    """
    first, second = (mean_ranks(side, weights) for side in (one, other))
    covariance = (weights * first * second).sum(axis=0, keepdims=True)
    square = (weights * first**2).sum(axis=0) * (weights * second**2).sum(axis=0)
    spread = np.sqrt(square)[None]
    found = np.divide(covariance, spread, out=np.full(spread.shape, np.nan), where=spread > 0)
    bounded: Floats = np.clip(found, -1.0, 1.0)
    return bounded


def mean_ranks(values: Floats, weights: Floats) -> Floats:
    """Ranks less their mean ``[P, samples]``; equal values share the mean of their ranks."""
    distinct, place = np.unique(values, return_inverse=True)
    times = np.zeros((len(distinct), weights.shape[1]))
    np.add.at(times, place, weights)
    ranks = np.cumsum(times, axis=0) - (times - 1) / 2
    centred: Floats = ranks[place] - (weights.sum(axis=0) + 1) / 2
    return centred
