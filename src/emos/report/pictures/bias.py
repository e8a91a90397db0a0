"""Which labels each annotator names more, or less, often than the others on the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.report.order import label_order, layers_of
from emos.report.pictures.grid import Cells, biggest, cells, laid_out, left_out, people
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    LINE,
    SOFT,
    colour,
    extent,
    heading,
    label_axis,
    links,
    rows,
    stacked,
    themed,
)
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

MOST_LABELS = 40
_LEAST = 60  # inner width of a small picture
_MOST = 4.0  # log-odds beyond this (55 to 1) are drawn at the edge, as a triangle


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """`emos.agreement.styles.Styles.labels`: log-odds against the others, labels in `label_order`.

    Returns
    -------
    Rows of ``layer, subset, batch, annotator, label, count`` (answers that name it), ``share`` (of
    the annotator's answers), ``others`` (the same of the others on the same items), ``log_odds``
    and its interval ``low, high``. Labels that nobody of a batch named are left out, and
    annotators with nobody to compare with.
    """
    found = results.styles
    if found is None or found.labels.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    parts = []
    for layer in layers_of(results.dataset):
        order = pl.Enum(label_order(results.dataset, layer))
        table = found.labels.filter(pl.col("layer") == layer, pl.col("log_odds").is_not_nan())
        given = pl.col("count").sum().over("subset", "batch", "label") > 0
        table = table.filter(given, pl.col("label").is_in(order.categories.to_list()))
        batches = table.select("subset", "batch", "annotator").unique(maintain_order=True)
        table = table.sort(pl.col("label").cast(order), maintain_order=True)
        parts.append(batches.join(table, batches.columns, "left", maintain_order="left_right"))
    return choice.of(pl.concat([part.select(list(_SCHEMA)) for part in parts]))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A dot with its interval per label, a small picture per annotator, batch below batch."""
    names = [
        words.label(layer, label)
        for layer, label in numbers.select("layer", "label").unique().iter_rows()
    ]
    parts = [
        _place(place.of(layer), words, choice, extent(names))
        for _, layer in numbers.group_by("layer", maintain_order=True)
        for place in biggest(layer, "count")[0]
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _place(numbers: pl.DataFrame, words: Words, choice: Choice, beside: int) -> alt.ConcatChart:
    layer = numbers["layer"][0]
    kept, more = people(numbers)
    labels = numbers["label"].unique(maintain_order=True).to_list()[:MOST_LABELS]
    named = {label: words.label(layer, label) for label in labels}
    apart = (pl.col("low") > 0) | (pl.col("high") < 0)
    shown = numbers.filter(pl.col("label").is_in(labels)).with_columns(
        name=pl.col("label").replace_strict(named),
        colour=pl.col("label").replace_strict({label: colour(label) for label in labels}),
        fill=pl.when(apart)
        .then(pl.col("label").replace_strict({label: colour(label) for label in labels}))
        .otherwise(pl.lit("#ffffff")),
    )
    ends = [abs(value) for name in ("low", "high", "log_odds") for value in _known(shown[name])]
    edge = min(_MOST, max(0.5, *ends))
    beyond = pl.col("log_odds").abs() > edge
    side = pl.when(pl.col("log_odds") > 0).then(pl.lit("right")).otherwise(pl.lit("left"))
    shown = shown.with_columns(
        at=pl.col("log_odds").clip(-edge, edge),
        shape=pl.when(beyond).then("triangle-" + side).otherwise(pl.lit("circle")),
    )
    grid = cells(len(kept), choice, beside=beside, least=_LEAST)
    small = [
        _dots(
            shown.filter(pl.col("annotator") == who),
            list(named.values()),
            who,
            edge,
            grid,
            0 if at % grid.columns else beside,
        )
        for at, who in enumerate(kept)
    ]
    place = "/".join(part for part in (numbers["subset"][0], numbers["batch"][0]) if part)
    title = words.say("pictures.bias_title", place=place, layer=words.layer(layer))
    notes = [left_out(words, more, "people")]
    if shown["shape"].n_unique() > 1:
        notes.append(words.say("pictures.bias_beyond", edge=f"{edge:g}"))
    return laid_out(small, grid.columns, title, choice, note=" ".join(filter(None, notes)))


def _dots(
    here: pl.DataFrame, names: list[str], who: str, most: float, grid: Cells, room: int
) -> alt.LayerChart:
    import altair as alt

    scale = alt.Scale(domain=[-1.1 * most, 1.1 * most], nice=False)
    step = max(step for step in (0.25, 0.5, 1.0, 2.0, 3.0) if step <= 0.75 * most)
    ticks = [-step, 0, step]
    axis = alt.Axis(title=None, values=ticks, format="+~g", labelExpr=_SIGNED)
    base = alt.Chart(rows(here)).encode(
        y=alt.Y("name:N", sort=names, axis=label_axis(room=room, grid=True))
    )
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=LINE)
    zero = zero.encode(x=alt.X("at:Q", scale=scale, axis=axis))
    whiskers = base.mark_rule(strokeWidth=1.5, clip=True, color=SOFT).encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
    )
    dots = base.mark_point(size=22, opacity=1, strokeWidth=1.5).encode(
        x=alt.X("at:Q", scale=scale, axis=axis),
        shape=alt.Shape("shape:N", scale=None),
        stroke=alt.Stroke("colour:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        tooltip=["name:N", "count:Q", alt.Tooltip("log_odds:Q", format="+.2f")],
        **links(here),
    )
    drawn: alt.LayerChart = alt.LayerChart(layer=[zero, whiskers, dots]).properties(
        width=grid.width, height=12 * len(names), title=heading(who)
    )
    return drawn


def _known(values: pl.Series) -> list[float]:
    return values.fill_nan(None).drop_nulls().to_list()


_SIGNED = "datum.value == 0 ? '0' : datum.label"
_SCHEMA = {
    **dict.fromkeys(("layer", "subset", "batch", "annotator", "label"), pl.String),
    "count": pl.Int64,
    **dict.fromkeys(("share", "others", "log_odds", "low", "high"), pl.Float64),
}
PICTURE = Picture("bias", numbers, chart, needs="pictures.needs_others")
