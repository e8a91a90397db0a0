"""Mean pairwise Jaccard similarity of label sets (the paper's Table 4).

For two annotators: the mean over items both answered of |A and B| / |A or B|. For all annotators:
the mean over items with two or more votes of the mean over its pairs of votes. Not corrected for
chance. Range 0 to 1; undefined if no item has two votes. For single labels it equals percent
agreement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import NO_ITEM, Coefficient, Weighted, evaluate, weighted_mean
from emos.agreement.label_sets import Bits, jaccard_similarity, pack_sets
from emos.agreement.measure import Measure
from emos.agreement.pairs import AnnotatorPair, cells_of_a_unit, pair_mean
from emos.agreement.tally import Tally
from emos.errors import EmosError


def pairwise_jaccard(
    a: npt.ArrayLike, b: npt.ArrayLike, *, answered: npt.ArrayLike | None = None
) -> Coefficient:
    """Mean Jaccard similarity of two annotators' label sets.

    Parameters
    ----------
    a, b : booleans ``[items, labels]``, True where the set holds the label.
    answered : booleans ``[items]``, True where both answered; all of them if not given. An item
        that counts as answered with two empty sets has similarity 1.

    Raises
    ------
    EmosError : if the arrays are not boolean or their shapes differ.
    """
    left, right = np.asarray(a), np.asarray(b)
    if left.shape != right.shape or left.ndim != 2:
        raise EmosError(f"label sets of shapes {left.shape} and {right.shape}")
    both = np.ones(len(left), dtype=np.bool_) if answered is None else np.asarray(answered)
    if both.dtype != np.bool_ or both.shape != (len(left),):
        raise EmosError(f"answered must be {len(left)} booleans")
    unit = np.flatnonzero(both)
    sets = pack_sets(np.concatenate((left[unit], right[unit])))
    codes = np.arange(len(unit))
    pair = AnnotatorPair("a", "b", unit, codes, codes + len(unit))
    return evaluate(weighted_pair_jaccard(pair, sets, len(left)), len(left))


def weighted_pair_jaccard(pair: AnnotatorPair, sets: Bits, units: int) -> Weighted:
    """Mean Jaccard similarity of one pair as a function of unit weights."""
    return pair_mean(pair, jaccard_similarity(sets[pair.left], sets[pair.right]), units)


def weighted_jaccard(tally: Tally, sets: Bits) -> Weighted:
    """Mean over items of the mean Jaccard similarity of their pairs of votes."""
    first, second = cells_of_a_unit(tally)
    alike = jaccard_similarity(sets[tally.answer[first]], sets[tally.answer[second]])
    ordered = np.bincount(
        tally.unit[first],
        tally.votes[first] * tally.votes[second] * alike,
        minlength=len(tally.size),
    )
    pairable = tally.size >= 2
    mean = np.zeros_like(tally.size)
    r = tally.size[pairable]
    mean[pairable] = (ordered[pairable] - r) / (r * (r - 1.0))  # less each vote with itself
    return weighted_mean(mean, pairable, NO_ITEM)


MEASURES = (
    Measure(
        "jaccard",
        "Mean Jaccard",
        "all",
        lambda answers: [weighted_jaccard(answers.tally, answers.sets)],
        sets_only=True,
    ),
    Measure(
        "jaccard",
        "Mean Jaccard",
        "pair",
        lambda answers: [
            weighted_pair_jaccard(p, answers.sets, answers.units) for p in answers.pairs
        ],
        sets_only=True,
    ),
)
