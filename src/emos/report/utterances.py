"""The settled utterances of the monologues and what each is labelled."""

from __future__ import annotations

import polars as pl

from emos.aggregate.settled import settled
from emos.tables import Dataset

_COLUMNS = ("monologue_id", "index", "start_s", "language")


def utterances(dataset: Dataset) -> pl.DataFrame:
    """The settled rows of the utterances table, with the language of their monologue, or ""."""
    rows = settled(dataset.utterances, dataset.monologues)
    languages = dataset.items.select(monologue_id="item_id", language="language")
    rows = rows.join(languages, on="monologue_id", how="left", maintain_order="left")
    return rows.with_columns(pl.col("language").fill_null(""))


def utterance_labels(rows: pl.DataFrame, layer: str) -> pl.DataFrame:
    """Of `utterances`, a row per label: the primary (``basic7``) or each secondary one.

    Returns
    -------
    ``monologue_id, index, start_s, language, label``; no row for an utterance without a label.
    """
    if layer == "basic7":
        told = rows.select(*_COLUMNS, label="primary")
    else:
        told = rows.select(*_COLUMNS, label=pl.col("secondary").list.unique(maintain_order=True))
        told = told.explode("label", empty_as_null=True)
    return told.drop_nulls("label")


def outside_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Of `utterances`, those whose secondary labels hold words that are no label: ``words``."""
    told = rows.select(*_COLUMNS, words="secondary_aside")
    return told.filter(pl.col("words").list.len() > 0)
