"""Agreement of two trajectories: over the seconds, and as sequences of labels.

State at an instant: the label of the utterance that covers it, of the one that began last where
several do. Utterances without length cover nothing unless they are held. Time that no gold
utterance with a class covers does not count, whatever is predicted there.

Sequences: the Basic-7 classes of the utterances in order, with and without repeats. A predicted
utterance without a class equals nothing; a gold one without is equal to any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np

from emos.score.basic7 import ratio
from emos.score.metric import Floats, Metric
from emos.score.streaming.stream import Stream, Utterance


class State(NamedTuple):
    """A stretch of time with one label (``None`` for an utterance without one)."""

    start: float
    end: float
    label: str | None


def states(utterances: Sequence[Utterance], hold_s: float = 0.0) -> list[State]:
    """Stretches that do not overlap, in order of time; gaps are left out.

    Parameters
    ----------
    utterances : with times.
    hold_s : how long a state lasts after its utterance, unless another begins.
    """
    ordered = sorted(utterances, key=lambda one: (one.start, one.end))
    spans = [(one.start, one.end + hold_s) for one in ordered]
    cuts = sorted({time for span in spans for time in span})
    open_: list[int] = []  # begun and not known to have ended, the last begun first
    found: list[State] = []
    begun = 0
    for left, right in pairwise(cuts):
        while begun < len(spans) and spans[begun][0] <= left:
            heappush(open_, -begun)
            begun += 1
        while open_ and spans[-open_[0]][1] <= left:
            heappop(open_)
        if open_:
            found.append(State(left, right, ordered[-open_[0]].labels.primary))
    return found


def seconds(
    gold: Sequence[State], said: Sequence[State], agree: Callable[[State, State], bool]
) -> float:
    """Seconds during which both are there and agree; both without overlaps, in order of time."""
    total, k = 0.0, 0
    for one in gold:
        while k < len(said) and said[k].end <= one.start:
            k += 1
        place = k
        while place < len(said) and said[place].start < one.end:
            other = said[place]
            if agree(one, other):
                total += min(one.end, other.end) - max(one.start, other.start)
            place += 1
    return total


def edit_distance(gold: Sequence[str | None], said: Sequence[str | None]) -> int:
    """Fewest insertions, deletions and replacements that make one of the other."""
    row = list(range(len(said) + 1))
    for i, one in enumerate(gold, start=1):
        last, row[0] = row[0], i
        for j, other in enumerate(said, start=1):
            same = one is None or one == other
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (not same))
    return row[-1]


@dataclass(frozen=True)
class TrajectorySample:
    """Sums over monologues ``[1, samples]``.

    Attributes
    ----------
    time, right : seconds of gold states with a class; those in which the predicted state is theirs.
    edits, longest : edit distances of the sequences, and lengths of the longer of the two.
    state_edits, state_longest : the same without repeats.
    """

    time: Floats
    right: Floats
    edits: Floats
    longest: Floats
    state_edits: Floats
    state_longest: Floats


def trajectory_sampler(
    streams: Sequence[Stream], hold_s: float
) -> Callable[[Floats], TrajectorySample]:
    """Makes the sample of weights ``[M, samples]``."""
    counts = np.array([_counts(stream, hold_s) for stream in streams]).reshape(-1, 6).T

    def sample(weights: Floats) -> TrajectorySample:
        return TrajectorySample(*(counts @ weights)[:, None])

    return sample


def _counts(stream: Stream, hold_s: float) -> tuple[float, ...]:
    time = right = 0.0
    if stream.timed:
        gold = [one for one in states(stream.gold) if one.label is not None]
        time = sum(one.end - one.start for one in gold)
        right = seconds(gold, states(stream.said, hold_s), lambda a, b: a.label == b.label)
    sequences = [[one.labels.primary for one in side] for side in (stream.gold, stream.said)]
    turns = [[label for label, _ in groupby(sequence)] for sequence in sequences]
    return (time, right, *_edits(*sequences), *_edits(*turns))


def _edits(gold: Sequence[str | None], said: Sequence[str | None]) -> tuple[int, int]:
    return edit_distance(gold, said), max(len(gold), len(said))


def _metric(
    name: str, definition: str, value: Callable[[TrajectorySample], Floats], **more: Any
) -> Metric:
    return Metric(f"streaming/trajectory/{name}", "streaming", definition, value=value, **more)


METRICS = (
    _metric(
        "time_accuracy",
        "seconds in which the predicted state is the gold one, over all seconds that gold "
        "utterances with a class cover",
        lambda sample: ratio(sample.right, sample.time),
        source="time-weighted accuracy; the state is that of the utterance begun last",
        undefined="no gold time",
    ),
    _metric(
        "edit_distance",
        "edit distance of the two sequences of classes over the longer one's length, both summed "
        "over monologues",
        lambda sample: ratio(sample.edits, sample.longest),
        source="Levenshtein, 1966",
        undefined="no utterances",
        better="low",
    ),
    _metric(
        "state_edit_distance",
        "the same of the sequences of states, in which repeats are one",
        lambda sample: ratio(sample.state_edits, sample.state_longest),
        source="Levenshtein, 1966",
        undefined="no utterances",
        better="low",
    ),
)
