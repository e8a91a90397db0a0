"""Pairs of two ordered sequences: optimal, one to one, and in order.

Predicted utterances are paired with gold ones so that the time that pairs share is as long as can
be. Of two pairings that share the same time the one with more pairs is taken, then the one whose
widened spans share more, then the one whose utterances come first. Time comes before number
because it says which utterance is meant: with number first, an utterance that misses nearly all of
a gold one still takes it whenever that makes a pair more, and its neighbours move up
(``tests/test_score_streaming_matching.py`` has such a case).

Events (turning points) are paired within a tolerance so that there are as many pairs as can be,
as `mir_eval.util.match_events` does (Raffel et al., 2014); of equally many, those with the
smallest sum of distances.

Both are one problem: the heaviest chain of allowed pairs, with weights compared entry by entry.
Times are whole microseconds, so that equal sums are equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emos.score.metric import Ints

MICRO = 1_000_000
_FAR = 1e9  # seconds; a later time stands for this one, so that sums stay whole numbers


class Allowed(NamedTuple):
    """A pair that may be made, and what it is worth: entries compared one after the other."""

    gold: int
    said: int
    weight: tuple[int, ...]


class _Chain(NamedTuple):
    """Pairs in order, the last one first, and their weights' sum."""

    weight: tuple[int, ...]
    gold: int
    said: int
    before: _Chain | None


def heaviest(allowed: Iterable[Allowed]) -> list[tuple[int, int]]:
    """The pairs ``(gold, said)`` of the greatest total weight, one to one and in order of both.

    Parameters
    ----------
    allowed : pairs by place in both sequences; each weight is greater than all zeros.

    Returns
    -------
    In order; of equally heavy ones always the same. Runs in O(P log P) for P allowed pairs.
    """
    ends: list[int] = []  # last said places of the chains kept, ascending, as are their weights
    chains: list[_Chain] = []
    for _, row in groupby(sorted(allowed), key=lambda pair: pair.gold):
        longer = []
        for gold, said, weight in row:
            place = bisect_left(ends, said) - 1
            before = chains[place] if place >= 0 else None
            total = weight if before is None else _plus(before.weight, weight)
            longer.append(_Chain(total, gold, said, before))
        for chain in longer:
            _keep(chain, ends, chains)
    pairs = []
    last = chains[-1] if chains else None
    while last is not None:
        pairs.append((last.gold, last.said))
        last = last.before
    return pairs[::-1]


def _plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int.__add__, one, other))


def _keep(chain: _Chain, ends: list[int], chains: list[_Chain]) -> None:
    """Add a chain unless one that ends no later weighs as much; drop those it outdoes."""
    place = bisect_left(ends, chain.said + 1)
    if place and chains[place - 1].weight >= chain.weight:
        return
    start = bisect_left(ends, chain.said)
    stop = start
    while stop < len(chains) and chains[stop].weight <= chain.weight:
        stop += 1
    ends[start:stop] = [chain.said]
    chains[start:stop] = [chain]


def match_utterances(
    gold: Sequence[tuple[float, float]],
    said: Sequence[tuple[float, float]],
    *,
    tolerance_s: float = 0.0,
    minimum_overlap: float = 0.5,
) -> list[tuple[int, int]]:
    """Pairs of gold and predicted utterances that share the most time.

    Parameters
    ----------
    gold, said : ``(start, end)`` in seconds, start <= end, in order. Utterances are half open:
        those that only touch share nothing. One without length lies in the utterance that covers
        its instant; it shares no time, and is paired where that takes nothing from others.
    tolerance_s : predicted ones are widened by this at both ends when it is asked which pairs are
        allowed. What pairs are worth is the time shared as given.
    minimum_overlap : a pair is allowed if the widened one shares this much of the shorter of the
        two as given, and more than nothing.

    Returns
    -------
    ``(gold, said)`` places in order.
    """
    if not gold or not said:
        return []
    start, end = (np.array(_whole(ends), dtype=np.int64) for ends in zip(*said, strict=True))
    g_starts, g_ends = (_whole(ends) for ends in zip(*gold, strict=True))
    (wide,) = _whole([tolerance_s])
    allowed = []
    for place, (g_start, g_end) in enumerate(zip(g_starts, g_ends, strict=True)):
        shared = np.minimum(end + wide, g_end) - np.maximum(start - wide, g_start)
        shorter = np.minimum(end - start, g_end - g_start)
        met = (shared > 0) | _instant(start - wide, end + wide, g_start, g_end)
        near = met & (shared >= minimum_overlap * shorter)
        for other in np.flatnonzero(near):
            time = min(end[other], g_end) - max(start[other], g_start)
            weight = (max(int(time), 0), 1, int(shared[other]))
            allowed.append(Allowed(place, int(other), weight))
    return heaviest(allowed)


def _instant(start: Ints, end: Ints, g_start: int, g_end: int) -> npt.NDArray[np.bool_]:
    """Where one of the two has no length and lies in the other, or both are the same instant."""
    same = (start == g_start) & (end == g_end)
    said_in_gold = (start == end) & (g_start <= start) & (start < g_end)
    gold_in_said = (start <= g_start) & (g_start < end) if g_start == g_end else False
    inside: npt.NDArray[np.bool_] = same | said_in_gold | gold_in_said
    return inside


def match_events(
    gold: Sequence[float], said: Sequence[float], tolerance_s: float
) -> list[tuple[int, int]]:
    """As many pairs of events as can be, each at most ``tolerance_s`` apart, closest first.

    Parameters
    ----------
    gold, said : times in seconds, ascending.

    Returns
    -------
    ``(gold, said)`` places in order.
    """
    times, others = _whole(gold), _whole(said)
    (near,) = _whole([tolerance_s])
    allowed = [
        Allowed(place, other, (1, -abs(time - others[other])))
        for place, time in enumerate(times)
        for other in range(bisect_left(others, time - near), bisect_right(others, time + near))
    ]
    return heaviest(allowed)


def _whole(seconds: Sequence[float]) -> list[int]:
    """Times as whole microseconds."""
    return [round(max(min(time, _FAR), -_FAR) * MICRO) for time in seconds]
