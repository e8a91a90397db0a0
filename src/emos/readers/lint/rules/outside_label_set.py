"""Labels that are none, with what they may have been."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.label_readings import UNTIDY, misspelt
from emos.readers.lint.registry import Hit, Rule
from emos.readers.wording import counted


def _check(folder: Folder) -> Iterator[Hit]:
    for table in folder.tables:
        for column in table.label_columns:
            for change, cells, first in misspelt(column):
                if change.rule not in UNTIDY:
                    yield Hit(
                        table.file,
                        _message(
                            change.before,
                            change.after,
                            f"{counted(cells, 'cell')} of {column.name!r}",
                        ),
                        column.place(first),
                    )
    for streams in folder.streams:
        labels = streams.ledger.filter(
            pl.col("layer").is_not_null() & ~pl.col("rule").is_in(list(UNTIDY))
        )
        groups = labels.group_by("before", "after", "layer", maintain_order=True).agg(
            pl.len(),
            pl.col("file").first(),
            pl.col("cell").first(),
            pl.col("file").n_unique().alias("files"),
        )
        for before, after, _, count, file, cell, files in groups.iter_rows():
            where = f"{counted(count, 'time')} in {counted(files, 'file')}"
            yield Hit(file, _message(before, after or "", where), cell)


def _message(before: str, after: str, where: str) -> str:
    suggestion = f"; {after.strip()}?" if after else ""
    return f"{before[:60]!r} is no label ({where}){suggestion}"


RULE = Rule(
    "outside-label-set",
    "warning",
    "labels outside the label set, in columns of labels and in streaming annotations, with what "
    "they may have been",
    "write the label as the label set has it, or state the wider set",
    _check,
)
