"""How often each label occurs: the items it counts for, and the items it could have.

A layer whose labels were aggregated counts each item once, for its label. Any other layer counts
an item for every label that at least one annotator named (the EmoS paper's Table 9), so that its
shares add up to more than 1.
"""

from __future__ import annotations

import polars as pl

from emos.report.places import in_item_order, placed
from emos.tables import Dataset


def has_labels(dataset: Dataset, layer: str) -> bool:
    """Whether ``layer`` has aggregated labels."""
    return not labelled(dataset, layer).is_empty()


def labelled(dataset: Dataset, layer: str) -> pl.DataFrame:
    """``subset, batch, item_id, label`` of every item with an aggregated label."""
    labels = dataset.labels.filter(pl.col("layer") == layer, pl.col("label").is_not_null())
    return in_item_order(dataset, placed(labels.select("subset", "batch", "item_id", "label")))


def named(dataset: Dataset, layer: str) -> pl.DataFrame:
    """``subset, batch, item_id, label``: once for each label that any annotator named."""
    votes = dataset.votes.filter(pl.col("layer") == layer)
    each = votes.select("subset", "batch", "item_id", label="labels")
    each = each.explode("label", empty_as_null=True).drop_nulls("label")
    return in_item_order(dataset, placed(each.unique(maintain_order=True)))


def label_items(dataset: Dataset, layer: str) -> pl.DataFrame:
    """The items that each label counts for: `labelled` where there are labels, else `named`."""
    found = labelled(dataset, layer)
    return found if found.height else named(dataset, layer)


def soft_shares(dataset: Dataset, layer: str) -> pl.DataFrame:
    """Mean soft label: the probability of each label, averaged over the items that have any.

    Returns
    -------
    ``subset, batch, label, share, items``: a row per place and label; shares of one place add up
    to 1. Empty where the layer has no soft labels.
    """
    schema = {"subset": pl.String, "batch": pl.String, "label": pl.String, "share": pl.Float64}
    soft = dataset.soft_labels.filter(pl.col("layer") == layer)
    soft = placed(soft.select("subset", "batch", "probability")).filter(
        pl.col("probability").list.len() > 0,
        pl.col("probability").list.eval(pl.element().is_not_nan()).list.all(),
    )
    if soft.is_empty():
        return pl.DataFrame(schema=schema | {"items": pl.Int64})
    names = dataset.label_set(layer).labels
    wide = soft.select("subset", "batch", pl.col("probability").list.to_struct(fields=list(names)))
    means = (
        wide.unnest("probability")
        .group_by("subset", "batch", maintain_order=True)
        .agg(pl.col(names).mean(), pl.len().cast(pl.Int64).alias("items"))
    )
    long = means.unpivot(
        list(names), index=["subset", "batch", "items"], variable_name="label", value_name="share"
    )
    return long.select("subset", "batch", "label", "share", "items")
