"""The family ``streaming``: everything that predicted utterances can be held to."""

from __future__ import annotations

import numpy as np
import polars as pl

from emos.score.family import Context, Family, FamilyScore, Part
from emos.score.metric import Floats, Ints, Metric
from emos.score.streaming import early_warning, tables, trajectory, turning_points, utterances
from emos.score.streaming.notes import notes
from emos.score.streaming.options import StreamingOptions
from emos.score.streaming.stream import streams
from emos.score.streaming.turning_points import TurnCounts
from emos.taxonomy import BASIC7


def score(context: Context) -> FamilyScore | None:
    """Every metric of streams; None if no monologue is expected, or none was asked for utterances.

    All of a monologue's numbers are sums over monologues, which the bootstrap resamples. A
    monologue without an answer has no predicted utterance: all of it is missed.
    """
    if not context.monologue.any() or _otherwise_answered(context):
        return None
    options: StreamingOptions = context.settings("streaming")
    policy = context.options.policy
    found = streams(context, options)
    turns = turning_points.turns_of(found, options.definitions)
    turn_counts = turning_points.count_turns(turns, turning_points.tolerances(options))
    unit = np.full(context.items.height, -1, dtype=np.int64)
    unit[context.monologue] = np.arange(len(found))
    counts = utterances.count_utterances(found, policy)

    def utterance_sample(weights: Floats) -> utterances.UtteranceSample:
        return utterances.UtteranceSample(counts, weights)

    rows = max(counts.fine.shape[0] * counts.fine.shape[1], len(counts.row))
    parts = (
        Part(utterances.METRICS, utterance_sample, unit, BASIC7.labels, entries=rows),
        Part(
            turning_points.METRICS,
            turning_points.turning_sampler(found, turn_counts, options, policy),
            unit,
            options.definitions,
        ),
        Part(trajectory.METRICS, trajectory.trajectory_sampler(found, options.hold_s), unit),
        Part(early_warning.METRICS, early_warning.warning_sampler(found, options), unit),
    )
    estimates = {name: one for part in parts for name, one in context.estimates(part).items()}
    return FamilyScore(
        estimates,
        tables={
            "utterances": tables.utterance_table(found),
            "fine_labels": tables.fine_table(counts),
            "tolerance_curve": _curve(context, turn_counts, unit, options),
            "boundaries": tables.boundary_table(found, turns, options),
            "false_alarms": tables.alarm_table(found, turns, options),
            "changes": tables.change_table(turns, options),
            "episodes": tables.episode_table(found, options),
        },
        notes=tuple(notes(context, found, options)),
        parts=parts,
    )


def _otherwise_answered(context: Context) -> bool:
    """Whether monologues got labels of their own and no utterances: another task."""
    answers = context.predictions.items.filter(pl.Series(context.monologue))
    labelled = answers["basic7"].is_not_null() | answers["goemotions"].is_not_null()
    return context.predictions.utterances.is_empty() and bool(labelled.any())


def _curve(
    context: Context, counts: TurnCounts, unit: Ints, options: StreamingOptions
) -> pl.DataFrame:
    """The table of tolerances, with intervals."""
    at = turning_points.tolerances(options)
    cells = [(definition, tolerance) for definition in options.definitions for tolerance in at]
    names = [f"{name}@{one}" for name, one in cells]  # the cells of its metrics
    metrics = [
        Metric(name, "streaming", name, "", value, per="class")
        for name, value in turning_points.CURVE.items()
    ]
    part = Part(metrics, counts.summed, unit, names, entries=6 * len(cells))
    return tables.curve_table(cells, names, counts, context.estimates(part))


FAMILY = Family("streaming", score, options=StreamingOptions())
