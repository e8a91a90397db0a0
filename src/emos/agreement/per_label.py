"""Agreement on one label: did the annotators who saw an item agree that it has the label?

Every answer becomes yes or no per label: yes where the answer is the label, or the set holds it.
With x_i yes answers among r_i on item i, over items with r_i >= 2 (kappa: shares over r_i >= 1):

- kappa: Fleiss' kappa of the yes/no answers. For single labels this is Fleiss' (1971) kappa of a
  category, 1 - sum_i n_ij (r - n_ij) / (N r (r - 1) p_j (1 - p_j)).
- alpha: Krippendorff's nominal alpha of the yes/no answers.
- positive agreement: given that one annotator says yes, the chance that another does::

      sum_i x_i (x_i - 1) / (r_i - 1) / sum_i x_i

  for two annotators 2a / (2a + b + c) (Cicchetti and Feinstein, 1990; for more, Fleiss, 1981).

Kappa and alpha are undefined where every answer is the same (the label was never given, or
always), positive agreement where it was never given.
"""

from __future__ import annotations

from collections.abc import Callable

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
from emos.errors import EmosError

SAME = "never given, or in every answer: no variation to agree on"
NEVER = "never given"


def label_kappa(yes: npt.ArrayLike, votes: npt.ArrayLike) -> Coefficient:
    """Fleiss' kappa of one label from ``yes`` answers among ``votes``, each ``[items]``."""
    return _one(weighted_label_kappa, yes, votes)


def label_alpha(yes: npt.ArrayLike, votes: npt.ArrayLike) -> Coefficient:
    """Krippendorff's alpha of one label from ``yes`` answers among ``votes``, each ``[items]``."""
    return _one(weighted_label_alpha, yes, votes)


def positive_agreement(yes: npt.ArrayLike, votes: npt.ArrayLike) -> Coefficient:
    """Positive agreement on one label, ``yes`` answers among ``votes``, each ``[items]``."""
    return _one(weighted_positive_agreement, yes, votes)


def weighted_label_kappa(yes: Floats, size: Floats) -> Weighted:
    """Kappa of each label; ``yes`` is ``[units, labels]``, ``size`` the votes ``[units]``."""
    paired = (size >= 2).astype(np.float64)
    agreeing = _per_vote(yes * (yes - 1.0) + _no(yes, size) * (_no(yes, size) - 1.0), size, 2)
    rated = (size >= 1).astype(np.float64)
    share = np.divide(yes, size[:, None], out=np.zeros_like(yes), where=size[:, None] > 0)

    def parts(weights: Floats) -> Parts:
        items = weighted_sum(paired, weights)
        p = ratio(share.T @ weights, weighted_sum(rated, weights))
        observed = ratio(agreeing.T @ weights, items)
        return _labels(observed, p**2 + (1.0 - p) ** 2, items, SAME)

    return parts


def weighted_label_alpha(yes: Floats, size: Floats) -> Weighted:
    """Alpha of each label; ``yes`` is ``[units, labels]``, ``size`` the votes ``[units]``."""
    paired = (size >= 2).astype(np.float64)
    disagreement = _per_vote(2.0 * yes * _no(yes, size), size, 1)
    given = yes * paired[:, None]
    votes = size * paired

    def parts(weights: Floats) -> Parts:
        n = weighted_sum(votes, weights)
        total = given.T @ weights
        observed = 1.0 - ratio(disagreement.T @ weights, n)
        expected = 1.0 - ratio(2.0 * total * (n - total), n * (n - 1.0))
        return _labels(observed, expected, weighted_sum(paired, weights), SAME)

    return parts


def weighted_positive_agreement(yes: Floats, size: Floats) -> Weighted:
    """Positive agreement of each label; ``yes`` is ``[units, labels]``, ``size`` ``[units]``."""
    paired = (size >= 2).astype(np.float64)
    agreeing = _per_vote(yes * (yes - 1.0), size, 1)
    given = yes * paired[:, None]

    def parts(weights: Floats) -> Parts:
        observed = ratio(agreeing.T @ weights, given.T @ weights)
        return _labels(observed, None, weighted_sum(paired, weights), NEVER)

    return parts


def _no(yes: Floats, size: Floats) -> Floats:
    return size[:, None] - yes


def _per_vote(pairs: Floats, size: Floats, order: int) -> Floats:
    """``pairs`` over r - 1 (order 1) or r (r - 1) (order 2); 0 for units without two votes."""
    divisor = np.where(size >= 2, (size - 1.0) * (size if order == 2 else 1.0), np.inf)
    return pairs / divisor[:, None]


def _labels(observed: Floats, expected: Floats | None, items: Floats, reason: str) -> Parts:
    items = np.broadcast_to(items, observed.shape)
    return Parts(observed, expected, items, no_variation=reason)


def _one(
    weighted: Callable[[Floats, Floats], Weighted], yes: npt.ArrayLike, votes: npt.ArrayLike
) -> Coefficient:
    given, size = np.asarray(yes, dtype=np.float64), np.asarray(votes, dtype=np.float64)
    if given.ndim != 1 or given.shape != size.shape:
        raise EmosError(f"yes answers of shape {given.shape} among votes of shape {size.shape}")
    if not ((given >= 0) & (given <= size)).all():
        raise EmosError("yes answers must be between 0 and the number of votes")
    return evaluate(weighted(given[:, None], size), len(size))


MEASURES = (
    Measure(
        "label-kappa",
        "Kappa of a label",
        "label",
        lambda answers: [weighted_label_kappa(answers.yes, answers.tally.size)],
        chance_corrected=True,
    ),
    Measure(
        "label-alpha",
        "Alpha of a label",
        "label",
        lambda answers: [weighted_label_alpha(answers.yes, answers.tally.size)],
        chance_corrected=True,
    ),
    Measure(
        "label-positive-agreement",
        "Positive agreement on a label",
        "label",
        lambda answers: [weighted_positive_agreement(answers.yes, answers.tally.size)],
    ),
)
