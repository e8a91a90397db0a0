"""The command of the ``demo`` room."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from emos.demo import Demo, Words


def register(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command("demo")(demo)


def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder to write; a demo in it is replaced.")
    ] = Path("emos-demo"),
    lang: Annotated[str, typer.Option(help="Language of findings and page: en or zh.")] = "en",
) -> None:
    """Run everything on a small corpus that EmoS ships, and see what it finds."""
    from emos.demo import read_words, run_demo

    words = read_words(lang)
    done = run_demo(output, language=lang)
    _show_findings(done)
    _show_what_next(done, words)


def _show_findings(done: Demo) -> None:
    for number, finding in enumerate(done.findings, start=1):
        head = f"{number}. "
        margin = " " * len(head)
        _print(finding.what, first=head, rest=margin, style="bold")
        _print(finding.why, first=margin, rest=margin)
        for place in finding.where:
            indent = margin + " " * (len(place) - len(place.lstrip()))
            _print(place.lstrip(), first=indent, rest=f"{indent}  ", style="cyan")
        typer.echo()


def _show_what_next(done: Demo, words: Words) -> None:
    from emos.demo import PAGE, PAPER, false_cells

    _print(words.closing["written"].format(seconds=done.seconds, folder=done.folder))
    column = max(map(len, words.files)) + 4
    for name, what in words.files.items():
        _print(what, first=f"  {name}".ljust(column), rest=" " * column)
    typer.echo()
    typer.echo(words.closing["next"])
    typer.echo(f"  # {words.closing['cell']}")
    dataset = shlex.quote(str(done.folder / "dataset"))
    for cell in false_cells(done.audit)[:1]:
        typer.echo(f"  emos audit {dataset} --paper {PAPER} --cell {cell.key}")
    typer.echo(f"  # {words.closing['own']}")
    typer.echo("  emos import votes your.csv -o my-dataset")
    typer.echo(f"  # {words.closing['page']}")
    typer.echo(f"  {done.folder / PAGE}")


def _print(text: str, *, first: str = "", rest: str = "", style: str = "") -> None:
    from rich.text import Text

    from emos.cli import show
    from emos.cli.wrapping import wrapped

    for line in wrapped(text, show.console.width, first=first, rest=rest):
        show.console.print(Text(line, style=style), soft_wrap=True)
