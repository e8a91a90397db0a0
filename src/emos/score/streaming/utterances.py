"""Utterances: what was missed and invented, and how well the matched ones are labelled.

Every gold utterance counts. A missed one is an answer that is no class, which the policy of the
score decides on as on any other (`emos.score.policies`): by default it is wrong. Metrics whose name
ends in ``_matched`` look at matched pairs alone, and say nothing of what was missed or invented.
In F1 a missed utterance lowers recall, and an invented one precision, of every label it has.
The policy concerns Basic-7; a fine label that is not answered is not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from emos.score.basic7 import over_classes, ratio
from emos.score.metric import Floats, Ints, Metric
from emos.score.policies import coded
from emos.score.streaming.ranks import rank_correlation
from emos.score.streaming.stream import Stream, Utterance
from emos.taxonomy import BASIC7, GOEMOTIONS_28

K = len(BASIC7)
F = len(GOEMOTIONS_28)


@dataclass(frozen=True)
class UtteranceCounts:
    """Counts of each of the M monologues.

    Attributes
    ----------
    confusion, matched : ``[K * (K + 2), M]``, gold utterances by class and answer (a class, none,
        left out); those that are matched.
    invented : ``[K + 2, M]``, predicted utterances without a gold one by answer.
    fine, fine_matched : ``[3, 28, M]``: gold, answered and both, per fine label; over everything,
        and over matched pairs.
    numbers : ``[5, M]``: gold utterances, predicted ones, matched pairs, predicted ones whose
        label is no class, gold ones with an intensity.
    fine_asked : whether any predicted utterance has fine labels, or none was predicted at all.
    row, intensity : of matched pairs with both intensities: the monologue ``[P]``, and gold and
        predicted intensity ``[2, P]``.
    """

    confusion: Floats
    matched: Floats
    invented: Floats
    fine: Floats
    fine_matched: Floats
    numbers: Floats
    fine_asked: bool
    row: Ints
    intensity: Floats


@dataclass(frozen=True)
class UtteranceSample:
    """What the metrics share, of monologues weighted ``[M, samples]``."""

    counts: UtteranceCounts
    weights: Floats

    @cached_property
    def confusion(self) -> Floats:
        """Gold utterances by class and answer ``[K, K + 1, samples]``; the last is no class."""
        return self._confusion(self.counts.confusion)

    @cached_property
    def matched(self) -> Floats:
        """The same of matched ones."""
        return self._confusion(self.counts.matched)

    def _confusion(self, counts: Floats) -> Floats:
        return (counts @ self.weights).reshape(K, K + 2, -1)[:, : K + 1]

    @cached_property
    def invented(self) -> Floats:
        """Invented utterances by answered class ``[K, samples]``."""
        return (self.counts.invented @ self.weights)[:K]

    @cached_property
    def numbers(self) -> Floats:
        """``[5, samples]``, as in the counts."""
        return self.counts.numbers @ self.weights

    def number(self, place: int) -> Floats:
        """One of them ``[1, samples]``."""
        return self.numbers[place : place + 1]

    @cached_property
    def pairs(self) -> Floats:
        """How often each pair with both intensities is there ``[P, samples]``."""
        return self.weights[self.counts.row]


def _right(confusion: Floats) -> Floats:
    right: Floats = np.einsum("kks->ks", confusion[:, :K])
    return right


def _class_counts(sample: UtteranceSample) -> tuple[Floats, Floats, Floats]:
    """Right, gold, and answered per class, missed and invented ones among them."""
    confusion = sample.confusion
    answered = confusion[:, :K].sum(axis=0) + sample.invented
    return _right(confusion), confusion.sum(axis=1), answered


def _accuracy(confusion: Floats) -> Floats:
    return ratio(over_classes(_right(confusion)), over_classes(confusion.sum(axis=1)))


def _f1(right: Floats, gold: Floats, answered: Floats) -> Floats:
    return ratio(2 * right, gold + answered)


def _macro(f1: Floats, gold: Floats) -> Floats:
    """Mean F1 over the whole label set; NaN where there is no gold label at all."""
    mean = over_classes(np.nan_to_num(f1)) / len(f1)
    return np.where(over_classes(gold) > 0, mean, np.nan)


def _macro_f1(sample: UtteranceSample) -> Floats:
    right, gold, answered = _class_counts(sample)
    return _macro(_f1(right, gold, answered), gold)


def _macro_f1_matched(sample: UtteranceSample) -> Floats:
    confusion = sample.matched
    gold = confusion.sum(axis=1)
    return _macro(_f1(_right(confusion), gold, confusion[:, :K].sum(axis=0)), gold)


def _fine_macro(sample: UtteranceSample, counts: Floats) -> Floats:
    gold, answered, both = np.einsum("clm,ms->cls", counts, sample.weights)
    value = _macro(_f1(both, gold, answered), gold)
    return value if sample.counts.fine_asked else np.full(value.shape, np.nan)


def _intensity_mae(sample: UtteranceSample) -> Floats:
    gold, said = sample.counts.intensity
    return ratio(
        over_classes(np.abs(gold - said)[:, None] * sample.pairs), over_classes(sample.pairs)
    )


def _intensity_spearman(sample: UtteranceSample) -> Floats:
    gold, said = sample.counts.intensity
    return rank_correlation(gold, said, sample.pairs)


def _metric(
    name: str,
    definition: str,
    value: Callable[[UtteranceSample], Floats],
    *,
    source: str = "EmoS paper, section 4.4",
    **more: Any,
) -> Metric:
    return Metric(f"streaming/{name}", "streaming", definition, source, value, **more)


_FINE = "no gold utterance has fine labels, or the predicted ones were asked for none"
_NO_GOLD = "no gold utterance has a Basic-7 class"
_NO_PAIR = "no matched pair has both intensities"
METRICS = (
    _metric(
        "accuracy",
        "gold utterances whose matched one has their class, over all gold ones",
        lambda sample: _accuracy(sample.confusion),
        undefined=_NO_GOLD,
    ),
    _metric(
        "accuracy_matched",
        "matched utterances with the right class, over all matched ones",
        lambda sample: _accuracy(sample.matched),
        undefined="nothing was matched",
    ),
    _metric(
        "macro_f1",
        "mean F1 over all seven classes, 0 for one with neither gold nor answers; missed ones "
        "lower recall, invented ones precision",
        _macro_f1,
        undefined=_NO_GOLD,
    ),
    _metric(
        "macro_f1_matched",
        "the same over matched pairs",
        _macro_f1_matched,
        undefined="nothing was matched",
    ),
    _metric(
        "goemotions_macro_f1",
        "mean F1 over all 28 fine labels, 0 for one with neither gold nor answers; missed and "
        "invented utterances counted",
        lambda sample: _fine_macro(sample, sample.counts.fine),
        undefined=_FINE,
    ),
    _metric(
        "goemotions_macro_f1_matched",
        "the same over matched pairs",
        lambda sample: _fine_macro(sample, sample.counts.fine_matched),
        undefined=f"{_FINE}, or nothing was matched",
    ),
    _metric(
        "intensity_mae",
        "mean of |predicted - gold| intensity over matched pairs that have both",
        _intensity_mae,
        source="EmoS paper, Appendix I (intensity 1 to 5)",
        undefined=_NO_PAIR,
        high=4.0,
        better="low",
    ),
    _metric(
        "intensity_spearman",
        "Pearson correlation of the ranks, ties at their mean rank, over the same pairs",
        _intensity_spearman,
        source="Spearman, 1904",
        undefined=f"{_NO_PAIR}, or one side is constant",
        low=-1.0,
    ),
    _metric(
        "intensity_answered",
        "matched pairs with both intensities, over gold utterances that have one",
        lambda sample: ratio(over_classes(sample.pairs), sample.number(4)),
        undefined="no gold utterance has an intensity",
    ),
    _metric(
        "missed_rate",
        "gold utterances without a predicted one, over all gold ones",
        lambda sample: ratio(sample.number(0) - sample.number(2), sample.number(0)),
        undefined="no gold utterances",
        better="low",
    ),
    _metric(
        "invented_rate",
        "predicted utterances without a gold one, over all predicted ones",
        lambda sample: ratio(sample.number(1) - sample.number(2), sample.number(1)),
        undefined="no predicted utterances",
        better="low",
    ),
    _metric(
        "no_class_rate",
        "predicted utterances whose label is no Basic-7 class, over all predicted ones",
        lambda sample: ratio(sample.number(3), sample.number(1)),
        undefined="no predicted utterances",
        better="low",
    ),
    _metric(
        "missed",
        "gold utterances without a predicted one",
        lambda sample: sample.number(0) - sample.number(2),
        high=float("inf"),
        better="low",
    ),
    _metric(
        "invented",
        "predicted utterances without a gold one",
        lambda sample: sample.number(1) - sample.number(2),
        high=float("inf"),
        better="low",
    ),
    _metric(
        "precision",
        "gold utterances of the class answered with it, over all answers with it, invented ones "
        "among them",
        lambda sample: ratio(*np.array(_class_counts(sample))[[0, 2]]),
        undefined="never answered",
        per="class",
    ),
    _metric(
        "recall",
        "gold utterances of the class answered with it, over all of the class, missed ones among "
        "them",
        lambda sample: ratio(*_class_counts(sample)[:2]),
        undefined="no gold utterance of this class",
        per="class",
    ),
    _metric(
        "f1",
        "2 right / (gold + answered) of the class",
        lambda sample: _f1(*_class_counts(sample)),
        undefined="no gold utterance of this class and never answered",
        per="class",
    ),
)


def count_utterances(streams: Sequence[Stream], policy: str) -> UtteranceCounts:
    """The counts of every monologue under a policy."""
    size = len(streams)
    confusion, matched = (np.zeros((K, K + 2, size)) for _ in range(2))
    invented = np.zeros((K + 2, size))
    fine, fine_matched = (np.zeros((3, F, size)) for _ in range(2))
    numbers = np.zeros((5, size))
    rows, intensities = [], []
    for m, stream in enumerate(streams):
        said = (*stream.said, *stream.stray)
        pairs = list(zip(stream.gold, stream.partner, strict=True))
        for (gold, one), code in zip(pairs, _codes(stream.partner, policy), strict=True):
            if gold.labels.primary is not None:
                place = BASIC7.index(gold.labels.primary)
                confusion[place, code, m] += 1
                matched[place, code, m] += one is not None
            if gold.fine is not None:
                _count_fine(fine, gold.fine, one, m)
                if one is not None:
                    _count_fine(fine_matched, gold.fine, one, m)
            known = not np.isnan(gold.intensity)
            numbers[4, m] += known
            if known and one is not None and not np.isnan(one.intensity):
                rows.append(m)
                intensities.append((gold.intensity, one.intensity))
        for code, one in zip(_codes(stream.invented, policy), stream.invented, strict=True):
            invented[code, m] += 1
            _count_fine(fine, frozenset(), one, m)
        classes = sum(one.answer in BASIC7.labels for one in said)
        numbers[:4, m] = len(stream.gold), len(said), len(stream.pairs), len(said) - classes
    everything = [one for stream in streams for one in (*stream.said, *stream.stray)]
    return UtteranceCounts(
        confusion.reshape(-1, size),
        matched.reshape(-1, size),
        invented,
        fine,
        fine_matched,
        numbers,
        not everything or any(one.fine is not None for one in everything),
        np.array(rows, dtype=np.int64),
        np.array(intensities, dtype=np.float64).reshape(-1, 2).T,
    )


def _codes(said: Sequence[Utterance | None], policy: str) -> Ints:
    """Answers as places in the label set; a missed utterance's is none."""
    answers = pl.Series([None if one is None else one.answer for one in said], dtype=pl.String)
    return coded(answers, answers.is_not_null(), BASIC7.labels, policy)


def _count_fine(counts: Floats, gold: frozenset[str], one: Utterance | None, m: int) -> None:
    said = (one.fine if one is not None else None) or frozenset()
    for row, labels in enumerate((gold, said, gold & said)):
        for label in labels:
            counts[row, GOEMOTIONS_28.index(label), m] += 1
