"""Two labels of the same thing against each other: answers and the label, before and after."""

from __future__ import annotations

import polars as pl

from emos.report.places import in_item_order, placed
from emos.tables import Dataset


def answers_against_labels(dataset: Dataset, layer: str) -> pl.DataFrame:
    """Every answer of one label to an item that has an aggregated label.

    Returns
    -------
    ``subset, batch, item_id, who, row, column``: the annotator, the aggregated label, the answer.
    Blanks and answers of several labels are in no row; `uncrossed` counts them.
    """
    votes = _on_labels(dataset, layer).filter(pl.col("labels").list.len() == 1)
    votes = votes.with_columns(column=pl.col("labels").list.first(), who=pl.col("annotator"))
    return votes.select("subset", "batch", "item_id", "who", row="label", column="column")


def uncrossed(dataset: Dataset, layer: str) -> pl.DataFrame:
    """``subset, batch, item_id, who`` of the answers without a label, or with several."""
    votes = _on_labels(dataset, layer).filter(pl.col("labels").list.len() != 1)
    return votes.select("subset", "batch", "item_id", who="annotator")


def corrections(dataset: Dataset, layer: str) -> pl.DataFrame:
    """``subset, batch, item_id, row, column``: the label before correction, and the one it has."""
    labels = dataset.labels.filter(pl.col("layer") == layer).drop_nulls(("original", "label"))
    labels = labels.select("subset", "batch", "item_id", row="original", column="label")
    return in_item_order(dataset, placed(labels))


def crossed(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells of a table of ``row`` by ``column`` that hold anything.

    Returns
    -------
    ``row, column, n, share`` (of the row, 0 to 1), ``item_id`` (list) and, where ``rows`` says
    ``who``, that (list, in the same order).
    """
    lists = ["item_id", *(["who"] if "who" in rows.columns else [])]
    cells = rows.group_by("row", "column", maintain_order=True)
    counted = cells.agg(pl.len().cast(pl.Int64).alias("n"), pl.col(lists))
    return counted.with_columns(share=pl.col("n") / pl.col("n").sum().over("row"))


def _on_labels(dataset: Dataset, layer: str) -> pl.DataFrame:
    labels = dataset.labels.filter(pl.col("layer") == layer, pl.col("label").is_not_null())
    votes = dataset.votes.filter(pl.col("layer") == layer).with_columns(
        pl.col("labels").fill_null([]).list.unique()
    )
    votes = votes.join(
        labels.select("item_id", "label"), on="item_id", how="inner", maintain_order="left"
    )
    return in_item_order(dataset, placed(votes))
