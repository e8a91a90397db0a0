"""A file of JSON lines that only grows, and that a process killed at any moment leaves usable."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from emos.errors import EmosError

_BLOCK = 65536


class Journal:
    """Appends records to a file, each handed to the system before the next is made.

    Opening it heals what a killed process left: a last line without its end is completed if it
    is a whole record, else cut off; ``cut`` says how many bytes that were.

    Raises
    ------
    EmosError : if the file cannot be opened or written (a full disk, say).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.cut = _heal(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            self.end = os.fstat(self._file).st_size
        except OSError as error:
            raise self._cannot(error) from error

    def append(self, record: dict[str, Any]) -> int:
        """Write a record and return where in the file its line begins."""
        line = json_line(record)
        begin = self.end
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            raise self._cannot(error) from error
        self.end += len(line)
        return begin

    def close(self) -> None:
        """Have the system write everything to the disk, and close."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._cannot(error) from error
        finally:
            os.close(self._file)

    def _cannot(self, error: OSError) -> EmosError:
        return EmosError(
            f"cannot be written ({error.strerror})",
            file=self.path,
            remedy="make room or mend it, then start the same command again",
        )


def json_line(record: dict[str, Any]) -> bytes:
    """A record as one line of UTF-8; half a surrogate pair, which a model may send, is escaped."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
    return text.encode("utf-8", errors="backslashreplace")


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Where each record's line begins, and the record; nothing if there is no such file.

    Raises
    ------
    EmosError : for a line that is no JSON object, with its number.
    """
    if not path.exists():
        return
    begin = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                record = _record(line)
                if record is None:
                    raise EmosError(
                        "no JSON object",
                        file=path,
                        place=f"line {number}",
                        remedy="take the line out; its item is asked again",
                    )
                yield begin, record
                begin += len(line)
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error


def read_line(path: Path, begin: int) -> dict[str, Any]:
    """The record whose line begins at ``begin``."""
    with path.open("rb") as file:
        file.seek(begin)
        record = _record(file.readline())
    if record is None:
        raise EmosError("was changed during the run", file=path, place=f"byte {begin}")
    return record


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _heal(path: Path) -> int:
    """Complete or cut off a last line without an end; how many bytes were cut."""
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        begin = _last_line(file, size)
        if begin == size:
            return 0
        file.seek(begin)
        if _record(file.read()) is None:
            file.truncate(begin)
            return size - begin
        file.write(b"\n")
    return 0


def _last_line(file: BinaryIO, size: int) -> int:
    """Where the bytes after the last line end begin."""
    end = size
    while end > 0:
        begin = max(0, end - _BLOCK)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0
