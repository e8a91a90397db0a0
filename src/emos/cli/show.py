"""How results look in a terminal: one console, tables, notes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

# Labels such as ":joy:" in a key are no emoji codes. What is piped or written to a file is not
# wrapped at a terminal's width, so that `| grep` finds whole lines.
_ENDLESS = 10_000
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _ENDLESS
console = Console(highlight=False, emoji=False, width=_WIDTH)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under ``columns``, numbers to the right; nothing if there is no row."""
    rows = [list(row) for row in rows]
    if not rows:
        return
    grid = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[place], int | float | None) for row in rows)
        grid.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(escape(text(value)) for value in row))
    console.print(grid)


def text(value: object) -> str:
    """A value as shown: floats to four significant places, undefined as a dash."""
    if value is None or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def note(message: str) -> None:
    """A plain line."""
    console.print(escape(message))


def warn(message: str) -> None:
    """A line the reader should not miss."""
    console.print(f"[yellow]![/yellow] {escape(message)}")
