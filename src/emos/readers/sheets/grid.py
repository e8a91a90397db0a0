"""A sheet as a layout reads it: a header, data rows, columns by pattern, values by template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

import polars as pl

from emos.errors import EmosError
from emos.readers.sheets.workbook import Sheet

ROW = "_row"  # 0-based row of the sheet
_SLOT = re.compile(r"\{(.+?)(?::0(\d+))?\}")
# What stands in an id cell when a spreadsheet changed it: an error, a missing number, a date.
_NOT_AN_ID = r"(?i)^(#[A-Z0-9/!?]+|nan|-?inf|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?)$"


@dataclass(frozen=True)
class Grid:
    """A sheet with its header found.

    ``header`` is the 0-based row of the column names, ``names`` maps each named column's letters
    to its name as written.
    """

    sheet: Sheet
    header: int
    names: dict[str, str]

    def column(self, pattern: str) -> str | None:
        """Letters of the one column called ``pattern`` or matching it; ``None`` if there is none.

        Raises
        ------
        EmosError : if several columns match.
        """
        wanted = pattern.strip().casefold()
        folded = {letters: name.strip().casefold() for letters, name in self.names.items()}
        found = [letters for letters, name in folded.items() if name == wanted]
        found = found or [letters for letters, name in folded.items() if fnmatchcase(name, wanted)]
        if len(found) > 1:
            raise EmosError(
                f"{len(found)} columns match {pattern!r}",
                file=self.sheet.path,
                place=self._place(f"columns {', '.join(found)}"),
                remedy="rename one, or name the right one in full in the layout",
            )
        return found[0] if found else None

    def need(self, pattern: str) -> str:
        """As `column`; an `EmosError` lists the columns there are if none matches."""
        letters = self.column(pattern)
        if letters is None:
            raise EmosError(
                f"no column {pattern!r}",
                file=self.sheet.path,
                place=self._place(self.sheet.place(self.header, "row ")),
                remedy=f"its columns are {', '.join(self.names.values())}",
            )
        return letters

    def _place(self, what: str) -> str:
        return f"sheet {self.sheet.name}, {what}" if self.sheet.name else what

    def template_columns(self, template: str) -> list[str]:
        """Letters of the columns that ``template`` names."""
        return [self.need(slot) for slot, _ in _SLOT.findall(template)]

    def has(self, template: str) -> bool:
        """Whether every column of ``template`` is there."""
        return all(self.column(slot) is not None for slot, _ in _SLOT.findall(template))

    def value(self, template: str) -> pl.Expr:
        """The value of ``template`` for each row, null where one of its columns is empty.

        ``{name}`` is replaced by that column's text without blanks around it, ``{name:02}`` with
        zeros before it up to two characters.
        """
        parts: list[pl.Expr] = []
        end = 0
        for slot in _SLOT.finditer(template):
            if slot.start() > end:
                parts.append(pl.lit(template[end : slot.start()]))
            text = pl.col(self.need(slot[1])).str.strip_chars()
            text = pl.when(text != "").then(text)
            parts.append(text.str.zfill(int(slot[2])) if slot[2] else text)
            end = slot.end()
        if end < len(template):
            parts.append(pl.lit(template[end:]))
        return pl.concat_str(parts) if parts else pl.lit(None, dtype=pl.String)

    def rows(self, columns: list[str], *, also: Iterable[str] = ()) -> pl.DataFrame:
        """The data rows in which one of ``columns`` is filled, with their place in the sheet.

        Raises
        ------
        EmosError : if a formula or merged cell stands in ``columns`` or in ``also``, which are
            read too, or a row of a CSV file has more fields than its header.
        """
        self.sheet.refuse([*columns, *also], self.header + 1, self.sheet.cells.height)
        self._refuse_long_rows()
        filled = [pl.col(c).str.strip_chars().fill_null("") != "" for c in set(columns)]
        return (
            self.sheet.cells.with_row_index(ROW)
            .with_columns(pl.col(ROW).cast(pl.Int64))
            .slice(self.header + 1)
            .filter(pl.any_horizontal(filled))
        )

    def _refuse_long_rows(self) -> None:
        """A text with a comma and no quotes has moved all that follows it by a column."""
        if self.sheet.fields is None:
            return
        width = self.sheet.fields[self.header]
        beyond = self.sheet.cells.columns[width:]
        for row in (self.sheet.fields > width).arg_true().to_list():
            if row > self.header and any(self.sheet.cells[letters][row] for letters in beyond):
                raise EmosError(
                    f"{self.sheet.fields[row]} fields in this row, {width} in the header",
                    file=self.sheet.path,
                    place=self._place(self.sheet.place(row, "")),
                    remedy='put a text that holds a separator into quotes: "a, b"',
                )

    def short_rows(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of ``rows`` that have fewer fields than the header: ``_row`` and ``fields``."""
        if self.sheet.fields is None:
            return pl.DataFrame(schema={ROW: pl.Int64, "fields": pl.Int64})
        fields = pl.lit(self.sheet.fields).gather(pl.col(ROW)).alias("fields")
        return rows.select(ROW, fields).filter(pl.col("fields") < self.sheet.fields[self.header])

    def ids(self, rows: pl.DataFrame, template: str) -> pl.Series:
        """The id of every row.

        Raises
        ------
        EmosError : where a filled row has no id, or an error or a date in its place.
        """
        ids = rows.select(self.value(template).alias("item_id"))["item_id"]
        columns = self.template_columns(template)
        for letters in columns:
            cells = rows[letters]
            wrong = cells.is_null() | cells.str.strip_chars().str.contains(_NOT_AN_ID)
            wrong |= cells.str.strip_chars() == ""
            if wrong.any():
                row = rows.filter(wrong)[0]
                text = row[letters][0]
                raise EmosError(
                    f"no id in this row ({text.strip()!r} in its place)"
                    if text and text.strip()
                    else "a filled row has no id",
                    file=self.sheet.path,
                    place=self._place(self.sheet.place(row[ROW][0], letters)),
                    remedy="fill in the id as text",
                )
        return ids


def read_grid(sheet: Sheet, header: int | None = None) -> Grid:
    """Find the header: row ``header`` (from 1), or the first row that is not empty.

    Raises
    ------
    EmosError : if there is no such row, or it is empty.
    """
    cells = sheet.cells
    if header is None:
        filled = cells.select(
            pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "")
        ).to_series()
        place = filled.arg_max() if filled.len() and filled.any() else None
    else:
        place = header - 1 if header <= cells.height else None
    names = {
        letters: text
        for letters in cells.columns
        if place is not None and (text := cells[letters][place]) is not None and text.strip()
    }
    if place is None or not names:
        raise EmosError(
            "no header row",
            file=sheet.path,
            place=f"sheet {sheet.name}" if sheet.name else None,
            remedy="check that the file was saved and that its layout names the right row",
        )
    sheet.refuse(names, place, place + 1)
    return Grid(sheet, place, names)
