"""A cell in words, for a terminal or a page."""

from __future__ import annotations

from emos.audit.cell import Cell, Value
from emos.audit.compare import parse_printed, shown


def describe(cell: Cell) -> list[str]:
    """Lines on one cell: paper and computed value, the rule, and what other rules give."""
    printed = None if cell.paper is None else parse_printed(cell.paper)

    def show(value: Value | None) -> str:
        short = shown(value, printed)
        return "none" if short is None else str(short)

    paper = "no printed value" if cell.paper is None else f"paper {cell.paper}"
    lines = [f"{paper}, computed {show(cell.computed)}", cell.rule]
    return lines + [f"{show(other.value)}: {other.rule}" for other in cell.alternatives]
