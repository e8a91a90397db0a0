"""A cell in words, for a terminal or a page."""

from __future__ import annotations

from emos.audit.cell import Cell, Value
from emos.audit.compare import matches, parse_printed, shown


def describe(cell: Cell) -> list[str]:
    """Lines on one cell: paper and computed value, the rule, and what other rules give.

    Of the other rules those come first that give the printed value.
    """
    printed = None if cell.paper is None else parse_printed(cell.paper)

    def show(value: Value | None) -> str:
        short = shown(value, printed)
        return "none" if short is None else str(short)

    paper = "no printed value" if cell.paper is None else f"paper {cell.paper}"
    lines = [f"{paper}, computed {show(cell.computed)}", cell.rule]
    fits = [a for a in cell.alternatives if printed and matches(a.value, printed)]
    rest = [a for a in cell.alternatives if a not in fits]
    return lines + [f"{show(other.value)}: {other.rule}" for other in fits + rest]
