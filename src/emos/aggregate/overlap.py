"""Which annotators the votes can judge at all.

How reliable an annotator is can only be told from items whose class something else speaks about:
another annotator's vote, a known class, or a confusion matrix stated beforehand. For an annotator
without any of these, Dawid-Skene starts from that one's votes, finds that they agree with
themselves, and stays at certainty. Such a confidence means nothing and is left undefined.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emos.aggregate.patterns import Patterns

Bools = NDArray[np.bool_]


class Overlap(NamedTuple):
    """Who is beyond judgement, and what rests on them alone.

    ``isolated`` (R,): annotators who share no item with anybody, answered no item of known class,
    and have no stated confusion. ``unjudged`` (P,): patterns that are such an annotator's vote.
    """

    isolated: Bools
    unjudged: Bools


def find_overlap(
    patterns: Patterns, *, n_annotators: int, n_labels: int, stated: Bools | None = None
) -> Overlap:
    """Who can be judged; ``stated`` (R,) tells whose confusion is known beforehand."""
    judged = np.zeros(n_annotators, dtype=np.bool_) if stated is None else stated.copy()
    unjudged = np.zeros(len(patterns), dtype=np.bool_)
    if not patterns.slots:
        return Overlap(~judged, unjudged)
    # Patterns with most votes come first, so that those of two votes or more are the first ones.
    several = len(patterns.slots[1]) if len(patterns.slots) > 1 else 0
    for slot in patterns.slots:
        told = patterns.gold[: len(slot)] >= 0
        told[:several] = True
        judged[slot[told] // n_labels] = True
    only = patterns.slots[0] // n_labels  # an isolated annotator's vote is its pattern's only one
    unjudged[: len(only)] = ~judged[only]
    return Overlap(~judged, unjudged)
