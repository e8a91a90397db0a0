"""Reading one sheet of a workbook or one CSV file as text, every cell at its own address.

Readers of workbooks commonly drop blank rows or columns, take a formula's cached value, or turn an
error into a blank. Here row ``i`` of the frame is row ``i + 1`` of the sheet and its columns are
called A, B, C, ...; formulas, errors and merged cells are known by address, and the caller refuses
those that stand where it reads (`Sheet.refuse`).

A workbook is unpacked here, within a limit on what it really holds, and handed to calamine as a
plain archive of the few parts that matter: nothing that was not measured is ever unpacked.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import fastexcel
import polars as pl

from emos.errors import EmosError
from emos.readers.sheets import sheet_xml
from emos.readers.sheets.csv_file import read_csv_cells
from emos.readers.sheets.opening import cannot_be_read, check_file
from emos.readers.sheets.sheet_xml import Cell, column_letters

MAX_UNPACKED = (
    512 * 1024**2
)  # bytes of XML; the twelve workbooks of the EmoS release hold 3 MB each
MAX_CELLS = 30_000_000  # a column of Excel holds 1,048,576
# The private-use letters cannot be typed: a cell put at A1 so that nothing before it is dropped.
_ANCHOR = "\ue000anchor\ue000"


@dataclass(frozen=True)
class Sheet:
    """One sheet (or one CSV file) as text.

    Attributes
    ----------
    path : the file.
    name : the sheet's name, ``""`` for a CSV file.
    cells : one string column per sheet column (A, B, ...), row ``i`` is the sheet's row ``i + 1``;
        null where a cell is empty. Numbers are written as short as they can be (``1``, ``0.8``),
        to nine decimals; dates and times as ``2020-01-02 03:04:05``.
    formulas, merged : cells with a formula, and all cells of merged ranges but the first.
    lines, fields : for a CSV file the line of each row and how many fields it has, for a workbook
        ``None``.
    others : names of the workbook's other sheets.
    """

    path: Path
    name: str
    cells: pl.DataFrame
    formulas: frozenset[Cell] = frozenset()
    merged: frozenset[Cell] = frozenset()
    lines: pl.Series | None = None
    fields: pl.Series | None = None
    others: tuple[str, ...] = field(default=())

    def place(self, row: int, column: str) -> str:
        """How a cell is called: ``K17``, or ``line 17`` in a CSV file (``row`` from 0)."""
        return f"line {self.lines[row]}" if self.lines is not None else f"{column}{row + 1}"

    def places(self, column: str, rows: pl.Expr) -> pl.Expr:
        """The same for a whole column: ``rows`` are 0-based rows of the sheet."""
        if self.lines is not None:
            return pl.concat_str(pl.lit("line "), pl.lit(self.lines).gather(rows))
        return pl.concat_str(pl.lit(column), rows + 1)

    def refuse(self, columns: Iterable[str], first_row: int, end_row: int) -> None:
        """Stop where a formula or a merged cell stands in what is about to be read.

        A formula's stored value may be stale, and a merged cell has no value of its own.

        Raises
        ------
        EmosError : naming the first such cell among ``columns`` and rows ``[first_row, end_row)``.
        """
        wanted = {sheet_xml.column_number(column) for column in columns}
        for cells, what, remedy in (
            (self.formulas, "a formula", "replace it by its value (paste as values)"),
            (self.merged, "a merged cell", "unmerge the cells and fill in each"),
        ):
            found = sorted(c for c in cells if c.column in wanted and first_row <= c.row < end_row)
            if found:
                more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
                raise EmosError(
                    f"{what} stands where a value is read{more}",
                    file=self.path,
                    place=f"sheet {self.name}, cell {found[0]}",
                    remedy=remedy,
                )


def read_sheet(path: str | Path, *, sheet: str | None = None) -> Sheet:
    """Read a sheet of an .xlsx workbook, or a CSV file.

    Parameters
    ----------
    path : the file; ``.csv`` and ``.tsv`` are read as text, anything else as a workbook.
    sheet : name of the sheet; the first one if ``None``.

    Raises
    ------
    EmosError : if the file is missing, empty, truncated, encrypted, not what its name says, unpacks
        to more than `MAX_UNPACKED` bytes, or has no such sheet.
    """
    path = Path(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        read = read_csv_cells(path)
        return Sheet(path, "", read.cells, lines=read.lines, fields=read.fields)
    data = read_bytes(path)
    _refuse_other_formats(path, data)
    parts = _Parts(path, data)
    names = list(parts.sheets)
    name = sheet if sheet is not None else names[0]
    if name not in names:
        raise EmosError(
            f"no sheet called {name!r}", file=path, remedy=f"it has {', '.join(map(repr, names))}"
        )
    xml = parts.read(parts.sheets[name])
    layout = sheet_xml.scan(xml, path, name)
    if layout.rows * layout.columns > MAX_CELLS:
        raise EmosError(
            f"the sheet spans {layout.rows:,} rows x {layout.columns:,} columns",
            file=path,
            place=f"sheet {name}",
            remedy="delete the stray cells far from the data",
        )
    _check_shared_text(path, xml, parts)
    anchored = sheet_xml.insert_anchor(xml, layout, _ANCHOR)
    cells = _load(path, name, parts.repacked(name, anchored))
    cells = _with_errors(cells, layout.errors)
    return Sheet(
        path,
        name,
        cells,
        layout.formulas,
        layout.merged,
        others=tuple(other for other in names if other != name),
    )


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or one clear line why there are none."""
    check_file(path)
    try:
        if path.stat().st_size > MAX_UNPACKED:
            raise EmosError(
                f"larger than {MAX_UNPACKED // 1024**2} MiB", file=path, remedy="split it"
            )
        data = path.read_bytes()
    except OSError as error:
        raise cannot_be_read(path, error) from error
    if not data:
        raise EmosError("the file is empty", file=path, remedy="check that it was saved")
    return data


_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF file"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
)


def _refuse_other_formats(path: Path, data: bytes) -> None:
    if data.startswith(b"PK"):
        return
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EmosError(
                "the workbook is encrypted", file=path, remedy="save it without a password"
            )
        raise EmosError("an old Excel file (.xls)", file=path, remedy="save it as .xlsx")
    what = next((name for magic, name in _SIGNATURES if data.startswith(magic)), None)
    if what is None:
        what = "a text file" if _is_text(data[:4096]) else "something else"
    remedy = "rename it to .csv if it is one" if what == "a text file" else "find the real workbook"
    raise EmosError(f"not a workbook but {what}", file=path, remedy=remedy)


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and sum(byte < 9 for byte in head) == 0


_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(OSError, EOFError, ValueError, IndexError, struct.error),
)


class _Parts:
    """The parts of an .xlsx archive, unpacked one by one within the limit."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self._cache: dict[str, bytes] = {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (*_ZIP_ERRORS, NotImplementedError) as error:
            raise self._damaged() from error
        self._names = {info.filename.lower().lstrip("/"): info for info in self._archive.infolist()}
        if "xl/workbook.xml" not in self._names:
            what = "an .xlsb workbook" if "xl/workbook.bin" in self._names else "another archive"
            raise EmosError(f"not an .xlsx workbook but {what}", file=path, remedy="save as .xlsx")

    def _damaged(self) -> EmosError:
        return EmosError(
            "the workbook is truncated or damaged",
            file=self.path,
            remedy="save it again or download it again",
        )

    def read(self, name: str) -> bytes:
        """A part's bytes; ``b""`` if the archive has none of that name."""
        info = self._names.get(name.lower())
        if info is None:
            return b""
        if name not in self._cache:
            used = sum(len(part) for part in self._cache.values())
            if used + info.file_size > MAX_UNPACKED:
                raise EmosError(
                    f"the workbook unpacks to more than {MAX_UNPACKED // 1024**2} MiB",
                    file=self.path,
                    remedy="it may be a zip bomb; split it if it is real",
                )
            try:
                # Asked for a number of bytes, zipfile unpacks no more than that. A part that
                # declares less than it holds then fails its checksum.
                with self._archive.open(info) as part:
                    self._cache[name] = part.read(info.file_size + 1)
            except (*_ZIP_ERRORS, NotImplementedError) as error:
                raise self._damaged() from error
            except RuntimeError as error:  # zipfile's word for a password
                raise EmosError(
                    "the workbook is encrypted", file=self.path, remedy="save it without a password"
                ) from error
        return self._cache[name]

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Name of every sheet and of its part, in the workbook's order; at least one."""
        found = sheet_xml.sheet_parts(
            self.read("xl/workbook.xml"), self.read("xl/_rels/workbook.xml.rels"), self.path
        )
        if not found:
            raise EmosError("the workbook has no sheet", file=self.path, remedy="save it again")
        if any(part.lower() not in self._names for part in found.values()):
            raise self._damaged()
        return found

    def repacked(self, name: str, xml: bytes) -> bytes:
        """A stored archive of the parts calamine needs, the sheet's XML replaced."""
        sheet_part = self.sheets[name]
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for part in (
                "[Content_Types].xml",
                "_rels/.rels",
                "xl/workbook.xml",
                "xl/_rels/workbook.xml.rels",
                "xl/styles.xml",
                "xl/sharedStrings.xml",
            ):
                data = self.read(part)
                if data:
                    archive.writestr(part, data)
            archive.writestr(sheet_part, xml)
        return buffer.getvalue()


def _check_shared_text(path: Path, xml: bytes, parts: _Parts) -> None:
    """A long shared string used by very many cells also unpacks to gigabytes."""
    shared = parts.read("xl/sharedStrings.xml")
    uses = xml.count(b't="s"')
    if not uses or uses * 32_767 <= MAX_UNPACKED or uses * len(shared) <= MAX_UNPACKED:
        return
    lengths = [len(entry) for entry in re.split(rb"</(?:\w+:)?si>", shared)]
    total = 0
    for match in re.finditer(rb't="s"[^>]*>\s*<(?:\w+:)?v>(\d+)<', xml):
        index = int(match[1])
        total += lengths[index] if index < len(lengths) else 0
        if total > MAX_UNPACKED:
            raise EmosError(
                f"the sheet's text unpacks to more than {MAX_UNPACKED // 1024**2} MiB",
                file=path,
                remedy="it may be a zip bomb; split it if it is real",
            )


def _load(path: Path, name: str, data: bytes) -> pl.DataFrame:
    try:
        loaded = fastexcel.read_excel(data).load_sheet(
            name, header_row=None, skip_rows=0, dtypes="string"
        )
        frame: pl.DataFrame = loaded.to_polars()
    except fastexcel.FastExcelError as error:
        raise EmosError(
            "the workbook is truncated or damaged",
            file=path,
            place=f"sheet {name}",
            remedy="save it again or download it again",
        ) from error
    except BaseException as error:
        # A panic inside the Rust reader derives from BaseException; anything else is not ours.
        if type(error).__name__ != "PanicException":
            raise
        raise EmosError(
            "the workbook's XML is not in order", file=path, remedy="save it again as .xlsx"
        ) from error
    frame.columns = [column_letters(place) for place in range(frame.width)]
    first = frame.columns[0]
    return frame.with_columns(
        pl.when(pl.col(first) == _ANCHOR).then(None).otherwise(pl.col(first)).alias(first)
    )


def _with_errors(cells: pl.DataFrame, errors: dict[Cell, str]) -> pl.DataFrame:
    """Put ``#REF!`` and its like back: calamine reads them as blanks."""
    for cell, text in errors.items():
        letter = column_letters(cell.column)
        if letter in cells.columns and cell.row < cells.height:
            cells = cells.with_columns(
                pl.when(pl.int_range(pl.len()) == cell.row)
                .then(pl.lit(text))
                .otherwise(pl.col(letter))
                .alias(letter)
            )
    return cells
