"""What stands behind the numbers: the reliability diagram and the risk-coverage curve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from emos.score.basic7 import ratio
from emos.score.calibration.stated import StatedSample
from emos.score.metric import Floats, Metric
from emos.score.result import Estimate
from emos.tables.schemas import Schema

RELIABILITY: Schema = {
    "binning": pl.String,  # width or mass
    "bin": pl.Int64,  # from 1
    "above": pl.Float64,  # confidences above this (the first bin: or equal)
    "up_to": pl.Float64,
    "items": pl.Int64,
    "right": pl.Int64,
    "confidence": pl.Float64,  # mean; null in an empty bin
    "accuracy": pl.Float64,
    "low": pl.Float64,  # interval of the accuracy
    "high": pl.Float64,
}
RISK_COVERAGE: Schema = {
    "confidence": pl.Float64,  # answers at least this sure are kept
    "items": pl.Int64,
    "coverage": pl.Float64,  # of the items with a confidence
    "risk": pl.Float64,  # share wrong among the kept
}


def _accuracy(binning: str) -> Metric:
    def value(sample: StatedSample) -> Floats:
        binned = getattr(sample, binning)
        return ratio(binned.right, binned.items)

    return Metric(binning, "calibration", "share right in the bin", "", value, "empty", "class")


ACCURACY = {binning: _accuracy(binning) for binning in ("width", "mass")}  # of each bin


def reliability_table(whole: StatedSample, estimates: Mapping[str, Estimate]) -> pl.DataFrame:
    """A row per bin of each binning (`RELIABILITY`), bins without items too.

    Parameters
    ----------
    whole : all items once, one sample.
    estimates : of `ACCURACY`; cells are named ``width/1``, ``width/2``, ...
    """
    rows: list[tuple[object, ...]] = []
    for binning in ACCURACY:
        edges, binned = getattr(whole.of, binning).edges, getattr(whole, binning)
        means = ratio(binned.confidence, binned.items)
        for place in range(len(edges) - 1):
            one = estimates[f"{binning}/{place + 1}"]
            figures = (means[place, 0], one.value, one.low, one.high)
            rows.append(
                (
                    binning,
                    place + 1,
                    edges[place],
                    edges[place + 1],
                    int(binned.items[place, 0]),
                    int(binned.right[place, 0]),
                    *(None if np.isnan(figure) else float(figure) for figure in figures),
                )
            )
    return pl.DataFrame(rows, schema=dict(RELIABILITY), orient="row")


def risk_coverage_table(whole: StatedSample) -> pl.DataFrame:
    """A row per distinct confidence, the highest first (`RISK_COVERAGE`)."""
    kept = whole.items[::-1, 0].cumsum()
    wrong = whole.wrong[::-1, 0].cumsum()
    return pl.DataFrame(
        {
            "confidence": whole.of.values[::-1],
            "items": kept.astype(np.int64),
            "coverage": kept / max(1.0, whole.total[0, 0]),
            "risk": ratio(wrong, kept),
        },
        schema=dict(RISK_COVERAGE),
    )
