"""Basic-7: one label per clip against the dataset's label (EmoS paper, section 4.1, Table 7).

Every metric comes from the confusion matrix over the fixed label set of K = 7 classes, with one
more column for answers that are no class. Values are those of scikit-learn on the same label set
(that column as an eighth label of the answers), with these conventions where a ratio is 0 / 0:

- precision of a class never answered, recall of a class without items, F1 of a class with neither
  are undefined: NaN (scikit-learn with ``zero_division=np.nan``). A class that has items and is
  never answered has F1 = 0, which is no 0 / 0.
- macro-F1 is the mean over all K classes and takes an undefined F1 as 0, as scikit-learn's
  ``zero_division=0`` does on a fixed label set; a note of the score names the classes.
- balanced accuracy is the mean over the classes that have items, as scikit-learn's.
- MCC is 0, its limit, where all items or all answers are of one class, as scikit-learn's.
- kappa is undefined where all items and all answers are of one and the same class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.score.family import Context, Family, FamilyScore, Part
from emos.score.metric import Floats, Ints, Metric
from emos.taxonomy import BASIC7

K = len(BASIC7)
NO_CLASS = "(no class)"
_UNITS = K * (K + 2)  # label x answer: a class, no class, left out


@dataclass(frozen=True)
class Basic7Sample:
    """What the metrics share; every sum is over items.

    Attributes
    ----------
    weights : ``[K * (K + 2), samples]``, how many items of each label got each answer: a class,
        no class (K), or one that is left out (K + 1).
    """

    weights: Floats

    @cached_property
    def confusion(self) -> Floats:
        """Items by label and answer ``[K, K + 1, samples]``; the last column is no class."""
        return self.weights.reshape(K, K + 2, -1)[:, : K + 1]

    @cached_property
    def right(self) -> Floats:
        """Items answered rightly per class ``[K, samples]``."""
        diagonal: Floats = np.einsum("kks->ks", self.confusion[:, :K])
        return diagonal

    @cached_property
    def support(self) -> Floats:
        """Items per label ``[K, samples]``."""
        support: Floats = self.confusion.sum(axis=1)
        return support

    @cached_property
    def answered(self) -> Floats:
        """Answers per class, the last row no class, ``[K + 1, samples]``."""
        answered: Floats = self.confusion.sum(axis=0)
        return answered

    @cached_property
    def total(self) -> Floats:
        """Items ``[1, samples]``."""
        return over_classes(self.support)

    @cached_property
    def f1(self) -> Floats:
        """F1 per class ``[K, samples]``, NaN for a class with neither items nor answers."""
        return ratio(2 * self.right, self.support + self.answered[:K])

    @cached_property
    def chance(self) -> Floats:
        """Agreement expected of the two margins, times the items squared, ``[1, samples]``."""
        return over_classes(self.support * self.answered[:K])


def over_classes(values: Floats) -> Floats:
    """The sum over classes, ``[1, samples]``."""
    summed: Floats = values.sum(axis=0, keepdims=True)
    return summed


def ratio(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, NaN where ``whole`` is 0."""
    shares: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return shares


def _accuracy(sample: Basic7Sample) -> Floats:
    return ratio(over_classes(sample.right), sample.total)


def _balanced_accuracy(sample: Basic7Sample) -> Floats:
    recall = ratio(sample.right, sample.support)
    present = over_classes((sample.support > 0).astype(np.float64))
    return ratio(over_classes(np.nan_to_num(recall)), present)


def _macro_f1(sample: Basic7Sample) -> Floats:
    mean = over_classes(np.nan_to_num(sample.f1)) / K
    return np.where(sample.total > 0, mean, np.nan)


def _weighted_f1(sample: Basic7Sample) -> Floats:
    return ratio(over_classes(np.nan_to_num(sample.f1) * sample.support), sample.total)


def _kappa(sample: Basic7Sample) -> Floats:
    right = over_classes(sample.right)
    squared = sample.total**2
    return ratio(right * sample.total - sample.chance, squared - sample.chance)


def _mcc(sample: Basic7Sample) -> Floats:
    right = over_classes(sample.right)
    squared = sample.total**2
    product = (squared - over_classes(sample.support**2)) * (
        squared - over_classes(sample.answered**2)
    )
    correlation = np.divide(
        right * sample.total - sample.chance,
        np.sqrt(product),
        out=np.zeros(product.shape),
        where=product > 0,
    )
    return np.where(sample.total > 0, correlation, np.nan)


def _metric(
    name: str, definition: str, source: str, value: Callable[[Basic7Sample], Floats], **more: object
) -> Metric:
    return Metric(name, "basic7", definition, source, value, **more)  # type: ignore[arg-type]


_EMPTY = "no items"
_PAPER = "EmoS paper, section 4.1"
METRICS = (
    _metric(
        "accuracy",
        "items whose answer is their label, over all items",
        _PAPER,
        _accuracy,
        undefined=_EMPTY,
    ),
    _metric(
        "balanced_accuracy",
        "mean recall over the classes that have items",
        "Brodersen et al., 2010",
        _balanced_accuracy,
        undefined=_EMPTY,
    ),
    _metric(
        "macro_f1",
        "mean F1 over all seven classes; a class with neither items nor answers counts as 0",
        _PAPER,
        _macro_f1,
        undefined=_EMPTY,
    ),
    _metric(
        "weighted_f1",
        "mean F1 over classes, weighted by their items",
        _PAPER,
        _weighted_f1,
        undefined=_EMPTY,
    ),
    _metric(
        "kappa",
        "(p_o - p_e) / (1 - p_e), p_o the accuracy and p_e = sum of products of the class shares "
        "of labels and answers",
        "Cohen, 1960",
        _kappa,
        undefined="all items and all answers are of one class",
        low=-1.0,
    ),
    _metric(
        "mcc",
        "correlation of labels and answers as indicator vectors of their class; 0 where either is "
        "of one class only",
        "Gorodkin, 2004",
        _mcc,
        undefined=_EMPTY,
        low=-1.0,
    ),
    _metric(
        "precision",
        "items of the class among those answered with it",
        _PAPER,
        lambda sample: ratio(sample.right, sample.answered[:K]),
        undefined="never answered",
        per="class",
    ),
    _metric(
        "recall",
        "items answered with the class among its items",
        _PAPER,
        lambda sample: ratio(sample.right, sample.support),
        undefined="no items of this class",
        per="class",
    ),
    _metric(
        "f1",
        "2 right / (items + answers) of the class",
        _PAPER,
        lambda sample: sample.f1,
        undefined="no items of this class and never answered",
        per="class",
    ),
)


def units(gold: Ints, predicted: Ints) -> Ints:
    """The unit of each item, ``[items]``: its label and answer; -1 without a label.

    Parameters
    ----------
    gold : place of the label in the label set, -1 for none.
    predicted : place of the answer; K for no class, K + 1 for one left out.
    """
    return np.where(gold >= 0, gold * (K + 2) + predicted, -1)


def outcomes(context: Context) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which items count, and which of these are answered rightly, both ``[items]``."""
    counted = (context.gold >= 0) & (context.predicted <= K)
    return counted, counted & (context.gold == context.predicted)


def score(context: Context) -> FamilyScore | None:
    """Basic-7 metrics; None if no item has a label, or only other layers were answered."""
    answers = context.predictions.items.filter(pl.Series(context.gold >= 0))
    if not answers.height or _only_other_layers(answers):
        return None
    unit = units(context.gold, context.predicted)
    part = Part(METRICS, Basic7Sample, unit, BASIC7.labels, entries=_UNITS, units=_UNITS)
    counts = np.bincount(unit[unit >= 0], minlength=_UNITS).astype(np.float64)
    whole = Basic7Sample(counts[:, None])
    return FamilyScore(
        context.estimates(part),
        tables={"classes": _class_table(whole), "confusion": _confusion_table(whole)},
        notes=tuple(_notes(whole)),
        parts=(part,),
    )


def _only_other_layers(answers: pl.DataFrame) -> bool:
    """Whether no answer has a Basic-7 label and some have fine ones: it was not asked for."""
    return (
        answers["basic7"].null_count() == answers.height
        and answers["goemotions"].null_count() < answers.height
    )


def _class_table(sample: Basic7Sample) -> pl.DataFrame:
    """A row per class: items, answers, and how many of these are right."""
    return pl.DataFrame(
        {
            "class": BASIC7.labels,
            "items": sample.support[:, 0].astype(np.int64),
            "answers": sample.answered[:K, 0].astype(np.int64),
            "right": sample.right[:, 0].astype(np.int64),
        }
    )


def _confusion_table(sample: Basic7Sample) -> pl.DataFrame:
    """A row per label and answer: how many items."""
    answers = (*BASIC7.labels, NO_CLASS)
    return pl.DataFrame(
        {
            "label": [label for label in BASIC7.labels for _ in answers],
            "answer": list(answers) * K,
            "items": sample.confusion[:, :, 0].ravel().astype(np.int64),
        }
    )


def _notes(sample: Basic7Sample) -> list[str]:
    absent = [
        label for label, f1 in zip(BASIC7.labels, sample.f1[:, 0], strict=True) if np.isnan(f1)
    ]
    if not absent or not sample.total[0, 0]:
        return []
    return [
        f"macro_f1 takes {', '.join(absent)} as 0: neither labels nor answers have it "
        "(scikit-learn's zero_division=0)"
    ]


FAMILY = Family("basic7", score)
