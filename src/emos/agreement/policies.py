"""What a blank counts as. Every figure of agreement is given under each policy by name.

``skip``      A blank is no vote (the default). Items with fewer than two votes drop out.
``agree``     A blank is an answer of its own, the empty set: two blanks agree, a blank and a label
              do not. It is what comparing the sheets' rows as sets does (the public release's
              practice), and the same as taking "blank" as one more label. It rewards rows that
              nobody annotated.
``listwise``  Only items that everybody who was asked answered: the classical complete cases.

An annotator who was not asked about an item (it is not in their batch) has no blank there and is
no part of any policy; `compare_rows` takes such rows in on purpose.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emos.agreement.answers import Answers
from emos.agreement.ballots import BLANK, Ballots
from emos.errors import EmosError

MAX_PAIRS = 500  # pairs of annotators listed; a crowd of thousands has millions


def _skip(ballots: Ballots, max_pairs: int) -> Answers:
    return _answers(ballots, ballots.code, ballots.code >= 0, max_pairs)


def _agree(ballots: Ballots, max_pairs: int) -> Answers:
    empty = len(ballots.member)
    code = np.where(ballots.code == BLANK, empty, ballots.code)
    return _answers(ballots, code, code >= 0, max_pairs)


def _listwise(ballots: Ballots, max_pairs: int) -> Answers:
    missing = np.bincount(ballots.unit[ballots.code < 0], minlength=len(ballots.count))
    return _answers(ballots, ballots.code, missing[ballots.unit] == 0, max_pairs)


POLICIES: dict[str, Callable[[Ballots, int], Answers]] = {
    "skip": _skip,
    "agree": _agree,
    "listwise": _listwise,
}


def apply_policy(ballots: Ballots, policy: str, *, max_pairs: int = MAX_PAIRS) -> Answers:
    """The answers that count under ``policy``.

    Raises
    ------
    EmosError : for an unknown policy.
    """
    if policy not in POLICIES:
        raise EmosError(
            f"unknown blank policy {policy!r}", remedy=f"known are {', '.join(POLICIES)}"
        )
    return POLICIES[policy](ballots, max_pairs)


def _answers(ballots: Ballots, code: np.ndarray, counts: np.ndarray, max_pairs: int) -> Answers:
    empty = np.zeros((1, len(ballots.labels)), dtype=np.bool_)
    return Answers(
        annotators=ballots.annotators,
        labels=ballots.labels,
        member=np.concatenate((ballots.member, empty)),
        unit=ballots.unit[counts],
        annotator=ballots.annotator[counts],
        code=code[counts],
        units=len(ballots.count),
        max_pairs=max_pairs,
    )
