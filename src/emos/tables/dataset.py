"""A dataset: one folder with ``dataset.toml`` and a Parquet file per table.

A folder is written beside its place and put there by a rename, so that a stopped run never leaves
a half-written one. A folder EmoS did not write is never replaced.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import polars as pl

import emos
from emos.errors import EmosError
from emos.tables.schemas import TABLES, conform, empty
from emos.taxonomy import LabelSet, layer_label_set


@dataclass(frozen=True)
class SubsetInfo:
    """Where one subset came from and what may be given away of it."""

    name: str
    language: str = ""
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class DatasetInfo:
    """What ``dataset.toml`` says.

    ``label_sets`` gives every layer's labels in the order of probability vectors. ``repair`` is
    the policy the votes were read under (``full`` or ``drop``). ``rules`` holds facts about the
    source that later steps need (batches whose labels are corrected, known own repairs).
    """

    name: str
    version: str = "0"
    languages: tuple[str, ...] = ()
    licence: str = ""
    repair: str = "full"
    label_sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subsets: tuple[SubsetInfo, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    emos: str = emos.__version__


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
        """The label set of ``layer``: the known one, or the one its data had."""
        labels = self.info.label_sets.get(layer)
        if layer in ("basic7", "goemotions"):
            return layer_label_set(layer)
        if labels is None:
            raise EmosError(
                f"unknown label set {layer!r}",
                remedy=f"this dataset has {', '.join(sorted(self.info.label_sets)) or 'none'}",
            )
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
        target = Path(folder)
        if target.exists() and not (target / "dataset.toml").is_file() and not _is_empty(target):
            raise EmosError(
                "folder exists and is not an EmoS dataset",
                file=target,
                remedy="choose another -o or empty it",
            )
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        except OSError as error:
            raise EmosError(f"cannot write here ({error.strerror})", file=target) from error
        try:
            self._write_files(staging)
            _keep_foreign_files(target, staging)
            _swap(staging, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _write_files(self, folder: Path) -> None:
        for name in TABLES:
            frame: pl.DataFrame = getattr(self, name)
            if frame.height:
                frame.write_parquet(folder / f"{name}.parquet")
        (folder / "dataset.toml").write_text(_info_toml(self.info), encoding="utf-8")
        if self.sources:
            lines = [
                f"{_quote(key)} = {_quote(path)}" for key, path in sorted(self.sources.items())
            ]
            text = "# Real paths of the source files. Local only: never publish this file.\n"
            (folder / "sources.toml").write_text(
                text + "[files]\n" + "\n".join(lines) + "\n", encoding="utf-8"
            )

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
        info = _read_info(path)
        tables = {}
        for name in TABLES:
            table_path = folder / f"{name}.parquet"
            if table_path.is_file():
                try:
                    tables[name] = conform(name, pl.read_parquet(table_path), file=table_path)
                except (pl.exceptions.PolarsError, OSError) as error:
                    raise EmosError(
                        "damaged Parquet file",
                        file=table_path,
                        remedy="import the dataset again",
                    ) from error
        sources_path = folder / "sources.toml"
        sources = _read_toml(sources_path).get("files", {}) if sources_path.is_file() else {}
        return cls(info=info, sources=sources, **tables)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _keep_foreign_files(old: Path, new: Path) -> None:
    """Carry over what is not a table (runs, notes), so that a re-import loses nothing."""
    if not old.is_dir():
        return
    ours = {f"{name}.parquet" for name in TABLES} | {"dataset.toml", "sources.toml"}
    for path in old.iterdir():
        if path.name not in ours:
            if path.is_dir():
                shutil.copytree(path, new / path.name, copy_function=_link, symlinks=True)
            else:
                _link(path, new / path.name)


def _link(old: str | Path, new: str | Path) -> None:
    """Hard link, so that gigabytes of runs cost nothing; a copy where links do not exist."""
    try:
        Path(new).hardlink_to(old)
    except OSError:
        shutil.copy2(old, new)


def _swap(staging: Path, target: Path) -> None:
    staging.chmod(0o755)
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
        target.replace(old / "was")
        staging.replace(target)
        shutil.rmtree(old)
    else:
        staging.replace(target)


def _quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's, DEL apart."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml_value(part) for part in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))} = {_toml_value(part)}" for key, part in value.items())
        return "{ " + ", ".join(pairs) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")


def _info_toml(info: DatasetInfo) -> str:
    top = ("name", "version", "languages", "licence", "repair", "emos")
    lines = [f"{key} = {_toml_value(getattr(info, key))}" for key in top]
    for section in ("label_sets", "rules"):
        lines += ["", f"[{section}]"]
        lines += [
            f"{_quote(key)} = {_toml_value(value)}" for key, value in getattr(info, section).items()
        ]
    for subset in info.subsets:
        lines += ["", "[[subsets]]"]
        lines += [f"{f.name} = {_toml_value(getattr(subset, f.name))}" for f in fields(subset)]
    return "\n".join(lines) + "\n"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmosError(f"not valid TOML ({error})", file=path) from error


def _read_info(path: Path) -> DatasetInfo:
    data = _read_toml(path)
    known = {f.name for f in fields(DatasetInfo)}
    unknown = set(data) - known
    if unknown or "name" not in data:
        problem = f"unknown key {min(unknown)!r}" if unknown else "no name"
        raise EmosError(problem, file=path, remedy=f"the keys are {', '.join(sorted(known))}")
    try:
        return DatasetInfo(
            **data
            | {
                "languages": tuple(data.get("languages", ())),
                "label_sets": {k: tuple(v) for k, v in data.get("label_sets", {}).items()},
                "subsets": tuple(SubsetInfo(**entry) for entry in data.get("subsets", ())),
            }
        )
    except TypeError as error:
        raise EmosError(f"a value has the wrong form ({error})", file=path) from error
