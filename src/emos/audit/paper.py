"""A paper to audit: a folder with ``paper.toml`` and, for each table, a TOML and a Python file.

``table_2.toml`` holds what the paper prints, ``table_2.py`` beside it has::

    def cells(table: Table, evidence: Evidence) -> Iterable[Cell]: ...

and both join by being there. ``highlights.toml`` may name the cells that matter most,
``styles.toml`` what the paper claims of annotators (`emos.audit.style_claims`), ``published.toml``
which values are scores of models (`emos.audit.published_scores`). Papers that EmoS ships lie in
``emos/audit/``; any other folder can be given by its path. Its Python files are run: audit only
folders you trust.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

from emos.audit.cell import Cell
from emos.audit.evidence import Evidence
from emos.audit.highlights import FILE as HIGHLIGHTS
from emos.audit.highlights import Highlight, read_highlights
from emos.audit.table import Table, read_table
from emos.errors import EmosError
from emos.readers.repair import MODES
from emos.tables.info import read_toml

_HERE = Path(__file__).parent
STYLES_FILE = "styles.toml"  # no table: what the paper says of annotators in words
PUBLISHED_FILE = "published.toml"  # no table: which printed values are scores of models

Cells = Callable[[Table, Evidence], Iterable[Cell]]


@dataclass(frozen=True)
class TableAudit:
    """A table's printed values and the function that makes its cells."""

    table: Table
    cells: Cells
    file: Path


@dataclass(frozen=True)
class Paper:
    """A paper: what it is called, where it can be read, and its tables.

    ``dataset`` is the name of the dataset it is about (empty: any). ``reading`` says how its tables
    read misspelt labels, ``full`` (repaired) or ``drop``.
    ``highlights`` are cells that a reader should know first.
    Numbered tables come first, then figures and named sections, then numbered sections.
    """

    name: str
    title: str
    source: str
    tables: tuple[TableAudit, ...]
    dataset: str = ""
    reading: str = "full"
    highlights: tuple[Highlight, ...] = ()

    def cells(self, evidence: Evidence) -> tuple[Cell, ...]:
        """Every cell of every table.

        Raises
        ------
        EmosError : if a table's Python file fails, a printed value gets no cell, or two cells have
            one key.
        """
        found: dict[str, Cell] = {}
        for part in self.tables:
            keys = set()
            for cell in _made(part, evidence):
                if cell.key in found:
                    raise EmosError(f"two cells have the key {cell.key}", file=part.file)
                found[cell.key] = cell
                keys.add(cell.key)
            for row, column in part.table.values:
                if part.table.key(row, column) not in keys:
                    raise EmosError(
                        f"the printed value {part.table.key(row, column)} gets no cell",
                        file=part.file,
                        remedy="yield table.cell(...) for it; computed may be None with a reason",
                    )
        for highlight in self.highlights:
            if highlight.key not in found:
                raise EmosError(f"{HIGHLIGHTS} names {highlight.key!r}, which is no cell")
        return tuple(found.values())


def _made(part: TableAudit, evidence: Evidence) -> list[Cell]:
    """The cells of a table; ``not recoverable`` throughout if the dataset lacks what it needs."""
    missing = [batch for batch in part.table.needs if batch not in evidence.batches]
    if missing:
        why = f"Not computed: the dataset has no items of {', '.join(missing)}."
        return [
            part.table.cell(row, column, None, why, recoverable=False)
            for row, column in part.table.values
        ]
    try:
        cells = list(part.cells(part.table, evidence))
        if not all(isinstance(cell, Cell) for cell in cells):
            raise TypeError("cells(table, evidence) must yield cells")
        return cells
    except EmosError:
        raise
    except (Exception, SystemExit) as error:  # code of others: say whose it is
        raise EmosError(
            f"its cells cannot be made ({type(error).__name__}: {error})", file=part.file
        ) from error


def known_papers() -> tuple[str, ...]:
    """Names of the papers that EmoS ships."""
    return tuple(sorted(path.parent.name for path in _HERE.glob("*/paper.toml")))


def paper_folder(name: str | Path) -> Path:
    """The folder of the paper called ``name``, or of the one at a path.

    Raises
    ------
    EmosError : if there is no such paper.
    """
    if str(name) in known_papers():
        return _HERE / str(name)
    folder = Path(name).resolve()
    if not (folder / "paper.toml").is_file():
        raise EmosError(
            f"no paper called {str(name)!r}, and no folder with a paper.toml",
            remedy=f"known are {', '.join(known_papers())}",
        )
    return folder


def load_paper(name: str | Path) -> Paper:
    """The paper called ``name`` (``emos_paper``), or the one in a folder.

    Raises
    ------
    EmosError : if there is no such paper, or one of its files is wrong.
    """
    folder = paper_folder(name)
    package = f"emos.audit.{name}" if str(name) in known_papers() else _package(folder)
    info = read_toml(folder / "paper.toml")
    fits = all(isinstance(value, str) for value in info.values())
    optional = set(info) - {"title", "source"}
    if not fits or not {"title", "source"} <= set(info) or not optional <= {"dataset", "reading"}:
        raise EmosError(
            "must have the texts title and source, and may have dataset and reading",
            file=folder / "paper.toml",
        )
    if info.get("reading", "full") not in MODES:
        raise EmosError(
            f"reading is {info['reading']!r}",
            file=folder / "paper.toml",
            remedy=f"use {' or '.join(MODES)}",
        )
    parts = [
        _table_audit(path, package)
        for path in sorted(folder.glob("*.toml"))
        if path.name not in ("paper.toml", HIGHLIGHTS, STYLES_FILE, PUBLISHED_FILE)
    ]
    parts.sort(key=lambda part: (_order(part.table.id), part.file.name))
    highlights = read_highlights(folder)
    return Paper(name=folder.name, tables=tuple(parts), highlights=highlights, **info)


def _package(folder: Path) -> str:
    """A fresh package over a folder anywhere, so that its files may import one another."""
    name = f"_emos_audit_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[loaded]  # files may have changed since they were last read
    invalidate_caches()
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    return name


def _table_audit(path: Path, package: str) -> TableAudit:
    code = path.with_suffix(".py")
    if not code.is_file():
        raise EmosError(
            "the table has no Python file",
            file=path,
            remedy=f"write {code.name} with cells(table, evidence)",
        )
    try:
        module = import_module(f"{package}.{path.stem}")
    except (Exception, SystemExit) as error:  # code of others: say whose it is
        raise EmosError(f"cannot be loaded ({error})", file=code) from error
    cells = getattr(module, "cells", None)
    if not callable(cells):
        raise EmosError("has no function cells(table, evidence)", file=code)
    return TableAudit(read_table(path), cells, code)


def _order(table: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Tables by number, then names, then sections by number (3.2 before 3.10)."""
    if table.isdecimal():
        return 0, ((int(table), ""),)
    parts = table.lower().replace(".", " ").split()
    return 1, tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
