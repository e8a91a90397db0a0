"""A dataset with its labels read again from what was typed: repaired, or misspelt ones dropped."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from emos.readers.repair import Reading, read_column, reread_votes
from emos.tables import Dataset
from emos.taxonomy import BASIC7, GOEMOTIONS


def reread(dataset: Dataset, mode: str) -> Dataset:
    """``dataset`` as it would be if it had been imported with the repair ``mode``.

    Labels of votes, utterances and monologues are derived from their ``raw`` columns; the ledger
    stays the one of the import.
    """
    if dataset.info.repair == mode:
        return dataset
    return replace(
        dataset,
        info=replace(dataset.info, repair=mode),
        votes=reread_votes(dataset.votes, dataset.info, mode=mode),
        utterances=_reread_utterances(dataset.utterances, mode),
        monologues=dataset.monologues.with_columns(
            dominant=_first_labels(dataset.monologues["dominant_raw"], mode)
        ),
    )


def _reread_utterances(utterances: pl.DataFrame, mode: str) -> pl.DataFrame:
    raw = utterances["secondary_raw"]
    known = read_column(raw.explode(), GOEMOTIONS, mode=mode)
    lists = [[known[token] for token in row or () if token is not None] for row in raw.to_list()]
    return utterances.with_columns(
        primary=_first_labels(utterances["primary_raw"], mode),
        secondary=pl.Series([_distinct(row) for row in lists], dtype=pl.List(pl.String)),
        secondary_aside=pl.Series(
            [[word for reading in row for word in reading.aside] for row in lists],
            dtype=pl.List(pl.String),
        ),
    )


def _first_labels(raw: pl.Series, mode: str) -> pl.Series:
    known = read_column(raw, BASIC7, mode=mode)
    labels = [known[text].labels[:1] if text is not None else () for text in raw]
    return pl.Series([found[0] if found else None for found in labels], dtype=pl.String)


def _distinct(readings: list[Reading]) -> list[str]:
    return list(dict.fromkeys(label for reading in readings for label in reading.labels))
