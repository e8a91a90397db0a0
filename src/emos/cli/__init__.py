"""The ``emos`` command: one file per room, no logic.

Exit status: 0 done, 2 the user's mistake (one line on stderr), 1 a failure of the machine or of
EmoS itself (one line too; with ``EMOS_TRACEBACK=1`` in the environment the traceback), 130 stopped.
"""

from __future__ import annotations

import io
import os
import sys

import typer
from typer.exceptions import TyperException

from emos.cli import rooms
from emos.errors import EmosError

app = typer.Typer(
    name="emos",
    help="From annotators' votes to an emotion benchmark that can be trusted.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rooms.add_to(app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        from emos import __version__

        typer.echo(f"emos {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run() -> int:
    """Run the command line and return the exit status; what goes wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that is not UTF-8 gets escapes instead of an encoding error.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(prog_name="emos", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as stop:
        # `emos ledger DATASET | head` closes the pipe early, which is no failure. Typer turns it
        # into an exit of its own.
        if not _pipe_closed(stop):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        if os.environ.get("EMOS_TRACEBACK"):
            raise
        line, status = _explain(error)
        typer.echo(f"emos: {line}", err=True)
    return status if isinstance(status, int) else 0


def _pipe_closed(stop: BaseException) -> bool:
    return isinstance(stop, BrokenPipeError) or isinstance(stop.__context__, BrokenPipeError)


def _explain(error: Exception) -> tuple[str, int]:
    """One line about an error, and the exit status it deserves."""
    if isinstance(error, EmosError):
        return str(error), 2
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "emos"
        return f"{' '.join(error.format_message().split())} (see {command} --help)", 2
    if isinstance(error, MemoryError):
        return "not enough memory; use a smaller input or fewer replicates", 1
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}; check the path, its permissions and the disk", 1
    return (
        f"internal error: {type(error).__name__}: {' '.join(str(error).split())[:300]}; "
        "please report it (EMOS_TRACEBACK=1 shows where it happened)",
        1,
    )
