"""Workbooks for tests: real ones by openpyxl, and broken ones put together by hand."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def save_rows(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    at: tuple[int, int] = (1, 1),
    title: str = "Sheet1",
) -> Path:
    """A workbook with ``rows`` from the cell at row and column ``at`` (from 1)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            if value is not None:
                sheet.cell(at[0] + down, at[1] + right, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def save_parts(path: Path, sheet_xml: str, *, shared: str = "", compress: bool = True) -> Path:
    """A workbook whose only sheet, ``S``, is exactly ``sheet_xml``."""
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
        )
        if shared:
            archive.writestr("xl/sharedStrings.xml", shared)
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
    return path


def sheet(rows: str, after: str = "") -> str:
    """The XML of a sheet with these rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def shared_strings(*texts: str) -> str:
    """The shared strings part."""
    return (
        f'<sst xmlns="{_MAIN}">' + "".join(f"<si><t>{text}</t></si>" for text in texts) + "</sst>"
    )


def declare(path: Path, part: str, *, size: int, crc: int | None = None) -> None:
    """Change what the archive says ``part`` holds, in both its headers, without changing it."""
    data = bytearray(path.read_bytes())
    name = part.encode()
    for magic, crc_at, size_at, name_at in ((b"PK\3\4", 14, 22, 30), (b"PK\1\2", 16, 24, 46)):
        start = data.find(magic)
        while start >= 0:
            if data[start + name_at : start + name_at + len(name)] == name:
                struct.pack_into("<I", data, start + size_at, size)
                if crc is not None:
                    struct.pack_into("<I", data, start + crc_at, crc)
            start = data.find(magic, start + 4)
    path.write_bytes(data)
