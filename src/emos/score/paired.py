"""Two models on the same items: McNemar's test, Holm's correction, and a bootstrap's p."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emos.score.metric import Floats


class McNemar(NamedTuple):
    """McNemar's test of two models' right answers to the same items (McNemar, 1947).

    Attributes
    ----------
    both, only_a, only_b, neither : items answered rightly by both, one, or neither.
    p_exact : two-sided binomial p of the items that only one answered rightly; 1 without any.
    chi2 : (|only_a - only_b| - 1)^2 / (only_a + only_b), with the continuity correction of
        Edwards, 1948; NaN without such items.
    p_chi2 : its p with one degree of freedom; fit for 25 such items or more.
    """

    both: int
    only_a: int
    only_b: int
    neither: int
    p_exact: float
    chi2: float
    p_chi2: float


def mcnemar(a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_]) -> McNemar:
    """The test on which items two models answered rightly, both ``[items]``."""
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    discordant = only_a + only_b
    chi2 = (abs(only_a - only_b) - 1) ** 2 / discordant if discordant else math.nan
    return McNemar(
        int((a & b).sum()),
        only_a,
        only_b,
        int((~a & ~b).sum()),
        _binomial(min(only_a, only_b), discordant),
        chi2,
        math.erfc(math.sqrt(chi2 / 2)),
    )


def _binomial(least: int, n: int) -> float:
    """Twice the chance of ``least`` or fewer heads among ``n`` fair coins, at most 1; exact."""
    ways = term = 1
    for k in range(least):
        term = term * (n - k) // (k + 1)
        ways += term
    p: float = 2 * ways / 2**n
    return min(1.0, p)


def holm(p: Floats) -> Floats:
    """p-values adjusted for the family-wise error (Holm, 1979); NaN stays and does not count.

    p_(i) becomes the largest (m - j + 1) p_(j) over j <= i, at most 1.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * steps), 1.0)
    return adjusted


def bootstrap_p(difference: Floats, replicates: Floats) -> Floats:
    """Two-sided p of no difference, ``[cells]``.

    The share of replicates whose distance from the difference is at least the difference itself,
    the difference counted as one more (Davison and Hinkley, 1997, chapter 4, with replicates
    shifted to the null hypothesis). NaN without replicates.

    Parameters
    ----------
    difference : ``[cells]``.
    replicates : ``[cells, replicates]``; undefined ones are left out.
    """
    known = (~np.isnan(replicates)).sum(axis=1)
    # The tolerance keeps a replicate that equals its bound from falling on either side.
    far = np.abs(replicates - difference[:, None]) >= np.abs(difference)[:, None] - 1e-12
    p: Floats = (1 + far.sum(axis=1)) / (1 + known)
    return np.where((known > 0) & ~np.isnan(difference), p, np.nan)
