"""How early a sustained negative state is said.

A gold episode is a run of utterances in a row whose class is one of the warning classes, with as
many utterances and seconds as the options say; a gap in time does not end it. Its onset is the
start of its first utterance. The model says so with a run of its own, of one utterance or more:
the first one that is under way at the onset or begins before the episode ends. The moment is that
run's start, but no earlier than the end of the gold utterance of these classes before the episode:
until then to say so was right and no warning. A run that ends before the onset is no warning of
it. An episode that no run meets is missed.

A model that always says so is early each time; ``false_time`` says what that costs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from emos.score.basic7 import ratio
from emos.score.metric import Floats, Metric
from emos.score.streaming.options import StreamingOptions
from emos.score.streaming.stream import Stream, Utterance
from emos.score.streaming.trajectory import seconds, states


class Run(NamedTuple):
    """Utterances in a row of the warning classes.

    Attributes
    ----------
    place : of the first one in its sequence.
    utterances : how many.
    start, end : of the first one, and the latest end, in seconds.
    """

    place: int
    utterances: int
    start: float
    end: float


class Episode(NamedTuple):
    """A gold run that is sustained.

    Attributes
    ----------
    run : the gold utterances.
    first : when the model first says so; NaN for never.
    """

    run: Run
    first: float

    @property
    def delay(self) -> float:
        """Seconds after the onset, negative before it; NaN for never."""
        return self.first - self.run.start


def runs(utterances: Sequence[Utterance], classes: Container[str]) -> list[Run]:
    """Every longest run of utterances whose class is one of ``classes``, in order."""

    def among(numbered: tuple[int, Utterance]) -> bool:
        label = numbered[1].labels.primary
        return label is not None and label in classes

    found = []
    for inside, group in groupby(enumerate(utterances), key=among):
        if inside:
            rows = list(group)
            end = max(one.end for _, one in rows)
            found.append(Run(rows[0][0], len(rows), rows[0][1].start, end))
    return found


def episodes(stream: Stream, options: StreamingOptions) -> list[Episode]:
    """The sustained states of a stream; none where the gold times are not known."""
    if not stream.timed:
        return []
    said = runs(stream.said, options.warning_classes)
    found = []
    earliest = -math.inf
    for run in runs(stream.gold, options.warning_classes):
        lasting = run.end - run.start >= options.warning_least_s
        if lasting and run.utterances >= options.warning_least_utterances:
            found.append(Episode(run, _first(run, said, min(earliest, run.start))))
        earliest = max(earliest, run.end)
    return found


def _first(run: Run, said: Sequence[Run], earliest: float) -> float:
    meets = (
        max(one.start, earliest)
        for one in said
        if one.start < run.end and (one.end > run.start or one.start >= run.start)
    )
    return min(meets, default=math.nan)


@dataclass(frozen=True)
class WarningSample:
    """Sums over monologues ``[1, samples]``.

    Attributes
    ----------
    episodes, met, by_onset : episodes, those that were said at all, and at the onset or before.
    delay : seconds of delay of those that were said.
    calm, false : seconds of gold states of other classes; those in which the predicted state is
        one of the warning classes.
    """

    episodes: Floats
    met: Floats
    by_onset: Floats
    delay: Floats
    calm: Floats
    false: Floats


def warning_sampler(
    streams: Sequence[Stream], options: StreamingOptions
) -> Callable[[Floats], WarningSample]:
    """Makes the sample of weights ``[M, samples]``."""
    counts = np.array([_counts(stream, options) for stream in streams]).reshape(-1, 6).T

    def sample(weights: Floats) -> WarningSample:
        return WarningSample(*(counts @ weights)[:, None])

    return sample


def _counts(stream: Stream, options: StreamingOptions) -> tuple[float, ...]:
    found = episodes(stream, options)
    delays = [one.delay for one in found if not math.isnan(one.delay)]
    early = sum(delay <= 0 for delay in delays)
    return (len(found), len(delays), early, sum(delays), *_false_time(stream, options))


def _false_time(stream: Stream, options: StreamingOptions) -> tuple[float, float]:
    """Seconds of gold states of other classes, and those in which a warning class is predicted."""
    if not stream.timed:
        return 0.0, 0.0
    classes = options.warning_classes
    gold = states(stream.gold)
    calm = [one for one in gold if one.label is not None and one.label not in classes]
    said = states(stream.said, options.hold_s)
    wrong = seconds(calm, said, lambda _, other: other.label in classes)
    return sum(one.end - one.start for one in calm), wrong


def _metric(
    name: str, definition: str, value: Callable[[WarningSample], Floats], **more: Any
) -> Metric:
    return Metric(
        f"streaming/early_warning/{name}",
        "streaming",
        definition,
        "this module: the rule is stated there",
        value,
        **more,
    )


_NONE = "no gold episode"
_INF = float("inf")
METRICS = (
    _metric(
        "episodes",
        "sustained negative states in the gold labels",
        lambda sample: sample.episodes,
        high=_INF,
        better="neither",
    ),
    _metric(
        "said",
        "episodes that the model says at all, over all; the rest is missed",
        lambda sample: ratio(sample.met, sample.episodes),
        undefined=_NONE,
    ),
    _metric(
        "said_by_onset",
        "episodes that the model says at their onset or before, over all",
        lambda sample: ratio(sample.by_onset, sample.episodes),
        undefined=_NONE,
    ),
    _metric(
        "delay_s",
        "mean of the first moment less the onset over episodes that are said; negative is early",
        lambda sample: ratio(sample.delay, sample.met),
        undefined="no gold episode was said",
        low=-_INF,
        high=_INF,
        better="low",
    ),
    _metric(
        "false_time",
        "seconds in which a warning class is predicted and the gold class is another, over all "
        "seconds of other gold classes",
        lambda sample: ratio(sample.false, sample.calm),
        undefined="no gold time of other classes",
        better="low",
    ),
)
