"""Items, votes and ledger of one subset, read by its layout.

Every annotator's answers are joined to the items by id. Where the sheets disagree in ids, order or
text, where one holds an item twice, and where cells outside the annotator's batch are filled, the
ledger says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.readers.alignment import align, check_order, check_text, drop_repeated
from emos.readers.files import Workbook, find_workbooks, inside, name_sheets, set_apart
from emos.readers.items import read_items, rows_beyond, short_rows
from emos.readers.layout import BatchLayout, Layout, SubsetLayout
from emos.readers.ledger import label_changes, ledger_frame
from emos.readers.outside import outside_rows
from emos.readers.repair import read_column, readings_frame
from emos.readers.sheets.grid import ROW, Grid, read_grid
from emos.readers.sheets.workbook import Sheet, read_sheet
from emos.readers.wording import counted
from emos.tables import conform, empty


class SubsetTables(NamedTuple):
    """One subset's items, votes and ledger, and its files: published path to real one."""

    items: pl.DataFrame
    votes: pl.DataFrame
    ledger: pl.DataFrame
    sources: dict[str, str]


@dataclass(frozen=True)
class _Answers:
    """One annotator's sheet: ``rows`` have the sheet's columns, ``_row`` and ``item_id``."""

    book: Workbook
    batch: BatchLayout
    grid: Grid
    columns: dict[str, str]  # layer -> column letters
    rows: pl.DataFrame


def read_subset(root: Path, layout: Layout, subset: SubsetLayout, *, repair: str) -> SubsetTables:
    """Read one subset of the folder ``root``.

    Raises
    ------
    EmosError : if a file is missing or unreadable, a column is not there, ids are missing, or one
        annotator gave two answers to an item.
    """
    folder = inside(root, root / subset.folder)
    books = set_apart(
        {batch.name: find_workbooks(root, folder, batch, layout.file) for batch in subset.batches}
    )
    sheets = _read_sheets(root, folder, subset, books)
    for batch in subset.batches:
        names = [sheets[book.path, batch.sheet].name for book in books[batch.name]]
        books[batch.name] = name_sheets(batch, books[batch.name], names)
    ledger: list[pl.DataFrame] = []
    items, reference = _items(root, folder, layout, subset, books, sheets, ledger)
    answers = [
        _answers(subset, batch, book, sheets[book.path, batch.sheet], place, items, ledger)
        for batch in subset.batches
        for place, book in enumerate(books[batch.name])
    ]
    if subset.items.file:
        items = items.with_columns(_batch_of(subset, answers))
        total = int(items["position"][-1]) + 1
        _refuse_empty_batches(subset, items, layout.file)
        where = dict.fromkeys(("file", "sheet")) | {"file": next(iter(reference))}
        ledger += [rows_beyond(batch, total, where) for batch in subset.batches]
    votes = [
        _layer_votes(layout, subset, answer, layer, column, items, repair, ledger)
        for answer in answers
        for layer, column in answer.columns.items()
    ]
    table = conform("votes", pl.concat(votes)) if votes else empty("votes")
    for answer in answers:
        for layer, column in answer.columns.items():
            where = _place(answer.book, layer)
            ledger.append(outside_rows(answer.rows, column, items, table, where))
    sources = {book.published: book.real for each in books.values() for book in each}
    sources |= reference
    return SubsetTables(
        conform("items", items), table, pl.concat([empty("ledger"), *ledger]), sources
    )


def _read_sheets(
    root: Path, folder: Path, subset: SubsetLayout, books: dict[str, list[Workbook]]
) -> dict[tuple[Path, str | None], Sheet]:
    """Every sheet of the subset once; unpacking and parsing run side by side."""
    wanted = {
        (book.path, batch.sheet): None for batch in subset.batches for book in books[batch.name]
    }
    if subset.items.file:
        wanted[inside(root, folder / subset.items.file), subset.items.sheet] = None
    with ThreadPoolExecutor() as pool:
        read = pool.map(lambda key: read_sheet(key[0], sheet=key[1]), wanted)
        return dict(zip(wanted, read, strict=True))


def _place(book: Workbook, layer: str | None = None) -> dict[str, Any]:
    """The columns of a ledger row that say where: file, sheet, annotator, layer."""
    return {
        "file": book.published,
        "sheet": book.sheet,
        "annotator": book.annotator,
        "layer": layer,
    }


def _items(
    root: Path,
    folder: Path,
    layout: Layout,
    subset: SubsetLayout,
    books: dict[str, list[Workbook]],
    sheets: dict[tuple[Path, str | None], Sheet],
    ledger: list[pl.DataFrame],
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The items, from the items file or each batch's first workbook; the items file's path.

    Those of an items file have no batch yet. One that two batches hold is the first one's.
    """
    if subset.items.file:
        path = folder / subset.items.file
        published = path.relative_to(root).as_posix()
        grid = read_grid(sheets[path, subset.items.sheet], subset.items.header)
        where = {"file": published, "sheet": grid.sheet.name or None}
        items, notes = read_items(grid, layout, subset, where)
        ledger.append(notes)
        return items, {published: published}
    frames: list[pl.DataFrame] = []
    for batch in subset.batches:
        book = books[batch.name][0]
        grid = read_grid(sheets[book.path, batch.sheet], batch.header)
        where = {"file": book.published, "sheet": book.sheet}
        items, notes = read_items(grid, layout, subset, where, batch)
        frames.append(items)
        ledger.append(notes)
    return pl.concat(frames).unique("item_id", keep="first", maintain_order=True), {}


def _answers(
    subset: SubsetLayout,
    batch: BatchLayout,
    book: Workbook,
    sheet: Sheet,
    place: int,
    items: pl.DataFrame,
    ledger: list[pl.DataFrame],
) -> _Answers:
    """One annotator's rows with the ids of the items they answer."""
    grid = read_grid(sheet, batch.header)
    columns = {
        layer: grid.need(pattern if isinstance(pattern, str) else pattern[place])
        for layer, pattern in batch.layers.items()
    }
    id_template = subset.items.fields["item_id"]
    id_columns = grid.template_columns(id_template)
    text = subset.items.fields.get("transcript", "")
    text_columns = grid.template_columns(text) if grid.has(text) else []
    rows = grid.rows([*id_columns, *columns.values()], also=text_columns)
    rows = rows.with_columns(grid.ids(rows, id_template))
    where = _place(book)
    ledger.append(short_rows(grid, rows, where))
    if text_columns:
        rows = rows.with_columns(grid.value(text).alias("_text"))
    rows, notes = align(rows, items, grid, id_columns[-1], list(columns.values()), where)
    ledger.append(notes)
    rows, notes = drop_repeated(rows, grid, id_columns[-1], columns, where)
    ledger.append(notes)
    ledger.append(check_order(rows, items, grid, id_columns[-1], where))
    if text_columns:
        ledger.append(check_text(rows, items, grid, text_columns[0], where))
    if sheet.others and batch.sheet is None:
        note = f"only the first sheet was read, not {counted(len(sheet.others), 'other sheet')}"
        ledger.append(
            ledger_frame([where | {"kind": "flagged", "rule": "other-sheet", "note": note}])
        )
    return _Answers(book, batch, grid, columns, rows)


def _batch_of(subset: SubsetLayout, answers: Iterable[_Answers]) -> pl.Expr:
    """The batch of an item of the items file: by its row there, or by who holds it.

    Where the layout names no rows, a batch is what its first workbook holds.
    """
    first: dict[str, _Answers] = {}
    for answer in answers:
        first.setdefault(answer.batch.name, answer)
    batch = pl.lit("")
    for layout in reversed(subset.batches):
        if layout.rows is not None:
            member = pl.col("position").is_between(layout.rows[0] - 1, layout.rows[1] - 1)
        else:
            member = pl.col("item_id").is_in(first[layout.name].rows["item_id"].to_list())
        batch = pl.when(member).then(pl.lit(layout.name)).otherwise(batch)
    return batch.alias("batch")


def _refuse_empty_batches(subset: SubsetLayout, items: pl.DataFrame, file: Path) -> None:
    there = set(items["batch"])
    for batch in subset.batches:
        if batch.name not in there:
            rows = f", rows {batch.rows[0]:,} to {batch.rows[1]:,}," if batch.rows else ""
            raise EmosError(
                f"batch {batch.name}{rows} holds none of the {items.height:,} items",
                file=file,
                place=f"subset {subset.name}",
                remedy="check its rows and workbooks",
            )


def _layer_votes(
    layout: Layout,
    subset: SubsetLayout,
    answer: _Answers,
    layer: str,
    column: str,
    items: pl.DataFrame,
    repair: str,
    ledger: list[pl.DataFrame],
) -> pl.DataFrame:
    """One annotator's votes on one layer: a row for every item of the batch, also where blank."""
    batch = items.filter(pl.col("batch") == answer.batch.name).select("item_id")
    cells = answer.rows.select(
        "item_id",
        pl.when(pl.col(column) != "").then(pl.col(column)).alias("raw"),
        answer.grid.sheet.places(column, pl.col(ROW)).alias("cell"),
    )
    label_set = layout.label_set(layer)
    votes = batch.join(cells, on="item_id", how="left", maintain_order="left")
    readings = read_column(
        votes["raw"], label_set, mode=repair, spellings=layout.rules.get("release_spellings")
    )
    place = _place(answer.book, layer)
    votes = votes.with_columns(
        *(pl.lit(value, dtype=pl.String).alias(name) for name, value in place.items()),
        pl.lit(subset.name).alias("subset"),
        pl.lit(answer.batch.name).alias("batch"),
    ).join(
        readings_frame(readings, layer).drop("layer"), on="raw", how="left", maintain_order="left"
    )
    votes = votes.with_columns(
        pl.col("labels").fill_null([]),
        pl.col("status").fill_null("blank"),
        pl.col("aside").fill_null([]),
    )
    ledger.append(label_changes(votes, readings))
    missing = votes.filter(pl.col("cell").is_null())
    ledger.append(
        ledger_frame(
            place
            | {
                "kind": "flagged",
                "rule": "missing-row",
                "item_id": item,
                "note": "counted as blank",
            }
            for item in missing["item_id"]
        )
    )
    return conform("votes", votes)
