"""Audit a paper: every printed number beside the one its data give."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emos.audit.cell import Cell, Verdict
from emos.audit.compare import parse_printed, shown
from emos.audit.evidence import Evidence
from emos.audit.paper import Paper, known_papers, load_paper
from emos.audit.table import slug
from emos.errors import EmosError
from emos.tables import Dataset, signature
from emos.tables.writing import json_text, write_text


@dataclass(frozen=True)
class Audit:
    """The cells of a paper, table by table.

    ``signature`` names the paper, the dataset's tables by hash, and the version of EmoS;
    ``evidence`` is what the cells were computed from.
    """

    paper: Paper
    cells: tuple[Cell, ...]
    signature: str
    evidence: Evidence = field(compare=False, repr=False)

    def counts(self) -> dict[Verdict, int]:
        """How many cells got each verdict; all four appear."""
        found = Counter(cell.verdict for cell in self.cells)
        return {verdict: found[verdict] for verdict in Verdict}

    def tables(self) -> dict[str, list[Cell]]:
        """The cells by table."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.table, []).append(cell)
        return found

    def where(self, *, table: str | None = None, verdict: str | None = None) -> tuple[Cell, ...]:
        """The cells of one table, or of one verdict, or both.

        Case and hyphens do not matter (``figure-2``, ``not-recoverable``, ``Table 2``).

        Raises
        ------
        EmosError : for a table or verdict that does not exist, with those that do.
        """
        if table is not None:
            table = slug(table).removeprefix("table-").removeprefix("section-")
        wanted_table = _choose(table, self.tables(), f"{self.paper.name} has no table")
        wanted_verdict = _choose(verdict, [v.value for v in Verdict], "no verdict is called")
        return tuple(
            cell
            for cell in self.cells
            if wanted_table in (None, cell.table) and wanted_verdict in (None, cell.verdict)
        )

    def find(self, key: str) -> Cell:
        """The cell of a key, or of the only key that begins so.

        Raises
        ------
        EmosError : if no key or several fit; the message names the nearest.
        """
        cells = {cell.key: cell for cell in self.cells}
        if key in cells:
            return cells[key]
        begin = [known for known in cells if known.startswith(key)]
        if len(begin) == 1:
            return cells[begin[0]]
        near = begin[:5] or difflib.get_close_matches(key, cells, n=3, cutoff=0.4)
        problem = f"{len(begin)} cells begin with {key!r}" if begin else f"no cell {key!r}"
        hint = f"did you mean {', '.join(near)}" if near else "see --cells for all keys"
        raise EmosError(problem, remedy=hint)

    def to_json(self, cells: Iterable[Cell] | None = None) -> list[dict[str, Any]]:
        """One object per cell (of ``cells``, or all); numbers as numbers, percentages as printed.

        Keys: ``key``, ``table``, ``row``, ``column``, ``printed`` (as printed, with ``<`` or
        ``~``; null for a check without a printed value), ``paper`` (its number), ``computed``
        (null if there is none), ``verdict``, ``rule``, ``alternatives`` (objects of ``value`` and
        ``rule``).
        """
        return [_object(cell) for cell in (self.cells if cells is None else cells)]

    def write_json(self, path: str | Path, cells: Iterable[Cell] | None = None) -> None:
        """Write `to_json` to a file, which is replaced at once or not at all.

        Raises
        ------
        EmosError : if the file cannot be written.
        """
        write_text(self.json_text(cells), path)

    def json_text(self, cells: Iterable[Cell] | None = None) -> str:
        """`to_json` as text."""
        return json_text(self.to_json(cells))


def audit_paper(
    dataset: Dataset | str | Path, *, paper: Paper | str | Path = "emos_paper"
) -> Audit:
    """Check every number of ``paper`` against ``dataset``.

    Parameters
    ----------
    dataset : a dataset, its folder, or a folder of the public EmoS release.
    paper : the name of a paper that EmoS ships, or the folder of another one.

    Raises
    ------
    EmosError : if either cannot be read, or the paper is about another dataset.
    """
    loaded = paper if isinstance(paper, Paper) else load_paper(paper)
    data = dataset if isinstance(dataset, Dataset) else open_dataset(dataset)
    _refuse_other(data, loaded)
    evidence = Evidence(data, loaded.reading)
    cells = loaded.cells(evidence)
    parameters = {"paper": loaded.name, "data": data.info.name, "repair": data.info.repair}
    return Audit(
        loaded,
        cells,
        signature("audit", parameters, votes=data.votes, utterances=data.utterances),
        evidence,
    )


def open_dataset(path: str | Path) -> Dataset:
    """The dataset in a folder, or the release in a folder, read with full repair."""
    if (Path(path) / "dataset.toml").is_file():
        return Dataset.load(path)
    from emos.readers import read_source

    return read_source("emos-release", path)


def _refuse_other(data: Dataset, paper: Paper) -> None:
    """A paper's numbers say nothing about another dataset, nor that about them."""
    if paper.dataset in ("", data.info.name):
        return
    fitting = [name for name in known_papers() if load_paper(name).dataset == data.info.name]
    raise EmosError(
        f"the paper {paper.name} is about the dataset {paper.dataset!r}, and this is "
        f"{data.info.name!r}",
        remedy=" or ".join(f"use --paper {name}" for name in fitting)
        or "name the paper that is about it with --paper (docs/audit.md adds one)",
    )


def _choose(name: str | None, known: Iterable[str], problem: str) -> str | None:
    """The one of ``known`` that is meant by ``name``; ``None`` if none was named."""
    if name is None:
        return None
    by_slug = {slug(one): one for one in known}
    if slug(name) not in by_slug:
        raise EmosError(f"{problem} {name!r}", remedy=f"there are {', '.join(by_slug.values())}")
    return by_slug[slug(name)]


def _object(cell: Cell) -> dict[str, Any]:
    printed = None if cell.paper is None else parse_printed(cell.paper)
    return {
        "key": cell.key,
        "table": cell.table,
        "row": cell.row,
        "column": cell.column,
        "printed": cell.paper,
        "paper": None if printed is None else printed.json(),
        "computed": shown(cell.computed, printed),
        "verdict": cell.verdict.value,
        "rule": cell.rule,
        "alternatives": [
            {"value": shown(other.value, printed), "rule": other.rule}
            for other in cell.alternatives
        ],
    }
