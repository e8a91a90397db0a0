"""A folder as the rules see it: every file once read, tables and JSON taken apart."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from emos.errors import EmosError
from emos.readers.lint.answers import AnswerGroup, answer_groups
from emos.readers.lint.listing import Listing, find_listings
from emos.readers.lint.people import People, find_people
from emos.readers.lint.properties import Properties, read_properties
from emos.readers.lint.table import Table, read_tables
from emos.readers.salvage import Salvaged, read_json
from emos.readers.sheets.opening import cannot_be_read, check_file
from emos.readers.streams.monologues import EMOTION, StreamingTables, read_streaming

MEDIA = frozenset(
    [".mp4", ".mov", ".avi", ".mkv", ".webm", ".flv", ".wmv", ".m4v", ".wav", ".mp3", ".m4a"]
)
_WORKBOOKS = frozenset([".xlsx", ".xlsm"])
_TEXT_TABLES = frozenset([".csv", ".tsv"])
_TEXTS = frozenset([".md", ".txt", ".rst", ".toml", ".yaml", ".yml", ".cfg", ".ini", ".bib", ""])
_MAX_TEXT_BYTES = 4 * 1024 * 1024
_MAX_FILES = 200_000


class Folder:
    """What stands under ``root``; links are not followed, hidden folders not entered.

    Parameters
    ----------
    root : a folder, or one file (then only that file is looked at).
    names : names of persons known to the caller, looked for beside those found.

    Attributes
    ----------
    root : the folder (of the file).
    unreadable : files that the system does not give out.
    files : path within the root to size in bytes, in alphabetical order.
    """

    def __init__(self, root: Path, names: Iterable[str] = ()) -> None:
        if not root.is_dir():
            check_file(root, wanted="file or folder")
        self.root = root if root.is_dir() else root.parent
        self._read_errors: dict[str, EmosError] = {}
        self.files = self._walk() if root.is_dir() else {root.name: root.stat().st_size}
        self.unreadable = frozenset(file for file in self.files if not self._opens(file))
        self.given_names = tuple(names)

    def _walk(self) -> dict[str, int]:
        """Every file with its size; a folder that cannot be entered is an error of its own."""
        found: dict[str, int] = {}

        def no_entry(error: OSError) -> None:
            name = Path(error.filename).relative_to(self.root).as_posix()
            self._read_errors[name] = cannot_be_read(Path(name), error)

        for folder, folders, names in os.walk(self.root, onerror=no_entry):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            for name in names:
                path = Path(folder, name)
                file = path.relative_to(self.root).as_posix()
                try:
                    status = path.lstat()
                except OSError as error:
                    self._read_errors[file] = cannot_be_read(Path(file), error)
                    continue
                if not S_ISREG(status.st_mode):
                    continue
                found[file] = status.st_size
                if len(found) > _MAX_FILES:
                    raise EmosError(
                        f"more than {_MAX_FILES:,} files",
                        file=self.root,
                        remedy="lint a part of it",
                    )
        return dict(sorted(found.items()))

    def _opens(self, file: str) -> bool:
        """Whether the system gives the file out at all; if not, that is its error."""
        try:
            with (self.root / file).open("rb"):
                return True
        except OSError as error:
            self._read_errors[file] = cannot_be_read(Path(file), error)
            return False

    def with_suffix(self, suffixes: Iterable[str]) -> list[str]:
        """Files that can be opened and whose names end so, capital or not; no temporary ones."""
        wanted = frozenset(suffixes)
        return [
            file
            for file in self.files
            if PurePosixPath(file).suffix.lower() in wanted
            and file not in self.unreadable
            and not PurePosixPath(file).name.startswith(("~$", "."))
        ]

    @property
    def workbooks(self) -> list[str]:
        """Excel workbooks."""
        return self.with_suffix(_WORKBOOKS)

    @cached_property
    def tables(self) -> list[Table]:
        """Every sheet with a header of every workbook and CSV file that can be read."""
        files = self.with_suffix(_WORKBOOKS | _TEXT_TABLES)
        # Reading is mostly calamine's work, during which other threads run.
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            results = list(pool.map(self._read_tables, files))
        return [table for tables in results for table in tables]

    def _read_tables(self, file: str) -> list[Table]:
        try:
            return read_tables(self.root / file, file)
        except EmosError as error:
            self._read_errors[file] = error
            return []

    @cached_property
    def json(self) -> dict[str, Salvaged]:
        """Every JSON file that can be read, mended where that is certain."""
        found = {}
        for file in self.with_suffix([".json"]):
            try:
                found[file] = read_json(self.root / file)
            except EmosError as error:
                self._read_errors[file] = error
        return found

    @cached_property
    def texts(self) -> dict[str, str]:
        """Files of plain text that are no table and no JSON."""
        found = {}
        for file in self.with_suffix(_TEXTS):
            if self.files[file] <= _MAX_TEXT_BYTES:
                try:
                    data = (self.root / file).read_bytes()
                    if b"\0" not in data:
                        found[file] = data.decode("utf-8-sig")
                except (OSError, UnicodeDecodeError):
                    continue  # not a text: nothing to look for
        return found

    @cached_property
    def strings(self) -> dict[str, list[tuple[str, str]]]:
        """Every key and string of every JSON file with its JSON pointer."""
        return {file: list(_strings(salvaged.value)) for file, salvaged in self.json.items()}

    @cached_property
    def errors(self) -> dict[str, EmosError]:
        """Files and folders that cannot be read, with the reason."""
        _ = self.tables, self.json
        return dict(sorted(self._read_errors.items()))

    @cached_property
    def answer_groups(self) -> list[AnswerGroup]:
        """Columns with several annotators' answers to the same items."""
        return answer_groups(self.tables)

    @cached_property
    def answer_sheets(self) -> frozenset[str]:
        """Workbooks that hold one annotator's answers."""
        return frozenset(
            column.table.file
            for group in self.answer_groups
            if group.apart
            for column in group.columns
        )

    @cached_property
    def listings(self) -> list[Listing]:
        """Manifests."""
        return find_listings(self.tables)

    @cached_property
    def streams(self) -> list[StreamingTables]:
        """What every folder of streaming monologues gives."""
        parents = {
            PurePosixPath(file).parent.parent
            for file in self.files
            if file.endswith(EMOTION[1:]) and "/" in file
        }
        return [read_streaming(self.root / parent, base=self.root) for parent in sorted(parents)]

    @cached_property
    def properties(self) -> dict[str, Properties]:
        """What each workbook says about itself."""
        found = {file: read_properties(self.root / file) for file in self.workbooks}
        return {file: properties for file, properties in found.items() if properties}

    @cached_property
    def people(self) -> People:
        """Names of persons, as far as the files give them away."""
        editors = [name for properties in self.properties.values() for name in properties.people]
        strings = (text for found in self.strings.values() for _, text in found)
        return find_people(self.tables, [*self.texts.values(), *strings], editors, self.given_names)


def _strings(value: object) -> Iterator[tuple[str, str]]:
    pending: list[tuple[str, object]] = [("", value)]
    while pending:
        pointer, found = pending.pop()
        if isinstance(found, str):
            yield pointer, found
        elif isinstance(found, dict):
            for key in found:
                yield f"{pointer}/{key}", key
            pending += [(f"{pointer}/{key}", member) for key, member in reversed(found.items())]
        elif isinstance(found, list):
            numbered = [(f"{pointer}/{place}", part) for place, part in enumerate(found)]
            pending += reversed(numbered)


def is_media(file: str) -> bool:
    """Whether a path names a video or a recording."""
    return PurePosixPath(file).suffix.lower() in MEDIA
