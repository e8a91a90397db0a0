"""Whether the emotion turns at each gold boundary, and whether the matched utterances say so.

This is the form of the paper's "82 % of emotion turning points" (section 4.4): of all boundaries
between given utterances, the share at which change or no change is said rightly. What a share is
worth depends on how many boundaries turn: `always` and `never` are what saying the same at every
boundary would get.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from emos.aggregate.turning_points import DEFINITIONS
from emos.score.streaming.stream import Stream


class Boundary(NamedTuple):
    """One gold boundary that a definition can judge.

    Attributes
    ----------
    place : of the gold utterance after it.
    turns : whether the gold labels turn.
    said : whether the matched utterances' labels turn; ``None`` where one of the two was missed or
        has not the labels that the definition needs.
    """

    place: int
    turns: bool
    said: bool | None

    @property
    def right(self) -> bool:
        """Whether it was said, and rightly."""
        return self.said == self.turns


def boundaries(stream: Stream, definition: str) -> list[Boundary]:
    """Every boundary of a stream of which the definition can tell from the gold labels."""
    turns = DEFINITIONS[definition].turns
    found = []
    sides = zip(pairwise(stream.gold), pairwise(stream.partner), strict=True)
    for place, ((before, after), (one, other)) in enumerate(sides, start=1):
        gold = turns(before.labels, after.labels)
        if gold is not None:
            said = None if one is None or other is None else turns(one.labels, other.labels)
            found.append(Boundary(place, gold, said))
    return found


def counted(found: Sequence[Boundary], policy: str) -> list[Boundary]:
    """Those that count: an unanswered one is wrong, or left out under ``leave-out``."""
    return [one for one in found if one.said is not None or policy != "leave-out"]
