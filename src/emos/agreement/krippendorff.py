"""Krippendorff's alpha: agreement of any number of annotators with gaps, for any distance.

Only items with two or more votes are pairable. With n_ic votes for answer c on item i, r_i votes
on item i, n_c = sum_i n_ic, n = sum_c n_c over pairable items, and a distance d(c, k)::

    D_o   = 1/n           sum_i 1/(r_i - 1) sum_ck n_ic n_ik d(c, k)
    D_e   = 1/(n (n - 1)) sum_ck n_c n_k d(c, k)
    alpha = 1 - D_o / D_e

Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability; for label sets with
Jaccard or MASI distance, Passonneau (2006). The nominal distance is 0 for the same answer and 1
otherwise (on a layer of label sets: the same set), and the sums then need no pairs::

    sum_ck n_ic n_ik d = r_i^2 - sum_c n_ic^2

Range: at most 1, 0 at chance level; undefined if no item has two votes or every pairable vote is
the same answer (a convention of 1 would call a label nobody could miss perfect agreement).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import (
    Coefficient,
    Floats,
    Ints,
    Parts,
    Weighted,
    evaluate,
    ratio,
    weighted_sum,
)
from emos.agreement.label_sets import (
    Bits,
    Similarity,
    jaccard_similarity,
    masi_similarity,
)
from emos.agreement.measure import Measure
from emos.agreement.pairs import cells_of_a_unit
from emos.agreement.tally import Tally, tally_codes
from emos.errors import EmosError

BLOCK = 4_000_000  # entries of the distance table held at once
Distance = Callable[[Ints, Ints], Floats]


def krippendorff_alpha(
    codes: npt.ArrayLike, *, distance: npt.NDArray[np.float64] | None = None
) -> Coefficient:
    """Krippendorff's alpha of a table of answers.

    Parameters
    ----------
    codes : ``[items, annotators]``, answer codes from 0, below 0 where there is no answer.
    distance : ``[answers, answers]``, symmetric, 0 on the diagonal; nominal if not given. For
        label sets: ``1 - jaccard_similarity(sets[:, None], sets[None])`` (or MASI).

    Returns
    -------
    Coefficient : ``observed`` is 1 - D_o, ``expected`` 1 - D_e; NaN with a reason if undefined.

    Raises
    ------
    EmosError : if the codes are no integers, or a code has no row in ``distance``.
    """
    tally = tally_codes(codes)
    if distance is None:
        return evaluate(weighted_alpha(tally), len(tally.size))
    table = np.asarray(distance, dtype=np.float64)
    answers = int(tally.answer.max(initial=-1)) + 1
    if table.ndim != 2 or table.shape[0] != table.shape[1] or table.shape[0] < answers:
        raise EmosError(f"distance of shape {table.shape} for {answers} answers")
    if not (np.array_equal(table, table.T) and not table.diagonal().any()):
        raise EmosError("distance must be symmetric, finite and 0 on its diagonal")
    return evaluate(_weighted(tally, lambda a, b: table[a, b]), len(tally.size))


def weighted_alpha(
    tally: Tally, sets: Bits | None = None, similarity: Similarity | None = None
) -> Weighted:
    """Alpha as a function of unit weights: nominal, or over packed ``sets`` by ``similarity``."""
    if sets is None or similarity is None:
        return _weighted(tally, None)
    bits, alike = sets, similarity
    return _weighted(tally, lambda a, b: 1.0 - alike(bits[a], bits[b]))


def _weighted(tally: Tally, distance: Distance | None) -> Weighted:
    pairable = tally.size >= 2
    paired = pairable.astype(np.float64)
    size = tally.size * paired
    disagreement = np.zeros_like(size)
    per_item = _within(tally, distance)
    disagreement[pairable] = per_item[pairable] / (tally.size[pairable] - 1.0)
    count = tally.votes * paired[tally.unit]
    answer = np.unique(tally.answer)

    def parts(weights: Floats) -> Parts:
        n = weighted_sum(size, weights)
        totals = tally.totals(count, weights)
        between = (
            n**2 - (totals**2).sum(axis=0)
            if distance is None
            else _between(answer, totals, distance)
        )
        observed = 1.0 - ratio(weighted_sum(disagreement, weights), n)
        expected = 1.0 - ratio(between, n * (n - 1.0))
        return Parts(observed, expected, weighted_sum(paired, weights))

    return parts


def _within(tally: Tally, distance: Distance | None) -> Floats:
    """Sum over ordered pairs of votes on each unit of their distance, ``[units]``."""
    if distance is None:
        return tally.size**2 - tally.per_unit(tally.votes**2)
    first, second = cells_of_a_unit(tally)
    apart = distance(tally.answer[first], tally.answer[second])
    return np.bincount(
        tally.unit[first],
        tally.votes[first] * tally.votes[second] * apart,
        minlength=len(tally.size),
    ).astype(np.float64)


def _between(answer: Ints, totals: Floats, distance: Distance) -> Floats:
    """Sum over ordered pairs of all votes of their distance, ``[1, samples]``."""
    total = np.zeros((1, totals.shape[1]))
    step = max(1, BLOCK // max(1, len(answer)))
    for start in range(0, len(answer), step):
        rows = slice(start, start + step)
        apart = distance(answer[rows, None], answer[None])
        total += (totals[rows] * (apart @ totals)).sum(axis=0)
    return total


MEASURES = (
    Measure(
        "krippendorff-alpha",
        "Krippendorff's alpha",
        "all",
        lambda answers: [weighted_alpha(answers.tally)],
        chance_corrected=True,
    ),
    Measure(
        "krippendorff-alpha-jaccard",
        "Krippendorff's alpha, Jaccard",
        "all",
        lambda answers: [weighted_alpha(answers.tally, answers.sets, jaccard_similarity)],
        chance_corrected=True,
        sets_only=True,
    ),
    Measure(
        "krippendorff-alpha-masi",
        "Krippendorff's alpha, MASI",
        "all",
        lambda answers: [weighted_alpha(answers.tally, answers.sets, masi_similarity)],
        chance_corrected=True,
        sets_only=True,
    ),
)
