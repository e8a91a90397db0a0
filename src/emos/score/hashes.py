"""What a score rests on, as eight hex digits of its signature."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import polars as pl

from emos.tables import Dataset
from emos.tables.predictions import Predictions
from emos.tables.signature import table_hash


def gold_hash(dataset: Dataset, items: pl.DataFrame) -> str:
    """Changes whenever something that a score can rest on changes for one of ``items``."""
    chosen = items.select("item_id", "subset", "language", "group")
    votes = dataset.votes.select("item_id", "annotator", "layer", "labels", "status")
    of_items = [
        chosen.select("item_id").join(frame, on="item_id", how="inner", maintain_order="left_right")
        for frame in (chosen, dataset.labels, dataset.soft_labels, votes)
    ]
    names = chosen["item_id"].to_list()
    monologues = dataset.monologues.select("monologue_id", "dominant")
    of_monologues = [
        frame.filter(pl.col("monologue_id").is_in(names))
        for frame in (monologues, dataset.utterances)
    ]
    return _joined([*of_items, *of_monologues])


def predictions_hash(predictions: Predictions) -> str:
    """Changes whenever an answer changes, and not with the order in which they were written."""
    spoken = predictions.utterances.drop("text")
    order = [name for name, kind in spoken.schema.items() if kind != pl.List(pl.String)]
    spoken = spoken.sort(order, maintain_order=True, nulls_last=True)
    return _joined([predictions.items.drop("raw"), spoken])


def _joined(frames: Sequence[pl.DataFrame]) -> str:
    parts = "".join(table_hash(frame) for frame in frames)
    return hashlib.sha256(parts.encode()).hexdigest()[:8]
