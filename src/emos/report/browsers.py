"""The rows of a `Browser` as the page holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import asdict
from typing import Any

import polars as pl

from emos.report.blocks import Browser

MOST_ROWS = 10_000  # of a browser, where the dataset is too large for one page


def packed_browser(browser: Browser, place: Mapping[int, int] | None = None) -> dict[str, Any]:
    """A browser as plain values: ``caption``, ``address``, ``columns``, ``data`` by column.

    Parameters
    ----------
    place : where each item of the page stands there, by its place in the dataset. Rows about other
        items are left out and the first `MOST_ROWS` are kept. ``None`` for a page that holds all
        items in the dataset's order.
    """
    rows = None if place is None else _kept(browser, place)
    data = {key: _plain(values, rows) for key, values in browser.data.items()}
    if place is not None:
        for key in _item_columns(browser):
            data[key] = [None if at is None else place[at] for at in data[key]]
    return {
        "caption": browser.caption,
        "address": browser.address,
        "columns": [{**asdict(column), "names": dict(column.names)} for column in browser.columns],
        "data": data,
    }


def height(data: Mapping[str, Sized]) -> int:
    """How many rows a browser's ``data`` has."""
    return len(next(iter(data.values())))


def _item_columns(browser: Browser) -> list[str]:
    return [column.key for column in browser.columns if column.kind == "item"]


def _kept(browser: Browser, place: Mapping[int, int]) -> list[int]:
    """The first rows whose items are all on the page."""
    items = _item_columns(browser)
    if not items:
        return list(range(min(height(browser.data), MOST_ROWS)))
    named = pl.DataFrame([pl.Series(key, browser.data[key], dtype=pl.Int64) for key in items])
    here = pl.all_horizontal(pl.all().is_null() | pl.all().is_in(list(place)))
    return named.select(here).to_series().arg_true().head(MOST_ROWS).to_list()


def _plain(values: Sequence[Any] | pl.Series, rows: list[int] | None) -> list[Any]:
    if isinstance(values, pl.Series):
        return (values if rows is None else values.gather(rows)).to_list()
    return list(values) if rows is None else [values[row] for row in rows]
