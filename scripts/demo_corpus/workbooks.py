"""Annotators' workbooks, written so that the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

STAMP = (2024, 1, 1, 0, 0, 0)
SAVED_AT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Row = dict[str, str | int]


@dataclass(frozen=True)
class Sheet:
    """One annotator's workbook.

    Attributes
    ----------
    file : path in the corpus.
    name : of the sheet.
    columns : header by key; a header may be empty.
    rows : one per clip of the language, by column key; an absent key is an empty cell.
    empty_before : places of clips before which a wholly empty row stands.
    """

    file: str
    name: str
    columns: dict[str, str]
    rows: list[Row]
    empty_before: tuple[int, ...] = ()

    def line(self, place: int) -> int:
        """The sheet's own number (1-based) of the row of a clip."""
        return place + 2 + sum(place >= gap for gap in self.empty_before)

    def cell(self, place: int, column: str) -> str:
        """The address of a cell, ``K17``."""
        return f"{get_column_letter(list(self.columns).index(column) + 1)}{self.line(place)}"


def write(sheet: Sheet, folder: Path) -> None:
    """Write one workbook."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.name
    for place, header in enumerate(sheet.columns.values(), start=1):
        if header:
            page.cell(1, place, header)
    for number, row in enumerate(sheet.rows):
        for place, key in enumerate(sheet.columns, start=1):
            if row.get(key, "") != "":
                page.cell(sheet.line(number), place, row[key])
    raw = io.BytesIO()
    book.save(raw)
    path = folder / sheet.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_timeless(raw.getvalue()))


def _timeless(raw: bytes) -> bytes:
    """The same workbook with one fixed time in place of the hour it was saved."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-01-01T00:00:00Z", content
                )
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return out.getvalue()
