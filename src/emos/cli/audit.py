"""Commands of the ``audit`` room."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from emos.audit import Audit, Cell


_ONLY = ("audit",)  # of the page


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command("audit")(audit)


def audit(
    path: Annotated[Path, typer.Argument(help="A folder of the EmoS release, or a dataset.")],
    paper: Annotated[
        str, typer.Option(help="Name of a paper that EmoS ships, or a paper's folder.")
    ] = "emos_paper",
    table: Annotated[str | None, typer.Option(help="Only this table or section.")] = None,
    verdict: Annotated[
        str | None,
        typer.Option(
            help="Only 'holds', 'holds under another rule', 'differs', 'not recoverable'."
        ),
    ] = None,
    cell: Annotated[
        str | None, typer.Option(help="One cell and the items, votes and workbook cells behind it.")
    ] = None,
    alternative: Annotated[
        int | None,
        typer.Option(
            min=1, help="With --cell: what is behind its alternative of this number instead."
        ),
    ] = None,
    cells: Annotated[bool, typer.Option("--cells", help="List the keys of all cells.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the cells here as JSON ('-': to stdout).")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Items or rows shown behind a cell, 0 for all of them.")
    ] = 20,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write all cells on one page with filters (.html) as well."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the page's words: en or zh.")] = "en",
) -> None:
    """Recompute a paper's numbers: which hold, under which rule, and what is behind each."""
    from emos.audit import audit_paper, open_dataset
    from emos.cli.outputs import check_outputs
    from emos.cli.page import check_page, say_written, write_page
    from emos.errors import EmosError

    inputs = [path, Path(paper)]
    check_page(output, lang)
    check_outputs(json_file, output, inputs=inputs)
    if alternative is not None and not cell:
        raise EmosError("--alternative needs a cell", remedy="name one with --cell KEY")
    data = open_dataset(path)
    result = audit_paper(data, paper=paper)
    chosen = (result.find(cell),) if cell else result.where(table=table, verdict=verdict)
    written = None
    if output is not None:
        from emos.report.results import Results

        results = Results(data, paper=paper, audit=result)
        written = write_page(results, output, inputs=inputs, language=lang, only=_ONLY, named=path)
    if str(json_file) == "-":
        typer.echo(result.json_text(chosen), nl=False)
        return
    if json_file is not None:
        result.write_json(json_file, chosen)
    again = f"emos audit {shlex.quote(str(path))}" + (
        "" if paper == "emos_paper" else f" --paper {shlex.quote(paper)}"
    )
    if cell:
        _show_cell(result, chosen[0], alternative, limit, f"{again} --cell {chosen[0].key}")
    elif cells:
        _list_keys(chosen)
    else:
        _report(result, chosen, again)
    if json_file is not None:
        from emos.cli import show

        show.note(f"{len(chosen)} cells written to {json_file}")
    say_written(written)


def _list_keys(chosen: Iterable[Cell]) -> None:
    for cell in chosen:
        typer.echo(f"{cell.key}\t{cell.verdict.value}")


def _report(result: Audit, chosen: tuple[Cell, ...], again: str) -> None:
    from emos.audit import Verdict
    from emos.cli import show

    printed = sum(cell.paper is not None for cell in result.cells)
    show.note(result.paper.title or result.paper.name)
    show.note(
        f"{printed} printed values and {len(result.cells) - printed} checks over several of them: "
        + ", ".join(f"{count} {verdict.value}" for verdict, count in result.counts().items())
    )
    for caution in result.evidence.cautions:
        show.warn(f"figures may be off: {caution}")
    if not chosen:
        show.note("No cell is like that.")
    order = (Verdict.DIFFERS, Verdict.OTHER_RULE, Verdict.NOT_RECOVERABLE, Verdict.HOLDS)
    narrowed = len(chosen) < len(result.cells)
    for verdict in order if narrowed else order[:2]:
        found = [cell for cell in chosen if cell.verdict is verdict]
        if found:
            show.console.print()
            show.console.print(f"[bold]{verdict.value}[/bold] ({len(found)})")
        for cell in found:
            _show_finding(cell)
    if not narrowed:
        _show_tables(result)
    show.console.print()
    behind = [cell for cell in chosen if cell.items is not None]
    first = next((c for v in order for c in behind if c.verdict is v), None)
    if first is not None:
        typer.echo(f"What is behind a cell: {again} --cell {first.key}")
    typer.echo(f"All cells as data:     {again} --json audit.json")
    typer.echo(result.signature)


def _show_finding(cell: Cell) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from emos.audit import describe
    from emos.cli import show

    lines = describe(cell)
    show.console.print(Text(f"  {cell.key}  {lines[0]}"))
    for line in lines[1:]:
        show.console.print(Padding(Text(line), (0, 0, 0, 6), expand=False))


def _show_tables(result: Audit) -> None:
    from emos.audit import Verdict
    from emos.cli import show

    show.console.print()
    show.table(
        "Per table",
        ["table", "cells", *(verdict.value for verdict in Verdict)],
        [
            [name, len(cells), *(sum(c.verdict is v for c in cells) for v in Verdict)]
            for name, cells in result.tables().items()
        ],
    )


def _show_cell(result: Audit, cell: Cell, alternative: int | None, limit: int, again: str) -> None:
    from emos.audit import describe
    from emos.audit.behind import with_votes
    from emos.cli import show

    other = None if alternative is None else cell.alternative(alternative)
    place = f"table {cell.table}" if cell.table.isdecimal() else cell.table
    show.note(f"{cell.key}: {cell.row}, {cell.column} ({place})")
    show.note(cell.verdict.value)
    for line in describe(cell):
        show.note(line)
    show.console.print()
    items, name = cell.items, "this cell"
    if other is not None:
        items, name = other.items, f"alternative {alternative}"
        show.note(f"Alternative {alternative}: {other.rule}")
    if items is None:
        show.note(f"No items of the dataset are behind {name}.")
    else:
        narrowed = "" if other is None else f" --alternative {alternative}"
        _show_behind(with_votes(items(), result.evidence), limit, again + narrowed)
    for number, further in enumerate(cell.alternatives, 1):
        if other is None and further.items is not None:
            typer.echo(f"Behind alternative {number}: {again} --alternative {number}")


def _show_behind(frame: pl.DataFrame, limit: int, again: str) -> None:
    import polars as pl

    from emos.audit.behind import common_folder, item_lines, listed_items
    from emos.cli import show

    if "item_id" in frame.columns:
        total = len(listed_items(frame))
        votes = frame["annotator"].count()
        show.note(f"Behind it: {total} items, {votes} votes")
        for line in item_lines(frame, limit=limit):
            typer.echo(line)
    else:
        total = frame.height
        folder = common_folder(frame["file"]) if "file" in frame.columns else ""
        if folder:
            show.note(f"Files lie in {folder}")
            frame = frame.with_columns(pl.col("file").str.strip_prefix(folder))
        rows = frame.head(limit or total).rows()
        show.table(
            f"Behind it: {total} rows",
            frame.columns,
            [[_plain(value) for value in row] for row in rows],
        )
    if 0 < limit < total:
        typer.echo(f"{total - limit} more: {again} --limit 0")


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
