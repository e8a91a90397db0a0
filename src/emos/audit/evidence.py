"""What the tables of an audit share: a dataset, and results computed when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from emos.audit.reading import reread
from emos.tables import Dataset

if TYPE_CHECKING:
    from emos.aggregate import Aggregation
    from emos.agreement import Agreement

# Ledger rules of files that were there in part or not at all.
_DAMAGE = ("cut-off", "missing-file", "no-annotation", "no-timestamps", "unreadable-json")

_TRACE = ("item_id", "annotator", "layer", "labels", "status", "raw", "file", "sheet", "cell")


class Evidence:
    """A dataset and everything a table's rule may want from it, each computed at most once.

    Attributes
    ----------
    dataset : the dataset with misspelt labels repaired, whichever way it was imported.
    reading : how votes behind a cell are shown where nothing else is said, ``full`` or ``drop``.
    """

    def __init__(self, dataset: Dataset, reading: str = "full") -> None:
        self.dataset = reread(dataset, "full")
        self.reading = reading

    @cached_property
    def batches(self) -> frozenset[str]:
        """The batches there are items of, ``subset/batch`` or the subset where it has none."""
        named = self.dataset.items.select("subset", "batch").unique()
        return frozenset(f"{s}/{b}" if b else str(s) for s, b in named.iter_rows())

    @cached_property
    def cautions(self) -> tuple[str, ...]:
        """What was wrong with files behind the dataset, so that figures may be off."""
        ledger = self.dataset.ledger.filter(pl.col("rule").is_in(_DAMAGE))
        return tuple(
            f"{file}: {rule}"
            for file, rule in ledger.select("file", "rule").unique(maintain_order=True).iter_rows()
        )

    @cached_property
    def dropped(self) -> Dataset:
        """The dataset with misspelt labels dropped in silence, as the release's own tables did."""
        return reread(self.dataset, "drop")

    @property
    def full(self) -> pl.DataFrame:
        """The votes with misspelt labels repaired."""
        return self.dataset.votes

    @property
    def drop(self) -> pl.DataFrame:
        """The votes with misspelt labels dropped."""
        return self.dropped.votes

    @cached_property
    def aggregation(self) -> Aggregation:
        """Labels under the paper's procedure (preset ``emos-paper``), votes fully repaired."""
        return self._aggregate(self.dataset, preset="emos-paper")

    @cached_property
    def aggregation_drop(self) -> Aggregation:
        """The same from the votes whose misspelt labels were dropped."""
        return self._aggregate(self.dropped, preset="emos-paper")

    @cached_property
    def aggregation_converged(self) -> Aggregation:
        """The same from the votes whose misspelt labels were dropped, run to convergence."""
        return self._aggregate(self.dropped, preset=None)

    @cached_property
    def agreement(self) -> Agreement:
        """Agreement coefficients without bootstrap intervals, which no audited table prints."""
        from emos.agreement import measure_agreement

        return measure_agreement(self.dataset, replicates=0)

    def trace(
        self,
        item_ids: Iterable[str] | pl.Series,
        *,
        layer: str | None = None,
        reading: str | None = None,
    ) -> pl.DataFrame:
        """The votes on some items with the workbook cells they were typed in.

        Parameters
        ----------
        item_ids : the items, in the order they are to be listed.
        layer : only the votes on this layer.
        reading : ``full`` or ``drop``, the labels as that rule reads them; ``raw`` is as typed.
            Without it, the evidence's own.

        Returns
        -------
        One row per vote, blank answers included; an item without a vote keeps one row.
        """
        wanted = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String)}).unique(
            maintain_order=True
        )
        votes = self.full if (reading or self.reading) == "full" else self.drop
        if layer is not None:
            votes = votes.filter(pl.col("layer") == layer)
        return wanted.join(votes, on="item_id", how="left", maintain_order="left").select(_TRACE)

    def _aggregate(self, dataset: Dataset, *, preset: str | None) -> Aggregation:
        from emos.aggregate import AggregateOptions, aggregate_dataset

        return aggregate_dataset(dataset, AggregateOptions(preset=preset))
