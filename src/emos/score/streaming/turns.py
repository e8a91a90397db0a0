"""Where a stream turns, in the gold labels and in the predicted ones, and which turns are the same.

A turning point stands at a boundary and has the time at which the later utterance starts. What a
boundary must be like is up to a definition (`emos.aggregate.turning_points`). A gold boundary
of which it cannot be told is no turning point; a prediction that finds no other partner is passed
over if it can be paired with such a boundary: it is neither right nor a false alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from emos.aggregate.turning_points import DEFINITIONS
from emos.score.streaming.matching import match_events
from emos.score.streaming.stream import Stream, Utterance


class Turn(NamedTuple):
    """One boundary at which the emotion turns.

    Attributes
    ----------
    time : seconds.
    before, after : Basic-7 class of the utterances on its sides, ``None`` for none.
    place : of the utterance after it, in its sequence.
    """

    time: float
    before: str | None
    after: str | None
    place: int


class Matched(NamedTuple):
    """Turns that are the same within a tolerance, as places in ``gold`` and ``said``.

    Attributes
    ----------
    pairs : whatever the classes are.
    typed : the same change of class; matched for each change by itself.
    alarms : predicted turns that are none, as places in ``said``.
    passed : how many predicted turns are passed over.
    """

    pairs: list[tuple[int, int]]
    typed: list[tuple[int, int]]
    alarms: list[int]
    passed: int


@dataclass(frozen=True)
class Turns:
    """The turning points of one stream under one definition, in order of time.

    Attributes
    ----------
    gold, said : turning points.
    unknown : times of gold boundaries of which it cannot be told.
    """

    gold: tuple[Turn, ...]
    said: tuple[Turn, ...]
    unknown: tuple[float, ...]

    def match(self, tolerance_s: float) -> Matched:
        """Optimal pairs of turns at most ``tolerance_s`` apart (`match_events`)."""
        gold, said = list(range(len(self.gold))), list(range(len(self.said)))
        pairs = self._pairs(gold, said, tolerance_s)
        typed = []
        for change in {turn[1:3] for turn in self.gold}:
            if None not in change:
                same = [place for place in gold if self.gold[place][1:3] == change]
                like = [place for place in said if self.said[place][1:3] == change]
                typed += self._pairs(same, like, tolerance_s)
        taken = {other for _, other in pairs}
        free = [place for place in said if place not in taken]
        # With the gold ones out of the way, these may still be at a boundary nobody can judge.
        near = {
            free[other]
            for _, other in match_events(
                self.unknown, [self.said[i].time for i in free], tolerance_s
            )
        }
        alarms = [place for place in free if place not in near]
        return Matched(pairs, sorted(typed), alarms, len(near))

    def _pairs(self, gold: list[int], said: list[int], tolerance_s: float) -> list[tuple[int, int]]:
        found = match_events(
            [self.gold[i].time for i in gold], [self.said[i].time for i in said], tolerance_s
        )
        return [(gold[one], said[other]) for one, other in found]


def turns(stream: Stream, definition: str) -> Turns:
    """Both sides' turning points; none where the gold times are not known."""
    if not stream.timed:
        return Turns((), (), ())
    gold, unknown = _turns(stream.gold, definition)
    said, _ = _turns(stream.said, definition)
    return Turns(tuple(gold), tuple(said), tuple(sorted(unknown)))


def _turns(utterances: Sequence[Utterance], definition: str) -> tuple[list[Turn], list[float]]:
    """Turning points in order of time, and the times of boundaries that cannot be told."""
    found, unknown = [], []
    for place, (before, after) in enumerate(pairwise(utterances), start=1):
        turn = DEFINITIONS[definition].turns(before.labels, after.labels)
        if turn is None:
            unknown.append(after.start)
        elif turn:
            found.append(Turn(after.start, before.labels.primary, after.labels.primary, place))
    return sorted(found, key=lambda turn: (turn.time, turn.place)), unknown
