"""A CSV file with the columns of ``predictions.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from emos.errors import EmosError

_COLUMNS = ("item_id", "basic7", "confidence", "goemotions", "status", "raw")


def csv_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row's place and values as an object; an empty cell is no value.

    ``goemotions`` is a JSON object or list, or labels between semicolons.

    Raises
    ------
    EmosError : for a file that is no such CSV, a column it may not have, or a cell of another form.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, glob=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())[:120]
        raise EmosError(
            f"no CSV that can be read ({why})", file=path, remedy="save it as UTF-8 CSV"
        ) from error
    unknown = [name for name in frame.columns if name not in _COLUMNS]
    if unknown or "item_id" not in frame.columns:
        problem = f"unknown column {unknown[0]!r}" if unknown else "no column item_id"
        raise EmosError(problem, file=path, remedy=f"the columns are {', '.join(_COLUMNS)}")
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        place = f"row {number}"
        values: dict[str, Any] = {name: value for name, value in row.items() if value is not None}
        if "confidence" in values:
            values["confidence"] = _number(values["confidence"], path, place)
        if "goemotions" in values:
            values["goemotions"] = _labels(values["goemotions"], path, place)
        yield place, values


def _number(text: str, path: Path, place: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise EmosError(
            f"confidence {text[:40]!r} is no number", file=path, place=place, remedy="use 0 to 1"
        ) from error


def _labels(text: str, path: Path, place: str) -> Any:
    if not text.lstrip().startswith(("[", "{")):
        return [label.strip() for label in text.split(";") if label.strip()]
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EmosError(
            "goemotions is no JSON", file=path, place=place, remedy="write labels as joy;love"
        ) from error
