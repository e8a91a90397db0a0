"""A dataset in which every text wants to be markup or a script."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from emos.tables import Dataset
from emos.tables.schemas import TABLES

# Breaks out of a script, an attribute in either quotes, an element, an entity, a template, a JSON
# string. Short, since Vega takes long over long labels.
MARKUP = "</script>\" onfocus=alert(1) ' <img src=x onerror=alert(2)>&lt;i&gt;{{7*7}}\\u003cb>"
# Columns whose words readers choose from a fixed set; nothing a source says comes to stand there.
FIXED = {"status", "tier", "kind", "primary", "secondary", "dominant"}
KNOWN_LAYER = "goemotions"  # its labels are a fixed set; the other layer becomes a set of its own
LABELS = {"label", "labels", "original", "majority", "union", "intersection"}


def hostile(text: str) -> str:
    """`text` with markup after it; the same text always becomes the same."""
    return text + MARKUP


def hostile_dataset(dataset: Dataset, layer: str = "basic7") -> Dataset:
    """`dataset` with `hostile` applied to every text, ids and names of files and layers included.

    The label set of `layer` becomes one of the dataset's own, with hostile labels.
    """
    info = dataset.info
    own = hostile(layer)
    sets = {KNOWN_LAYER: info.label_sets[KNOWN_LAYER]}
    sets[own] = tuple(map(hostile, info.label_sets[layer]))
    changed = replace(
        info,
        name=hostile(info.name),
        languages=tuple(map(hostile, info.languages)),
        licence=hostile(info.licence),
        label_sets=sets,
        rules={},
        subsets=tuple(
            replace(
                one,
                name=hostile(one.name),
                language=hostile(one.language),
                source=hostile(one.source),
                licence=hostile(one.licence),
            )
            for one in info.subsets
        ),
    )
    tables = {name: _hostile_table(getattr(dataset, name)) for name in TABLES}
    return replace(dataset, info=changed, sources={}, **tables)


def _hostile_table(frame: pl.DataFrame) -> pl.DataFrame:
    columns = []
    for name, dtype in frame.schema.items():
        if name in FIXED or dtype not in (pl.String, pl.List(pl.String)):
            continue
        column = pl.col(name)
        changed = column + MARKUP if dtype == pl.String else column.list.eval(pl.element() + MARKUP)
        if name == "layer":
            changed = pl.when(column == KNOWN_LAYER).then(column).otherwise(changed)
        elif name in LABELS and "layer" in frame.columns:
            changed = pl.when(pl.col("layer") == KNOWN_LAYER).then(column).otherwise(changed)
        columns.append(changed.alias(name))
    return frame.with_columns(columns)
