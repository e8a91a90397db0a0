"""Exact match: the share of items whose answers are all the same (the paper's Tables 2-4).

For two annotators: over the items both answered (their percent agreement). For all annotators:
over the items with two or more answers. An answer is a label, or a whole set of labels whatever
its order. Not corrected for chance. Range 0 to 1; undefined if no item has two answers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import NO_ITEM, Coefficient, Weighted, evaluate, weighted_mean
from emos.agreement.measure import Measure
from emos.agreement.pairs import AnnotatorPair, pair_mean
from emos.agreement.tally import Tally, tally_codes


def exact_match(codes: npt.ArrayLike) -> Coefficient:
    """Share of items on which all answers are the same.

    Parameters
    ----------
    codes : ``[items, annotators]``, answer codes from 0, below 0 where there is no answer.

    Raises
    ------
    EmosError : if the codes are no integers.
    """
    tally = tally_codes(codes)
    return evaluate(weighted_exact_match(tally), len(tally.size))


def weighted_exact_match(tally: Tally) -> Weighted:
    """Exact match of all annotators as a function of unit weights."""
    pairable = tally.size >= 2
    largest = np.zeros_like(tally.size)
    np.maximum.at(largest, tally.unit, tally.votes)
    same = (pairable & (largest == tally.size)).astype(np.float64)
    return weighted_mean(same, pairable, NO_ITEM)


def weighted_pair_match(pair: AnnotatorPair, units: int) -> Weighted:
    """Exact match of one pair as a function of unit weights."""
    return pair_mean(pair, (pair.left == pair.right).astype(np.float64), units)


MEASURES = (
    Measure(
        "exact-match",
        "Exact match",
        "all",
        lambda answers: [weighted_exact_match(answers.tally)],
    ),
    Measure(
        "exact-match",
        "Exact match",
        "pair",
        lambda answers: [weighted_pair_match(p, answers.units) for p in answers.pairs],
    ),
)
