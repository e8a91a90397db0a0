"""A matrix of one label against another: shares of the row as shades, counts in the cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from emos.report.pictures.registry import Choice
from emos.report.pictures.theme import (
    DARK,
    FAINT,
    GAP,
    INK,
    PADDING,
    RAMP,
    SMALL,
    TEXT,
    extent,
    label_axis,
    links,
    rows,
    text_width,
    width,
)
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

MOST_LABELS = 30
_LEGEND = 100
_TITLE = 12  # an axis' title
_MOST = 26  # side of a cell


class Sizes(NamedTuple):
    """How matrices of one picture are set: side of a cell, matrices in a row, room for names."""

    cell: int
    columns: int
    beside: int
    counts: bool


def cells_of(counted: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """Every cell of a table of ``row`` by ``column`` from those that hold anything.

    Returns
    -------
    ``row, column, items, of, share``, in ``order``: labels that occur, the first of very many.
    ``share`` is of the row; null in a row without any item.
    """
    found = {*counted["row"], *counted["column"]}
    known = [label for label in order if label in found]
    names = [*known, *sorted(found - set(known))][:MOST_LABELS]
    grid = pl.DataFrame({"row": names}).join(pl.DataFrame({"column": names}), how="cross")
    full = grid.join(counted.select("row", "column", "n"), ("row", "column"), "left")
    totals = counted.group_by("row").agg(of=pl.col("n").sum())
    full = full.join(totals, "row", "left", maintain_order="left").with_columns(
        pl.col("n", "of").fill_null(0)
    )
    share = pl.when(pl.col("of") > 0).then(pl.col("n") / pl.col("of"))
    return full.select("row", "column", items="n", of="of", share=share)


def sizes(numbers: pl.DataFrame, names: list[str], number: int, choice: Choice) -> Sizes:
    """The largest cells that put ``number`` matrices in rows of like length."""
    beside = extent(names) + _TITLE
    room = width(choice.wide) - 2 * PADDING - beside
    most = max(map(str, numbers["items"]), key=len, default="0")
    needed = max(16, math.ceil(text_width(most, SMALL)))
    fitting = max(1, min(number, int((room + GAP) // (needed * len(names) + GAP))))
    columns = math.ceil(number / math.ceil(number / fitting))
    cell = int(((room + GAP) / columns - GAP) / len(names))
    return Sizes(max(6, min(_MOST, cell)), columns, beside, counts=cell >= needed)


def matrix(
    numbers: pl.DataFrame,
    names: dict[str, str],
    size: Sizes,
    words: Words,
    *,
    above: str | list[str],
    left: str | None,
) -> alt.LayerChart:
    """One matrix; ``above`` and ``left`` say what its columns and rows are."""
    import altair as alt

    order = list(names.values())
    named = numbers.with_columns(pl.col("row", "column").replace_strict(names))
    y_axis = label_axis(room=size.beside - _TITLE if left else 0, title=left, titlePadding=2)
    flat = max(map(text_width, order)) <= size.cell - 2
    room = TEXT + 4 if flat else extent(order)
    x_axis = alt.Axis(
        title=above,
        orient="top",
        labelAngle=0 if flat else -90,
        ticks=False,
        domain=False,
        labelPadding=4,
        labelLimit=extent(order),
        minExtent=room,
        maxExtent=room,
    )
    base = alt.Chart(rows(named)).encode(
        x=alt.X("column:N", sort=order, axis=x_axis, scale=alt.Scale(paddingInner=0)),
        y=alt.Y("row:N", sort=order, axis=y_axis, scale=alt.Scale(paddingInner=0)),
    )
    legend = alt.Legend(
        format=".0%", gradientLength=_LEGEND, gradientThickness=8, values=[0, 0.5, 1], offset=10
    )
    shades = base.mark_rect(stroke=FAINT, strokeWidth=0.5).encode(
        color=alt.Color(
            "share:Q",
            title=words.say("pictures.of_row"),
            scale=alt.Scale(domain=[0, 1], range=list(RAMP), interpolate="rgb"),
            legend=legend,
        ),
        tooltip=[
            "row:N",
            "column:N",
            "items:Q",
            alt.Tooltip("share:Q", format=".1%"),
        ],
        **links(numbers),
    )
    layers = [shades]
    if size.counts:
        ink = alt.when(alt.datum.share > DARK).then(alt.value("#ffffff")).otherwise(alt.value(INK))
        text = base.transform_filter(alt.datum.items > 0).mark_text(fontSize=SMALL)
        layers.append(text.encode(text=alt.Text("items:Q", format="d"), color=ink))
    side = size.cell * len(order)
    drawn: alt.LayerChart = alt.LayerChart(layer=layers).properties(width=side, height=side)
    return drawn
