"""What the tables of an audit share: a dataset, and results computed when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from emos.tables import Dataset

if TYPE_CHECKING:
    from emos.aggregate import Aggregation
    from emos.agreement import Agreement

_TRACE = ("item_id", "annotator", "layer", "labels", "status", "raw", "file", "sheet", "cell")


class Evidence:
    """A dataset and everything a table's rule may want from it, each computed at most once."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def full(self) -> pl.DataFrame:
        """The votes with misspelt labels repaired."""
        return self._votes("full")

    @cached_property
    def drop(self) -> pl.DataFrame:
        """The votes with misspelt labels dropped in silence, as the release's own tables did."""
        return self._votes("drop")

    @cached_property
    def aggregation(self) -> Aggregation:
        """Labels under the paper's procedure (preset ``emos-paper``), votes fully repaired."""
        return self._aggregate("full")

    @cached_property
    def aggregation_drop(self) -> Aggregation:
        """The same from the votes whose misspelt labels were dropped."""
        return self._aggregate("drop")

    @cached_property
    def agreement(self) -> Agreement:
        """Agreement coefficients without bootstrap intervals, which no audited table prints."""
        from emos.agreement import measure_agreement

        return measure_agreement(self.dataset, replicates=0)

    def trace(
        self, item_ids: Iterable[str] | pl.Series, *, layer: str | None = None
    ) -> pl.DataFrame:
        """The votes on some items with the workbook cells they were typed in.

        Parameters
        ----------
        item_ids : the items, in the order they are to be listed.
        layer : only the votes on this layer.

        Returns
        -------
        One row per vote, blank answers included; an item without a vote keeps one row.
        """
        wanted = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String)}).unique(
            maintain_order=True
        )
        votes = self.dataset.votes
        if layer is not None:
            votes = votes.filter(pl.col("layer") == layer)
        return wanted.join(votes, on="item_id", how="left", maintain_order="left").select(_TRACE)

    def _votes(self, mode: str) -> pl.DataFrame:
        if self.dataset.info.repair == mode:
            return self.dataset.votes
        from emos.readers.repair import reread_votes

        return reread_votes(self.dataset.votes, self.dataset.info, mode=mode)

    def _aggregate(self, mode: str) -> Aggregation:
        from emos.aggregate import AggregateOptions, aggregate_dataset

        votes = self.full if mode == "full" else self.drop
        return aggregate_dataset(
            self.dataset.with_tables(votes=votes), AggregateOptions(preset="emos-paper")
        )
