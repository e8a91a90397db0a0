"""Metrics of fine labels (EmoS paper, section 4.2 and Appendix D).

Values are those of scikit-learn on the indicator matrices of the fixed label set, with these
conventions where a ratio is 0 / 0:

- precision of a label never answered, recall of one that no clip has, F1 of one with neither, and
  average precision of one that no clip has are undefined: NaN.
- macro-F1 and mAP are means over all labels and take an undefined one as 0, as scikit-learn does.
- two empty sets are equal: their F1 and Jaccard index are 1 (``zero_division=1``), unless the
  model gave no usable answer, which is never right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emos.score.basic7 import over_classes, ratio
from emos.score.goemotions.sums import GoEmotionsSample
from emos.score.metric import Floats, Metric

Value = Callable[[GoEmotionsSample], Floats]


def _micro_f1(sample: GoEmotionsSample) -> Floats:
    return ratio(
        2 * over_classes(sample.right), over_classes(sample.support) + over_classes(sample.answered)
    )


def _mean_over_labels(sample: GoEmotionsSample, per_label: Floats) -> Floats:
    mean = over_classes(np.nan_to_num(per_label)) / sample.of.labels
    return np.where(sample.total("clips") > 0, mean, np.nan)


def _weighted_f1(sample: GoEmotionsSample) -> Floats:
    weighted = over_classes(np.nan_to_num(sample.f1) * sample.support)
    return ratio(weighted, over_classes(sample.support))


def _map(sample: GoEmotionsSample) -> Floats:
    mean = _mean_over_labels(sample, sample.average_precision)
    return mean if sample.of.rated else np.full(mean.shape, np.nan)


def _metric(name: str, definition: str, source: str, value: Value, **more: Any) -> Metric:
    return Metric(f"goemotions/{name}", "goemotions", definition, source, value, **more)


_EMPTY = "no clips"
_RATED = "no label was answered with a confidence"
_MULTI = "Tsoumakas and Katakis, 2007"
_PAPER = "EmoS paper, Appendix D"
METRICS = (
    _metric(
        "micro_f1",
        "2 right / (labels that clips have + labels answered), over all labels",
        _MULTI,
        _micro_f1,
        undefined="no clip has a label and none was answered",
    ),
    _metric(
        "macro_f1",
        "mean F1 over all labels; one that no clip has and none was answered counts as 0",
        "EmoS paper, section 4.4",
        lambda sample: _mean_over_labels(sample, sample.f1),
        undefined=_EMPTY,
    ),
    _metric(
        "weighted_f1",
        "mean F1 over labels, weighted by the clips that have them",
        _MULTI,
        _weighted_f1,
        undefined="no clip has a label",
    ),
    _metric(
        "samples_f1",
        "mean over clips of 2 |gold and answer| / (|gold| + |answer|); 1 if both are empty",
        _MULTI,
        lambda sample: sample.mean("samples_f1"),
        undefined=_EMPTY,
    ),
    _metric(
        "jaccard",
        "mean over clips of |gold and answer| / |gold or answer|; 1 if both are empty",
        _MULTI,
        lambda sample: sample.mean("jaccard"),
        undefined=_EMPTY,
    ),
    _metric(
        "exact_match",
        "clips answered with exactly their labels, over all clips",
        _MULTI,
        lambda sample: sample.mean("exact"),
        undefined=_EMPTY,
    ),
    _metric(
        "hamming_loss",
        "mean over clips and labels of whether gold and answer differ",
        _MULTI,
        lambda sample: sample.mean("hamming"),
        undefined=_EMPTY,
        better="low",
    ),
    _metric(
        "map",
        "mean average precision over all labels; one that no clip has counts as 0",
        "scikit-learn, average_precision_score(average='macro')",
        _map,
        undefined=f"{_RATED}, or no clips",
    ),
    _metric(
        "soft_f1",
        "2 sum min(share, confidence) / sum (share + confidence), over clips and labels",
        "Kurniawan et al., 2025 (arXiv:2502.01891), soft micro F1",
        lambda sample: ratio(2 * sample.total("overlap"), sample.total("masses")),
        undefined="no clip has a label and none was answered",
    ),
    _metric(
        "js_distance",
        "mean over clips of sqrt(JSD), base 2, of shares and confidences, each normalised to 1; "
        "1 for an answer without labels",
        "Endres and Schindelin, 2003",
        lambda sample: sample.mean("js_distance", over="with_distribution"),
        undefined="no clip has a label",
        better="low",
    ),
    _metric(
        "brier",
        "mean over clips and labels of (share - confidence)^2",
        "Brier, 1950, per label",
        lambda sample: sample.mean("brier"),
        undefined=_EMPTY,
        better="low",
    ),
    _metric(
        "precision",
        "clips that have the label among those answered with it",
        _PAPER,
        lambda sample: ratio(sample.right, sample.answered),
        undefined="never answered",
        per="class",
    ),
    _metric(
        "recall",
        "clips answered with the label among those that have it",
        _PAPER,
        lambda sample: ratio(sample.right, sample.support),
        undefined="no clip has this label",
        per="class",
    ),
    _metric(
        "f1",
        "2 right / (clips that have the label + clips answered with it)",
        _PAPER,
        lambda sample: sample.f1,
        undefined="no clip has this label and it was never answered",
        per="class",
    ),
    _metric(
        "average_precision",
        "sum over falling confidence levels of (rise in recall) x precision; equal confidences "
        "are one level, and clips not answered with the label tie at the end",
        "scikit-learn, average_precision_score",
        lambda sample: sample.average_precision,
        undefined=f"{_RATED}, or no clip has this label",
        per="class",
    ),
)
