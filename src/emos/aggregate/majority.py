"""Soft vote and majority vote: the plain summaries beside Dawid-Skene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emos.aggregate.patterns import Patterns
from emos.aggregate.ties import largest, value_of

Floats = NDArray[np.float64]


class SoftVote(NamedTuple):
    """Votes of P patterns, known classes left aside.

    ``share`` (P, K): share of the votes each label got, rows sum to 1, NaN without a vote.
    ``votes`` (P,): number of votes. ``unique_labels`` (P,): number of distinct labels among them.
    """

    share: Floats
    votes: NDArray[np.int64]
    unique_labels: NDArray[np.int64]


class Majority(NamedTuple):
    """The label with most votes (-1 without a vote), ties in alphabetical order, and its share."""

    label: NDArray[np.int64]
    share: Floats


def soft_vote(patterns: Patterns, n_labels: int) -> SoftVote:
    """Each label's share of a pattern's votes."""
    counts = np.zeros((len(patterns), n_labels), dtype=np.int64)
    for slot in patterns.slots:
        counts[np.arange(len(slot)), slot % n_labels] += 1
    votes = counts.sum(axis=1)
    share = np.full(counts.shape, np.nan)
    np.divide(counts, votes[:, None], out=share, where=votes[:, None] > 0)
    return SoftVote(share, votes, np.count_nonzero(counts, axis=1))


def majority(share: Floats, names: Sequence[str]) -> Majority:
    """Plurality of (n, K) vote shares over the labels ``names``; NaN rows stay undefined."""
    label = largest(share, names).label
    return Majority(label, value_of(share, label))
