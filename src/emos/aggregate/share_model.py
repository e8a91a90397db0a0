"""Labels of a batch corrected by ``share:MAP``: no model, its confidences are class shares."""

from __future__ import annotations

import numpy as np
import polars as pl

from emos.aggregate.ballots import Batch, original_codes
from emos.aggregate.correction import (
    SHARE_REASONS,
    class_counts,
    correct_by_share,
    per_item,
)
from emos.aggregate.decisions import NO_VOTES, names_of
from emos.aggregate.models import Aggregated, BatchModel, count_changed, tier_counts
from emos.aggregate.options import AggregateOptions
from emos.aggregate.soft_labels import item_codes, list_column
from emos.aggregate.tiers import TIERS, tiers
from emos.aggregate.votes import annotator_order
from emos.readers.wording import counted
from emos.taxonomy import BASIC7, GOEMOTIONS


def aggregate_by_share(batch: Batch, options: AggregateOptions) -> Aggregated:
    """Basic-7 labels from the shares of classes among the batch's fine labels.

    Tiers are by the share alone: nobody gave a single label that could be unanimous.

    Raises
    ------
    EmosError : for a fine label outside the 29, or an item answered twice by one annotator.
    """
    assert batch.rule is not None
    answers = batch.layer(GOEMOTIONS.layer).filter(pl.col("labels").list.len() > 0)
    n_items = batch.items.height
    items = item_codes(answers, batch.items["item_id"])
    counts = class_counts(
        answers, batch.rule.label_map, fine=GOEMOTIONS.labels, classes=BASIC7.labels
    )
    found = correct_by_share(per_item(counts, items, n_items), original_codes(batch))
    high, medium = options.tiers
    labels = batch.items.select("item_id", "subset", "batch", "original").with_columns(
        layer=pl.lit(BASIC7.layer),
        label=names_of(found.label, BASIC7.labels),
        confidence=pl.Series(found.confidence),
        tier=names_of(tiers(found.confidence, high=high, medium=medium), TIERS),
        posterior=list_column(found.share, len(BASIC7)),
        votes=pl.Series(np.bincount(items, minlength=n_items)),
        reason=names_of(found.reason, SHARE_REASONS).fill_null(NO_VOTES),
    )
    unvoted = int((found.label < 0).sum())
    return Aggregated(
        labels,
        BatchModel(
            name=batch.name,
            layer=BASIC7.layer,
            method=f"share:{batch.rule.label_map.name}",
            items=n_items,
            votes=answers.height,
            annotators=tuple(annotator_order(answers["annotator"])),
            label_names=BASIC7.labels,
            tiers=tier_counts(labels),
            changed=count_changed(labels),
            warnings=(
                f"{batch.name}: {counted(unvoted, 'item')} without a vote, so without a label",
            )
            if unvoted
            else (),
        ),
    )
