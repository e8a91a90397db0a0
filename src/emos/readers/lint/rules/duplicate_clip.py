"""Clips that occur twice, and clips under a second."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.clock import seconds
from emos.readers.duplicates import SHORT_S, count_short, find_duplicates
from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column, Table
from emos.readers.wording import counted
from emos.tables import conform

_START = ("starttime", "start_time", "start", "start_s", "begin")
_END = ("endtime", "end_time", "end", "end_s")
_RECORDING = ("season", "episode", "video_id", "video", "film", "recording")
_GROUP = ("dialogue_id", "video_id")
_NUMBER = ("utterance_id", "clip_id", "index")


def _check(folder: Folder) -> Iterator[Hit]:
    seen: dict[str, int] = {}
    first_tables: list[tuple[Table, pl.DataFrame]] = []
    for table in folder.tables:
        items = _items(table)
        if items is None:
            continue
        seen[table.key] = seen.get(table.key, 0) + 1
        if seen[table.key] == 1:
            first_tables.append((table, items))
    for table, items in first_tables:
        also = (
            f" (and in {counted(seen[table.key] - 1, 'more table')})" if seen[table.key] > 1 else ""
        )
        rows = {item: row for row, item in enumerate(items["item_id"])}
        letters = table.columns[0].letters
        for pair in find_duplicates(items).iter_rows(named=True):
            labels = f"labels {pair['source_label']} and {pair['other_source_label']}"
            what = "neighbours share a time" if pair["neighbours"] else "one clip under two ids"
            yield Hit(
                table.file,
                f"{what}: {pair['item_id']} and {pair['other_id']}, {labels}{also}",
                table.place(rows[pair["other_id"]], letters),
                severity="info" if pair["neighbours"] else None,
            )
        short = count_short(items)
        if short:
            message = f"{counted(short, 'clip')} under {SHORT_S:g} s{also}"
            yield Hit(table.file, message, severity="info")


def _items(table: Table) -> pl.DataFrame | None:
    """The table as items, None if it does not say when its clips start and end."""
    named = {column.name.casefold(): column for column in table.columns if column.name}
    start, end = _first(named, _START), _first(named, _END)
    recording = [named[name] for name in _RECORDING if name in named]
    if start is None or end is None or not recording:
        return None
    group, number = _first(named, _GROUP), _first(named, _NUMBER)
    rows = pl.Series("row", [str(row + 1) for row in range(table.data.height)])
    label = next(iter(table.label_columns), None)
    items = pl.DataFrame(
        {
            "start": start.cells,
            "end": end.cells,
            "recording": pl.select(pl.concat_str([c.cells for c in recording], separator="/")),
            "group": group.cells if group else rows,
            "number": number.cells if number else rows,
            "source_label": label.cells
            if label
            else pl.Series([None] * len(rows), dtype=pl.String),
        }
    ).select(
        pl.lit("").alias("subset"),
        pl.format("{} {}", "group", "number").alias("item_id"),
        "group",
        "recording",
        "source_label",
        seconds(pl.col("start")).alias("start_s"),
        seconds(pl.col("end")).alias("end_s"),
    )
    return conform("items", items)


def _first(named: dict[str, Column], names: tuple[str, ...]) -> Column | None:
    return next((named[name] for name in names if name in named), None)


RULE = Rule(
    "duplicate-clip",
    "warning",
    "clips with the same recording, start and end under two ids; clips under one second",
    "keep one of the two and decide its label",
    _check,
)
