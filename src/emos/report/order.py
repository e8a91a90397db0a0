"""The one order of a layer's labels, used by every picture and table of a dataset."""

from __future__ import annotations

import polars as pl

from emos.tables import Dataset


def label_order(dataset: Dataset, layer: str) -> tuple[str, ...]:
    """The labels of ``layer``, the most frequent first; ties as in the label set.

    Frequency is the number of items that have the label: as their aggregated label where the
    layer has one, else because an annotator gave it, else (streaming) as an utterance's label.
    Labels that never occur come last, so that what is missing is seen too.
    """
    known = _label_set(dataset, layer)
    counts: dict[str, int] = {}
    for table in _sources(dataset, layer):
        for label, items in table.group_by("label").agg(pl.col("item_id").n_unique()).iter_rows():
            if label is not None:
                counts[label] = counts.get(label, 0) + items
    found = sorted(set(counts) - set(known))
    place = {label: number for number, label in enumerate((*known, *found))}
    return tuple(sorted(place, key=lambda label: (-counts.get(label, 0), place[label])))


def layers_of(dataset: Dataset) -> tuple[str, ...]:
    """Every layer with a vote or a label: single-label layers first, then by name."""
    found = {
        layer
        for table in (dataset.votes, dataset.labels, dataset.soft_labels)
        for layer in table["layer"].unique().drop_nulls()
    }
    single = set(dataset.labels["layer"].unique().drop_nulls())
    return tuple(sorted(found, key=lambda layer: (layer not in single, layer)))


def _label_set(dataset: Dataset, layer: str) -> tuple[str, ...]:
    known = layer in dataset.info.label_sets or layer in ("basic7", "goemotions")
    return dataset.label_set(layer).labels if known else ()


def _sources(dataset: Dataset, layer: str) -> list[pl.DataFrame]:
    labels = dataset.labels.filter(pl.col("layer") == layer, pl.col("label").is_not_null())
    if labels.height:
        return [labels.select("item_id", "label")]
    votes = dataset.votes.filter(pl.col("layer") == layer)
    if votes.height:
        given = votes.select("item_id", label="labels")
        return [given.explode("label", empty_as_null=True).drop_nulls("label")]
    utterances = dataset.utterances.select(
        pl.format("{}#{}", "monologue_id", "index").alias("item_id"), "primary", "secondary"
    )
    if layer == "basic7":
        return [utterances.select("item_id", label="primary")]
    if layer == "goemotions":
        given = utterances.select("item_id", label="secondary")
        return [given.explode("label", empty_as_null=True).drop_nulls("label")]
    return []
