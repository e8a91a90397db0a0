"""``emos import votes FILE``: any long table of votes with columns ``task, worker, label``.

The column names are crowd-kit's. Several labels of one answer stand in one cell, separated by
``;``. If every label is a Basic-7 name, or every label a GoEmotions name, the votes are of that
layer and repaired as any others; else they are of layer ``label``, whose set is the labels found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.readers.ledger import label_changes, ledger_frame
from emos.readers.repair import Reading, read_column, read_open_labels, readings_frame
from emos.readers.sheets.grid import ROW, read_grid
from emos.readers.sheets.workbook import read_sheet
from emos.readers.sources import Source
from emos.tables import Dataset, DatasetInfo, SubsetInfo, conform, empty
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet, layer_label_set

COLUMNS = ("task", "worker", "label")
SUBSET = "votes"
_OWN_LAYER = "label"
_MAX_MISSPELT = 0.25  # of the answers; with more, the labels are not that set's
_NEARLY = 0.05  # of the answers; with fewer strangers a set is worth a hint


class _Long(NamedTuple):
    """The file's rows as strings with their places, and its name in the tables."""

    rows: pl.DataFrame  # task, worker, label, cell
    published: str
    sheet: str | None


def _read(path: Path, *, repair: str, layout: object = None, layer: str | None = None) -> Dataset:
    if path.is_dir():
        raise EmosError("this is a folder", file=path, remedy="give the votes file itself")
    long = _long(path)
    rows = _checked(long.rows, path)
    rows, repeated = _without_repeats(rows, path)
    rows, workers = _numbered_annotators(rows)
    chosen, readings, notes = _readings(rows, layer, repair)
    votes = _votes(rows, long, chosen, readings)
    labels = _label_names(chosen, readings)
    items = pl.DataFrame({"item_id": rows["task"].unique(maintain_order=True)}).with_columns(
        pl.lit(SUBSET).alias("subset"),
        pl.lit("").alias("batch"),
        pl.col("item_id").alias("source_id"),
        pl.int_range(pl.len()).alias("position"),
    )
    place = {"file": long.published, "sheet": long.sheet}
    return Dataset(
        info=DatasetInfo(
            name=SUBSET,
            repair=repair,
            label_sets={chosen: labels},
            subsets=(SubsetInfo(SUBSET, source=long.published),),
        ),
        items=conform("items", items),
        votes=votes,
        ledger=pl.concat(
            [
                ledger_frame(place | note for note in [*repeated, *notes]),
                label_changes(votes, readings),
            ]
        ),
        sources={long.published: path.name} | workers,
    )


def _long(path: Path) -> _Long:
    published = SUBSET + path.suffix.lower()
    if path.suffix.lower() in (".parquet", ".pq"):
        return _Long(_parquet(path), published, None)
    sheet = read_sheet(path)
    grid = read_grid(sheet)
    missing = [name for name in COLUMNS if grid.column(name) is None]
    if missing:
        raise _wrong_columns(path, missing, grid.names.values())
    letters = {name: grid.need(name) for name in COLUMNS}
    rows = grid.rows(list(letters.values()))
    table = rows.select(
        *(pl.col(column).str.strip_chars().alias(name) for name, column in letters.items()),
        sheet.places(letters["label"], pl.col(ROW)).alias("cell"),
    )
    return _Long(table, published, sheet.name or None)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise EmosError(
            "damaged, or not a Parquet file", file=path, remedy="write it again"
        ) from error
    names = {name.strip().casefold(): name for name in frame.columns}
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise _wrong_columns(path, missing, frame.columns)
    columns = []
    for name in COLUMNS:
        dtype = frame.schema[names[name]]
        if name == "label" and dtype == pl.List(pl.String):
            value = pl.col(names[name]).list.join(";")
        elif dtype.is_nested() or dtype == pl.Binary:
            raise EmosError(f"column {name!r} holds {dtype}", file=path, remedy="write it as text")
        else:
            value = pl.col(names[name]).cast(pl.String)
        columns.append(value.str.strip_chars().alias(name))
    return frame.select(*columns, pl.format("row {}", pl.int_range(1, pl.len() + 1)).alias("cell"))


def _wrong_columns(path: Path, missing: list[str], there: Iterable[str]) -> EmosError:
    return EmosError(
        f"no column {' or '.join(map(repr, missing))}",
        file=path,
        remedy=f"a votes file has task, worker, label; this one has {', '.join(there)}",
    )


def _checked(rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Rows with a task and a worker each; at least one."""
    if not rows.height:
        raise EmosError(
            "no votes in it", file=path, remedy="a row is one worker's answer to a task"
        )
    for name in ("task", "worker"):
        wrong = rows.filter(
            pl.col(name).fill_null("").str.contains(r"(?i)^(|nan|[+-]?inf|#[A-Z0-9/!?]+)$")
        )
        if wrong.height:
            raise EmosError(
                f"no {name} in this row",
                file=path,
                place=wrong["cell"][0],
                remedy=f"fill in the column {name!r} or remove the row",
            )
    return rows.with_columns(pl.when(pl.col("label") != "").then(pl.col("label")).alias("label"))


def _without_repeats(rows: pl.DataFrame, path: Path) -> tuple[pl.DataFrame, list[dict[str, str]]]:
    """Every task once per worker; the same answer twice is noted, two answers are refused."""
    key = ["task", "worker"]
    if not rows.select(pl.struct(key).is_duplicated().any()).item():
        return rows, []
    twice = rows.filter(pl.struct(key).is_duplicated())
    unlike = twice.filter(pl.col("label").n_unique().over(key) > 1)
    if unlike.height:
        task, worker = unlike.row(0)[:2]
        places = unlike.filter((pl.col("task") == task) & (pl.col("worker") == worker))["cell"]
        raise EmosError(
            f"task {task} is voted on twice by one worker, with different labels",
            file=path,
            place=f"{places[0]} and {places[1]}",
            remedy="keep one row, or write several labels into one cell, separated by ;",
        )
    again = twice.filter(~pl.struct(key).is_first_distinct())
    notes = [
        {
            "kind": "flagged",
            "rule": "repeated-row",
            "cell": cell,
            "item_id": task,
            "note": "the same answer twice: counted once",
        }
        for task, cell in again.select("task", "cell").iter_rows()
    ]
    return rows.unique(key, keep="first", maintain_order=True), notes


def _numbered_annotators(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Workers as A1, A2, ... in the order of their names; who is who stays in ``sources``."""
    names = rows["worker"].unique().sort().to_list()
    if all(re.fullmatch(r"A\d{1,6}", name) for name in names):
        return rows, {}
    numbers = {name: f"A{number}" for number, name in enumerate(names, 1)}
    renamed = rows.with_columns(pl.col("worker").replace_strict(numbers, return_dtype=pl.String))
    return renamed, {f"worker {number}": name for name, number in numbers.items()}


def _readings(
    rows: pl.DataFrame, layer: str | None, repair: str
) -> tuple[str, dict[str, Reading], list[dict[str, str]]]:
    """The layer, what every distinct text says, and a note if a known set nearly fits."""
    raw = rows["label"]
    if layer == _OWN_LAYER:
        return _OWN_LAYER, read_open_labels(raw), []
    if layer is not None:
        return layer, read_column(raw, layer_label_set(layer), mode=repair), []
    counts = dict(raw.drop_nulls().value_counts().iter_rows())
    total = sum(counts.values())
    notes = []
    for label_set in (BASIC7, GOEMOTIONS):
        readings = read_column(raw, label_set)
        strange, misspelt = _misfit(readings, counts)
        if total and not strange and misspelt <= _MAX_MISSPELT * total:
            return label_set.layer, read_column(raw, label_set, mode=repair), []
        if strange and sum(strange.values()) <= _NEARLY * total:
            notes.append(_nearly(label_set, strange, total))
    return _OWN_LAYER, read_open_labels(raw), notes[-1:]


def _misfit(readings: dict[str, Reading], counts: dict[str, int]) -> tuple[dict[str, int], int]:
    """Texts with something that is no label of the set, and how many answers were respelt."""
    strange: dict[str, int] = {}
    misspelt = 0
    for text, reading in readings.items():
        if any(c.kind == "aside" and c.rule != "no-value" for c in reading.changes):
            strange[text] = counts[text]
        elif any(c.rule in ("misspelling", "glued") for c in reading.changes):
            misspelt += counts[text]
    return strange, misspelt


def _nearly(label_set: LabelSet, strange: dict[str, int], total: int) -> dict[str, str]:
    some = ", ".join(repr(text[:40]) for text in sorted(strange)[:5])
    share = 1 - sum(strange.values()) / total
    return {
        "kind": "flagged",
        "rule": "layer-guess",
        "note": f"{share:.1%} of the answers are {label_set.layer} labels, but not {some}: read as "
        f"labels of their own; --layer {label_set.layer} repairs them and keeps these aside",
    }


def _label_names(layer: str, readings: dict[str, Reading]) -> tuple[str, ...]:
    if layer != _OWN_LAYER:
        return layer_label_set(layer).labels
    return tuple(sorted({label for reading in readings.values() for label in reading.labels}))


def _votes(
    rows: pl.DataFrame, long: _Long, layer: str, readings: dict[str, Reading]
) -> pl.DataFrame:
    if not rows.height:
        return empty("votes")
    read = readings_frame(readings, layer).drop("layer")
    votes = rows.rename({"task": "item_id", "worker": "annotator", "label": "raw"}).join(
        read, on="raw", how="left", maintain_order="left"
    )
    return conform(
        "votes",
        votes.with_columns(
            pl.lit(SUBSET).alias("subset"),
            pl.lit("").alias("batch"),
            pl.lit(layer).alias("layer"),
            pl.lit(long.published).alias("file"),
            pl.lit(long.sheet, dtype=pl.String).alias("sheet"),
            pl.col("labels").fill_null([]),
            pl.col("status").fill_null("blank"),
            pl.col("aside").fill_null([]),
        ),
    )


SOURCE = Source(
    "votes", "a CSV, Parquet or .xlsx file with task, worker, label", _read, options=("layer",)
)
