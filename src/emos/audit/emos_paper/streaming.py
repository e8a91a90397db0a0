"""The streaming monologues: their utterances, lengths and boundaries."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from emos.aggregate import turning_points
from emos.audit import Evidence
from emos.audit.emos_paper.values import mean

PLACE = ("monologue_id", "index", "primary_raw", "secondary_raw", "file", "place")


def monologues(evidence: Evidence) -> pl.DataFrame:
    """The streaming items."""
    return evidence.dataset.items.filter(pl.col("subset") == "streaming")


def hours(evidence: Evidence) -> Fraction | None:
    """Length of all monologues in hours, to the millisecond; ``None`` without one."""
    clips = monologues(evidence)
    length = (clips["end_s"] - clips["start_s"]).drop_nulls()
    return mean(round(1000 * length.sum()), 3_600_000) if len(length) else None


def boundaries(evidence: Evidence) -> pl.DataFrame:
    """Every utterance that follows another in its monologue: is its emotion another?

    Returns
    -------
    `PLACE`, ``title`` of the monologue, ``primary_changes`` (its primary emotion differs from the
    one before) and ``either_changes`` (that, or its set of secondary labels), both null where a
    label is missing (see `emos.aggregate.turning_points`).
    """
    return turning_points.boundaries(evidence.dataset.utterances).select(
        *PLACE,
        title=pl.col("monologue_id").str.replace("^streaming/[^/]+/", ""),
        primary_changes="primary",
        either_changes="either",
    )
