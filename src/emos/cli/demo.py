"""The command of the ``demo`` room."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from emos.demo import Demo


_INDENT = (0, 0, 0, 3)  # of what belongs to a numbered line


def register(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command("demo")(demo)


def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder to write; a demo in it is replaced.")
    ] = Path("emos-demo"),
    lang: Annotated[str, typer.Option(help="Language of the findings: en or zh.")] = "en",
) -> None:
    """Run everything on a small corpus that EmoS ships, and see what it finds."""
    from emos.demo import run_demo

    _report(run_demo(output, language=lang))


def _report(done: Demo) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    from emos.cli import show
    from emos.demo import PAPER, false_cells

    for number, finding in enumerate(done.findings, start=1):
        show.console.print(f"[bold]{number}. {escape(finding.what)}[/bold]")
        show.console.print(Padding(escape(finding.why), _INDENT, expand=False))
        for place in finding.where:
            show.console.print(Padding(f"[cyan]{escape(place)}[/cyan]", _INDENT, expand=False))
        show.console.print()
    dataset = shlex.quote(str(done.folder / "dataset"))
    show.note(f"Written in {done.seconds:.1f} s to {done.folder}:")
    for name, what in (
        ("corpus/", "the workbooks, the data card (README.md), the demo paper (paper.md)"),
        ("dataset/", "items, votes, labels and ledger as Parquet tables"),
        ("audit.txt", "every cell of the paper, with its rule (audit.json: as data)"),
        ("answer_key/", "how the votes were simulated, and what was planted where"),
        ("ledger.csv", "every repair and everything flagged, cell by cell"),
        ("lint.txt", "what to mend before the folder is published"),
        ("agreement.csv", "every coefficient under every rule for blanks"),
        ("tiers.svg", "how many labels are High, against the threshold"),
    ):
        show.note(f"  {name:<14} {what}")
    typer.echo()
    typer.echo("Next:")
    typer.echo("  # the workbook cells behind a number that does not hold")
    for cell in false_cells(done.audit)[:1]:
        typer.echo(f"  emos audit {dataset} --paper {PAPER} --cell {cell.key}")
    typer.echo("  # your own votes: a table with the columns task, worker, label")
    typer.echo("  emos import votes your.csv -o my-dataset")
