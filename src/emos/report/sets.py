"""The items behind a number, or the rows where there are no items.

A page holds each list of items once, however many numbers stand on it. A dataset with more items
than a page should carry has the first few of every list on it, and the whole count.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import polars as pl

from emos.report.words import shown

LISTED = 50  # items of each list on the page of a large dataset
MOST_ROWS = 2000  # rows of a listing that is not of items


class _Items(NamedTuple):
    what: str
    ids: tuple[str, ...]
    size: int
    notes: tuple[str, ...] | None


class _Rows(NamedTuple):
    what: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    size: int


class ItemSets:
    """Every list of items or rows that a number of the page leads to.

    Parameters
    ----------
    most : how many items of a list are kept; all of them if ``None``.
    """

    def __init__(self, *, most: int | None = None) -> None:
        self._most = most
        self._sets: list[_Items | _Rows] = []
        self._place: dict[_Items | _Rows, int] = {}

    def items(
        self, ids: Iterable[str], what: str, *, notes: Iterable[str] | None = None
    ) -> int | None:
        """Keep the items behind a number, each once.

        Parameters
        ----------
        ids : in the order they are to be listed. A column of a table is best given as it is.
        what : a sentence that says what these items have in common.
        notes : a remark per entry of ``ids``; entries of one item are then kept apart. Of a large
            dataset only the first are asked for.

        Returns
        -------
        What a `Number` needs to lead there; ``None`` for no items.
        """
        found = ids if isinstance(ids, pl.Series) else list(ids)
        if not len(found):
            return None
        remarks = None
        if notes is not None:
            remarks = tuple(islice(notes, self._most))
        elif isinstance(found, pl.Series):
            found = found.unique(maintain_order=True)
        else:
            found = list(dict.fromkeys(found))
        return self._keep(_Items(what, tuple(found[: self._most]), len(found), remarks))

    def size(self, number: int | None) -> int:
        """How many items or rows are behind what `items` or `rows` returned."""
        return 0 if number is None else self._sets[number].size

    def rows(self, frame: pl.DataFrame, what: str) -> int | None:
        """Keep rows that are not items (printed cells of a paper, say)."""
        if frame.is_empty():
            return None
        kept = frame.head(MOST_ROWS)
        rows = tuple(tuple(_text(value) for value in row) for row in kept.iter_rows())
        return self._keep(_Rows(what, tuple(frame.columns), rows, frame.height))

    def listed(self) -> set[str]:
        """Every item that some list names."""
        return {one for kept in self._sets if isinstance(kept, _Items) for one in kept.ids}

    def packed(self, place: dict[str, int]) -> dict[str, Any]:
        """Everything as plain values for the page.

        Parameters
        ----------
        place : the number of every item on the page; what is not there is counted, not listed.

        Returns
        -------
        ``lists`` (of item numbers, each as the difference to the one before) and ``sets`` (objects
        of ``what``, ``n`` and either ``list`` and perhaps ``notes``, or ``columns`` and ``rows``).
        """
        lists: list[list[int]] = []
        number: dict[tuple[str, ...], int] = {}
        sets: list[dict[str, Any]] = []
        for kept in self._sets:
            entry: dict[str, Any] = {"what": kept.what, "n": kept.size}
            if isinstance(kept, _Rows):
                entry |= {"columns": kept.columns, "rows": kept.rows}
            else:
                known = [at for at, one in enumerate(kept.ids) if one in place]
                if kept.ids not in number:
                    number[kept.ids] = len(lists)
                    lists.append(_differences([place[kept.ids[at]] for at in known]))
                entry["list"] = number[kept.ids]
                if kept.notes is not None:
                    entry["notes"] = [kept.notes[at] for at in known]
            sets.append(entry)
        return {"lists": lists, "sets": sets}

    def _keep(self, kept: _Items | _Rows) -> int:
        if kept not in self._place:
            self._place[kept] = len(self._sets)
            self._sets.append(kept)
        return self._place[kept]


def _differences(numbers: list[int]) -> list[int]:
    return [here - before for before, here in zip([0, *numbers], numbers, strict=False)]


def _text(value: object) -> str:
    if isinstance(value, float) and value == value:
        return f"{value:.6g}"
    if isinstance(value, list | tuple | pl.Series):
        return "; ".join(_text(part) for part in value)
    return shown(value)
