"""A dataset: one folder with ``dataset.toml`` and a Parquet file per table.

A folder that EmoS did not write is never replaced. What it reads is checked before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from emos.errors import EmosError
from emos.tables.check import check_items, check_keys, check_votes
from emos.tables.folder import replace_folder
from emos.tables.info import (
    DatasetInfo,
    info_toml,
    read_info,
    read_sources,
    sources_toml,
)
from emos.tables.parquet import read_parquet
from emos.tables.schemas import TABLES, conform, empty
from emos.taxonomy import LabelSet, layer_label_set

_FILES = frozenset({f"{name}.parquet" for name in TABLES} | {"dataset.toml", "sources.toml"})


@dataclass(frozen=True)
class Dataset:
    """The tables of one dataset in memory. Absent tables are empty, never missing.

    ``sources`` maps each published file path (with A1, A2, ...) to the real one; it is written
    to ``sources.toml``, which never leaves the machine.
    """

    info: DatasetInfo
    items: pl.DataFrame = field(default_factory=lambda: empty("items"))
    votes: pl.DataFrame = field(default_factory=lambda: empty("votes"))
    labels: pl.DataFrame = field(default_factory=lambda: empty("labels"))
    soft_labels: pl.DataFrame = field(default_factory=lambda: empty("soft_labels"))
    monologues: pl.DataFrame = field(default_factory=lambda: empty("monologues"))
    utterances: pl.DataFrame = field(default_factory=lambda: empty("utterances"))
    sentences: pl.DataFrame = field(default_factory=lambda: empty("sentences"))
    ledger: pl.DataFrame = field(default_factory=lambda: empty("ledger"))
    sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in TABLES:
            object.__setattr__(self, name, conform(name, getattr(self, name)))

    def label_set(self, layer: str) -> LabelSet:
        """The label set of ``layer``: the known one, or the one its data had.

        Raises
        ------
        EmosError : if the dataset has no such layer.
        """
        labels = self.info.label_sets.get(layer)
        if layer in ("basic7", "goemotions"):
            return layer_label_set(layer)
        if labels is None:
            raise EmosError(
                f"unknown label set {layer!r}",
                remedy=f"this dataset has {', '.join(sorted(self.info.label_sets)) or 'none'}",
            )
        for kind in ("closed_label_sets", "open_label_sets"):  # as declared, as decided at import
            rule = self.info.rules.get(kind, {}).get(layer)
            if rule is not None:
                return LabelSet(layer, labels, bool(rule["multi"]))
        multi = bool(
            self.votes.lazy()
            .filter(pl.col("layer") == layer)
            .select((pl.col("labels").list.len() > 1).any())
            .collect()
            .item()
        )
        return LabelSet(layer, labels, multi)

    def with_tables(self, **tables: pl.DataFrame) -> Dataset:
        """A copy with some tables replaced."""
        return replace(self, **tables)  # type: ignore[arg-type]

    def write(self, folder: str | Path) -> None:
        """Write the dataset to ``folder``, replacing a dataset that EmoS wrote there.

        Raises
        ------
        EmosError : if the folder exists and is not a dataset of EmoS, or cannot be written.
        """
        replace_folder(Path(folder), self._write_files, ours=_FILES, mark="dataset.toml")

    def _write_files(self, folder: Path) -> None:
        for name in TABLES:
            frame: pl.DataFrame = getattr(self, name)
            if frame.height:
                frame.write_parquet(folder / f"{name}.parquet")
        (folder / "dataset.toml").write_text(info_toml(self.info), encoding="utf-8")
        if self.sources:
            (folder / "sources.toml").write_text(sources_toml(self.sources), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> Dataset:
        """Read a dataset folder.

        Raises
        ------
        EmosError : if it is missing, has no ``dataset.toml``, or a table is damaged.
        """
        folder = Path(folder)
        path = folder / "dataset.toml"
        if not path.is_file():
            raise EmosError(
                "no dataset here (dataset.toml is missing)",
                file=folder,
                remedy="make one with emos import",
            )
        info = read_info(path)
        tables = {}
        for name in TABLES:
            table_path = folder / f"{name}.parquet"
            if table_path.is_file():
                tables[name] = _read_table(name, table_path)
        sources_path = folder / "sources.toml"
        sources = read_sources(sources_path) if sources_path.is_file() else {}
        dataset = cls(info=info, sources=sources, **tables)
        check_items(dataset.items, folder / "items.parquet")
        check_votes(dataset.votes, dataset.items, info.label_sets, folder / "votes.parquet")
        return dataset


def _read_table(name: str, path: Path) -> pl.DataFrame:
    frame = read_parquet(path, damaged="damaged Parquet file", remedy="import the dataset again")
    check_keys(name, frame, path)
    return conform(name, frame, file=path)
