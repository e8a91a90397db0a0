"""One model: the votes of a ballot aggregated, and everything there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl

from emos.aggregate.ballots import Ballot
from emos.aggregate.comparison import Comparison
from emos.aggregate.correction import HIGH_POSTERIOR
from emos.aggregate.dawid_skene import DawidSkene, expand
from emos.aggregate.decisions import ISOLATED, NO_VOTES, ONE_ANNOTATOR, UNDECIDED, over_items
from emos.aggregate.inputs import confusion_matrices, gold_codes
from emos.aggregate.majority import soft_vote
from emos.aggregate.methods import Flips, Prepared, estimate
from emos.aggregate.options import AggregateOptions
from emos.aggregate.overlap import Overlap, find_overlap
from emos.aggregate.patterns import Patterns
from emos.aggregate.tiers import TIERS
from emos.aggregate.votes import code_votes
from emos.readers.wording import counted


@dataclass(frozen=True)
class BatchModel:
    """How one batch, or the pool, was aggregated.

    Attributes
    ----------
    name : ``subset/batch``, or ``pool`` and the layer.
    layer, method : whose labels, and how: ``dawid-skene``, ``majority``, ``crowd-kit:NAME``; for
        corrected labels the rule, such as ``vote:emos-last``, and the method after it.
    items, votes : number of items, and of answers that counted.
    annotators, label_names : the names behind the axes of ``fit``.
    tiers : items per tier; ``undefined`` for those without a confidence.
    changed : labels that differ from the source's own, None where nothing is corrected.
    patterns, fit : distinct response patterns, and the Dawid-Skene model over them; None for
        other methods.
    comparison, flips : against the run stopped elsewhere, and the bootstrap, where there is one.
    warnings : what a reader of the labels should know.
    """

    name: str
    layer: str
    method: str
    items: int
    votes: int
    annotators: tuple[str, ...]
    label_names: tuple[str, ...]
    tiers: dict[str, int]
    changed: int | None = None
    patterns: Patterns | None = None
    fit: DawidSkene | None = None
    comparison: Comparison | None = None
    flips: Flips | None = None
    warnings: tuple[str, ...] = ()

    def by_item(self) -> DawidSkene | None:
        """The Dawid-Skene model with a posterior row for each item of the batch, in its order."""
        if self.fit is None or self.patterns is None:
            return None
        return expand(self.patterns, self.fit)


class Aggregated(NamedTuple):
    """Rows of the labels table, one per item, and the model behind them."""

    labels: pl.DataFrame
    model: BatchModel


def aggregate_ballot(
    ballot: Ballot,
    options: AggregateOptions,
    *,
    gold: pl.DataFrame | None = None,
    confusion: pl.DataFrame | None = None,
) -> Aggregated:
    """Labels of a ballot's items.

    Parameters
    ----------
    options : resolved (every number stated).
    gold : ``item_id, label``; items of other ballots are left out.
    confusion : ``annotator, true, given, probability``.

    Raises
    ------
    EmosError : for votes, gold or confusion that cannot be used.
    """
    ready, overlap = _prepare(ballot, gold, confusion)
    found = estimate(ready, options) if ready.patterns.slots else None
    labels = over_items(
        ballot.items,
        ballot.layer,
        ballot.label_names,
        None if found is None else found.rows,
        np.full(ballot.items.height, -1) if found is None else found.row_of_item,
    )
    method = options.method
    if ballot.rule is not None:
        method = f"vote:{ballot.rule.label_map.name}, {method}"
        labels = _as_correction(labels, ballot.items)
    model = BatchModel(
        name=ballot.name,
        layer=ballot.layer,
        method=method,
        items=labels.height,
        votes=ballot.votes.height,
        annotators=ready.codes.annotator_names,
        label_names=ballot.label_names,
        tiers=tier_counts(labels),
        changed=None if ballot.rule is None else count_changed(labels),
        patterns=ready.patterns,
        warnings=(*ballot.notes, *_warnings(ready, overlap, labels)),
    )
    if found is not None:
        model = replace(
            model,
            fit=found.fit,
            comparison=found.comparison,
            flips=found.flips,
            warnings=(*model.warnings, *found.warnings),
        )
    return Aggregated(labels, model)


def tier_counts(labels: pl.DataFrame) -> dict[str, int]:
    """Items per tier, and those without one as ``undefined``."""
    counts = dict(labels["tier"].value_counts().iter_rows())
    sizes = {name: int(counts.get(name, 0)) for name in reversed(TIERS)}
    return sizes | {"undefined": int(counts.get(None, 0))}


def count_changed(labels: pl.DataFrame) -> int:
    """Labels that are another one than the original."""
    return labels.filter(pl.col("label") != pl.col("original")).height


def _prepare(
    ballot: Ballot, gold: pl.DataFrame | None, confusion: pl.DataFrame | None
) -> tuple[Prepared, Overlap]:
    codes = code_votes(
        ballot.votes, label_names=ballot.label_names, item_ids=ballot.items["item_id"]
    )
    known = matrices = None
    if gold is not None:
        known = gold_codes(gold, codes.item_ids, ballot.label_names)
    if confusion is not None:
        matrices = confusion_matrices(confusion, codes.annotator_names, ballot.label_names)
    patterns = codes.patterns(known)
    people, labels = len(codes.annotator_names), len(ballot.label_names)
    stated = None if matrices is None else np.asarray(~np.isnan(matrices).all(axis=(1, 2)))
    overlap = find_overlap(patterns, n_annotators=people, n_labels=labels, stated=stated)
    ready = Prepared(
        ballot.name,
        codes,
        patterns,
        soft_vote(patterns, labels),
        matrices,
        overlap.unjudged,
        ONE_ANNOTATOR if people == 1 else ISOLATED,
    )
    return ready, overlap


def _as_correction(labels: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Original labels, and the release's reasons: which side of 0.5 the posterior is."""
    decided = pl.col("reason").is_in(UNDECIDED).not_()
    high = pl.col("confidence") >= HIGH_POSTERIOR
    return labels.with_columns(
        items["original"],
        reason=pl.when(decided & high)
        .then(pl.lit("ds_high_conf"))
        .when(decided & ~high)
        .then(pl.lit("ds_low_conf"))
        .otherwise("reason"),
    )


def _warnings(ready: Prepared, overlap: Overlap, labels: pl.DataFrame) -> Iterator[str]:
    name = ready.name
    if not ready.patterns.slots:
        yield f"{name}: no vote counts, so no item has a label"
        return
    unvoted = labels.filter(pl.col("reason") == NO_VOTES).height
    if unvoted:
        yield f"{name}: {counted(unvoted, 'item')} without a vote, so without a label"
    if overlap.isolated.any():
        yield f"{name}: {_about_isolated(ready, overlap)}"
    voted = np.unique(ready.codes.labels)
    if len(voted) == 1:
        yield (
            f"{name}: every vote is {ready.codes.label_names[voted[0]]!r}, so a confidence says "
            "nothing about the other labels"
        )


def _about_isolated(ready: Prepared, overlap: Overlap) -> str:
    names = [ready.codes.annotator_names[code] for code in np.flatnonzero(overlap.isolated)]
    if len(ready.codes.annotator_names) == 1:
        return "one annotator only: labels are that one's votes, no confidence is defined"
    if overlap.isolated.all():
        return (
            "no item has two answers, so nothing tells how far to trust an annotator: labels are "
            "the votes, no confidence is defined"
        )
    items = int(ready.patterns.items[overlap.unjudged].sum())
    who = ", ".join(names[:10]) + (f" and {len(names) - 10:,} more" if len(names) > 10 else "")
    return (
        f"{counted(len(names), 'annotator')} ({who}) shared no item with anybody: no confidence "
        f"is defined for {counted(items, 'item')} that only they answered"
    )
