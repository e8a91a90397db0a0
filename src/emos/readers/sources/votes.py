"""``emos import votes FILE``: any long table of votes with columns ``task, worker, label``.

The column names are crowd-kit's. Several labels of one answer stand in one cell, separated by
``;``. `emos.readers.layer_choice` tells the layer; docs/votes.md describes the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.readers.layer_choice import OWN_LAYER, LayerChoice, choose_layer
from emos.readers.ledger import label_changes, ledger_frame
from emos.readers.no_value import is_sheet_error, means_no_value
from emos.readers.repair import readings_frame
from emos.readers.sheets.grid import ROW, read_grid
from emos.readers.sheets.opening import check_file
from emos.readers.sheets.workbook import Sheet, read_sheet
from emos.readers.sources import Source
from emos.readers.wording import counted
from emos.tables import Dataset, DatasetInfo, SubsetInfo, conform, empty
from emos.tables.natural_order import natural_key
from emos.tables.parquet import read_parquet

COLUMNS = ("task", "worker", "label")
SUBSET = "votes"
_LONGEST_NO_VALUE = 9  # characters of "-infinity"

Note = dict[str, Any]


class _Long(NamedTuple):
    """The file's rows as strings with their places, its name in the tables, what was odd."""

    rows: pl.DataFrame  # task, worker, label, cell
    published: str
    sheet: str | None
    notes: list[Note]


def _read(path: Path, *, repair: str, layout: object = None, layer: str | None = None) -> Dataset:
    if path.is_dir():
        raise EmosError("this is a folder", file=path, remedy="give the votes file itself")
    long = _long(path)
    rows = _checked(long.rows, path)
    rows, repeated = _without_repeats(rows, path)
    rows, workers = _numbered_annotators(rows)
    choice = choose_layer(rows["label"], layer=layer, repair=repair)
    votes = _votes(rows, long, choice)
    items = pl.DataFrame({"item_id": rows["task"].unique(maintain_order=True)}).with_columns(
        pl.lit(SUBSET).alias("subset"),
        pl.lit("").alias("batch"),
        pl.col("item_id").alias("source_id"),
        pl.int_range(pl.len()).alias("position"),
    )
    notes = [*_guess(choice), *long.notes, *repeated, *_odd_names(rows, workers)]
    place = {"file": long.published, "sheet": long.sheet}
    return Dataset(
        info=DatasetInfo(
            name=SUBSET,
            repair=repair,
            label_sets={choice.layer: choice.labels},
            subsets=(SubsetInfo(SUBSET, source=long.published),),
            rules=_rules(choice),
        ),
        items=conform("items", items),
        votes=votes,
        ledger=pl.concat(
            [
                ledger_frame(place | note for note in notes),
                label_changes(votes, choice.readings),
            ]
        ),
        sources={long.published: path.name} | {f"worker {a}": name for a, name in workers.items()},
    )


def _guess(choice: LayerChoice) -> list[Note]:
    if not choice.guess:
        return []
    row = {"kind": "flagged", "rule": "layer-guess", "layer": choice.layer}
    return [row | {"note": choice.guess}]


def _rules(choice: LayerChoice) -> dict[str, Any]:
    """Labels of one's own: whether an answer may hold several was decided here, for good."""
    if choice.layer != OWN_LAYER:
        return {}
    return {"open_label_sets": {choice.layer: {"multi": choice.multi}}}


def _long(path: Path) -> _Long:
    published = SUBSET + path.suffix.lower()
    if path.suffix.lower() in (".parquet", ".pq"):
        return _Long(_parquet(path), published, None, [])
    sheet = read_sheet(path)
    grid = read_grid(sheet)
    missing = [name for name in COLUMNS if grid.column(name) is None]
    if missing:
        raise _wrong_columns(path, missing, grid.names.values())
    letters = {name: grid.need(name) for name in COLUMNS}
    rows = grid.rows(list(letters.values()))
    table = rows.select(
        *(pl.col(letters[name]).str.strip_chars().alias(name) for name in ("task", "worker")),
        pl.col(letters["label"]).alias("label"),
        sheet.places(letters["label"], pl.col(ROW)).alias("cell"),
    )
    short = [
        {
            "kind": "flagged",
            "rule": "short-row",
            "cell": sheet.place(row, ""),
            "note": f"{counted(fields, 'field')}, the header has more: the rest is blank",
        }
        for row, fields in grid.short_rows(rows).iter_rows()
    ]
    return _Long(table, published, sheet.name or None, [*short, *_other_sheets(sheet)])


def _other_sheets(sheet: Sheet) -> list[Note]:
    """A row on the sheets that are not read.

    Raises
    ------
    EmosError : if one of them holds votes, too.
    """
    for name in sheet.others:
        other = read_sheet(sheet.path, sheet=name)
        head = (
            {text.strip().casefold() for text in other.cells.head(1).row(0) if text}
            if other.cells.height and other.cells.width
            else set()
        )
        if head.issuperset(COLUMNS):
            raise EmosError(
                "more than one sheet holds votes",
                file=sheet.path,
                place=f"sheets {sheet.name} and {name}",
                remedy="put them into one sheet, or import each from a file of its own",
            )
    if not sheet.others:
        return []
    note = f"only the first sheet was read, not {counted(len(sheet.others), 'other sheet')}"
    return [{"kind": "flagged", "rule": "other-sheet", "note": note}]


def _parquet(path: Path) -> pl.DataFrame:
    check_file(path)
    frame = read_parquet(path)
    names = {name.strip().casefold(): name for name in frame.columns}
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise _wrong_columns(path, missing, frame.columns)
    columns = []
    for name in COLUMNS:
        dtype = frame.schema[names[name]]
        value = pl.col(names[name])
        if name == "label" and dtype == pl.List(pl.String):
            value = value.list.join(";")
        elif dtype.is_nested() or dtype == pl.Binary:
            raise EmosError(f"column {name!r} holds {dtype}", file=path, remedy="write it as text")
        else:
            # NaN as a number is no value; as a text it may be a name.
            value = (value.fill_nan(None) if dtype.is_float() else value).cast(pl.String)
        columns.append((value if name == "label" else value.str.strip_chars()).alias(name))
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
        marked = rows[name].filter(rows[name].str.starts_with("#")).unique()
        lost = [text for text in marked if is_sheet_error(text) or text == "#N/A"]
        wrong = rows.filter(pl.col(name).fill_null("").is_in(["", *lost]))
        if wrong.height:
            raise EmosError(
                f"no {name} in this row",
                file=path,
                place=wrong["cell"][0],
                remedy=f"fill in the column {name!r} or remove the row",
            )
    filled = pl.col("label").str.strip_chars() != ""
    return rows.with_columns(pl.when(filled).then(pl.col("label")).alias("label"))


def _without_repeats(rows: pl.DataFrame, path: Path) -> tuple[pl.DataFrame, list[Note]]:
    """Every task once per worker; the same answer twice is noted, two answers are refused."""
    key = ["task", "worker"]
    if not rows.select(pl.struct(key).is_duplicated().any()).item():
        return rows, []
    twice = rows.filter(pl.struct(key).is_duplicated())
    unlike = twice.filter(pl.col("label").str.strip_chars().n_unique().over(key) > 1)
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
    """Workers as A1, A2, ... in the natural order of their names, and who is who."""
    names = sorted(rows["worker"].unique(), key=natural_key)
    if all(re.fullmatch(r"A\d{1,6}", name) for name in names):
        return rows, {}
    numbers = {name: f"A{number}" for number, name in enumerate(names, 1)}
    renamed = rows.with_columns(pl.col("worker").replace_strict(numbers, return_dtype=pl.String))
    return renamed, {number: name for name, number in numbers.items()}


def _odd_names(rows: pl.DataFrame, workers: dict[str, str]) -> list[Note]:
    """Tasks and workers called like a missing value; a worker's name is not given away."""
    tasks = rows["task"].unique(maintain_order=True)
    short = tasks.filter(tasks.str.len_chars() <= _LONGEST_NO_VALUE)  # a file may have millions
    odd = [("task", task, f"task {task!r}") for task in short if means_no_value(task)]
    odd += [("worker", a, f"worker {a}") for a, name in workers.items() if means_no_value(name)]
    notes = []
    for column, value, what in odd:
        theirs = rows.filter(pl.col(column) == value)
        notes.append(
            {
                "kind": "flagged",
                "rule": "name-like-no-value",
                "cell": theirs["cell"][0],
                "note": f"{counted(theirs.height, 'row')} of {what}, called like a missing value",
            }
        )
    return notes


def _votes(rows: pl.DataFrame, long: _Long, choice: LayerChoice) -> pl.DataFrame:
    if not rows.height:
        return empty("votes")
    read = readings_frame(choice.readings, choice.layer).drop("layer")
    votes = rows.rename({"task": "item_id", "worker": "annotator", "label": "raw"}).join(
        read, on="raw", how="left", maintain_order="left"
    )
    return conform(
        "votes",
        votes.with_columns(
            pl.lit(SUBSET).alias("subset"),
            pl.lit("").alias("batch"),
            pl.lit(choice.layer).alias("layer"),
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
