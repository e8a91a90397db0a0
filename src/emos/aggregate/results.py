"""What aggregation found as tables in a dataset folder, models as JSON, a curve as CSV."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from emos.aggregate.aggregation import Aggregation
from emos.aggregate.consistency import Consistency
from emos.aggregate.models import BatchModel
from emos.aggregate.tiers import tier_curve
from emos.errors import EmosError
from emos.tables import Dataset, writing


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


def curve_text(labels: pl.DataFrame) -> str:
    """Sizes of the High tier against its threshold, one curve per subset, batch and layer (CSV).

    Raises
    ------
    EmosError : if there is no label.
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
        raise EmosError("no single-label votes, so no tiers and no curve of them")
    return pl.concat(curves).write_csv()


def json_text(found: Aggregation, *, consistency: Consistency | None = None) -> str:
    """Everything about the models but the posteriors, which are in the labels table.

    Undefined numbers are ``null``. ``consistency`` adds its rates and counts.
    """
    content: dict[str, Any] = {
        "signature": found.signature,
        "options": found.options.used(),
        "models": [_model(model) for model in found.models],
        "notes": list(found.notes),
    }
    if consistency is not None:
        content["consistency"] = {
            name: getattr(consistency, name).to_dicts()
            for name in ("rates", "annotators", "confusion")
        }
    return writing.json_text(content)


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


def _write_parquet(table: pl.DataFrame, target: Path, signature: str) -> None:
    with writing.staged(target) as part:
        table.write_parquet(part, metadata={"emos.signature": signature})
