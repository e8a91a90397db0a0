"""The items behind an annotator's figures: which answers make a share what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from emos.report.places import Place, in_item_order, placed
from emos.tables import Dataset
from emos.taxonomy import UNSURE


@dataclass(frozen=True)
class Batch:
    """The votes of one place on one layer, in the order of the items."""

    votes: pl.DataFrame  # item_id, annotator, status, labels
    aggregate: pl.DataFrame  # item_id, label

    @cached_property
    def named(self) -> pl.DataFrame:
        """``item_id, annotator, label``, with how many gave the item an answer and the label."""
        given = self.votes.filter(pl.col("labels").list.len() > 0).with_columns(
            answers=pl.len().over("item_id")
        )
        each = given.explode("labels", empty_as_null=False).rename({"labels": "label"})
        return each.with_columns(named=pl.len().over("item_id", "label"))

    def of(self, annotator: str) -> Own:
        """One annotator's part."""
        mine = pl.col("annotator") == annotator
        return Own(self.votes.filter(mine), self.named.filter(mine), self.aggregate)


@dataclass(frozen=True)
class Own:
    """One annotator's votes, and the labels in them, as in `Batch`."""

    votes: pl.DataFrame
    named: pl.DataFrame
    aggregate: pl.DataFrame

    @property
    def answers(self) -> pl.Series:
        """Items answered with a label."""
        return self.votes.filter(pl.col("labels").list.len() > 0)["item_id"]

    @property
    def blank(self) -> pl.Series:
        """Items without an answer."""
        empty = pl.col("labels").list.len() == 0
        return self.votes.filter(empty, pl.col("status") != "unsure")["item_id"]

    @property
    def several(self) -> pl.Series:
        """Items answered with two or more labels."""
        return self.votes.filter(pl.col("labels").list.len() > 1)["item_id"]

    def fallback(self, neutral: Iterable[str]) -> pl.Series:
        """Items answered with one of the ``neutral`` labels, or "unsure" where it is no label."""
        unsure = (pl.col("status") == UNSURE) & (pl.col("labels").list.len() == 0)
        names = self.with_any(neutral)
        return self.votes.filter(unsure | pl.col("item_id").is_in(names.implode()))["item_id"]

    def with_any(self, labels: Iterable[str]) -> pl.Series:
        """Items answered with any of these labels, whatever their case."""
        wanted = [label.casefold() for label in labels]
        found = self.named.filter(pl.col("label").str.to_lowercase().is_in(wanted))
        return found["item_id"].unique(maintain_order=True)

    @property
    def alone(self) -> pl.Series:
        """Items that others answered too, none of whom named any of the annotator's labels."""
        shared = (pl.col("named") > 1).any().over("item_id")
        found = self.named.filter(pl.col("answers") > 1, ~shared)
        return found["item_id"].unique(maintain_order=True)

    @property
    def against(self) -> pl.Series:
        """Items whose aggregated label the annotator did not name."""
        found = self.votes.filter(pl.col("labels").list.len() > 0).join(
            self.aggregate, on="item_id", how="inner", maintain_order="left"
        )
        return found.filter(~pl.col("labels").list.contains(pl.col("label")))["item_id"]

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """The items on which the annotator named each label."""
        found = self.named.group_by("label", maintain_order=True).agg("item_id")
        return dict(found.iter_rows())


def style_batches(dataset: Dataset, layer: str) -> dict[Place, Batch]:
    """The votes of every place on ``layer``."""
    votes = dataset.votes.filter(pl.col("layer") == layer).with_columns(
        pl.col("labels").fill_null([]).list.drop_nulls().list.unique(maintain_order=True)
    )
    votes = in_item_order(dataset, placed(votes))
    labels = dataset.labels.filter(pl.col("layer") == layer, pl.col("label").is_not_null())
    aggregate = labels.select("item_id", "label")
    parts = votes.partition_by("subset", "batch", as_dict=True, maintain_order=True)
    columns = ("item_id", "annotator", "status", "labels")
    return {
        Place(str(subset), str(batch)): Batch(part.select(columns), aggregate)
        for (subset, batch), part in parts.items()
    }
