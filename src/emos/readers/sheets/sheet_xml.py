"""What a sheet's XML says that readers of values leave out: addresses, formulas, errors, merges.

Only tags and attributes are looked at (ECMA-376 part 1, section 18.3.1); values are left to
calamine.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from emos.errors import EmosError


class Cell(NamedTuple):
    """A cell by 0-based row and column; ``str`` gives its address."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"


class SheetScan(NamedTuple):
    """Extent and special cells of a sheet; ``prefix`` is the XML prefix of its tags."""

    prefix: bytes
    rows: int
    columns: int
    formulas: frozenset[Cell]
    merged: frozenset[Cell]
    errors: dict[Cell, str]


def column_letters(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def sheet_parts(workbook: bytes, relations: bytes, path: Path) -> dict[str, str]:
    """Name of every sheet, in the workbook's order, with the name of its part.

    Raises
    ------
    EmosError : if either part is damaged.
    """
    try:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in _parse(relations, path)
            if relation.get("Type", "").endswith("/worksheet")
        }
        sheets = [e for e in _parse(workbook, path).iter() if e.tag.endswith("}sheet")]
    except ET.ParseError as error:
        raise EmosError(
            "the workbook is truncated or damaged", file=path, remedy="download it again"
        ) from error
    parts = {}
    for sheet in sheets:
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        if key in targets:
            target = targets[key].lstrip("/")
            parts[sheet.get("name", "")] = (
                target if target.startswith("xl/") else str(PurePosixPath("xl") / target)
            )
    return parts


def _parse(xml: bytes, path: Path) -> ET.Element:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise EmosError("the workbook declares XML entities, which no real one does", file=path)
    return ET.fromstring(xml)


def scan(xml: bytes, path: Path, name: str) -> SheetScan:
    """Find extent, formulas, errors and merged cells.

    Raises
    ------
    EmosError : if rows or cells carry no address, so that no place could be told.
    """
    opening = re.search(rb"<(\w+:)?sheetData\b", xml)
    if opening is None:
        raise EmosError(
            "the sheet is truncated or damaged",
            file=path,
            place=f"sheet {name}",
            remedy="save it again or download it again",
        )
    prefix = opening[1] or b""
    start = opening.end()
    end = xml.rfind(b"</" + prefix + b"sheetData")
    end = len(xml) if end < 0 else end
    regular = _all_addressed(xml, b"<" + prefix + b"row", start, end)
    regular &= _all_addressed(xml, b"<" + prefix + b"c", start, end)
    if not regular and (
        _without_address(xml, prefix + b"row") or _without_address(xml, prefix + b"c")
    ):
        raise EmosError(
            "the sheet's cells carry no addresses",
            file=path,
            place=f"sheet {name}",
            remedy="open it in a spreadsheet program and save it as .xlsx",
        )
    # A pattern that begins with fixed text is searched several times faster.
    tag = b'%b r="' if regular else b"%b\\b[^>]*?\\sr=[\"']"
    rows = re.findall(b"<" + tag % (prefix + b"row") + rb"(\d+)", xml)
    wide = re.findall(b"<" + tag % (prefix + b"c") + rb"([A-Z]{2,})\d", xml)
    return SheetScan(
        prefix,
        rows=max(map(int, rows), default=0),
        columns=max((column_number(letters.decode()) + 1 for letters in set(wide)), default=26),
        formulas=_formulas(xml, prefix),
        merged=_merged(xml[end:], prefix),
        errors=_errors(xml, prefix),
    )


def _all_addressed(xml: bytes, tag: bytes, start: int, end: int) -> bool:
    """Whether each such tag between ``start`` and ``end`` begins with its address, as is usual."""
    return xml.count(tag, start, end) == xml.count(tag + b' r="', start, end)


def _without_address(xml: bytes, tag: bytes) -> bool:
    return re.search(b"<" + tag + rb'(?=[\s>/])(?![^>]*\sr=["\'])', xml) is not None


def _address(attributes: bytes) -> Cell | None:
    match = re.search(rb'\sr=["\']([A-Z]+)(\d+)', b" " + attributes)
    return Cell(int(match[2]) - 1, column_number(match[1].decode())) if match else None


def _formulas(xml: bytes, prefix: bytes) -> frozenset[Cell]:
    if b"<" + prefix + b"f" not in xml:
        return frozenset()
    pattern = rb"<%bc\s([^>]*)>\s*<%bf\b([^>]*)>" % (prefix, prefix)
    found: set[Cell] = set()
    for match in re.finditer(pattern, xml):
        cell = _address(match[1])
        if cell is not None:
            found.add(cell)
        # An array formula stands in one cell and fills a range.
        spilled = re.search(rb'\sref=["\']([A-Z0-9:]+)', match[2])
        if spilled and re.search(rb't=["\'](?:array|dataTable)', match[2]):
            found.update(_range(spilled[1].decode()))
    return frozenset(found)


def _merged(xml: bytes, prefix: bytes) -> frozenset[Cell]:
    if b"<" + prefix + b"mergeCell " not in xml:
        return frozenset()
    found: set[Cell] = set()
    for match in re.finditer(rb"<%bmergeCell\s[^>]*?ref=[\"']([A-Z0-9:]+)" % prefix, xml):
        found.update(_range(match[1].decode())[1:])
    return frozenset(found)


def _errors(xml: bytes, prefix: bytes) -> dict[Cell, str]:
    if b't="e"' not in xml and b"t='e'" not in xml:
        return {}
    pattern = rb"<%bc\s([^>]*?\bt=[\"']e[\"'][^>]*)>(?:(?!</%bc>).)*?<%bv>([^<]*)<" % (
        (prefix,) * 3
    )
    found = {}
    for match in re.finditer(pattern, xml, re.DOTALL):
        cell = _address(match[1])
        if cell is not None:
            found[cell] = match[2].decode("utf-8", "replace").strip()
    return found


def _range(text: str, limit: int = 1_000_000) -> list[Cell]:
    """The cells of ``B2:C5``; of a huge range only the first ``limit``."""
    ends = re.findall(r"([A-Z]+)(\d+)", text)
    if not ends:
        return []
    (left, top), (right, bottom) = ends[0], ends[-1]
    cells = (
        Cell(row - 1, column)
        for row in range(int(top), int(bottom) + 1)
        for column in range(column_number(left), column_number(right) + 1)
    )
    return [cell for cell, _ in zip(cells, range(limit), strict=False)]


def insert_anchor(xml: bytes, layout: SheetScan, text: str) -> bytes:
    """Put a first row with one cell at A1 before all others.

    calamine lays its grid from the first to the last cell it meets. With a cell at A1 the grid
    starts there; a real A1 comes later and replaces it.
    """
    p = layout.prefix
    row = b'<%brow r="1"><%bc r="A1" t="str"><%bv>%b</%bv></%bc></%brow>' % (
        *(p, p, p),
        text.encode(),
        *(p, p, p),
    )
    opening = re.search(rb"<%bsheetData\s*(/?)>" % p, xml)
    if opening is None:
        return xml
    if opening[1]:
        return xml.replace(opening[0], b"<%bsheetData>%b</%bsheetData>" % (p, row, p), 1)
    return xml[: opening.end()] + row + xml[opening.end() :]
