"""Basic-7 labels of MELD from fine labels: the two procedures of the public EmoS release.

``share:MAP`` (first 3,000 clips): the fine labels of all annotators become Basic-7 classes under
a map, a class's share is its count among all of them, and a chain of rules decides between the
best class and the label the source already had. ``vote:MAP`` (last 2,000): each annotator's set
becomes one Basic-7 vote, and Dawid-Skene aggregates the votes. (EmoS paper, section 3.2.2, "Basic
Label Correction on MELD"; the procedures themselves were recovered from the release's tables.)

Shares are compared as integer counts: 1/3 is never a little more than 1/3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.soft_labels import count_cells, label_codes
from emos.errors import EmosError
from emos.taxonomy import LabelMap, get_map

Ints = NDArray[np.int64]

SHARE_REASONS = (
    "high_goemotion",
    "agree_orig",
    "prefer_orig_second",
    "prefer_orig_close",
    "override_low_conf",
)
# The release splits the posteriors of `vote:MAP` here.
HIGH_POSTERIOR = 0.5


class Rule(NamedTuple):
    """A correction rule as ``dataset.toml`` writes it: ``share:emos-first``."""

    procedure: str
    label_map: LabelMap

    @property
    def text(self) -> str:
        """The rule as written."""
        return f"{self.procedure}:{self.label_map.name}"


def parse_rule(text: str) -> Rule:
    """``PROCEDURE:MAP`` with procedure ``share`` or ``vote`` and a map's name.

    Raises
    ------
    EmosError : for another procedure or an unknown map.
    """
    procedure, _, name = text.partition(":")
    if procedure not in ("share", "vote"):
        raise EmosError(
            f"unknown correction {text!r}", remedy="write share:MAP or vote:MAP in [rules]"
        )
    return Rule(procedure, get_map(name))


@dataclass(frozen=True)
class ShareCorrection:
    """``share:MAP`` for n items over K classes in alphabetical order; codes, -1 if undefined.

    Attributes
    ----------
    label, confidence : (n,) the class decided on, and its share (NaN without a label).
    reason : (n,) place in `SHARE_REASONS`.
    best, second : (n,) classes with the largest and second-largest count, ties in alphabetical
        order; ``best_share``, ``second_share`` their shares (``second_share`` may be 0).
    share : (n, K) the class shares, rows sum to 1 or are NaN.
    """

    label: Ints
    confidence: NDArray[np.float64]
    reason: Ints
    best: Ints
    best_share: NDArray[np.float64]
    second: Ints
    second_share: NDArray[np.float64]
    share: NDArray[np.float64]


def correct_by_share(counts: Ints, original: Ints) -> ShareCorrection:
    """Decide between the best class and the original label.

    In order: the best class has at least half of the labels -> best (``high_goemotion``); it is
    the original -> ``agree_orig``; the original ties with it and is the second class -> original
    (``prefer_orig_second``); the original ties with it -> original (``prefer_orig_close``); else
    best (``override_low_conf``).

    Parameters
    ----------
    counts : (n, K) number of fine labels that mean each class, classes in alphabetical order.
    original : (n,) the source's label as a code, -1 where it has none.
    """
    total = counts.sum(axis=1)
    order = np.argsort(-counts, axis=1, kind="stable")
    best, second = order[:, 0], order[:, 1]
    rows = np.arange(len(counts))
    ties = (original >= 0) & (counts[rows, original] == counts[rows, best])
    conditions = [2 * counts[rows, best] >= total, original == best, ties & (original == second)]
    reason = np.select([*conditions, ties], range(4), default=4)
    label = np.where((reason == 2) | (reason == 3), original, best)
    share = np.full(counts.shape, np.nan)
    np.divide(counts, total[:, None], out=share, where=total[:, None] > 0)
    empty = total == 0
    return ShareCorrection(
        label=np.where(empty, -1, label),
        confidence=share[rows, label],
        reason=np.where(empty, -1, reason),
        best=np.where(empty, -1, best),
        best_share=share[rows, best],
        second=np.where(empty, -1, second),
        second_share=share[rows, second],
        share=share,
    )


class BasicVotes(NamedTuple):
    """Basic-7 votes made from A answers.

    ``kept`` (A,) tells which answers make a vote, ``labels`` are those votes' class codes.
    ``tied`` counts answers with two most frequent classes, ``from_original`` those without any.
    """

    kept: NDArray[np.bool_]
    labels: Ints
    tied: int
    from_original: int


def votes_from_sets(counts: Ints, items: NDArray[np.integer], original: Ints) -> BasicVotes:
    """Each answer's most frequent class; a tie is the original's if it is among the tied.

    Other ties go to the first class in alphabetical order, an empty set to the original label;
    an empty set on an item without an original is no vote.

    Parameters
    ----------
    counts : (A, K) per answer, number of fine labels that mean each class.
    items : (A,) code of the answer's item.
    original : (n,) the items' source labels as codes, -1 where there is none.
    """
    own = original[items]
    top = counts.max(axis=1, initial=0)
    tied = ((counts == top[:, None]).sum(axis=1) > 1) & (top > 0)
    prefers_own = (own >= 0) & (counts[np.arange(len(counts)), own] == top)
    kept = (top > 0) | (own >= 0)
    return BasicVotes(
        kept,
        np.where(prefers_own, own, counts.argmax(axis=1))[kept],
        tied=int(tied.sum()),
        from_original=int(((top == 0) & kept).sum()),
    )


def class_counts(
    votes: pl.DataFrame, label_map: LabelMap, *, fine: Sequence[str], classes: Sequence[str]
) -> Ints:
    """(A, K) how many labels of each answer, each row of ``votes``, mean each class.

    A fine label that has no class under the map counts nowhere; a blank counts nothing.

    Raises
    ------
    EmosError : for a label outside ``fine``.
    """
    answer = pl.int_range(votes.height, eager=True)
    row, label = label_codes(votes, fine, answer)
    place = {name: code for code, name in enumerate(classes)}
    target = np.array([place.get(label_map(name) or "", -1) for name in fine], dtype=np.int64)
    return count_cells(row, target[label], votes.height, len(classes))


def per_item(counts: Ints, items: NDArray[np.integer], n_items: int) -> Ints:
    """(n, K) sums of the answers' counts over each item's answers."""
    sums = np.zeros((n_items, counts.shape[1]), dtype=np.int64)
    np.add.at(sums, items, counts)
    return sums
