"""Sums over the votes of a pattern and over the patterns of a vote.

With A the P x C incidence matrix of patterns and votes (C = annotators x labels codes), the E-step
needs ``rows @ A.T`` and the M-step ``rows @ A``. Few patterns: A is stored and BLAS does it. Many:
A is nearly empty, and gathering and counting are faster and need no room for it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emos.aggregate.patterns import Patterns

Floats = NDArray[np.float64]

# Where the two ways cost the same (12 annotators, 7 labels, 3 votes an item).
_DENSE_CELLS = 150_000


class Incidence:
    """Which of ``n_codes`` votes each pattern holds."""

    def __init__(self, patterns: Patterns, n_codes: int) -> None:
        self._slots = patterns.slots
        self._n_patterns = len(patterns)
        self._n_codes = n_codes
        self._dense: Floats | None = None
        if self._n_patterns * n_codes <= _DENSE_CELLS:
            self._dense = np.zeros((self._n_patterns, n_codes))
            for slot in self._slots:
                self._dense[np.arange(len(slot)), slot] = 1.0
        else:
            self._codes = np.concatenate([*self._slots, np.empty(0, dtype=np.int64)])
            self._patterns = np.concatenate(
                [*(np.arange(len(slot)) for slot in self._slots), np.empty(0, dtype=np.int64)]
            )

    def over_votes(self, rows: Floats) -> Floats:
        """(m, C) values of votes -> (m, P), each pattern's sum over its votes.

        Entries must be finite: an absent vote is a product with 0.
        """
        if self._dense is not None:
            return rows @ self._dense.T
        sums = np.zeros((len(rows), self._n_patterns))
        for slot in self._slots:
            sums[:, : len(slot)] += np.take(rows, slot, axis=1)
        return sums

    def over_patterns(self, rows: Floats) -> Floats:
        """(m, P) values of patterns -> (m, C), each vote's sum over the patterns that hold it."""
        if self._dense is not None:
            return rows @ self._dense
        sums = np.empty((len(rows), self._n_codes))
        for place, row in enumerate(rows):
            sums[place] = np.bincount(
                self._codes, weights=row[self._patterns], minlength=self._n_codes
            )
        return sums
