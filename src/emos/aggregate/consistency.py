"""Cross-taxonomy check: a Basic-7 label against what the fine labels imply under a map.

The fine labels of all annotators of an item become Basic-7 classes; the classes with the largest
count are what they imply (several if they tie). A label is *consistent* if it is one of these, and
*named* if any fine label means it at all. Labels that were themselves made from the fine labels
(corrected batches) would agree with themselves and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from emos.aggregate.ballots import Batch, batches
from emos.aggregate.correction import class_counts, per_item
from emos.aggregate.decisions import names_of
from emos.aggregate.soft_labels import item_codes
from emos.aggregate.ties import largest
from emos.aggregate.votes import codes_of
from emos.errors import EmosError
from emos.tables import Dataset
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelMap

_KEY = ("subset", "batch")


@dataclass(frozen=True)
class Consistency:
    """The check of every Basic-7 label that has fine labels beside it.

    Attributes
    ----------
    items : ``item_id, subset, batch, label, implied`` (classes with the largest count), ``named``,
        ``consistent``; the last three are null where no fine label has a class under the map.
    rates : per batch, ``items`` checked, shares ``consistent`` and ``named`` of them in [0, 1]
        (NaN if none), and ``unchecked``.
    annotators : the same for each annotator's own Basic-7 answer against the own fine answer.
    confusion : per batch ``label``, ``implied`` and number of ``items``; a tie counts for the
        label if it is among the tied, else for the first in alphabetical order.
    """

    items: pl.DataFrame
    rates: pl.DataFrame
    annotators: pl.DataFrame
    confusion: pl.DataFrame


def check_consistency(dataset: Dataset, labels: pl.DataFrame, label_map: LabelMap) -> Consistency:
    """Check ``labels`` (a labels table) against the fine votes of ``dataset``.

    Raises
    ------
    EmosError : if no batch has both Basic-7 labels of its own and fine votes.
    """
    own = labels.filter((pl.col("layer") == BASIC7.layer) & pl.col("original").is_null())
    items, answers = [], []
    for batch in batches(dataset):
        given = own.join(batch.items.select("item_id", *_KEY), on=["item_id", *_KEY], how="semi")
        fine = batch.layer(GOEMOTIONS.layer).filter(pl.col("labels").list.len() > 0)
        if batch.rule is not None or given.is_empty() or fine.is_empty():
            continue
        items.append(_check_items(given, fine, label_map))
        answers.append(_check_answers(batch, fine, label_map))
    if not items:
        raise EmosError(
            "no batch has Basic-7 labels of its own beside fine votes",
            remedy="the check needs layers basic7 and goemotions",
        )
    checked = pl.concat(items)
    return Consistency(
        items=checked.drop("shown"),
        rates=_rates(checked, *_KEY),
        annotators=_rates(pl.concat(answers), *_KEY, "annotator"),
        confusion=(
            checked.drop_nulls(["label", "shown"])
            .group_by(*_KEY, "label", implied="shown")
            .agg(items=pl.len())
            .sort(*_KEY, "label", "implied")
        ),
    )


def _check_items(given: pl.DataFrame, fine: pl.DataFrame, label_map: LabelMap) -> pl.DataFrame:
    ids = given["item_id"]
    fine = fine.join(given.select("item_id"), on="item_id", how="semi", maintain_order="left")
    per_answer = class_counts(fine, label_map, fine=GOEMOTIONS.labels, classes=BASIC7.labels)
    counts = per_item(per_answer, item_codes(fine, ids), len(ids))
    return _verdicts(given.select("item_id", *_KEY, "label"), counts)


def _check_answers(batch: Batch, fine: pl.DataFrame, label_map: LabelMap) -> pl.DataFrame:
    """Each annotator's Basic-7 answer against the fine answer of the same annotator and item."""
    basic = batch.layer(BASIC7.layer).filter(pl.col("labels").list.len() == 1)
    both = fine.join(
        basic.select("item_id", "annotator", label=pl.col("labels").list.first()),
        on=["item_id", "annotator"],
        how="inner",
        maintain_order="left",
    ).with_columns(pl.col(_KEY).fill_null(""))
    counts = class_counts(both, label_map, fine=GOEMOTIONS.labels, classes=BASIC7.labels)
    return _verdicts(both.select("item_id", *_KEY, "annotator", "label"), counts)


def _verdicts(
    rows: pl.DataFrame, counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]
) -> pl.DataFrame:
    """``rows`` (with a ``label`` each) beside what their class counts imply."""
    label = codes_of(rows["label"], pl.Series(BASIC7.labels))
    top = counts.max(axis=1, initial=0)
    implied = (counts == top[:, None]) & (top[:, None] > 0)
    at_label = counts[np.arange(len(counts)), label]
    consistent = at_label == top
    known = (top > 0) & (label >= 0)
    names = pl.Series(BASIC7.labels)
    shown = np.where(top > 0, np.where(consistent, label, largest(counts, BASIC7.labels).label), -1)
    verdict = pl.when(pl.Series(known))
    return rows.with_columns(
        implied=pl.Series(
            [names.gather(np.flatnonzero(row)) if row.any() else None for row in implied],
            dtype=pl.List(pl.String),
        ),
        named=verdict.then(pl.Series(at_label > 0)),
        consistent=verdict.then(pl.Series(consistent)),
        shown=names_of(shown, BASIC7.labels),
    )


def _rates(checked: pl.DataFrame, *keys: str) -> pl.DataFrame:
    share = {name: pl.col(name).mean().fill_null(float("nan")) for name in ("consistent", "named")}
    return checked.group_by(*keys, maintain_order=True).agg(
        items=pl.col("consistent").count(),
        **share,
        unchecked=pl.col("consistent").null_count(),
    )
