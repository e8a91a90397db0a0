"""A whole dataset by its layout: every subset, then the streaming part."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from emos.errors import EmosError
from emos.readers.duplicates import flag_clips
from emos.readers.files import inside
from emos.readers.layout import Layout
from emos.readers.ledger import ledger_frame
from emos.readers.streams.monologues import (
    StreamingTables,
    holds_monologues,
    read_streaming,
)
from emos.readers.subset import read_subset
from emos.tables import Dataset, DatasetInfo, SubsetInfo, empty

STREAMING = "streaming"


def read_by_layout(root: str | Path, layout: Layout, *, repair: str = "full") -> Dataset:
    """Read the folder ``root`` as ``layout`` says.

    Raises
    ------
    EmosError : if ``root`` is no folder, or anything the layout names is not there. A streaming
        part that is not there beside other parts is told in the ledger instead.
    """
    root = Path(root)
    if not root.is_dir():
        raise EmosError("not a folder", file=root, remedy="give the folder the layout describes")
    parts = [read_subset(root, layout, subset, repair=repair) for subset in layout.subsets]
    items = pl.concat([empty("items"), *(part.items for part in parts)])
    _refuse_repeated_ids(items, layout)
    ledger = [part.ledger for part in parts]
    ledger += [flag_clips(clips) for clips in items.partition_by("subset", maintain_order=True)]
    streams = _streams(root, layout, repair)
    tables: dict[str, pl.DataFrame] = {}
    if streams is not None:
        items = pl.concat([items, streams.items])
        ledger.append(streams.ledger)
        tables = {
            "monologues": streams.monologues,
            "utterances": streams.utterances,
            "sentences": streams.sentences,
        }
    elif layout.streaming is not None:
        ledger.append(_no_streams(layout.streaming.folder))
    return Dataset(
        info=_info(layout, repair, with_streams=streams is not None),
        items=items,
        votes=pl.concat([empty("votes"), *(part.votes for part in parts)]),
        ledger=pl.concat([empty("ledger"), *ledger]),
        sources={key: path for part in parts for key, path in part.sources.items()},
        **tables,
    )


def _streams(root: Path, layout: Layout, repair: str) -> StreamingTables | None:
    """The streaming part; None if it is not there and the dataset has other parts.

    Raises
    ------
    EmosError : if it is not there and the layout has nothing else.
    """
    if layout.streaming is None:
        return None
    folder = inside(root, root / layout.streaming.folder)
    if layout.subsets and not holds_monologues(folder):
        return None
    return read_streaming(folder, repair=repair, base=root, origin=layout.streaming.origin)


def _no_streams(folder: str) -> pl.DataFrame:
    note = "no folder of monologues here: the streaming part was not read"
    row = {"kind": "flagged", "rule": "missing-file", "file": folder, "note": note}
    return ledger_frame([row])


def _refuse_repeated_ids(items: pl.DataFrame, layout: Layout) -> None:
    twice = items.filter(pl.col("item_id").is_duplicated())
    if twice.height:
        raise EmosError(
            f"item {twice['item_id'][0]} is in subsets {' and '.join(twice['subset'].unique())}",
            file=layout.file,
            remedy="make item_id begin with the subset's name",
        )


def _info(layout: Layout, repair: str, *, with_streams: bool) -> DatasetInfo:
    layers = dict.fromkeys(
        layer for subset in layout.subsets for batch in subset.batches for layer in batch.layers
    )
    rules = dict(layout.rules)
    if layout.label_sets:
        rules["closed_label_sets"] = {
            layer: {"multi": label_set.multi} for layer, label_set in layout.label_sets.items()
        }
    subsets = [
        SubsetInfo(subset.name, subset.language, subset.source, subset.licence)
        for subset in layout.subsets
    ]
    if layout.streaming is not None and with_streams:
        subsets.append(SubsetInfo(STREAMING, "", layout.streaming.folder))
    return DatasetInfo(
        name=layout.name,
        version=layout.version,
        languages=layout.languages,
        licence=layout.licence,
        repair=repair,
        label_sets={layer: layout.label_set(layer).labels for layer in layers},
        subsets=tuple(subsets),
        rules=rules,
    )
