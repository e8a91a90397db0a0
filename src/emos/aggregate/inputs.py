"""What aggregation is given besides votes: known labels, initial confusion, where to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.votes import codes_of
from emos.errors import EmosError
from emos.readers.sheets.grid import read_grid
from emos.readers.sheets.opening import check_file
from emos.readers.sheets.workbook import read_sheet
from emos.tables.parquet import read_parquet


def default_folder(path: str | Path) -> Path:
    """Where results go unless told: into the dataset itself, or a folder named after the file."""
    path = Path(path)
    return path if path.is_dir() else Path(f"{path.stem}-dataset")


def read_gold(path: str | Path) -> pl.DataFrame:
    """Known labels: columns ``item_id`` (or ``task``) and ``label`` of a CSV, Parquet or xlsx file.

    Raises
    ------
    EmosError : for a file that cannot be read, lacks a column, or has an empty cell.
    """
    return _read_columns(Path(path), {"item_id": ("item_id", "task"), "label": ("label",)})


def read_confusion(path: str | Path) -> pl.DataFrame:
    """Initial confusion: columns ``annotator, true, given, probability``, one row per cell.

    Raises
    ------
    EmosError : as `read_gold`, and for a probability that is no number.
    """
    names = ("annotator", "true", "given", "probability")
    table = _read_columns(Path(path), {name: (name,) for name in names})
    numbers = table["probability"].cast(pl.Float64, strict=False)
    wrong = numbers.is_null() | ~numbers.is_finite()
    if wrong.any():
        text = table["probability"][wrong.arg_max() or 0]
        raise EmosError(f"probability {text[:20]!r} is no number", file=path)
    return table.with_columns(numbers)


def gold_codes(
    gold: pl.DataFrame, item_ids: pl.Series, label_names: Sequence[str]
) -> NDArray[np.int64]:
    """(n,) code of each item's known label, -1 where none is known; other items are left out.

    Raises
    ------
    EmosError : for a label outside the set, or two labels for one item.
    """
    codes = np.full(len(item_ids), -1, dtype=np.int64)
    items = codes_of(gold["item_id"], item_ids)
    labels = codes_of(gold["label"], pl.Series(label_names, dtype=pl.String))
    for row in np.flatnonzero(items >= 0):
        name = gold["item_id"][int(row)]
        if labels[row] < 0:
            raise EmosError(
                f"gold label {str(gold['label'][int(row)])[:60]!r} is outside the set",
                place=f"item {name}",
                remedy=f"it holds {', '.join(label_names)}",
            )
        if codes[items[row]] not in (-1, labels[row]):
            raise EmosError("two gold labels for one item", place=f"item {name}")
        codes[items[row]] = labels[row]
    return codes


def confusion_matrices(
    table: pl.DataFrame, annotators: Sequence[str], label_names: Sequence[str]
) -> NDArray[np.float64] | None:
    """(R, K, K) initial confusion, NaN for annotators the table does not have.

    Cells that are not listed are 0. None if the table has none of ``annotators``.

    Raises
    ------
    EmosError : for a label outside the set or a cell listed twice.
    """
    size = len(label_names)
    matrices = np.full((len(annotators), size, size), np.nan)
    names = pl.Series(label_names, dtype=pl.String)
    who = codes_of(table["annotator"], pl.Series(annotators, dtype=pl.String))
    ours = table.filter(pl.Series(who >= 0))
    who = who[who >= 0]
    cells = []
    for column in ("true", "given"):
        codes = codes_of(ours[column], names)
        if (codes < 0).any():
            stranger = ours[column][int((codes < 0).argmax())]
            raise EmosError(
                f"initial confusion: label {str(stranger)[:60]!r} is outside the set",
                remedy=f"it holds {', '.join(label_names)}",
            )
        cells.append(codes)
    if ours.select("annotator", "true", "given").is_duplicated().any():
        raise EmosError("initial confusion lists a cell twice")
    matrices[who] = 0.0
    matrices[who, cells[0], cells[1]] = ours["probability"].to_numpy()
    return matrices if len(who) else None


def _read_columns(path: Path, wanted: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """Columns of a table as text under the names of ``wanted``, each from its first name found."""
    if path.suffix.lower() in (".parquet", ".pq"):
        check_file(path)
        frame = read_parquet(path, damaged="no readable Parquet file")
        there = {name: name for name in frame.columns}
    else:
        grid = read_grid(read_sheet(path))
        there = {name.strip().casefold(): letters for letters, name in grid.names.items()}
        frame = grid.rows(list(there.values()))
    columns = {}
    for name, choices in wanted.items():
        found = next((there[choice] for choice in choices if choice in there), None)
        if found is None:
            raise EmosError(
                f"no column {name!r}", file=path, remedy=f"its columns are {', '.join(there)}"
            )
        columns[name] = pl.col(found).cast(pl.String).str.strip_chars()
    table = frame.select(**columns)
    if table.is_empty():
        raise EmosError("no rows in it", file=path, remedy="fill it in or leave it out")
    for name in columns:
        if table[name].null_count() or (table[name] == "").any():
            raise EmosError(f"a row has no {name}", file=path, remedy="fill it in or remove it")
    return table
