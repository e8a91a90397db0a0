"""Metrics of stated confidences p against whether the answer was right, y = 1 or 0.

Brier's score is split over bins of equal width (Murphy, 1973) with what varies within bins kept
apart (Stephenson et al., 2008), so that the parts always make the whole:

    brier = reliability - resolution + uncertainty + within.

With one confidence per bin ``within`` is 0 and the split is Murphy's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emos.score.basic7 import ratio
from emos.score.calibration.coverage import aurc, least_aurc
from emos.score.calibration.stated import Binned, StatedSample, total
from emos.score.metric import Floats, Metric


def _mean(sample: StatedSample) -> Floats:
    return ratio(sample.confidence, sample.total)


def _accuracy(sample: StatedSample) -> Floats:
    return ratio(total(sample.right), sample.total)


def _difference(sample: StatedSample) -> Floats:
    return ratio(*sample.of_tier("low")) - ratio(*sample.of_tier("high"))


def _ece(sample: StatedSample, binned: Binned) -> Floats:
    return ratio(total(np.abs(binned.right - binned.confidence)), sample.total)


def _brier(sample: StatedSample) -> Floats:
    p = sample.of.values[:, None]
    return ratio(total(sample.right * (1 - p) ** 2 + sample.wrong * p**2), sample.total)


def _reliability(sample: StatedSample) -> Floats:
    binned = sample.width
    gaps = np.nan_to_num(ratio((binned.confidence - binned.right) ** 2, binned.items))
    return ratio(total(gaps), sample.total)


def _resolution(sample: StatedSample) -> Floats:
    binned = sample.width
    apart = np.nan_to_num(ratio(binned.right, binned.items) - _accuracy(sample))
    return ratio(total(binned.items * apart**2), sample.total)


def _uncertainty(sample: StatedSample) -> Floats:
    accuracy = _accuracy(sample)
    return accuracy * (1 - accuracy)


def _within(sample: StatedSample) -> Floats:
    """Variance of p less twice its covariance with y, inside bins."""
    binned, place = sample.width, sample.of.width.place
    p = sample.of.values[:, None] - np.nan_to_num(ratio(binned.confidence, binned.items))[place]
    share = np.nan_to_num(ratio(binned.right, binned.items))[place]
    return ratio(
        total(sample.items * p**2 - 2 * p * (sample.right - sample.items * share)), sample.total
    )


def _auroc(sample: StatedSample) -> Floats:
    below = sample.wrong.cumsum(axis=0) - sample.wrong
    wins = total(sample.right * (below + sample.wrong / 2))
    return ratio(wins, total(sample.right) * total(sample.wrong))


def _aurc(sample: StatedSample) -> Floats:
    return aurc(sample.right, sample.wrong)


def _excess(sample: StatedSample) -> Floats:
    return _aurc(sample) - least_aurc(sample.right, sample.wrong)


_TABLE_8 = "EmoS paper, section 4.3 and Table 8"
_MURPHY = "Murphy, 1973"


def _metric(
    name: str, definition: str, source: str, value: Callable[[StatedSample], Floats], **more: Any
) -> Metric:
    told = {"undefined": "no item has a confidence"} | more
    return Metric(f"calibration/{name}", "calibration", definition, source, value, **told)


METRICS = (
    _metric(
        "confidence", "mean stated confidence over all items", _TABLE_8, _mean, better="neither"
    ),
    _metric(
        "confidence/high",
        "mean stated confidence over items of the high tier",
        _TABLE_8,
        lambda sample: ratio(*sample.of_tier("high")),
        undefined="no item of the high tier has a confidence",
        better="neither",
    ),
    _metric(
        "confidence/low",
        "mean stated confidence over items of the low tier",
        _TABLE_8,
        lambda sample: ratio(*sample.of_tier("low")),
        undefined="no item of the low tier has a confidence",
        better="neither",
    ),
    _metric(
        "confidence/difference",
        "mean stated confidence of the low tier less that of the high tier; negative if the model "
        "is less sure where people agree less",
        _TABLE_8,
        _difference,
        undefined="not both the high and the low tier have an item with a confidence",
        low=-1.0,
        better="low",
    ),
    _metric(
        "overconfidence",
        "mean stated confidence less the share of right answers, over items with a confidence",
        "Lichtenstein et al., 1982",
        lambda sample: _mean(sample) - _accuracy(sample),
        low=-1.0,
        better="neither",
    ),
    _metric(
        "ece",
        "sum over bins of equal width of |right answers - summed confidence|, over all items",
        "Guo et al., 2017, equation 3",
        lambda sample: _ece(sample, sample.width),
        better="low",
    ),
    _metric(
        "ece_equal_mass",
        "sum over bins of equal mass of |right answers - summed confidence|, over all items",
        "Nixon et al., 2019",
        lambda sample: _ece(sample, sample.mass),
        better="low",
    ),
    _metric("brier", "mean of (p - y)^2", "Brier, 1950", _brier, better="low"),
    _metric(
        "brier/reliability",
        "mean of (mean p of the bin - share right in the bin)^2, bins of equal width",
        _MURPHY,
        _reliability,
        better="low",
    ),
    _metric(
        "brier/resolution",
        "mean of (share right in the bin - share right)^2, bins of equal width",
        _MURPHY,
        _resolution,
        high=0.25,
    ),
    _metric(
        "brier/uncertainty",
        "share right x share wrong",
        _MURPHY,
        _uncertainty,
        high=0.25,
        better="neither",
    ),
    _metric(
        "brier/within",
        "variance of p inside bins less twice its covariance with y there; brier = reliability - "
        "resolution + uncertainty + within",
        "Stephenson et al., 2008",
        _within,
        low=-1.0,
        better="neither",
    ),
    _metric(
        "auroc",
        "chance that a right answer has a higher confidence than a wrong one, ties as half",
        "Hanley and McNeil, 1982",
        _auroc,
        undefined="not both right and wrong answers have a confidence",
    ),
    _metric(
        "aurc",
        "mean over i of the share wrong among the i surest answers; ties in every order",
        "Geifman and El-Yaniv, 2017",
        _aurc,
        better="low",
    ),
    _metric(
        "excess_aurc",
        "AURC less that of the same answers with every right one before every wrong one",
        "Geifman et al., 2019",
        _excess,
        better="low",
    ),
)
