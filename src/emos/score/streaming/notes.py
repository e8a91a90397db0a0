"""What a reader of a stream's scores must know: how things were paired, and what was odd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import polars as pl

from emos.score.family import Context
from emos.score.streaming.early_warning import episodes
from emos.score.streaming.options import StreamingOptions
from emos.score.streaming.stream import Stream, overlaps, repeated
from emos.taxonomy import BASIC7, GOEMOTIONS, UNSURE


def notes(context: Context, streams: Sequence[Stream], options: StreamingOptions) -> Iterator[str]:
    """Sentences; those of things that did not happen are left out."""
    yield from _answered(streams)
    yield from _odd(streams)
    yield from _labels(context, streams)
    found = [one for stream in streams for one in episodes(stream, options)]
    never = sum(math.isnan(one.first) for one in found)
    if never:
        yield (
            f"{never:,} of {len(found):,} sustained negative states are never said; early_warning/"
            "delay_s is of the others"
        )
    untimed = sum(not stream.timed for stream in streams)
    if untimed:
        yield (
            f"{untimed:,} monologues have gold utterances without times: they have no part in what "
            "is measured over time, and these utterances can be matched by index only"
        )


def _answered(streams: Sequence[Stream]) -> Iterator[str]:
    silent = sum(not stream.said and not stream.stray for stream in streams)
    gold = sum(len(stream.gold) for stream in streams)
    said = sum(len(stream.said) + len(stream.stray) for stream in streams)
    pairs = sum(len(stream.pairs) for stream in streams)
    if silent:
        yield f"{silent:,} of {len(streams):,} monologues have no predicted utterance: all missed"
    by_index = sum(stream.by_index for stream in streams)
    how = "by overlap in time" if not by_index else "by index"
    if 0 < by_index < len(streams) - silent:
        how = f"by index in {by_index:,} monologues, by overlap in time in the others"
    yield (
        f"{pairs:,} utterances are matched {how}; {gold - pairs:,} of {gold:,} are missed, "
        f"{said - pairs:,} of {said:,} predicted ones invented"
    )


def _odd(streams: Sequence[Stream]) -> Iterator[str]:
    """Predicted utterances that something is wrong with; how each is taken."""
    said = [one for stream in streams if not stream.by_index for one in stream.said]
    empty = sum(one.start == one.end for one in said)
    outside = sum(
        one.end <= min(gold.start for gold in stream.gold)
        or one.start >= max(gold.end for gold in stream.gold)
        for stream in streams
        if stream.timed and not stream.by_index
        for one in stream.said
    )
    crossing = sum(overlaps(stream) for stream in streams if not stream.by_index)
    again = sum(repeated(stream) for stream in streams if stream.by_index)
    stray = sum(len(stream.stray) for stream in streams)
    for number, what in (
        (empty, "have no length: they can be matched and turn, and cover no time of their own"),
        (outside, "lie outside the gold utterances: they are invented"),
        (crossing, "begin before an earlier one has ended: the one begun last is the state"),
        (again, "name an index that another names: the same answer twice is one, others are none"),
        (stray, "have no place in their monologue: they are invented"),
    ):
        if number:
            yield f"{number:,} predicted utterances {what}"


def _labels(context: Context, streams: Sequence[Stream]) -> Iterator[str]:
    """Labels outside the sets, and intensities off the scale."""
    names = [stream.monologue_id for stream in streams]
    answers = context.predictions.utterances.filter(pl.col("monologue_id").is_in(names))
    classes = answers["basic7"].drop_nulls()
    yield from _outside(classes.filter(~classes.is_in(BASIC7.labels)), "are no Basic-7 class")
    words = answers["goemotions"].explode().drop_nulls()
    known = [*GOEMOTIONS.labels, UNSURE.capitalize()]  # as Prompt B writes it
    yield from _outside(words.filter(~words.is_in(known)), "are no fine label and count as none")
    off = answers["intensity"].drop_nulls()
    number = int((~off.is_between(1, 5)).sum())
    if number:
        yield f"{number:,} predicted intensities are not from 1 to 5: they are none"


def _outside(labels: pl.Series, what: str) -> Iterator[str]:
    if not len(labels):
        return
    common = labels.value_counts(sort=True, name="n").sort(
        "n", labels.name, descending=[True, False]
    )
    examples = ", ".join(f"{label[:40]!r} ({n:,})" for label, n in common.head(3).iter_rows())
    yield f"{len(labels):,} labels of predicted utterances {what}: {examples}"
