"""Failure modes of one-label answers, as rules on the Basic-7 confusion (EmoS paper, section 4.1).

The paper names two by example and gives no rule: conservative prediction ("very high precision but
extremely low recall": Qwen-2.5 on Fear, P = 1.000 and R = 0.026, and on Surprise, P = 1.000 and
R = 0.130) and over-prediction ("high-recall, low-precision": EmotionLLaMA on Sadness, P = 0.176 and
R = 0.679). Its introduction adds a neutral bias. The default thresholds find each of its examples:

- ``conservative``: precision is high and recall is low.
- ``over-predicting``: recall is high and precision is low.
- ``neutral bias``: Neutral's share of the answers exceeds its share of these items' labels.
- ``label collapse``: a class that has items is never answered.

A rule is not applied to a class with few items, nor the neutral bias to few answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from emos.errors import EmosError, check_whole
from emos.score.basic7 import K, ratio, units
from emos.score.family import Context, Family, FamilyScore
from emos.score.metric import Floats
from emos.tables.schemas import Schema
from emos.taxonomy import BASIC7

NEUTRAL = BASIC7.labels.index("Neutral")
FAILURE_MODES: Schema = {
    "mode": pl.String,
    "class": pl.String,
    "found": pl.Boolean,  # null where the rule is not applied: too few items
    "items": pl.Int64,  # with this label
    "answers": pl.Int64,  # of this class
    "right": pl.Int64,
    "precision": pl.Float64,  # null if never answered
    "recall": pl.Float64,
    "share_of_labels": pl.Float64,  # of items answered with some class
    "share_of_answers": pl.Float64,  # of the same items
    "rule": pl.String,
}


@dataclass(frozen=True)
class FailureModeOptions:
    """Thresholds of the rules, all inclusive.

    Attributes
    ----------
    conservative_precision, conservative_recall : at least, and at most.
    over_recall, over_precision : at least, and at most.
    neutral_excess : share of answers less share of labels, at least.
    least_items : of a class, for a rule about it; of answers, for the neutral bias.

    Raises
    ------
    EmosError : for a share outside 0 to 1, or ``least_items`` below 1.
    """

    conservative_precision: float = 0.8
    conservative_recall: float = 0.2
    over_recall: float = 0.5
    over_precision: float = 0.35
    neutral_excess: float = 0.1
    least_items: int = 10

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name != "least_items" and not 0 <= value <= 1:
                raise EmosError(f"{one.name} is {value!r}", remedy="use 0 to 1")
        check_whole("least_items", self.least_items, least=1)


def conservative(precision: float, recall: float, options: FailureModeOptions) -> bool:
    """Whether a class is answered too rarely: precision high, recall low. NaN is neither."""
    return precision >= options.conservative_precision and recall <= options.conservative_recall


def over_predicting(precision: float, recall: float, options: FailureModeOptions) -> bool:
    """Whether a class is answered too often: recall high, precision low. NaN is neither."""
    return recall >= options.over_recall and precision <= options.over_precision


def neutral_bias(answers: float, labels: float, options: FailureModeOptions) -> bool:
    """Whether Neutral's share of answers exceeds its share of labels. NaN does not."""
    # Shares are ratios of counts: 1e-12 keeps a difference of exactly the threshold inside.
    return answers - labels >= options.neutral_excess - 1e-12


def failure_table(confusion: Floats, options: FailureModeOptions) -> pl.DataFrame:
    """A row per rule and class, found or not (`FAILURE_MODES`).

    Parameters
    ----------
    confusion : items by label and answer ``[K, K + 1]``, the last column no class.
    """
    o = options
    items, answers = confusion.sum(axis=1), confusion.sum(axis=0)[:K]
    right = np.diagonal(confusion)
    precision, recall = ratio(right, answers), ratio(right, items)
    answered = confusion[:, :K].sum()
    whole = np.full(K, answered)
    of_labels, of_answers = ratio(confusion[:, :K].sum(axis=1), whole), ratio(answers, whole)

    def row(mode: str, k: int, applies: bool, found: bool, rule: str) -> tuple[object, ...]:
        counts = (int(items[k]), int(answers[k]), int(right[k]))
        shares = (precision[k], recall[k], of_labels[k], of_answers[k])
        return (
            mode,
            BASIC7.labels[k],
            bool(found) if applies else None,
            *counts,
            *(None if np.isnan(share) else float(share) for share in shares),
            rule,
        )

    enough = items >= o.least_items
    rows = [
        row(
            "conservative",
            k,
            enough[k],
            conservative(precision[k], recall[k], o),
            f"precision >= {o.conservative_precision:g}, recall <= {o.conservative_recall:g}",
        )
        for k in range(K)
    ]
    rows += [
        row(
            "over-predicting",
            k,
            enough[k],
            over_predicting(precision[k], recall[k], o),
            f"recall >= {o.over_recall:g}, precision <= {o.over_precision:g}",
        )
        for k in range(K)
    ]
    rows.append(
        row(
            "neutral bias",
            NEUTRAL,
            answered >= o.least_items,
            neutral_bias(of_answers[NEUTRAL], of_labels[NEUTRAL], o),
            f"share of answers - share of labels >= {o.neutral_excess:g}",
        )
    )
    rows += [
        row("label collapse", k, enough[k], answers[k] == 0, "never answered") for k in range(K)
    ]
    return pl.DataFrame(rows, schema=dict(FAILURE_MODES), orient="row")


def score(context: Context) -> FamilyScore | None:
    """The rules on one model's answers; None if no labelled item was answered with a class.

    It has no metrics: a table ``failure_modes`` and a note per mode found.
    """
    answers = context.predictions.items
    known = (answers["status"] == "ok") & answers["basic7"].is_in(BASIC7.labels).fill_null(False)
    if not (known.to_numpy() & (context.gold >= 0)).any():
        return None
    unit = units(context.gold, context.predicted)
    counts = np.bincount(unit[unit >= 0], minlength=K * (K + 2)).astype(np.float64)
    table = failure_table(counts.reshape(K, K + 2)[:, : K + 1], context.settings("failure_modes"))
    silent = int((~known.to_numpy() & (context.gold >= 0)).sum())
    return FamilyScore(
        {}, tables={"failure_modes": table}, notes=tuple(_notes(table, context, silent))
    )


def _notes(table: pl.DataFrame, context: Context, silent: int) -> Iterator[str]:
    found = table.filter("found")
    for (mode,), rows in found.group_by("mode", maintain_order=True):
        each = "; ".join(_figures(row) for row in rows.iter_rows(named=True))
        rule = rows["rule"][0]
        filled = mode == "neutral bias" and context.options.policy == "neutral" and silent
        more = f"; {silent:,} of the answers are unusable ones counted as Neutral" if filled else ""
        yield f"failure mode, {mode} ({rule}): {each}{more}"


def _figures(row: dict[str, object]) -> str:
    if row["mode"] == "neutral bias":
        return (
            f"{row['share_of_answers']:.1%} of answers are Neutral, "
            f"{row['share_of_labels']:.1%} of their labels"
        )
    if row["mode"] == "label collapse":
        return f"{row['class']} ({row['items']:,} items)"
    return (
        f"{row['class']} (P {row['precision']:.3f}, R {row['recall']:.3f}, "
        f"{row['items']:,} items, {row['answers']:,} answers)"
    )


FAMILY = Family("failure_modes", score, options=FailureModeOptions())
