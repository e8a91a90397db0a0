"""A table of a paper: its printed values, read from TOML, and the cells made from them.

::

    table = "2"                      # or a section: "3.3.1", "abstract"
    title = "GoEmotions label sets of CH-SIMS v2"

    [rows]                           # slug in keys = name in the paper
    exact-match = "Exact match (%)"

    [columns]
    first = "First 2,499"
    latter = "Latter 1,904"

    [values]                         # as printed, so that the precision is known
    exact-match = { first = "7.6", latter = "24.4" }

``needs = ["ch-sims-v2/first-2499"]`` may name the batches without which nothing can be computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emos.audit.cell import Alternative, Cell, Value, Verdict
from emos.audit.compare import Printed, judge, judge_interval, matches, parse_printed, shown
from emos.audit.implied import Interval
from emos.errors import EmosError
from emos.tables.info import read_toml

if TYPE_CHECKING:
    import polars as pl

_SLUG = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_KEYS = {"table", "title", "rows", "columns", "values"}

Items = Callable[[], "pl.DataFrame"]


@dataclass(frozen=True)
class Table:
    """The printed values of one table or section.

    Attributes
    ----------
    id : the table's number or the section's (``2``, ``3.3.1``, ``abstract``).
    title : what it is about.
    rows, columns : name in the paper by slug.
    values : printed value by (row slug, column slug).
    needs : batches (``subset/batch``, or the subset where it has no batches) without which no
        cell can be computed.
    """

    id: str
    title: str
    rows: Mapping[str, str]
    columns: Mapping[str, str]
    values: Mapping[tuple[str, str], Printed]
    needs: tuple[str, ...] = ()

    def key(self, row: str, column: str) -> str:
        """The key of a cell: ``2:exact-match:latter``."""
        return f"{slug(self.id)}:{row}:{column}"

    def printed(self, row: str, column: str) -> Printed:
        """The value printed in a cell; an `EmosError` where the paper prints none."""
        if (row, column) not in self.values:
            raise EmosError(
                f"the paper prints no value {self.key(row, column)}",
                remedy="put it into the table's TOML file, or use table.check",
            )
        return self.values[row, column]

    def cell(
        self,
        row: str,
        column: str,
        computed: Value | None,
        rule: str,
        *,
        alternatives: Iterable[Alternative] = (),
        items: Items | None = None,
        recoverable: bool = True,
    ) -> Cell:
        """The cell of a printed value, judged.

        Parameters
        ----------
        row, column : slugs of the TOML file.
        computed : the value under the rule that the paper states, in the printed unit (a
            percentage as a percentage); ``None`` or NaN if there is none, and ``rule`` says why.
        rule : that rule in one sentence.
        alternatives : other rules with their values. Those that give the printed value are put
            first, and those that show the computed number again are left out.
        items : makes the frame behind the value, see `emos.audit.Cell`.
        recoverable : ``False`` where the paper leaves open what was counted: a value that no
            rule gives is then ``not recoverable`` though ``computed`` shows our reading.
        """
        printed = self.printed(row, column)
        if isinstance(computed, float) and computed != computed:
            computed = None
        tried = _worth_saying(alternatives, computed, printed)
        verdict = judge(printed, computed, tried, recoverable=recoverable)
        return self._cell(row, column, printed, computed, verdict, rule, tried, items)

    def bounded(
        self,
        row: str,
        column: str,
        computed: Fraction | None,
        bounds: Interval,
        rule: str,
        *,
        alternatives: Iterable[Alternative] = (),
        items: Items | None = None,
    ) -> Cell:
        """The cell of a printed value that other printed values imply up to their rounding.

        ``computed`` follows from the other values as printed (``None`` where that is 0 / 0),
        ``bounds`` from all they may stand for. The cell holds if a value within the bounds rounds
        to the printed one.
        """
        printed = self.printed(row, column)
        tried = _worth_saying(alternatives, computed, printed)
        verdict = judge_interval(printed, bounds.low, bounds.high, tried)
        return self._cell(row, column, printed, computed, verdict, rule, tried, items)

    def check(
        self,
        row: str,
        column: str,
        computed: Value | None,
        verdict: Verdict,
        rule: str,
        *,
        items: Items | None = None,
    ) -> Cell:
        """A check over several cells for which the paper prints no value (``paper`` is null)."""
        return self._cell(row, column, None, computed, verdict, rule, (), items)

    def _cell(
        self,
        row: str,
        column: str,
        printed: Printed | None,
        computed: Value | None,
        verdict: Verdict,
        rule: str,
        alternatives: tuple[Alternative, ...],
        items: Items | None,
    ) -> Cell:
        for name, names in ((row, self.rows), (column, self.columns)):
            if name not in names:
                raise EmosError(
                    f"table {self.id} has no row or column {name!r}",
                    remedy=f"there are {', '.join(names)}",
                )
        return Cell(
            key=self.key(row, column),
            table=self.id,
            row=self.rows[row],
            column=self.columns[column],
            paper=None if printed is None else printed.text,
            computed=computed,
            verdict=verdict,
            rule=rule,
            alternatives=alternatives,
            items=items,
        )


def _worth_saying(
    alternatives: Iterable[Alternative], computed: Value | None, printed: Printed
) -> tuple[Alternative, ...]:
    """Alternatives that say something new, those that give the printed value first."""
    again = (shown(computed, printed), matches(computed, printed))
    other = [
        a for a in alternatives if (shown(a.value, printed), matches(a.value, printed)) != again
    ]
    return tuple(sorted(other, key=lambda a: not matches(a.value, printed)))


def slug(text: str) -> str:
    """Lower-case words joined by hyphens; dots are kept (``3.3.1``)."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def read_table(path: str | Path) -> Table:
    """Read a table's TOML file.

    Raises
    ------
    EmosError : if it is no TOML, a key is missing or unknown, a name or value is not text, or a
        value stands in a row or column that is not named.
    """
    path = Path(path)
    data: dict[str, Any] = read_toml(path)
    needs = data.pop("needs", [])
    if not isinstance(needs, list) or not all(isinstance(batch, str) for batch in needs):
        raise EmosError("'needs' is no list of batches", file=path)
    wrong = sorted(_KEYS - set(data)) or sorted(set(data) - _KEYS)
    if wrong:
        raise EmosError(
            f"key {wrong[0]!r} is missing or unknown",
            file=path,
            remedy=f"a table has {', '.join(sorted(_KEYS))}",
        )
    rows, columns = data["rows"], data["columns"]
    for place in ("rows", "columns", "values"):
        if not isinstance(data[place], dict):
            raise EmosError("is no table of names", file=path, place=place)
    for name, title in (*rows.items(), *columns.items()):
        if _SLUG.fullmatch(name) is None or not isinstance(title, str):
            raise EmosError(
                f"{name!r} cannot stand in a key or has no name",
                file=path,
                remedy='write slug = "Name in the paper", the slug in lower-case letters, digits, '
                "hyphens and dots",
            )
    values: dict[tuple[str, str], Printed] = {}
    for row, cells in data["values"].items():
        if not isinstance(cells, dict):
            raise EmosError(
                "has no columns",
                file=path,
                place=f"values.{row}",
                remedy='write { column = "value" }',
            )
        for column, text in cells.items():
            place = f"values.{row}.{column}"
            if row not in rows or column not in columns:
                raise EmosError("row or column has no name", file=path, place=place)
            if not isinstance(text, str):
                raise EmosError(
                    f"value {text!r} is not text",
                    file=path,
                    place=place,
                    remedy="put it in quotation marks, so that its precision is known",
                )
            values[row, column] = parse_printed(text)
    return Table(str(data["table"]), data["title"], rows, columns, values, tuple(needs))
