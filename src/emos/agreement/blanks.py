"""Where counting blanks as agreement would change a figure."""

from __future__ import annotations

from typing import NamedTuple

from emos.readers.wording import counted

# What floating point adds to the same sum taken in another order; any real change is far above.
SAME = 1e-9


class Figure(NamedTuple):
    """One figure with blanks left out and with blanks counted as agreement."""

    measure: str
    who: str
    label: str | None
    skip: float
    agree: float

    def __str__(self) -> str:
        what = self.measure + (f" {self.label}" if self.label else "")
        what += f" {self.who}" if self.who != "all" else ""
        # As few digits as show the difference.
        both = [(_shown(self.skip, d), _shown(self.agree, d)) for d in (3, 4, 6, 9)]
        skip, agree = next((pair for pair in both if pair[0] != pair[1]), both[-1])
        return f"{what} {skip} -> {agree}"


class BlankEffect(NamedTuple):
    """A warning: the figures of one group and layer that blanks change, largest change first.

    ``blank_rows`` items of ``rows`` hold a blank, ``blank_for_all`` of them nothing else.
    """

    subset: str
    batch: str
    layer: str
    rows: int
    blank_rows: int
    blank_for_all: int
    figures: tuple[Figure, ...]

    def __str__(self) -> str:
        where = "/".join(part for part in (self.subset, self.batch) if part)
        hold = "holds" if self.blank_rows == 1 else "hold"
        head = f"{where + ' ' if where else ''}{self.layer}: {self.blank_rows:,} of "
        head += f"{counted(self.rows, 'row')} {hold} a blank "
        head += f"({self.blank_for_all:,} blank for all); counted as agreement "
        main = [f for f in self.figures if f.who == "all" and f.label is None] or [self.figures[0]]
        rest = len(self.figures) - len(main)
        tail = f", and {counted(rest, 'figure')} of pairs or labels" if rest else ""
        return head + "they would change " + ", ".join(map(str, main)) + tail


def changed(figures: list[Figure]) -> tuple[Figure, ...]:
    """The figures that differ between the two policies, largest change first."""
    moved = [figure for figure in figures if _change(figure) > SAME]
    return tuple(sorted(moved, key=_change, reverse=True))


def _change(figure: Figure) -> float:
    undefined = figure.skip != figure.skip, figure.agree != figure.agree
    if any(undefined):
        return 0.0 if all(undefined) else float("inf")
    return abs(figure.skip - figure.agree)


def _shown(value: float, digits: int) -> str:
    return "undefined" if value != value else f"{value:.{digits}f}"
