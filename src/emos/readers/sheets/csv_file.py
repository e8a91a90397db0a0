"""Reading a CSV file as text, every record with the line it starts on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.readers.sheets.opening import cannot_be_read, check_file
from emos.readers.sheets.sheet_xml import column_letters


class CsvCells(NamedTuple):
    """All records of a CSV file, the header included.

    Attributes
    ----------
    cells : string columns A, B, C, ...; null where a field is empty or not there.
    lines : the line each record starts on.
    fields : how many fields each record has.
    """

    cells: pl.DataFrame
    lines: pl.Series
    fields: pl.Series


def read_csv_cells(path: Path) -> CsvCells:
    """Read a CSV or TSV file as text.

    A file whose first line holds no comma but a tab or a semicolon is read with that separator.

    Raises
    ------
    EmosError : if the file is missing, empty, not text, or not UTF-8, or a quotation mark stands
        where it closes no field, or is never closed.
    """
    text = _text(path)
    separator = _separator(text)
    frame = _read_plain(text, separator)
    if frame is None:
        return _read_records(path, text, separator)
    lines = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True)
    # No quotation marks here: every separator parts two fields.
    fields = pl.Series(text.split("\n")[: frame.height]).str.count_matches(separator, literal=True)
    return CsvCells(frame, lines, fields.cast(pl.Int64) + 1)


def _text(path: Path) -> str:
    check_file(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise cannot_be_read(path, error) from error
    if not data.strip():
        raise EmosError("the file is empty", file=path, remedy="check that it was saved")
    remedy = "save it as CSV UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise EmosError("the file is UTF-16, not UTF-8", file=path, remedy=remedy)
    if data[:2] == b"PK":
        raise EmosError("a workbook, not a CSV file", file=path, remedy="rename it to .xlsx")
    if b"\0" in data[:65536]:
        raise EmosError("not a text file", file=path, remedy=remedy)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EmosError(
            f"the file is {_encoding(data)}, not UTF-8",
            file=path,
            place=f"line {line}",
            remedy=remedy,
        ) from error


def _encoding(data: bytes) -> str:
    """GBK if its bytes make mostly Chinese characters, else some other 8-bit encoding."""
    try:
        letters = [c for c in data.decode("gb18030") if ord(c) > 127]
    except UnicodeDecodeError:
        return "in an 8-bit encoding (Windows-1252?)"
    chinese = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\uffef" for c in letters)
    return "GBK" if chinese * 2 > len(letters) else "in an 8-bit encoding (Windows-1252?)"


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    if "," in first:
        return ","
    return next((mark for mark in "\t;" if mark in first), ",")


def _read_plain(text: str, separator: str) -> pl.DataFrame | None:
    """The fast way, only where no record can span lines or be skipped: then row = line."""
    if '"' in text or "\r\n\r\n" in text or "\n\n" in text or text.startswith(("\n", "\r")):
        return None
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=False,
            separator=separator,
            quote_char=None,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        return None  # records of different lengths: told apart below
    if frame.height != text.count("\n") + (not text.endswith("\n")):
        return None
    frame.columns = [column_letters(place) for place in range(frame.width)]
    return frame


def _read_records(path: Path, text: str, separator: str) -> CsvCells:
    # Strict: otherwise a quotation mark that is never closed swallows the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for record in reader:
            rows.append(record)
            lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise _not_csv(path, error, start) from error
    width = max(map(len, rows))
    columns = {
        column_letters(place): [(row[place] or None) if place < len(row) else None for row in rows]
        for place in range(width)
    }
    return CsvCells(
        pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)),
        pl.Series(lines, dtype=pl.Int64),
        pl.Series([len(row) for row in rows], dtype=pl.Int64),
    )


def _not_csv(path: Path, error: csv.Error, line: int) -> EmosError:
    """What is wrong with the record that begins on ``line``."""
    if "unexpected end" in str(error):
        problem = "a quotation mark of the row that begins here is never closed"
        remedy = "close it, or write it twice if it is part of the text"
    elif "expected after" in str(error):
        problem = "a quotation mark stands within a text of the row that begins here"
        remedy = "write it twice within a quoted text, or close the quotation before it"
    else:
        problem, remedy = f"not readable as CSV ({error})", "save it as CSV UTF-8"
    return EmosError(problem, file=path, place=f"line {line}", remedy=remedy)
