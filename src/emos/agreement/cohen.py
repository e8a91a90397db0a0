"""Cohen's kappa: nominal agreement of two annotators, chance from each one's own label shares.

Over the items both answered::

    P_o   = share of items with the same answer
    P_e   = sum_k (share of a's answers that are k) (share of b's answers that are k)
    kappa = (P_o - P_e) / (1 - P_e)

Source: Cohen (1960), A coefficient of agreement for nominal scales. Range: at most 1, 0 at chance
level; undefined if no item was answered by both or both gave one and the same label throughout.
On a layer of label sets, a whole set is one category.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import (
    NOT_BOTH,
    Coefficient,
    Floats,
    Ints,
    Parts,
    Weighted,
    check_codes,
    evaluate,
    ratio,
)
from emos.agreement.measure import Measure
from emos.agreement.pairs import AnnotatorPair, pair_mean
from emos.agreement.tally import sum_groups
from emos.errors import EmosError


def cohen_kappa(a: npt.ArrayLike, b: npt.ArrayLike) -> Coefficient:
    """Cohen's kappa of two annotators.

    Parameters
    ----------
    a, b : answer codes ``[items]``, below 0 where there is no answer.

    Returns
    -------
    Coefficient : NaN with a reason if undefined.

    Raises
    ------
    EmosError : if the codes are no integers or the lengths differ.
    """
    left, right = check_codes(a, 1), check_codes(b, 1)
    if len(left) != len(right):
        raise EmosError(f"two annotators with {len(left)} and {len(right)} items")
    both = np.flatnonzero((left >= 0) & (right >= 0))
    pair = AnnotatorPair("a", "b", both, left[both], right[both])
    return evaluate(weighted_cohen(pair, len(left)), len(left))


def weighted_cohen(pair: AnnotatorPair, units: int) -> Weighted:
    """Cohen's kappa of one pair as a function of unit weights."""
    # Only labels that both used add to chance agreement.
    used = np.intersect1d(pair.left, pair.right)
    by_left, by_right = _grouped(pair.left, used), _grouped(pair.right, used)
    observed_agreement = pair_mean(pair, (pair.left == pair.right).astype(np.float64), units)

    def parts(weights: Floats) -> Parts:
        observed, _, items, *_ = observed_agreement(weights)
        left = sum_groups(pair.left[by_left], weights[pair.unit[by_left]])
        right = sum_groups(pair.right[by_right], weights[pair.unit[by_right]])
        expected = ratio((left * right).sum(axis=0, keepdims=True), items**2)
        return Parts(observed, expected, items, NOT_BOTH)

    return parts


def _grouped(answers: Ints, used: Ints) -> Ints:
    """Places of the answers in ``used``, sorted by answer."""
    places = np.flatnonzero(np.isin(answers, used))
    return places[np.argsort(answers[places], kind="stable")]


MEASURES = (
    Measure(
        "cohen-kappa",
        "Cohen's kappa",
        "pair",
        lambda answers: [weighted_cohen(p, answers.units) for p in answers.pairs],
        chance_corrected=True,
    ),
)
