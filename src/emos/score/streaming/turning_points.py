"""Turning points: found within a tolerance, with the right change, how late, and at what cost.

One cell per definition. Precision, recall and F1 are those of `emos.score.streaming.turns` at one
tolerance; a table has the others. Delays are taken of the pairs at the widest tolerance, because a
narrow one bounds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from emos.score.basic7 import ratio
from emos.score.metric import Floats, Metric
from emos.score.streaming.boundaries import boundaries, counted
from emos.score.streaming.options import StreamingOptions
from emos.score.streaming.stream import Stream
from emos.score.streaming.turns import Turns, turns


class TurnCounts(NamedTuple):
    """Of each cell (a definition, or one at a tolerance), ``[cells, M]`` or ``[cells, samples]``.

    Attributes
    ----------
    gold, said : turning points; said ones that are passed over are not counted.
    matched, typed : pairs; pairs with the same change of class.
    delay, distance : sums over pairs of predicted less gold time, and of its size, in seconds.
    """

    gold: Floats
    said: Floats
    matched: Floats
    typed: Floats
    delay: Floats
    distance: Floats

    def summed(self, weights: Floats) -> TurnCounts:
        """Summed over monologues weighted ``[M, samples]``."""
        return TurnCounts(*(part @ weights for part in self))


@dataclass(frozen=True)
class TurningSample:
    """What the metrics share.

    Attributes
    ----------
    at, wide : sums at the tolerance chosen, and at the widest.
    judged : ``[3, definitions, samples]``: gold boundaries that count, those that turn, those that
        were said rightly.
    minutes : of gold time ``[1, samples]``.
    """

    at: TurnCounts
    wide: TurnCounts
    judged: Floats
    minutes: Floats


def count_turns(found: Sequence[Sequence[Turns]], at: Sequence[float]) -> TurnCounts:
    """Counts of the cells ``definition x tolerance``, those of one definition together.

    Parameters
    ----------
    found : of each of the M monologues, the turns under each definition.
    at : the tolerances.
    """
    definitions = len(found[0]) if found else 0
    counts = np.zeros((6, definitions, len(at), len(found)))
    for m, each in enumerate(found):
        for d, one in enumerate(each):
            for t, tolerance in enumerate(at):
                match = one.match(tolerance)
                delays = [one.said[b].time - one.gold[a].time for a, b in match.pairs]
                counts[:, d, t, m] = (
                    len(one.gold),
                    len(one.said) - match.passed,
                    len(match.pairs),
                    len(match.typed),
                    sum(delays),
                    sum(map(abs, delays)),
                )
    return TurnCounts(*counts.reshape(6, -1, len(found)))


def tolerances(options: StreamingOptions) -> list[float]:
    """Those of the table, the one of the metrics among them, ascending."""
    return sorted({*options.curve_s, options.turn_tolerance_s})


def turning_sampler(
    streams: Sequence[Stream], counts: TurnCounts, options: StreamingOptions, policy: str
) -> Callable[[Floats], TurningSample]:
    """Makes the sample of weights ``[M, samples]``.

    Parameters
    ----------
    counts : at every one of `tolerances`.
    """
    known_at = tolerances(options)
    at, wide = (
        TurnCounts(*(part[known_at.index(tolerance) :: len(known_at)] for part in counts))
        for tolerance in (options.turn_tolerance_s, max(options.curve_s))
    )
    judged = np.zeros((3, len(options.definitions), len(streams)))
    for m, stream in enumerate(streams):
        for d, definition in enumerate(options.definitions):
            known = counted(boundaries(stream, definition), policy)
            turning, right = sum(one.turns for one in known), sum(one.right for one in known)
            judged[:, d, m] = len(known), turning, right
    minutes = np.array([[stream.seconds / 60 for stream in streams]])

    def sample(weights: Floats) -> TurningSample:
        return TurningSample(
            at.summed(weights), wide.summed(weights), judged @ weights, minutes @ weights
        )

    return sample


def turns_of(streams: Sequence[Stream], definitions: Sequence[str]) -> list[list[Turns]]:
    """Of each stream, its turns under each definition."""
    return [[turns(stream, definition) for definition in definitions] for stream in streams]


def precision(sample: TurnCounts) -> Floats:
    """Matched over predicted turning points."""
    return ratio(sample.matched, sample.said)


def recall(sample: TurnCounts) -> Floats:
    """Matched over gold turning points."""
    return ratio(sample.matched, sample.gold)


def f1(sample: TurnCounts) -> Floats:
    """Twice the matched over gold and predicted turning points."""
    return ratio(2 * sample.matched, sample.gold + sample.said)


def typed_f1(sample: TurnCounts) -> Floats:
    """The same of pairs with the same change."""
    return ratio(2 * sample.typed, sample.gold + sample.said)


def delay(sample: TurnCounts) -> Floats:
    """Mean of predicted less gold time over pairs."""
    return ratio(sample.delay, sample.matched)


def distance(sample: TurnCounts) -> Floats:
    """Mean of its size."""
    return ratio(sample.distance, sample.matched)


def _metric(
    name: str, definition: str, value: Callable[[TurningSample], Floats], **more: Any
) -> Metric:
    settings = {"source": "EmoS paper, section 4.4"} | more
    return Metric(
        f"streaming/turning_points/{name}",
        "streaming",
        definition,
        value=value,
        per="class",
        **settings,
    )


_GOLD = "no gold turning point"
_SAID = "no predicted turning point"
_EITHER = "no turning point, gold or predicted"
_PAIR = "no turning point was found"
_NONE = "no boundary that the definition can judge"
_INF = float("inf")
METRICS = (
    _metric(
        "precision",
        "predicted turning points matched to a gold one within the tolerance, over all predicted",
        lambda sample: precision(sample.at),
        source="event matching as in mir_eval (Raffel et al., 2014)",
        undefined=_SAID,
    ),
    _metric(
        "recall",
        "gold turning points matched within the tolerance, over all gold ones",
        lambda sample: recall(sample.at),
        source="event matching as in mir_eval (Raffel et al., 2014)",
        undefined=_GOLD,
    ),
    _metric(
        "f1",
        "2 matched / (gold + predicted)",
        lambda sample: f1(sample.at),
        source="event matching as in mir_eval (Raffel et al., 2014)",
        undefined=_EITHER,
    ),
    _metric(
        "typed_f1",
        "the same, where a match needs the same classes before and after too",
        lambda sample: typed_f1(sample.at),
        source="event matching as in mir_eval (Raffel et al., 2014)",
        undefined=_EITHER,
    ),
    _metric(
        "delay_s",
        "mean of predicted less gold time over pairs at the widest tolerance; positive is late",
        lambda sample: delay(sample.wide),
        undefined=_PAIR,
        low=-_INF,
        high=_INF,
        better="neither",
    ),
    _metric(
        "distance_s",
        "mean of |predicted less gold time| over the same pairs",
        lambda sample: distance(sample.wide),
        undefined=_PAIR,
        high=_INF,
        better="low",
    ),
    _metric(
        "false_alarms_per_min",
        "predicted turning points that match none, per minute from the first gold start to the "
        "last gold end",
        lambda sample: ratio(
            sample.at.said - sample.at.matched, np.repeat(sample.minutes, len(sample.at.said), 0)
        ),
        undefined="no gold time",
        high=_INF,
        better="low",
    ),
    _metric(
        "boundary_accuracy",
        "gold boundaries at which the matched utterances say change or no change rightly, over all "
        "that the definition can judge; one that is not answered is wrong",
        lambda sample: ratio(sample.judged[2], sample.judged[0]),
        undefined=_NONE,
    ),
    _metric(
        "always_change",
        "what saying change at every gold boundary would get as boundary_accuracy",
        lambda sample: ratio(sample.judged[1], sample.judged[0]),
        undefined=_NONE,
        better="neither",
    ),
    _metric(
        "never_change",
        "what saying no change at every gold boundary would get as boundary_accuracy",
        lambda sample: ratio(sample.judged[0] - sample.judged[1], sample.judged[0]),
        undefined=_NONE,
        better="neither",
    ),
)

# Columns of the table of tolerances; each is taken from the sums of its cells.
CURVE: dict[str, Callable[[TurnCounts], Floats]] = {
    "precision": precision,
    "recall": recall,
    "f1": f1,
    "typed_precision": lambda sample: ratio(sample.typed, sample.said),
    "typed_recall": lambda sample: ratio(sample.typed, sample.gold),
    "typed_f1": typed_f1,
    "delay_s": delay,
    "distance_s": distance,
}
