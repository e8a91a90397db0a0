"""What the annotators of an item said together: one answer, several, or as many as people."""

from __future__ import annotations

import polars as pl

from emos.report.places import in_item_order, placed
from emos.tables import Dataset

_JOIN = "\x1f"


def answers(dataset: Dataset, layer: str) -> pl.DataFrame:
    """Every vote that names a label: ``subset, batch, item_id, annotator, labels, answer``.

    ``answer`` is the set of labels as one text. A blank is in no row, nor is an "unsure" on a
    layer without that label, so that what is made of these rows is agreement under ``skip``.
    """
    votes = dataset.votes.filter(pl.col("layer") == layer)
    labels = pl.col("labels").fill_null([]).list.drop_nulls().list.unique().list.sort()
    told = votes.select("subset", "batch", "item_id", "annotator", labels=labels)
    told = told.filter(pl.col("labels").list.len() > 0)
    return in_item_order(
        dataset, placed(told.with_columns(answer=pl.col("labels").list.join(_JOIN)))
    )


def together(given: pl.DataFrame) -> pl.DataFrame:
    """Of `answers`, a row per item.

    Returns
    -------
    ``subset, batch, item_id, votes``, and of an item with two or more answers whether they are
    the ``same``, all ``differ``, or share no label (``apart``); false for all other items.
    """
    items = given.group_by("subset", "batch", "item_id", maintain_order=True).agg(
        pl.len().alias("votes"), pl.col("answer").n_unique().alias("distinct")
    )
    each = given.select("item_id", "labels").explode("labels", empty_as_null=False)
    shared = each.group_by("item_id", "labels").len().group_by("item_id").agg(pl.col("len").max())
    items = items.join(shared, on="item_id", how="left", maintain_order="left")
    several = pl.col("votes") >= 2
    return items.select(
        "subset",
        "batch",
        "item_id",
        "votes",
        same=several & (pl.col("distinct") == 1),
        differ=several & (pl.col("distinct") == pl.col("votes")),
        apart=several & (pl.col("len") < pl.col("votes")),
    )


def both(given: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """Of `answers`, the items that both answered: ``item_id, labels, answer`` and ``..._right``."""
    left = given.filter(pl.col("annotator") == one).select("item_id", "labels", "answer")
    right = given.filter(pl.col("annotator") == other).select("item_id", "labels", "answer")
    return left.join(right, on="item_id", how="inner", maintain_order="left")


def split_on(given: pl.DataFrame) -> pl.DataFrame:
    """``subset, batch, label, item_id``: items on which some named the label and others did not."""
    size = given.group_by("item_id").agg(pl.len().alias("votes"))
    named = given.explode("labels", empty_as_null=False).rename({"labels": "label"})
    yes = named.group_by("subset", "batch", "label", "item_id", maintain_order=True).agg(
        pl.len().alias("yes")
    )
    found = yes.join(size, on="item_id", how="left", maintain_order="left")
    return found.filter(pl.col("yes") < pl.col("votes")).drop("yes", "votes")
