"""Writing what aggregation found: tables into the dataset folder, models as JSON."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from emos.aggregate.aggregation import Aggregation
from emos.aggregate.consistency import Consistency
from emos.aggregate.models import BatchModel
from emos.aggregate.tiers import tier_curve
from emos.errors import EmosError
from emos.tables import Dataset


def write_labels(
    dataset: Dataset, found: Aggregation, folder: str | Path, *, in_place: bool
) -> None:
    """Put ``labels.parquet`` and ``soft_labels.parquet`` into a dataset folder.

    ``in_place``: the folder is where the dataset came from; only these two files are replaced,
    each by a rename. Otherwise the whole dataset is written there. The signature is in the
    Parquet metadata.

    Raises
    ------
    EmosError : if the folder cannot be written, or holds something else than a dataset.
    """
    folder = Path(folder)
    if not in_place:
        replace(dataset, labels=found.labels, soft_labels=found.soft_labels).write(folder)
    for name, table in (("labels", found.labels), ("soft_labels", found.soft_labels)):
        target = folder / f"{name}.parquet"
        if table.is_empty():
            target.unlink(missing_ok=True)
        else:
            _write_parquet(table, target, found.signature)


def write_curve(labels: pl.DataFrame, path: str | Path) -> None:
    """Sizes of the High tier against its threshold, one curve per subset, batch and layer (CSV).

    Raises
    ------
    EmosError : if there is no label, or the file cannot be written.
    """
    curves = []
    for (subset, batch, layer), rows in labels.group_by(
        "subset", "batch", "layer", maintain_order=True
    ):
        curve = tier_curve(
            rows["confidence"].to_numpy(),
            rows["unique_labels"].fill_null(0).to_numpy(),
            votes=rows["votes"].to_numpy(),
        )
        curves.append(
            curve.select(
                pl.lit(subset).alias("subset"),
                pl.lit(batch).alias("batch"),
                pl.lit(layer).alias("layer"),
                pl.all(),
            )
        )
    if not curves:
        raise EmosError("no single-label votes, so no tiers and no curve", file=path)
    _write_text(pl.concat(curves).write_csv(), Path(path))


def write_json(
    found: Aggregation, path: str | Path, *, consistency: Consistency | None = None
) -> None:
    """Everything about the models but the posteriors, which are in the labels table.

    Undefined numbers are ``null``. ``consistency`` adds its rates and counts.

    Raises
    ------
    EmosError : if the file cannot be written.
    """
    content: dict[str, Any] = {
        "signature": found.signature,
        "options": asdict(found.options),
        "models": [_model(model) for model in found.models],
        "notes": list(found.notes),
    }
    if consistency is not None:
        content["consistency"] = {
            name: getattr(consistency, name).to_dicts()
            for name in ("rates", "annotators", "confusion")
        }
    _write_text(json.dumps(_plain(content), ensure_ascii=False, indent=1) + "\n", Path(path))


def _model(model: BatchModel) -> dict[str, Any]:
    entry: dict[str, Any] = {
        name: getattr(model, name)
        for name in (
            "name",
            "layer",
            "method",
            "items",
            "votes",
            "annotators",
            "label_names",
            "tiers",
            "changed",
            "warnings",
        )
    }
    for name in ("comparison", "flips"):
        part = getattr(model, name)
        entry[name] = None if part is None else asdict(part)
    if model.fit is not None and model.patterns is not None:
        entry["dawid_skene"] = {
            "patterns": len(model.patterns),
            "iterations": model.fit.iterations,
            "converged": model.fit.converged,
            "log_likelihood": model.fit.log_likelihood.tolist(),
            "prior": model.fit.prior.tolist(),
            "confusion": model.fit.confusion.tolist(),
        }
    return entry


def _plain(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _write_parquet(table: pl.DataFrame, target: Path, signature: str) -> None:
    with _beside(target) as staged:
        table.write_parquet(staged, metadata={"emos.signature": signature})


def _write_text(text: str, target: Path) -> None:
    with _beside(target) as staged:
        staged.write_text(text, encoding="utf-8")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A file next to ``target`` that becomes it when the block ends well."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            prefix=f".{target.name}.", dir=target.parent, delete=False
        ) as file:
            staged = Path(file.name)
        try:
            yield staged
            staged.chmod(0o644)
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=target) from error
