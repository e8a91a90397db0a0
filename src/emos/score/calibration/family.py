"""The family ``calibration``: what the confidence is worth that a model states with its answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from emos.score.calibration import classwise, metrics, tables
from emos.score.calibration.classwise import ClassSample, Probabilities
from emos.score.calibration.options import CalibrationOptions
from emos.score.calibration.stated import Stated, StatedSample, stated
from emos.score.family import Context, Family, FamilyScore, Part
from emos.score.metric import Floats
from emos.score.result import Estimate


def score(context: Context) -> FamilyScore | None:
    """Every metric of confidences; None if no labelled item has a confidence or probabilities."""
    options: CalibrationOptions = context.settings("calibration")
    of = stated(context, options.bins)
    given = classwise.probabilities(context, options.bins)
    if not of.taking_part and not len(given.values):
        return None

    def sample(weights: Floats) -> StatedSample:
        return StatedSample(of, weights)

    def class_sample(weights: Floats) -> ClassSample:
        return ClassSample(given, weights)

    parts = (
        Part(metrics.METRICS, sample, of.unit, entries=of.units, units=of.units),
        Part(
            classwise.METRICS,
            class_sample,
            given.unit,
            entries=len(given.values) + 1,
            units=len(given.values) + 1,
        ),
    )
    whole = sample(np.bincount(of.unit[of.unit >= 0], minlength=of.units)[:, None].astype(float))
    bins: dict[str, Estimate] = {}
    for binning, metric in tables.ACCURACY.items():
        names = [str(place + 1) for place in range(getattr(of, binning).number)]
        bins |= context.estimates(
            Part([metric], sample, of.unit, names, entries=of.units, units=of.units)
        )
    return FamilyScore(
        {name: one for part in parts for name, one in context.estimates(part).items()},
        tables={
            "reliability": tables.reliability_table(whole, bins),
            "risk_coverage": tables.risk_coverage_table(whole),
            "class_calibration": classwise.class_table(given),
        },
        notes=tuple(_notes(of, given, options)),
        parts=parts,
    )


def _notes(of: Stated, given: Probabilities, options: CalibrationOptions) -> Iterator[str]:
    out = of.labelled - of.taking_part
    if out:
        why = f"; {of.unusable:,} more have one with an answer that does not count"
        yield (
            f"calibration is of the {of.taking_part:,} items with a confidence: "
            f"{out - of.unusable:,} of {of.labelled:,} labelled items "
            f"({(out - of.unusable) / of.labelled:.1%}) have none and are left out"
            + (why if of.unusable else "")
        )
    if of.taking_part:
        edges = ", ".join(f"{edge:.4g}" for edge in of.mass.edges)
        yield (
            f"calibration: {of.width.number} bins of equal width from 0 to 1; {of.mass.number} of "
            f"equal mass with edges {edges}"
            + (
                f" (fewer than {options.bins}: many items share a confidence)"
                if of.mass.number < options.bins
                else ""
            )
            + "; edges are fixed on these answers and kept in every resample"
        )
    if given.unreadable:
        yield (
            f"{given.unreadable:,} lists of class probabilities are not {classwise.K} numbers from "
            "0 to 1 that sum to 1: left out of classwise_ece"
        )


FAMILY = Family("calibration", score, options=CalibrationOptions())
