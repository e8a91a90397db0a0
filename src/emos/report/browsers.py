"""The rows of a `Browser` as the page holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from emos.report.blocks import Browser
from emos.report.words import Words

MOST_ROWS = 10_000  # of a browser, where the dataset is too large for one page


def packed_browser(
    browser: Browser, words: Words, place: Mapping[int, int] | None = None
) -> dict[str, Any]:
    """A browser as plain values: ``caption``, ``address``, ``columns``, ``data`` by column.

    Parameters
    ----------
    place : where each item of the page stands there, by its place in the dataset. Rows about other
        items are left out, the first `MOST_ROWS` are kept, and the caption says so. ``None`` for a
        page that holds all items in the dataset's order.
    """
    caption = browser.caption
    about: dict[str, Any] = {
        "address": browser.address,
        "columns": [{**asdict(column), "names": dict(column.names)} for column in browser.columns],
    }
    if place is None:
        data = {key: _plain(values) for key, values in browser.data.items()}
        return about | {"caption": caption, "data": data}
    height = len(next(iter(browser.data.values())))
    items = [column.key for column in browser.columns if column.kind == "item"]
    rows = _kept(browser, items, place) if items else list(range(min(height, MOST_ROWS)))
    data = {key: _plain(values, rows) for key, values in browser.data.items()}
    for key in items:
        data[key] = [None if at is None else place[at] for at in data[key]]
    if len(rows) < height:
        caption = words.say("page.part", caption=caption, shown=len(rows), n=height)
    return about | {"caption": caption, "data": data}


def _kept(browser: Browser, items: Sequence[str], place: Mapping[int, int]) -> list[int]:
    """The first rows whose items are all on the page."""
    named = pl.DataFrame([pl.Series(key, browser.data[key], dtype=pl.Int64) for key in items])
    here = pl.all_horizontal(pl.all().is_null() | pl.all().is_in(list(place)))
    return named.select(here).to_series().arg_true().head(MOST_ROWS).to_list()


def _plain(values: Sequence[Any] | pl.Series, rows: list[int] | None = None) -> list[Any]:
    if isinstance(values, pl.Series):
        return (values if rows is None else values.gather(rows)).to_list()
    return list(values) if rows is None else [values[row] for row in rows]
