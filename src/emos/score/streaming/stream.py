"""A monologue's gold and predicted utterances side by side, paired.

Gold utterances are the settled ones, in the order of their index. Predicted ones are put in the
order of their start, then their end, then everything else that they say, so that the order in
which they were written changes nothing. Only a monologue whose answer is ``ok`` has any.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import polars as pl

from emos.aggregate.settled import settled
from emos.aggregate.turning_points import Labels, utterance_labels
from emos.score.family import Context
from emos.score.streaming.matching import match_utterances
from emos.score.streaming.options import StreamingOptions
from emos.taxonomy import BASIC7, GOEMOTIONS_28

NOWHERE = math.nan


class Utterance(NamedTuple):
    """One utterance.

    Attributes
    ----------
    start, end : seconds; NaN where unknown. A predicted one paired by index has the gold times.
    labels : the Basic-7 class, ``None`` if it has none; secondary labels, all words as given.
    fine : those of GoEmotions' 28, ``None`` where the layer is not labelled or was not answered.
    intensity : 1 to 5, else NaN.
    number : index of a gold utterance, or of the segment that a predicted one names; ``None``
        for none.
    answer : what a predicted one answered as its Basic-7 class, whatever it is.
    """

    start: float
    end: float
    labels: Labels
    fine: frozenset[str] | None
    intensity: float
    number: int | None
    answer: str | None = None

    @property
    def timed(self) -> bool:
        """Whether it has a start and an end."""
        return not math.isnan(self.start) and not math.isnan(self.end)


@dataclass(frozen=True)
class Stream:
    """One monologue.

    Attributes
    ----------
    monologue_id : as in the dataset.
    gold : its utterances.
    said : predicted utterances that have a place in it, in order.
    stray : predicted ones that have none: no times, an index that the monologue does not have,
        or one of several different answers to one index (none of them counts).
    pairs : places in ``gold`` and ``said``.
    by_index : whether they were paired by index.
    """

    monologue_id: str
    gold: tuple[Utterance, ...]
    said: tuple[Utterance, ...]
    stray: tuple[Utterance, ...]
    pairs: tuple[tuple[int, int], ...]
    by_index: bool

    @cached_property
    def partner(self) -> tuple[Utterance | None, ...]:
        """The predicted utterance of each gold one, ``None`` for a missed one."""
        of = dict(self.pairs)
        return tuple(
            self.said[of[place]] if place in of else None for place in range(len(self.gold))
        )

    @cached_property
    def invented(self) -> tuple[Utterance, ...]:
        """Predicted utterances without a gold one."""
        taken = {said for _, said in self.pairs}
        free = tuple(one for place, one in enumerate(self.said) if place not in taken)
        return free + self.stray

    @cached_property
    def timed(self) -> bool:
        """Whether every gold utterance has times: what is measured over time needs them."""
        return all(one.timed for one in self.gold)

    @cached_property
    def seconds(self) -> float:
        """From the first gold start to the last gold end; 0 where a time is not known."""
        if not self.timed:
            return 0.0
        return max(one.end for one in self.gold) - min(one.start for one in self.gold)


def streams(context: Context, options: StreamingOptions) -> list[Stream]:
    """Every monologue of the expected items, in their order."""
    ids = context.items.filter(pl.Series(context.monologue))["item_id"].to_list()
    data = context.dataset
    ours = pl.col("monologue_id").is_in(ids)
    rows = settled(data.utterances.filter(ours), data.monologues.filter(ours))
    gold = _by_monologue(rows.sort("monologue_id", "index", maintain_order=True))
    answered = context.predictions.items.filter(pl.col("status") == "ok")["item_id"].to_list()
    spoken = context.predictions.utterances.filter(pl.col("monologue_id").is_in(answered))
    told = _by_monologue(_in_order(spoken))
    return [
        paired(
            name,
            _gold_utterances(gold[name]),
            _said_utterances(told[name], context.options.policy) if name in told else [],
            options,
        )
        for name in ids
    ]


def _by_monologue(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = rows.partition_by("monologue_id", as_dict=True, maintain_order=True)
    return {str(name): part for (name,), part in parts.items()}


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Predicted utterances sorted by everything in them, times first."""
    words = rows.with_columns(
        words=pl.col("goemotions").list.join(",", ignore_nulls=True), place=pl.int_range(pl.len())
    )
    keys = ["monologue_id", "start_s", "end_s", "index", "basic7", "words", "intensity", "text"]
    return rows[words.sort(*keys, "confidence", nulls_last=True)["place"]]


def _gold_utterances(rows: pl.DataFrame) -> list[Utterance]:
    columns = rows.select("start_s", "end_s", "secondary", "intensity", "index").iter_rows()
    return [
        Utterance(
            NOWHERE if start is None else start,
            NOWHERE if end is None else end,
            Labels(_basic7(labels.primary), labels.secondary),
            _fine(secondary),
            _intensity(intensity),
            index,
        )
        for labels, (start, end, secondary, intensity, index) in zip(
            utterance_labels(rows), columns, strict=True
        )
    ]


def _said_utterances(rows: pl.DataFrame, policy: str) -> list[Utterance]:
    columns = rows.select("start_s", "end_s", "basic7", "goemotions", "intensity", "index")
    silent = "Neutral" if policy == "neutral" else None
    return [
        Utterance(
            NOWHERE if start is None else start,
            NOWHERE if end is None else end,
            Labels(_basic7(basic7) or silent, None if words is None else frozenset(words)),
            _fine(words),
            _intensity(intensity),
            index,
            basic7,
        )
        for start, end, basic7, words, intensity, index in columns.iter_rows()
    ]


def _basic7(label: str | None) -> str | None:
    return label if label in BASIC7.labels else None


def _fine(words: list[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words).intersection(GOEMOTIONS_28)


def _intensity(value: float | None) -> float:
    return float(value) if value is not None and 1 <= value <= 5 else math.nan


def paired(
    name: str, gold: Sequence[Utterance], said: Sequence[Utterance], options: StreamingOptions
) -> Stream:
    """The two sides of one monologue, each in its order, paired as the options say."""
    by_index = options.matching == "index" or (
        options.matching == "auto" and bool(said) and all(one.number is not None for one in said)
    )
    placed, stray, pairs = _in_segments(gold, said) if by_index else _in_time(gold, said, options)
    return Stream(name, tuple(gold), tuple(placed), tuple(stray), tuple(pairs), by_index)


def _in_time(
    gold: Sequence[Utterance], said: Sequence[Utterance], options: StreamingOptions
) -> tuple[list[Utterance], list[Utterance], list[tuple[int, int]]]:
    """Predicted utterances with times, those without, and pairs by overlap."""
    placed = [one for one in said if one.timed]
    timed = [place for place, one in enumerate(gold) if one.timed]
    found = match_utterances(
        [(gold[place].start, gold[place].end) for place in timed],
        [(one.start, one.end) for one in placed],
        tolerance_s=options.tolerance_s,
        minimum_overlap=options.minimum_overlap,
    )
    stray = [one for one in said if not one.timed]
    return placed, stray, [(timed[place], other) for place, other in found]


def _in_segments(
    gold: Sequence[Utterance], said: Sequence[Utterance]
) -> tuple[list[Utterance], list[Utterance], list[tuple[int, int]]]:
    """Answers to given segments with the segments' times, answers to none, and pairs by index.

    The same answer twice is one answer; different answers to one segment are none.
    """
    answers: dict[int | None, list[Utterance]] = {}
    for one in said:
        answers.setdefault(one.number, []).append(one)
    placed: list[Utterance] = []
    stray = answers.pop(None, [])
    pairs = []
    for place, segment in enumerate(gold):
        given = answers.pop(segment.number, [])
        if len(set(map(_what, given))) == 1:
            pairs.append((place, len(placed)))
            placed.append(given[0]._replace(start=segment.start, end=segment.end))
            stray += given[1:]
        else:
            stray += given
    return placed, stray + [one for rest in answers.values() for one in rest], pairs


def _what(one: Utterance) -> tuple[Any, ...]:
    """What an utterance says, whenever it says it."""
    unknown = math.isnan(one.intensity)
    return (one.labels, one.answer, None if unknown else one.intensity)


def overlaps(stream: Stream) -> int:
    """How many predicted utterances begin before one that began earlier has ended."""
    latest, found = -math.inf, 0
    for before, one in pairwise(stream.said):
        latest = max(latest, before.end)
        found += one.start < latest
    return found


def repeated(stream: Stream) -> int:
    """How many predicted utterances name an index that another one names too."""
    named = Counter(one.number for one in (*stream.said, *stream.stray) if one.number is not None)
    return sum(times for times in named.values() if times > 1)
