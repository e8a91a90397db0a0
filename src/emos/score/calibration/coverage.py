"""Risk and coverage: how wrong the answers are that a user keeps who drops the least confident.

Answers are ranked by confidence, the surest first. The risk at i answers is the share of wrong ones
among the first i; AURC is its mean over i = 1 ... n (Geifman and El-Yaniv, 2017; Geifman et al.,
2019). Answers of equal confidence have no order. AURC is then the mean over all their orders, in
closed form: with N answers and E wrong ones before a tie of n with w wrong ones, the risk at its
k-th place is (E + k w / n) / (N + k) on average, and

    sum over k = 1 ... n  =  w / n * n + (E - N w / n) * (H(N + n) - H(N)),

H(m) = 1 + 1/2 + ... + 1/m.
"""

from __future__ import annotations

import numpy as np

from emos.score.basic7 import ratio
from emos.score.metric import Floats


def aurc(right: Floats, wrong: Floats) -> Floats:
    """Area under the risk-coverage curve ``[1, samples]``, NaN without items.

    Parameters
    ----------
    right, wrong : whole numbers of items ``[values, samples]``, the least confident value first.
    """
    right, wrong = right[::-1], wrong[::-1]
    items = right + wrong
    before = _before(items)
    wrong_before = _before(wrong)
    share = np.nan_to_num(ratio(wrong, items))
    harmonic = _harmonic(items)
    spread = harmonic[(before + items).astype(np.int64)] - harmonic[before.astype(np.int64)]
    summed = (wrong + (wrong_before - before * share) * spread).sum(axis=0, keepdims=True)
    return ratio(summed, items.sum(axis=0, keepdims=True))


def least_aurc(right: Floats, wrong: Floats) -> Floats:
    """The area if every right answer came before every wrong one, ``[1, samples]``.

    With R right answers of n, the risk is 0 up to R answers and 1 - R / i at i > R.
    """
    rights = right.sum(axis=0, keepdims=True)
    wrongs = wrong.sum(axis=0, keepdims=True)
    harmonic = _harmonic(right + wrong)
    total = rights + wrongs
    spread = harmonic[total.astype(np.int64)] - harmonic[rights.astype(np.int64)]
    return ratio(wrongs - rights * spread, total)


def _before(counts: Floats) -> Floats:
    summed: Floats = counts.cumsum(axis=0) - counts
    return summed


def _harmonic(items: Floats) -> Floats:
    """H(0), H(1), ... up to the largest sample."""
    most = int(items.sum(axis=0).max(initial=0.0))
    return np.concatenate([[0.0], np.cumsum(1 / np.arange(1, most + 1))])
