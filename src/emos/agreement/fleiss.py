"""Fleiss' kappa: nominal agreement of many annotators, chance from pooled label shares.

With n_ik votes for label k on item i and r_i votes on item i::

    P_i   = sum_k n_ik (n_ik - 1) / (r_i (r_i - 1))      agreeing pairs of votes on item i
    P     = mean of P_i over items with r_i >= 2
    p_k   = mean of n_ik / r_i over items with r_i >= 1
    P_e   = sum_k p_k^2
    kappa = (P - P_e) / (1 - P_e)

With the same number of votes on every item this is Fleiss' (1971) kappa, equations 3-7. Fleiss
did not define it for unequal numbers; then this is the extension of Gwet (2014), *Handbook of
Inter-Rater Reliability*, as in the irrCAC package: every item counts the same however many votes
it has, and an item with one vote still informs the label shares.

Range: at most 1, 0 at chance level; undefined if no item has two votes or one label is all there
is. On a layer of label sets, a whole set is one category.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import (
    Coefficient,
    Floats,
    Parts,
    Weighted,
    evaluate,
    ratio,
    weighted_sum,
)
from emos.agreement.measure import Measure
from emos.agreement.percent import weighted_percent
from emos.agreement.tally import Tally, tally_counts


def fleiss_kappa(counts: npt.ArrayLike) -> Coefficient:
    """Fleiss' kappa of a table of votes.

    Parameters
    ----------
    counts : ``[items, labels]``, how many annotators gave each label to each item. Rows may have
        different sums (see the module's text for what is done then).

    Returns
    -------
    Coefficient : NaN with a reason if undefined.

    Raises
    ------
    EmosError : if ``counts`` is no table of whole numbers from 0.
    """
    tally = tally_counts(counts)
    return evaluate(weighted_fleiss(tally), len(tally.size))


def weighted_fleiss(tally: Tally) -> Weighted:
    """Fleiss' kappa as a function of unit weights."""
    observed_agreement = weighted_percent(tally)
    rated = (tally.size >= 1).astype(np.float64)
    share = tally.votes / tally.size[tally.unit]

    def parts(weights: Floats) -> Parts:
        observed, _, items, *_ = observed_agreement(weights)
        totals = tally.totals(share, weights)
        expected = ratio((totals**2).sum(axis=0, keepdims=True), weighted_sum(rated, weights) ** 2)
        return Parts(observed, expected, items)

    return parts


MEASURES = (
    Measure(
        "fleiss-kappa",
        "Fleiss' kappa",
        "all",
        lambda answers: [weighted_fleiss(answers.tally)],
        chance_corrected=True,
    ),
)
