"""Which file a path means, and how it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emos.errors import EmosError
from emos.readers.predictions.csv_file import csv_records
from emos.readers.predictions.json_lines import json_records
from emos.readers.predictions.records import read_records
from emos.tables.info import read_toml
from emos.tables.predictions import Asked, Predictions

RUN_FILE = "predictions.jsonl"
SETTINGS_FILE = "run.toml"


def read_predictions(path: str | Path, *, name: str | None = None) -> Predictions:
    """Read ``predictions.jsonl``, a CSV with the same columns, or the run's folder that holds one.

    Parameters
    ----------
    name : what to call them; by default the folder of a ``predictions.jsonl``, else the file. A
        ``run.toml`` beside that says what the run was asked about.

    Raises
    ------
    EmosError : for a file that cannot be read, and for the first line that is not of the form, with
        the line and what to do. Nothing is guessed: a score would rest on it.
    """
    path = Path(path)
    if path.is_dir():
        path = path / RUN_FILE
        if not path.is_file():
            raise EmosError(
                f"no {RUN_FILE} here",
                file=path.parent,
                remedy="give a run's folder, a .jsonl or a .csv file",
            )
    if not path.is_file():
        raise EmosError("no such file", file=path, remedy="check the path")
    of_run = path.name == RUN_FILE
    called = name or (path.parent.resolve().name if of_run else path.stem)
    records = csv_records(path) if path.suffix.lower() == ".csv" else json_records(path)
    told = read_records(records, called, path)
    return replace(told, asked=_asked(path.with_name(SETTINGS_FILE))) if of_run else told


def _asked(path: Path) -> Asked | None:
    """The subsets and languages that ``run.toml`` says a run was about, if it does."""
    if not path.is_file():
        return None
    data = read_toml(path).get("data")
    if not isinstance(data, dict):
        return None
    subsets, languages = (data.get(key) for key in Asked._fields)
    if not isinstance(subsets, list) or not isinstance(languages, list):
        return None
    return Asked(tuple(map(str, subsets)), tuple(map(str, languages)))
