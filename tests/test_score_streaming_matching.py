"""Pairs in order of time: by hand, against all pairings, mir_eval and an assignment solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import mir_eval
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from emos.score.streaming.matching import Allowed, heaviest, match_events, match_utterances

Span = tuple[float, float]
QUARTERS = st.integers(0, 60).map(lambda quarter: quarter / 4)


@st.composite
def spans(draw: st.DrawFn, *, disjoint: bool = False, most: int = 5) -> list[Span]:
    """Utterances in order of start and end; some have no length."""
    n = draw(st.integers(0, most))
    cuts = draw(st.lists(QUARTERS, min_size=2 * n, max_size=2 * n))
    if disjoint:
        cuts.sort()
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return sorted((min(pair), max(pair)) for pair in pairs)


def pairings(n: int, m: int) -> Iterator[list[tuple[int, int]]]:
    """Every way to pair two sequences one to one and in order."""
    yield []
    for i in range(n):
        for j in range(m):
            for rest in pairings(n - i - 1, m - j - 1):
                yield [(i, j), *((i + 1 + a, j + 1 + b) for a, b in rest)]


def shared(one: Span, other: Span) -> float:
    return max(0.0, min(one[1], other[1]) - max(one[0], other[0]))


def inside(instant: float, span: Span) -> bool:
    return span[0] <= instant < span[1] or span == (instant, instant)


def may_pair(gold: Span, said: Span, tolerance: float, minimum: float) -> bool:
    """The rule of the docstring, written again."""
    wide = (said[0] - tolerance, said[1] + tolerance)
    meets = shared(gold, wide) > 0
    if wide[0] == wide[1]:
        meets = inside(wide[0], gold)
    elif gold[0] == gold[1]:
        meets = inside(gold[0], wide)
    shorter = min(gold[1] - gold[0], said[1] - said[0])
    return meets and shared(gold, wide) >= minimum * shorter


@given(
    spans(most=4),
    spans(most=4),
    st.sampled_from([0.0, 0.25, 1.0]),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)
def test_utterances_against_every_pairing(
    gold: list[Span], said: list[Span], tolerance: float, minimum: float
) -> None:
    def worth(pairs: Sequence[tuple[int, int]]) -> tuple[float, int, float]:
        time = sum(shared(gold[i], said[j]) for i, j in pairs)
        wide = sum(
            shared(gold[i], (said[j][0] - tolerance, said[j][1] + tolerance)) for i, j in pairs
        )
        return time, len(pairs), wide

    found = match_utterances(gold, said, tolerance_s=tolerance, minimum_overlap=minimum)
    best = max(
        worth(pairs)
        for pairs in pairings(len(gold), len(said))
        if all(may_pair(gold[i], said[j], tolerance, minimum) for i, j in pairs)
    )
    assert all(may_pair(gold[i], said[j], tolerance, minimum) for i, j in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert worth(found) == best  # quarters of a second are exact in floats


@given(spans(disjoint=True, most=12), spans(disjoint=True, most=12))
def test_where_utterances_do_not_overlap_order_costs_nothing(
    gold: list[Span], said: list[Span]
) -> None:
    """The best assignment in any order shares no more time."""
    found = match_utterances(gold, said, minimum_overlap=0.0)
    time = np.array([[shared(one, other) for other in said] for one in gold])
    time = time.reshape(len(gold), len(said))
    best = time[linear_sum_assignment(time, maximize=True)].sum()
    assert sum(time[pair] for pair in found) == best


@given(
    st.lists(QUARTERS, max_size=12).map(sorted),
    st.lists(QUARTERS, max_size=12).map(sorted),
    st.sampled_from([0.0, 0.25, 0.5, 1.0, 3.0]),
)
def test_as_many_events_as_mir_eval(gold: list[float], said: list[float], tolerance: float) -> None:
    found = match_events(gold, said, tolerance)
    assert len(found) == len(mir_eval.util.match_events(np.array(gold), np.array(said), tolerance))
    assert all(abs(gold[i] - said[j]) <= tolerance for i, j in found)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)


@given(
    st.lists(QUARTERS, max_size=5).map(sorted),
    st.lists(QUARTERS, max_size=5).map(sorted),
    st.sampled_from([0.0, 1.0, 5.0]),
)
def test_of_equally_many_events_the_closest(
    gold: list[float], said: list[float], tolerance: float
) -> None:
    def worth(pairs: Sequence[tuple[int, int]]) -> tuple[int, float]:
        return len(pairs), -sum(abs(gold[i] - said[j]) for i, j in pairs)

    allowed = (
        pairs
        for pairs in pairings(len(gold), len(said))
        if all(abs(gold[i] - said[j]) <= tolerance for i, j in pairs)
    )
    assert worth(match_events(gold, said, tolerance)) == max(map(worth, allowed))


def test_time_comes_before_number() -> None:
    """y shares 8 of A's 10 s; pairing it with B would make a pair more and mean another."""
    a, b = (0.0, 10.0), (10.0, 20.0)
    x, y = (0.0, 2.0), (2.0, 12.0)
    assert match_utterances([a, b], [x, y], minimum_overlap=0.0) == [(0, 1)]


def test_one_predicted_utterance_for_two_and_two_for_one() -> None:
    whole, first, second = (0.0, 10.0), (0.0, 4.0), (4.0, 10.0)
    assert match_utterances([first, second], [whole]) == [(1, 0)]
    assert match_utterances([whole], [first, second]) == [(0, 1)]
    halves = [(0.0, 5.0), (5.0, 10.0)]
    assert match_utterances(halves, [whole]) == [(0, 0)]  # equal: the earlier
    assert match_utterances([whole], halves) == [(0, 0)]


def test_a_sliver_is_no_pair() -> None:
    """A was missed and B cut in two; without a minimum, half a second makes A of B's first part."""
    gold = [(0.0, 10.0), (10.0, 20.0)]
    said = [(9.5, 15.0), (15.0, 20.0)]
    assert match_utterances(gold, said) == [(1, 0)]
    assert match_utterances(gold, said, minimum_overlap=0.0) == [(0, 0), (1, 1)]


def test_touching_is_not_sharing_and_an_instant_lies_in_one_utterance() -> None:
    gold = [(0.0, 5.0), (5.0, 9.0)]
    assert match_utterances(gold, [(9.0, 12.0)], minimum_overlap=0.0) == []
    assert match_utterances(gold, [(9.0, 12.0)], minimum_overlap=0.0, tolerance_s=0.5) == [(1, 0)]
    assert match_utterances(gold, [(5.0, 5.0)]) == [(1, 0)]  # half open: 5 belongs to the second
    assert match_utterances(gold, [(9.0, 9.0)]) == []
    assert match_utterances([(5.0, 5.0)], [(5.0, 5.0)]) == [(0, 0)]
    # It takes nothing from an utterance that shares time.
    assert match_utterances(gold, [(5.0, 5.0), (6.0, 9.0)]) == [(1, 1)]


@pytest.mark.parametrize(("tolerance", "pairs"), [(0.4, []), (0.5, [(0, 0)])])
def test_rounded_seconds_need_a_tolerance(tolerance: float, pairs: list[tuple[int, int]]) -> None:
    """An utterance of a second, said a second late: widened by half, it covers half."""
    found = match_utterances([(3.0, 4.0)], [(4.0, 5.0)], tolerance_s=tolerance)
    assert found == pairs


def test_sums_are_exact() -> None:
    """In floats 0.1 + 0.2 is more than 0.3; in whole microseconds it is not."""
    assert match_events([0.3], [0.1 + 0.2], 0.0) == [(0, 0)]
    assert match_events([0.0, 1e12], [1e300], 5.0) == [(1, 0)]  # beyond 30 years is all one


def test_weights_are_compared_entry_by_entry() -> None:
    allowed = [Allowed(0, 0, (0, 9)), Allowed(0, 1, (1, 0)), Allowed(1, 0, (0, 9))]
    assert heaviest(allowed) == [(0, 1)]
    assert heaviest([]) == []


def test_thousands_of_utterances_take_no_time() -> None:
    spans = [(float(place), place + 1.5) for place in range(3000)]
    assert match_utterances(spans, spans) == [(place, place) for place in range(3000)]
