"""What stands behind the numbers of streams, one row per thing that can be looked up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from emos.score.basic7 import NO_CLASS
from emos.score.result import Estimate
from emos.score.streaming.boundaries import boundaries
from emos.score.streaming.early_warning import episodes
from emos.score.streaming.options import StreamingOptions
from emos.score.streaming.stream import Stream, Utterance
from emos.score.streaming.turning_points import CURVE, TurnCounts
from emos.score.streaming.turns import Turns
from emos.score.streaming.utterances import UtteranceCounts
from emos.tables.schemas import Schema
from emos.taxonomy import GOEMOTIONS_28

UTTERANCES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,  # of the gold utterance; null for an invented one
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "label": pl.String,
    "answer": pl.String,  # as answered; null for a missed one
    "answer_start_s": pl.Float64,
    "answer_end_s": pl.Float64,
    "outcome": pl.String,  # right, wrong, no class, missed, invented, no label (in the gold)
    "intensity": pl.Float64,
    "answer_intensity": pl.Float64,
}
FINE: Schema = {
    "label": pl.String,
    "gold": pl.Int64,
    "answered": pl.Int64,
    "both": pl.Int64,
    "gold_matched": pl.Int64,  # the same over matched pairs
    "answered_matched": pl.Int64,
}
BOUNDARIES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,  # of the gold utterance after the boundary
    "start_s": pl.Float64,
    "definition": pl.String,
    "before": pl.String,
    "after": pl.String,
    "turns": pl.Boolean,
    "answer_before": pl.String,
    "answer_after": pl.String,
    "answer_turns": pl.Boolean,  # null where a side was missed or has not the labels needed
    "right": pl.Boolean,
    "matched_s": pl.Float64,  # the predicted turning point matched at the tolerance chosen
    "delay_s": pl.Float64,
}
ALARMS: Schema = {
    "monologue_id": pl.String,
    "definition": pl.String,
    "time_s": pl.Float64,
    "before": pl.String,
    "after": pl.String,
}
CHANGES: Schema = {
    "definition": pl.String,
    "before": pl.String,
    "after": pl.String,
    "gold": pl.Int64,
    "answered": pl.Int64,
    "matched": pl.Int64,
}
EPISODES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,  # of the first gold utterance
    "utterances": pl.Int64,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "first_s": pl.Float64,  # null for never
    "delay_s": pl.Float64,
}


def _frame(rows: Sequence[tuple[Any, ...]], schema: Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema), orient="row").with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def utterance_table(streams: Sequence[Stream]) -> pl.DataFrame:
    """Every gold utterance with its answer, then what was invented, by monologue."""
    rows: list[tuple[Any, ...]] = []
    for stream in streams:
        name = stream.monologue_id
        for gold, one in zip(stream.gold, stream.partner, strict=True):
            label = gold.labels.primary
            said = (None, None, None) if one is None else (one.answer, one.start, one.end)
            heard = None if one is None else one.intensity
            place = (gold.number, gold.start, gold.end, label)
            rows.append((name, *place, *said, _outcome(label, one), gold.intensity, heard))
        for one in stream.invented:
            said = (one.answer, one.start, one.end)
            rows.append((name, None, None, None, None, *said, "invented", None, one.intensity))
    return _frame(rows, UTTERANCES)


def _outcome(label: str | None, one: Utterance | None) -> str:
    if one is None:
        return "missed"
    if label is None:
        return "no label"
    if one.labels.primary is None:
        return "no class"
    return "right" if one.labels.primary == label else "wrong"


def fine_table(counts: UtteranceCounts) -> pl.DataFrame:
    """A row per fine label: utterances that have it, all and matched ones."""
    everything, matched = (
        part.sum(axis=2).astype(np.int64) for part in (counts.fine, counts.fine_matched)
    )
    columns = (GOEMOTIONS_28, *everything, *matched[:2])
    return pl.DataFrame(dict(zip(FINE, columns, strict=True)), schema=dict(FINE))


def curve_table(
    cells: Sequence[tuple[str, float]],
    names: Sequence[str],
    counts: TurnCounts,
    estimates: Mapping[str, Estimate],
) -> pl.DataFrame:
    """A row per definition and tolerance: counts, and each metric with its interval."""
    whole = counts.summed(np.ones((counts.gold.shape[1], 1)))
    columns: dict[str, Any] = {
        "definition": [definition for definition, _ in cells],
        "tolerance_s": [tolerance for _, tolerance in cells],
    }
    numbers = {"gold": whole.gold, "answered": whole.said, "matched": whole.matched}
    for name, values in (numbers | {"typed": whole.typed}).items():
        columns[name] = values[:, 0].astype(np.int64)
    for metric in CURVE:
        found = [estimates[f"{metric}/{name}"] for name in names]
        columns[metric] = [one.value for one in found]
        columns[f"{metric}_low"] = [one.low for one in found]
        columns[f"{metric}_high"] = [one.high for one in found]
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def boundary_table(
    streams: Sequence[Stream], turns: Sequence[Sequence[Turns]], options: StreamingOptions
) -> pl.DataFrame:
    """Every gold boundary that a definition can judge: what was said, and what was matched."""
    rows: list[tuple[Any, ...]] = []
    for stream, each in zip(streams, turns, strict=True):
        for definition, one in zip(options.definitions, each, strict=True):
            matched = {
                one.gold[a].place: one.said[b].time
                for a, b in one.match(options.turn_tolerance_s).pairs
            }
            for boundary in boundaries(stream, definition):
                before, after = stream.gold[boundary.place - 1 : boundary.place + 1]
                sides = stream.partner[boundary.place - 1 : boundary.place + 1]
                time = matched.get(boundary.place, math.nan)
                rows.append(
                    (
                        stream.monologue_id,
                        after.number,
                        after.start,
                        definition,
                        before.labels.primary,
                        after.labels.primary,
                        boundary.turns,
                        *(None if side is None else side.answer for side in sides),
                        boundary.said,
                        boundary.right,
                        time,
                        time - after.start,
                    )
                )
    return _frame(rows, BOUNDARIES)


def alarm_table(
    streams: Sequence[Stream], turns: Sequence[Sequence[Turns]], options: StreamingOptions
) -> pl.DataFrame:
    """Every predicted turning point that matches none at the tolerance chosen."""
    rows = [
        (stream.monologue_id, definition, turn.time, turn.before, turn.after)
        for stream, each in zip(streams, turns, strict=True)
        for definition, one in zip(options.definitions, each, strict=True)
        for turn in (one.said[place] for place in one.match(options.turn_tolerance_s).alarms)
    ]
    return _frame(rows, ALARMS)


def change_table(turns: Sequence[Sequence[Turns]], options: StreamingOptions) -> pl.DataFrame:
    """How often each change of class is gold, predicted, and matched at the tolerance chosen."""
    kinds = ("gold", "answered", "matched")
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for each in turns:
        for definition, one in zip(options.definitions, each, strict=True):
            typed = [one.gold[a] for a, _ in one.match(options.turn_tolerance_s).typed]
            for kind, found in zip(kinds, (one.gold, one.said, typed), strict=True):
                for turn in found:
                    change = (definition, turn.before or NO_CLASS, turn.after or NO_CLASS)
                    counts.setdefault(change, Counter())[kind] += 1
    order = {definition: place for place, definition in enumerate(options.definitions)}
    rows = [
        (*change, *(counts[change][kind] for kind in kinds))
        for change in sorted(counts, key=lambda change: (order[change[0]], *change[1:]))
    ]
    return _frame(rows, CHANGES)


def episode_table(streams: Sequence[Stream], options: StreamingOptions) -> pl.DataFrame:
    """Every sustained negative state, and when the model first says so."""
    rows = [
        (
            stream.monologue_id,
            stream.gold[one.run.place].number,
            one.run.utterances,
            one.run.start,
            one.run.end,
            one.first,
            one.delay,
        )
        for stream in streams
        for one in episodes(stream, options)
    ]
    return _frame(rows, EPISODES)
