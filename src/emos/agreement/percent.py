"""Percent agreement: how often two votes on an item, drawn at random, are the same.

With n_ik votes for answer k on item i and r_i votes on item i, the mean over items with r_i >= 2 of

    sum_k n_ik (n_ik - 1) / (r_i (r_i - 1))

Source: Fleiss (1971), equation 2, and its mean. Not corrected for chance. Range 0 to 1; undefined
if no item has two votes. The percent agreement of one pair of annotators is its exact match.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import NO_ITEM, Coefficient, Weighted, evaluate, weighted_mean
from emos.agreement.measure import Measure
from emos.agreement.tally import Tally, tally_counts


def percent_agreement(counts: npt.ArrayLike) -> Coefficient:
    """Percent agreement of a table of votes.

    Parameters
    ----------
    counts : ``[items, labels]``, how many annotators gave each label to each item.

    Raises
    ------
    EmosError : if ``counts`` is no table of whole numbers from 0.
    """
    tally = tally_counts(counts)
    return evaluate(weighted_percent(tally), len(tally.size))


def weighted_percent(tally: Tally) -> Weighted:
    """Percent agreement as a function of unit weights."""
    pairable = tally.size >= 2
    agreeing = np.zeros_like(tally.size)
    r = tally.size[pairable]
    same = tally.per_unit(tally.votes * (tally.votes - 1.0))
    agreeing[pairable] = same[pairable] / (r * (r - 1.0))
    return weighted_mean(agreeing, pairable, NO_ITEM)


MEASURES = (
    Measure(
        "percent-agreement",
        "Percent agreement",
        "all",
        lambda answers: [weighted_percent(answers.tally)],
    ),
)
