"""A sheet or CSV file for the rules: header, data, and which columns hold labels."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import polars as pl

from emos.readers.sheets.workbook import Sheet, read_sheet
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet

_LABEL_SHARE = 0.8  # of a column's filled cells that are labels as spelled: then it holds labels
# What a program writes for a set or a list when nobody told it how.
PROGRAM_TEXT = re.compile(r"(?:frozenset|set|list|tuple|array)\(.*\)|\[.*\]|\{.*\}", re.DOTALL)
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")
_FEWEST_CELLS = 3
_LOOKED_AT = 300  # distinct texts; a column of sentences has thousands


def labels_in(text: str) -> tuple[str, ...]:
    """The labels a cell lists, as spelled: ``joy; love``, or ``frozenset({'joy', 'love'})``."""
    if PROGRAM_TEXT.fullmatch(text):
        return tuple(_QUOTED.findall(text))
    return tuple(part.strip() for part in text.split(";") if part.strip())


class Matches(NamedTuple):
    """Cells that meet a condition: how many, the first one's address and text."""

    cells: int
    place: str
    text: str


@dataclass(frozen=True)
class Column:
    """One column below its header; ``name`` is empty where the header cell is."""

    table: Table
    letters: str
    name: str

    @cached_property
    def cells(self) -> pl.Series:
        """Texts without blanks around them, null where empty."""
        text = self.table.data[self.letters].str.strip_chars()
        return text.set(text == "", None)

    @cached_property
    def counts(self) -> pl.DataFrame:
        """Distinct texts with ``count`` and ``first`` (0-based row of the data), most first."""
        frame = pl.DataFrame({"text": self.cells}).with_row_index("row").drop_nulls("text")
        return (
            frame.group_by("text", maintain_order=True)
            .agg(pl.len().alias("count"), pl.col("row").first().alias("first"))
            .sort("count", descending=True, maintain_order=True)
        )

    @cached_property
    def filled(self) -> int:
        """How many cells are not empty."""
        return self.cells.len() - self.cells.null_count()

    @cached_property
    def label_set(self) -> LabelSet | None:
        """The label set whose labels the cells are, None if it is no column of labels."""
        if self.filled < _FEWEST_CELLS:
            return None
        texts = self.counts["text"].head(_LOOKED_AT).to_list()
        counts = self.counts["count"].head(_LOOKED_AT).to_list()
        cells = [labels_in(text) for text in texts]
        for label_set in (BASIC7, GOEMOTIONS):
            known = frozenset(label_set.labels)
            hits = sum(n for parts, n in zip(cells, counts, strict=True) if known.issuperset(parts))
            if hits >= _LABEL_SHARE * sum(counts):
                return label_set
        return None

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every cell is a number, a date or empty: nothing to look for in words."""
        return not self.counts["text"].str.contains(r"[^\d.,+\-eE%\s:/]").any()

    def matching(self, condition: pl.Expr) -> Matches | None:
        """The cells whose ``text`` meets a condition; None if there are none.

        Conditions are about words: columns of numbers are passed over.
        """
        if self.is_numeric:
            return None
        found = self.counts.filter(condition).sort("first")
        if not found.height:
            return None
        text, _, first = found.row(0)
        return Matches(int(found["count"].sum()), self.place(first), text)

    @property
    def header_place(self) -> str:
        """Address of the header cell."""
        return self.table.place(-1, self.letters)

    def place(self, row: int) -> str:
        """Address of a data row's cell (``row`` from 0)."""
        return self.table.place(row, self.letters)


@dataclass(frozen=True)
class Table:
    """One sheet: ``file`` within the folder, the sheet, row of its header (from 0), its data."""

    file: str
    sheet: Sheet
    header: int
    data: pl.DataFrame

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column, named or not."""
        names = self.sheet.cells.row(self.header)
        return tuple(
            Column(self, letters, (name or "").strip())
            for letters, name in zip(self.sheet.cells.columns, names, strict=True)
        )

    @cached_property
    def label_columns(self) -> tuple[Column, ...]:
        """The columns that hold labels."""
        return tuple(column for column in self.columns if column.label_set is not None)

    @cached_property
    def key(self) -> str:
        """Same for two tables that list the same items: a hash of the first named column."""
        named = next((column for column in self.columns if column.name), self.columns[0])
        text = "\n".join("" if cell is None else cell for cell in named.cells)
        return f"{named.name}:{hashlib.sha256(text.encode()).hexdigest()}"

    def place(self, row: int, letters: str) -> str:
        """Address of a cell: data row from 0, -1 for the header; the sheet if there are several."""
        address = self.sheet.place(self.header + 1 + row, letters)
        return f"{self.sheet.name}!{address}" if self.sheet.others else address

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return PurePosixPath(self.file).stem


def read_tables(path: Path, file: str) -> list[Table]:
    """Every sheet of a workbook, or the one table of a CSV file; sheets without cells left out.

    Raises
    ------
    EmosError : if it cannot be read (see `read_sheet`).
    """
    first = read_sheet(path)
    sheets = [first, *(read_sheet(path, sheet=name) for name in first.others)]
    return [table for sheet in sheets if (table := _table(sheet, file)) is not None]


def _table(sheet: Sheet, file: str) -> Table | None:
    if not sheet.cells.width or not sheet.cells.height:
        return None
    filled = sheet.cells.select(
        pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "").alias("filled")
    )["filled"]
    header = filled.arg_max() if filled.any() else None
    if header is None:
        return None
    return Table(file, sheet, header, sheet.cells.slice(header + 1))
