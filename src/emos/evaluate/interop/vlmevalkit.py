"""Predictions of VLMEvalKit: ``{model}_{dataset}.xlsx``, ``.tsv`` or ``.json``.

The file is the benchmark's table with a column ``prediction``; ``index`` is its row's own number.
Source: github.com/open-compass/VLMEvalKit, docs/en/Development.md at commit
1afaa11153f1ea44fbc818c886ac661ddd6035c7 (fields), vlmeval/inference.py at
0044c573821b996d6fe051a8804500bcf25d5a67 (the column, and ``thinking`` beside it where
``SPLIT_THINK`` is set), vlmeval/smp/file.py at 00fff545d27498e6713f42e4481522514df8d163 (formats,
``PRED_FORMAT``). An Excel cell holds 32,767 characters: a longer answer is not in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.interop.answers import Answer, Doc

NAME = "vlmevalkit"
LONGEST_CELL = 32_767
MAX_BYTES = 512 * 1024 * 1024
# What it writes in place of an answer that did not come (FAIL_MSG in vlmeval/inference.py).
_FAILED = "Failed to obtain answer"


def read_answers(path: Path, docs: Mapping[int, Doc] | None) -> Iterator[Answer]:
    """The answers, in the file's order.

    The item is named by a column ``item_id``, else by ``index``: as a number of a doc, or as an
    item's id where the benchmark was made with ids.

    Raises
    ------
    EmosError : for a file without these columns, or an index that names no item.
    """
    rows = _json_rows(path) if path.suffix.lower() == ".json" else _table_rows(path)
    for place, row in rows:
        text = row.get("prediction")
        failed = None
        if text is not None and text.startswith(_FAILED):
            failed, text = text[:300], None
        elif text is not None and len(text) >= LONGEST_CELL and path.suffix.lower() == ".xlsx":
            failed = f"the answer was cut at {LONGEST_CELL:,} characters, what a cell holds"
        yield Answer(_doc(row, docs, path, place), text, place, failed)


def _doc(row: Mapping[str, str | None], docs: Mapping[int, Doc] | None, path: Path, p: str) -> Doc:
    if row.get("item_id"):
        return Doc(str(row["item_id"]))
    index = (row.get("index") or "").strip()
    if docs is None:
        if index and not index.isdecimal():
            return Doc(index)
    elif index.isdecimal() and int(index) in docs:
        return docs[int(index)]
    raise EmosError(
        f"index {index[:40]!r} is no known item",
        file=path,
        place=p,
        remedy="--docs names a JSON lines file with index and item_id of each",
    )


def _table_rows(path: Path) -> Iterator[tuple[str, dict[str, str | None]]]:
    from emos.readers.sheets.grid import ROW, read_grid
    from emos.readers.sheets.workbook import read_sheet

    if path.suffix.lower() == ".pkl":
        raise EmosError(
            "a pickle, which could run any program when opened",
            file=path,
            remedy="have VLMEvalKit write it again with PRED_FORMAT=json",
        )
    grid = read_grid(read_sheet(path))
    columns = {"index": grid.need("index"), "prediction": grid.need("prediction")}
    named = grid.column("item_id")
    if named is not None:
        columns["item_id"] = named
    letters = list(columns.values())
    for cells in grid.rows([columns["index"]], also=letters).iter_rows(named=True):
        place = grid.sheet.place(cells[ROW], columns["prediction"])
        yield place, {name: cells[letter] for name, letter in columns.items()}


def _json_rows(path: Path) -> Iterator[tuple[str, dict[str, str | None]]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EmosError(f"longer than {MAX_BYTES:,} bytes", file=path, remedy="split it")
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise EmosError("no JSON", file=path, remedy="give what VLMEvalKit wrote") from error
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error
    rows = found if isinstance(found, list) else []
    if not rows or not all(isinstance(row, dict) and "prediction" in row for row in rows):
        raise EmosError(
            "no list of predictions of VLMEvalKit",
            file=path,
            remedy="each object needs index and prediction",
        )
    for number, row in enumerate(rows, 1):
        wanted = {key: row.get(key) for key in ("index", "item_id", "prediction")}
        yield f"record {number}", {k: None if v is None else str(v) for k, v in wanted.items()}
