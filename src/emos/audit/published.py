"""The scores of models that a paper prints: ``published.toml`` in the paper's folder.

::

    [[tables]]
    table = "13"
    items = "all clips"                 # what the scores were measured on

    [tables.rows]                       # what each row and column says of its values
    gemini-3-en = { model = "Gemini-3", items = "English clips" }

    [tables.columns]
    accuracy = { metric = "accuracy" }  # the name that `emos score` has for it

Every printed value in a named row and column is a score. Without ``[tables.rows]`` all rows are
meant, and ``{row}`` in a metric stands for the row's name in the paper. ``percent = true`` says
that values are printed in percent. The values themselves are the table's own, so that nothing
stands twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emos.audit.paper import PUBLISHED_FILE, known_papers, load_paper, paper_folder
from emos.audit.table import Table
from emos.errors import EmosError
from emos.score.published import Published
from emos.tables.info import read_toml

_FORMS = {"model": str, "metric": str, "items": str, "percent": bool}


def published_scores(paper: str | Path) -> tuple[Published, ...]:
    """Every score that a paper prints; none if it names none.

    Raises
    ------
    EmosError : if there is no such paper, or its file is wrong.
    """
    path = paper_folder(paper) / PUBLISHED_FILE
    if not path.is_file():
        return ()
    told = read_toml(path)
    loaded = load_paper(paper)
    tables = {part.table.id: part.table for part in loaded.tables}
    found: list[Published] = []
    for entry in told.get("tables", ()):
        table = tables.get(entry.get("table"))
        if table is None:
            raise EmosError(f"the paper has no table {entry.get('table')!r}", file=path)
        found += _of_table(table, entry, loaded.title, path)
    return tuple(found)


def published_beside(dataset: str, paper: str | Path | None = None) -> tuple[Published, ...]:
    """The scores printed by a paper, or by those that EmoS ships for a dataset of this name."""
    if paper is not None:
        return published_scores(paper)
    papers = [name for name in known_papers() if load_paper(name).dataset == dataset]
    return tuple(score for name in papers for score in published_scores(name))


def _of_table(table: Table, entry: dict[str, Any], title: str, path: Path) -> Iterator[Published]:
    rows = entry.get("rows") or {row: {} for row in table.rows}
    columns = entry.get("columns", {})
    shared = {key: value for key, value in entry.items() if key not in ("table", "rows", "columns")}
    for name, told in (*rows.items(), *columns.items(), ("", shared)):
        wrong = [key for key, value in told.items() if type(value) is not _FORMS.get(key)]
        if wrong:
            raise EmosError(
                f"{wrong[0]!r} is unknown or of another form",
                file=path,
                place=f"table {table.id} {name}".rstrip(),
                remedy=f"keys are {', '.join(_FORMS)}",
            )
    strangers = sorted(set(rows) - set(table.rows)) + sorted(set(columns) - set(table.columns))
    if strangers:
        raise EmosError(f"table {table.id} has no row or column {strangers[0]!r}", file=path)
    for (row, column), printed in table.values.items():
        if row not in rows or column not in columns:
            continue
        said = {"items": "", "percent": False} | shared | rows[row] | columns[column]
        place = table.key(row, column)
        if printed.number is None or not {"model", "metric"} <= set(said):
            raise EmosError("is no score of a model", file=path, place=place)
        yield Published(
            model=said["model"],
            metric=said["metric"].replace("{row}", table.rows[row]),
            value=float(printed.number) / (100 if said["percent"] else 1),
            printed=f"{printed.text} %" if said["percent"] else printed.text,
            items=said["items"],
            source=f"{title}, {'Table' if table.id.isdecimal() else 'section'} {table.id}",
        )
