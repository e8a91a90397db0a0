"""The ``emos`` command: one file per room, no logic.

Exit status: 0 done, 2 the user's mistake (one line on stderr), 1 a failure of EmoS itself.
"""

from __future__ import annotations

import os
import sys

import typer

from emos.cli import rooms
from emos.errors import EmosError

app = typer.Typer(
    name="emos",
    help="From annotators' votes to an emotion benchmark that can be trusted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rooms.add_to(app)


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from emos import __version__

        typer.echo(f"emos {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; bad input ends in one line, never in a traceback."""
    try:
        app()
    except EmosError as error:
        typer.echo(f"emos: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # `emos ledger DATASET | head` is no failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        typer.echo("emos: not enough memory; use a smaller input or --no-bootstrap", err=True)
        sys.exit(1)
