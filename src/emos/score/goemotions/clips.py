"""Clips with fine labels and the answers to them, as arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.errors import EmosError
from emos.score.family import Context
from emos.score.goemotions.options import THRESHOLDS, GoEmotionsOptions
from emos.score.metric import Floats, Ints
from emos.taxonomy import GOEMOTIONS, UNSURE

Bools = npt.NDArray[np.bool_]

_NEAR = 1e-9  # shares are quotients of small whole numbers


@dataclass(frozen=True)
class Clips:
    """I clips that have votes on fine labels, over K labels.

    Attributes
    ----------
    labels : the label set, K names.
    place : of each clip among the context's items, ``[I]``.
    share : of a clip's annotators who gave the label, 0 to 1, ``[I, K]``.
    gold : the labels a clip has, ``[I, K]``.
    named : the labels answered, after the policy, ``[I, K]``.
    strength : their confidence, 0 to 1, and 1 where a label has none; 0 if not named, ``[I, K]``.
    answered : whether there is an answer, be it of no label at all, after the policy, ``[I]``.
    unusable : whether the model gave none that can be used, ``[I]``.
    counted : whether the clip is in the scores, ``[I]``.
    with_confidence : labels answered with a confidence, and ``without``.
    strange : answered words that are no label, and how often.
    """

    labels: tuple[str, ...]
    place: Ints
    share: Floats
    gold: Bools
    named: Bools
    strength: Floats
    answered: Bools
    unusable: Bools
    counted: Bools
    with_confidence: int
    without: int
    strange: Counter[str]


def clips_of(context: Context, options: GoEmotionsOptions) -> Clips:
    """The clips whose soft label rests on at least one vote, and the answers to them.

    An answer cannot be used if its status is not ``ok``, if it has no fine labels, or if none of
    those it has is in the set. ``unsure`` is in it under either option: left out of the label
    set, it is an answer of no label. A word that is no label is passed over in what it is among.

    Raises
    ------
    EmosError : for soft labels of another width than the label set.
    """
    soft = context.soft_labels()
    voted = (soft["votes"].fill_null(0) > 0).to_numpy() & ~context.monologue
    place = np.flatnonzero(voted)
    known = context.dataset.info.label_sets.get("goemotions", GOEMOTIONS.labels)
    columns = [k for k, one in enumerate(known) if one != UNSURE or options.unsure == "label"]
    labels = tuple(known[k] for k in columns)
    share = _shares(soft.filter(pl.Series(voted))["share"], len(known))[:, columns]
    answers = context.predictions.items.filter(pl.Series(voted))
    given = _Given.read(answers, labels)
    unusable = ~given.usable
    policy = context.options.policy
    if policy == "neutral" and "neutral" in labels:
        given.strength[unusable, labels.index("neutral")] = 1.0
        given.named[unusable, labels.index("neutral")] = True
    return Clips(
        labels,
        place,
        share,
        share >= THRESHOLDS[options.gold] - _NEAR,
        given.named,
        given.strength,
        given.usable | ((policy == "neutral") & given.named.any(axis=1)),
        unusable,
        given.usable | (policy != "leave-out"),
        given.with_confidence,
        given.without,
        given.strange,
    )


def _shares(column: pl.Series, width: int) -> Floats:
    """Lists of ``width`` shares as ``[I, width]``."""
    if (column.list.len() != width).any():
        raise EmosError(
            f"a soft label of goemotions has not {width} shares, one per label of the set",
            remedy="run emos aggregate on the dataset again",
        )
    flat = column.explode().to_numpy() if len(column) else np.empty(0)
    return flat.astype(np.float64).reshape(len(column), width)


@dataclass
class _Given:
    """What was answered, as `Clips` has it, before the policy."""

    named: Bools
    strength: Floats
    usable: Bools
    with_confidence: int
    without: int
    strange: Counter[str]

    @classmethod
    def read(cls, answers: pl.DataFrame, labels: tuple[str, ...]) -> _Given:
        shape = (answers.height, len(labels))
        given = cls(
            np.zeros(shape, dtype=np.bool_),
            np.zeros(shape),
            np.zeros(answers.height, dtype=np.bool_),
            0,
            0,
            Counter(),
        )
        column = {label: k for k, label in enumerate(labels)}
        rows = answers.select("status", "goemotions", "goemotions_confidence").iter_rows()
        for row, (status, words, confidences) in enumerate(rows):
            if status == "ok" and words is not None:
                given.add(row, words, confidences or [None] * len(words), column)
        return given

    def add(
        self,
        row: int,
        words: list[str | None],
        confidences: list[float | None],
        column: dict[str, int],
    ) -> None:
        """Put one answer into its row; of a label named twice the higher confidence holds."""
        self.usable[row] = not words
        for word, confidence in zip(words, confidences, strict=True):
            if word is None:
                continue
            label = UNSURE if word == UNSURE.capitalize() else word  # as Prompt B writes it
            if label not in column and label != UNSURE:
                self.strange[word] += 1
                continue
            self.usable[row] = True
            if label not in column:
                continue
            rated = confidence is not None and 0 <= confidence <= 1
            self.with_confidence += rated
            self.without += not rated
            value = float(confidence) if confidence is not None and rated else 1.0
            self.named[row, column[label]] = True
            self.strength[row, column[label]] = max(value, self.strength[row, column[label]])
