"""What a model answered: the table in which evaluating and scoring meet.

On disk it is ``predictions.jsonl``, one object per item (docs/predictions.md). In memory it is two
tables: one row per item, and for monologues one row per predicted utterance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import polars as pl

from emos.tables.schemas import Schema

STATUSES = ("ok", "invalid", "refused", "error", "missing")

PREDICTIONS: Schema = {
    "item_id": pl.String,
    "basic7": pl.String,  # as answered: it may be no label at all, which a policy decides on
    "confidence": pl.Float64,  # 0 to 1, null if the model gave none
    "goemotions": pl.List(pl.String),  # null if the model was not asked
    "goemotions_confidence": pl.List(pl.Float64),  # one per label, null where labels have none
    "status": pl.String,  # one of `STATUSES`
    "raw": pl.String,
}

PREDICTED_UTTERANCES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,  # of the given segment, 1-based; null unless segments were given
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "text": pl.String,
    "basic7": pl.String,
    "goemotions": pl.List(pl.String),
    "intensity": pl.Float64,
    "confidence": pl.Float64,
}


class Asked(NamedTuple):
    """The subsets and languages that a run was about: items beyond were never asked."""

    subsets: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Predictions:
    """One model's answers.

    Attributes
    ----------
    name : of the run or file.
    items : one row per item answered (`PREDICTIONS`); a monologue's labels stand in ``utterances``.
    utterances : in the order answered (`PREDICTED_UTTERANCES`).
    file : where they were read from.
    notes : what a reader of them must know.
    asked : what the run was about, where it says so.
    """

    name: str
    items: pl.DataFrame
    utterances: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=dict(PREDICTED_UTTERANCES))
    )
    file: str = ""
    notes: tuple[str, ...] = ()
    asked: Asked | None = None

    def complete(self, item_ids: Iterable[str]) -> Predictions:
        """The answers to exactly these items, in this order; one without an answer is ``missing``.

        No item ever drops out of a denominator because a model said nothing on it.
        """
        wanted = pl.DataFrame({"item_id": pl.Series(list(item_ids), dtype=pl.String)})
        items = wanted.join(self.items, on="item_id", how="left", maintain_order="left")
        spoken = pl.col("monologue_id").is_in(wanted["item_id"].to_list())
        return replace(
            self,
            items=items.with_columns(pl.col("status").fill_null("missing")),
            utterances=self.utterances.filter(spoken),
        )

    def rates(self) -> dict[str, float]:
        """The share of items of each status; all of `STATUSES` appear, NaN without any item."""
        counts = dict(self.items["status"].value_counts().iter_rows())
        n = self.items.height
        return {status: counts.get(status, 0) / n if n else float("nan") for status in STATUSES}
