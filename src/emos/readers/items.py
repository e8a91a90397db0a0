"""Items as one sheet has them: fields by template, times, the source's own label."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.errors import EmosError
from emos.readers.clock import seconds
from emos.readers.layout import BatchLayout, Layout, SubsetLayout
from emos.readers.ledger import ledger_frame
from emos.readers.repair import read_column
from emos.readers.sheets.grid import ROW, Grid
from emos.readers.wording import counted
from emos.tables import conform, empty
from emos.taxonomy import LabelSet

_TIMES = ("start", "end")


def read_items(
    grid: Grid,
    layout: Layout,
    subset: SubsetLayout,
    where: dict[str, Any],
    batch: BatchLayout | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The items of a sheet in its order, and what the ledger has to say about them.

    Parameters
    ----------
    where : the ledger's columns that say where (file, sheet).
    batch : if given, only its rows are items, and they are of this batch.

    Raises
    ------
    EmosError : if there is no item, an id is missing or stands twice, or a formula stands in a
        cell that is read.
    """
    fields = subset.items.fields
    id_columns = grid.template_columns(fields["item_id"])
    read = [column for template in fields.values() for column in grid.template_columns(template)]
    rows = grid.rows(id_columns, also=read)
    rows = rows.with_columns(
        grid.ids(rows, fields["item_id"]), (pl.col(ROW) - grid.header - 1).alias("position")
    )
    total = int(rows["position"][-1]) + 1 if rows.height else 0
    if batch is not None and batch.rows is not None:
        rows = rows.filter(pl.col("position").is_between(batch.rows[0] - 1, batch.rows[1] - 1))
    if not rows.height:
        which = f" in rows {batch.rows[0]} to {batch.rows[1]}" if batch and batch.rows else ""
        raise EmosError(
            f"no items{which} below the header in row {grid.header + 1}",
            file=grid.sheet.path,
            place=f"sheet {grid.sheet.name}" if grid.sheet.name else None,
            remedy="check that this is the right file, and the layout's rows",
        )
    _refuse_repeated(rows, grid, id_columns[-1])
    plain = {name: t for name, t in fields.items() if name not in _TIMES}
    times = {name: fields[name] for name in _TIMES if name in fields}
    table = rows.select(
        ROW,
        "position",
        *(grid.value(template).alias(name) for name, template in plain.items()),
        *(grid.value(template).alias(name) for name, template in times.items()),
        *(seconds(grid.value(template)).alias(f"{name}_s") for name, template in times.items()),
        pl.lit(subset.name).alias("subset"),
        pl.lit(batch.name if batch is not None else "").alias("batch"),
    )
    if "language" not in fields:
        table = table.with_columns(pl.lit(subset.language or None).alias("language"))
    notes = [_time_faults(table, grid, times, where)]
    if batch is None:
        notes.append(short_rows(grid, rows, where))
    else:  # short rows of a workbook are told where its answers are read
        notes.append(rows_beyond(batch, total, where))
    if subset.items.source_layer:
        label_set = layout.label_set(subset.items.source_layer)
        column = (grid.template_columns(fields["source_label"]) or [""])[0]
        table, renamed = _canonical_source(table, label_set, grid, column, where)
        notes.append(renamed)
    return conform("items", table.drop(ROW, *times)), pl.concat(notes)


def rows_beyond(batch: BatchLayout, total: int, where: dict[str, Any]) -> pl.DataFrame:
    """A ledger row if the layout's rows of a batch go on behind the last of ``total`` rows."""
    if batch.rows is None or batch.rows[1] <= total:
        return empty("ledger")
    first, last = batch.rows
    note = f"batch {batch.name} is rows {first:,} to {last:,}, the last one here is {total:,}"
    return ledger_frame([where | {"kind": "flagged", "rule": "rows-beyond-end", "note": note}])


def short_rows(grid: Grid, rows: pl.DataFrame, where: dict[str, Any]) -> pl.DataFrame:
    """A ledger row for every row of a CSV file that has fewer fields than the header."""
    return ledger_frame(
        where
        | {
            "kind": "flagged",
            "rule": "short-row",
            "cell": grid.sheet.place(row, ""),
            "note": f"{counted(fields, 'field')}, the header has more: the rest is blank",
        }
        for row, fields in grid.short_rows(rows).iter_rows()
    )


def _refuse_repeated(rows: pl.DataFrame, grid: Grid, column: str) -> None:
    twice = rows.filter(pl.col("item_id").is_duplicated())
    if not twice.height:
        return
    item = twice["item_id"][0]
    first, second = twice.filter(pl.col("item_id") == item)[ROW][:2]
    raise EmosError(
        f"item {item} stands twice "
        f"({grid.sheet.place(first, column)} and {grid.sheet.place(second, column)})",
        file=grid.sheet.path,
        remedy="remove one of the rows, or make item_id in the layout tell them apart",
    )


def _time_faults(
    table: pl.DataFrame, grid: Grid, times: dict[str, str], where: dict[str, Any]
) -> pl.DataFrame:
    """Times that cannot be read, and clips that end before they start."""
    column = {name: (grid.template_columns(times[name]) or [""])[0] for name in times}
    found: list[dict[str, Any]] = []
    for name in times:
        unread = table.filter(pl.col(name).is_not_null() & pl.col(f"{name}_s").is_null())
        found += [
            where
            | {
                "kind": "aside",
                "rule": "unreadable-time",
                "cell": grid.sheet.place(row, column[name]),
                "item_id": item,
                "before": text,
                "note": f"the {name} is left empty",
            }
            for row, item, text in unread.select(ROW, "item_id", name).iter_rows()
        ]
    if len(times) == len(_TIMES):
        backwards = table.filter(pl.col("end_s") < pl.col("start_s"))
        found += [
            where
            | {
                "kind": "flagged",
                "rule": "time-order",
                "cell": grid.sheet.place(row, column["start"]),
                "item_id": item,
                "note": f"starts at {start:.3f} s, ends at {end:.3f} s",
            }
            for row, item, start, end in backwards.select(
                ROW, "item_id", "start_s", "end_s"
            ).iter_rows()
        ]
    return ledger_frame(found)


def _canonical_source(
    table: pl.DataFrame, label_set: LabelSet, grid: Grid, column: str, where: dict[str, Any]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The source's own labels under their canonical names, where that is certain.

    Any other text is no label of the layer: the item has none, and the ledger says what was there.
    """
    readings = read_column(table["source_label"], label_set)
    names = {
        text: reading.labels[0]
        for text, reading in readings.items()
        if len(reading.labels) == 1 and not reading.aside
    }
    counts = dict(table["source_label"].drop_nulls().value_counts().iter_rows())
    label = pl.col("source_label")
    lost = table.filter(label.is_not_null() & ~label.is_in(list(names)))
    aside = [
        where
        | {
            "kind": change.kind,
            "rule": change.rule,
            "cell": grid.sheet.place(row, column),
            "item_id": item,
            "layer": label_set.layer,
            "before": text,
            "note": "the source's own label: left empty",
        }
        for row, item, text in lost.select(ROW, "item_id", "source_label").iter_rows()
        for change in readings[text].changes[-1:]
    ]
    renamed = [
        where
        | {
            "kind": "repaired",
            "rule": "source-label",
            "layer": label_set.layer,
            "before": text,
            "after": name,
            "note": counted(counts[text], "item"),
        }
        for text, name in names.items()
        if text != name
    ]
    canonical = label.replace_strict(names, default=None, return_dtype=pl.String)
    return table.with_columns(canonical), ledger_frame([*renamed, *aside])
