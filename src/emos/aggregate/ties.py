"""Which of several equal labels is taken: the first in alphabetical order, in every computation.

The order of a label set must not decide a label, so ties are broken by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Posteriors that are equal on paper differ in the last bits; these are ties too.
POSTERIOR_TIE = 1e-12


class Largest(NamedTuple):
    """The label with the largest value of each row, and whether another label shares it."""

    label: NDArray[np.int64]
    tied: NDArray[np.bool_]


def largest(
    values: NDArray[np.floating] | NDArray[np.int64], names: Sequence[str], *, within: float = 0.0
) -> Largest:
    """The largest value of each row of ``values`` (n, K), ties to the first name.

    Values within ``within`` of the largest count as equal to it. A row of NaN has label -1, and so
    has every row if there are no labels.
    """
    if not len(names):
        return Largest(
            np.full(len(values), -1, dtype=np.int64), np.zeros(len(values), dtype=np.bool_)
        )
    alphabetical = np.argsort(np.array(names), kind="stable")
    ordered = values[:, alphabetical]
    reached = ordered >= ordered.max(axis=1, keepdims=True) - within
    label = alphabetical[reached.argmax(axis=1)]
    count = reached.sum(axis=1)
    return Largest(np.where(count > 0, label, -1), count > 1)


def value_of(values: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each row's value of its ``label``; NaN where that is -1."""
    rows = np.arange(len(values))
    found = np.full(len(values), np.nan)
    named = label >= 0
    found[named] = values[rows[named], label[named]]
    return found
