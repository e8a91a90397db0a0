"""Calibration of class probabilities, where answers have them.

Answers in text have one confidence, of the label answered. A model that gives a probability for
every class can put them in a column ``basic7_probabilities`` of its predictions' items table: lists
of one number per class, in the order of the label set. A list counts if it has a number from 0 to 1
for every class and these sum to 1 within 0.01 (what rounding to three places leaves).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from emos.score.basic7 import ratio
from emos.score.calibration.binning import Bins, equal_width
from emos.score.calibration.stated import Binned, total
from emos.score.family import Context
from emos.score.metric import Floats, Ints, Metric
from emos.score.resampling import UnitSums
from emos.taxonomy import BASIC7

K = len(BASIC7)
COLUMN = "basic7_probabilities"
CLASSES = {
    "class": pl.String,
    "items": pl.Int64,
    "labels": pl.Int64,  # items whose label is the class
    "probability": pl.Float64,  # mean
    "ece": pl.Float64,
}


@dataclass(frozen=True)
class Probabilities:
    """Class probabilities of the items that have them.

    Attributes
    ----------
    unit : the place of each item in ``values`` ``[items]``; -1 without a label, one past the last
        if it has no probabilities.
    values : ``[n, K]``.
    gold : place of each one's label ``[n]``.
    bins : of each class's column, of equal width.
    unreadable : how many lists do not count.
    """

    unit: Ints
    values: Floats
    gold: Ints
    bins: tuple[Bins, ...]
    unreadable: int


def probabilities(context: Context, bins: int) -> Probabilities:
    """The class probabilities of a model's answers; none where the column is not there."""
    items = context.predictions.items
    given = items[COLUMN].to_list() if COLUMN in items.columns else [None] * items.height
    labelled = context.gold >= 0
    counts = np.array([_whole(one) for one in given], dtype=bool) & labelled
    values = np.array([given[place] for place in np.flatnonzero(counts)], dtype=np.float64)
    values = values.reshape(-1, K)
    unit = np.where(labelled, len(values), -1)
    unit[counts] = np.arange(len(values))
    told = np.array([one is not None for one in given], dtype=bool) & labelled
    return Probabilities(
        unit.astype(np.int64),
        values,
        context.gold[counts],
        tuple(equal_width(column, bins) for column in values.T),
        int((told & ~counts).sum()),
    )


def _whole(given: Any) -> bool:
    if given is None or len(given) != K or any(one is None for one in given):
        return False
    return all(0 <= one <= 1 for one in given) and abs(sum(given) - 1) <= 0.01


@dataclass(frozen=True)
class ClassSample:
    """Items with class probabilities; the last row of ``weights`` is of those without."""

    of: Probabilities
    weights: Floats

    def classes(self) -> Iterator[Binned]:
        """Sums over the bins of each class: ``right`` are items whose label it is."""
        weights = self.weights[:-1]
        for k, bins in enumerate(self.of.bins):
            add = UnitSums(bins.place, bins.number)
            yield Binned(
                add(weights),
                add(weights * (self.of.gold == k)[:, None]),
                add(weights * self.of.values[:, k, None]),
            )

    def ece(self) -> Floats:
        """ECE of each class ``[K, samples]``, NaN without items."""
        gaps = [total(np.abs(one.right - one.confidence)) for one in self.classes()]
        return ratio(np.concatenate(gaps), np.repeat(total(self.weights[:-1]), K, axis=0))


def class_table(of: Probabilities) -> pl.DataFrame:
    """A row per class (`CLASSES`); none without probabilities."""
    sample = ClassSample(of, np.ones((len(of.values) + 1, 1)))
    n = len(of.values)
    rows = [
        (label, n, int((of.gold == k).sum()), float(of.values[:, k].mean()), float(ece))
        for k, (label, ece) in enumerate(zip(BASIC7.labels, sample.ece()[:, 0], strict=True))
        if n
    ]
    return pl.DataFrame(rows, schema=CLASSES, orient="row")


METRICS = (
    Metric(
        "calibration/classwise_ece",
        "calibration",
        "mean over the seven classes of the ECE, in bins of equal width, of the class's "
        "probability against whether it is the label",
        "Kull et al., 2019",
        lambda sample: total(sample.ece()) / K,
        undefined="no answer gives class probabilities",
        better="low",
    ),
)
