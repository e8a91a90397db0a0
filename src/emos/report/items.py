"""The items on the page: what each is, its votes, and what they added up to."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.tables import Dataset
from emos.tables.natural_order import natural_key

_FACTS = ("subset", "batch", "language", "transcript", "speaker", "group", "source_id",
          "source_label", "source_url", "media", "start_s", "end_s")  # fmt: skip
_NAMES = ("subset", "batch", "language", "source_label")  # few different values
_VOTE = ("annotator", "layer", "status", "file", "sheet")
_LABEL = ("layer", "label", "confidence", "tier", "original", "reason", "unique_labels", "votes")


def listed_items(dataset: Dataset) -> pl.DataFrame:
    """Every item of the dataset, in its order.

    What has a vote, a label or utterances and is not in the table of items still has a row here.
    """
    named = [
        table.select("item_id", "subset", "batch")
        for table in (dataset.votes, dataset.labels, dataset.soft_labels)
    ]
    named.append(dataset.utterances.select(item_id="monologue_id"))
    stray = pl.concat(named, how="diagonal").unique("item_id", keep="first", maintain_order=True)
    stray = stray.join(dataset.items, on="item_id", how="anti", maintain_order="left")
    return pl.concat([dataset.items, stray], how="diagonal")


def packed_items(dataset: Dataset, items: pl.DataFrame) -> dict[str, Any]:
    """The items as plain values for the page.

    Returns
    -------
    ``ids``; ``facts`` by column; ``names`` (lists that numbers in the other parts point into);
    ``votes`` and ``labels``: per item a list of rows. A vote is annotator, layer, labels, status,
    file and sheet as numbers, then cell, text as typed (1 for the labels between semicolons, 0 for
    an empty cell), tokens set aside. A label is layer, label and tier as numbers beside plain
    values.
    """
    names: dict[str, list[str]] = {}
    place = {one: number for number, one in enumerate(items["item_id"])}
    facts: dict[str, Any] = {}
    for column in _FACTS:
        values = items[column]
        if values.null_count() == items.height:
            continue
        facts[column] = _numbered(values, names, column) if column in _NAMES else values.to_list()
    votes = dataset.votes.filter(pl.col("item_id").is_in(list(place)))
    labels = dataset.labels.filter(pl.col("item_id").is_in(list(place)))
    return {
        "ids": items["item_id"].to_list(),
        "facts": facts,
        "votes": _by_item(place, votes["item_id"], _vote_rows(votes, names)),
        "labels": _by_item(place, labels["item_id"], _label_rows(labels, names)),
        "names": names,
    }


def _vote_rows(votes: pl.DataFrame, names: dict[str, list[str]]) -> list[list[Any]]:
    given = votes["labels"].fill_null([]).to_list()
    labels = sorted({label for answer in given for label in answer})
    names["labels"] = labels
    number = {label: index for index, label in enumerate(labels)}
    told = [
        (raw or 0) if not answer or raw != ";".join(answer) else 1
        for raw, answer in zip(votes["raw"].to_list(), given, strict=True)
    ]
    columns = [_numbered(votes[column], names, column) for column in _VOTE]
    aside = votes["aside"].fill_null([]).to_list()
    return [
        [annotator, layer, [number[label] for label in answer], status, file, sheet, cell or 0,
         raw, left or 0]
        for annotator, layer, status, file, sheet, answer, cell, raw, left in zip(
            *columns, given, votes["cell"].to_list(), told, aside, strict=True
        )
    ]  # fmt: skip


def _label_rows(labels: pl.DataFrame, names: dict[str, list[str]]) -> list[list[Any]]:
    shorter = labels.select(_LABEL).with_columns(pl.col("confidence").round(4))
    numbered = [
        _numbered(shorter[column], names, f"label {column}")
        if column in ("layer", "label", "tier", "original", "reason")
        else shorter[column].to_list()
        for column in _LABEL
    ]
    return [list(row) for row in zip(*numbered, strict=True)]


def _numbered(values: pl.Series, names: dict[str, list[str]], key: str) -> list[int]:
    """Each value as its place in ``names[key]``, which is made here; -1 for none."""
    known = sorted(values.drop_nulls().unique().to_list(), key=natural_key)
    names[key] = known
    number = {value: index for index, value in enumerate(known)}
    return [-1 if value is None else number[value] for value in values]


def _by_item(place: dict[str, int], ids: pl.Series, rows: list[list[Any]]) -> list[list[list[Any]]]:
    found: list[list[list[Any]]] = [[] for _ in place]
    for one, row in zip(ids, rows, strict=True):
        found[place[one]].append(row)
    return found
