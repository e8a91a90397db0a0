"""Union and exact match of groups of annotators, by how many of them are expansive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from emos.report.order import layers_of
from emos.report.pictures.grid import biggest, left_out
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    GAP,
    PADDING,
    PALETTE,
    SHAPES,
    heading,
    legend_columns,
    rows,
    stacked,
    themed,
    width,
    wrapped,
)
from emos.report.places import Place
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

_MEASURES = ("union", "exact")
_AXIS = 40  # room for the figures and the title of a y axis
_HEIGHT = 96


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """`emos.agreement.styles.Styles.composition`: every group, observed or simulated.

    Returns
    -------
    Rows of ``layer, subset, batch, kind`` (``observed`` or ``simulated``), ``members, simulated``
    (their names, joined by a space), ``size, expansive`` (members), ``items, union`` (labels per
    item), ``union_low, union_high, exact`` (share of items), ``exact_low, exact_high``. Only
    batches whose groups differ in how many members are expansive.
    """
    found = results.styles
    if found is None or found.composition.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    table = found.composition.filter(
        pl.col("kind").is_in(["observed", "simulated"]), pl.col("union").is_not_nan()
    )
    several = pl.col("expansive").n_unique().over("subset", "batch", "layer") > 1
    table = table.filter(several).with_columns(pl.col("members", "simulated").list.join(" "))
    order = pl.col("layer").cast(pl.Enum(layers_of(results.dataset)))
    return choice.of(table.sort(order, maintain_order=True).select(list(_SCHEMA)))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """Per batch: a mark per group, and lines through the means of groups of a kind."""
    kinds = numbers.select("size", "kind").unique().sort("kind", "size")
    names = {
        row["size"] * 2 + (row["kind"] == "simulated"): words.say(
            f"pictures.composition_{row['kind']}", size=row["size"]
        )
        for row in kinds.to_dicts()
    }
    code = pl.col("size") * 2 + (pl.col("kind") == "simulated").cast(pl.Int64)
    shown = numbers.with_columns(group=code.replace_strict(names, return_dtype=pl.String))
    shown = shown.sort("kind", descending=True, maintain_order=True)  # what was seen is on top
    parts = [
        _layer(part, list(names.values()), words, choice)
        for _, part in shown.group_by("layer", maintain_order=True)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _layer(
    shown: pl.DataFrame, groups: list[str], words: Words, choice: Choice
) -> alt.VConcatChart:
    import altair as alt

    kept, more = biggest(shown, "items")
    most = {name: float(shown[name].max() or 1) for name in _MEASURES}  # type: ignore[arg-type]
    room = (width(choice.wide) - 2 * PADDING - GAP) // 2 - _AXIS
    small = []
    for place in kept:
        pair = [
            _panel(place.of(shown), place, name, most[name], groups, room, words)
            for name in _MEASURES
        ]
        small.append(alt.hconcat(*pair, spacing=GAP))
    title = words.say("pictures.composition_title", layer=words.layer(shown["layer"][0]))
    lines = wrapped(title, width(choice.wide) - 2 * PADDING)
    lines += filter(None, [left_out(words, more)])
    return alt.vconcat(*small, spacing=10, title=heading(lines, frame="bounds", offset=8))


def _panel(
    here: pl.DataFrame,
    place: Place,
    measure: str,
    most: float,
    groups: list[str],
    room: int,
    words: Words,
) -> alt.LayerChart:
    import altair as alt

    colours = alt.Scale(domain=groups, range=list(PALETTE[: len(groups)]))
    shapes = alt.Scale(domain=groups, range=list(SHAPES[: len(groups)]))
    legend = alt.Legend(columns=legend_columns(groups, 2 * room + _AXIS), symbolSize=30)
    axis: dict[str, Any] = {"minExtent": _AXIS - 14, "maxExtent": _AXIS - 14, "tickCount": 4}
    axis |= {"format": ".0%"} if measure == "exact" else {"format": ".1f"}
    counts = sorted(here["expansive"].unique())
    base = alt.Chart(rows(here)).encode(
        x=alt.X(
            "expansive:O",
            title=words.say("pictures.composition_expansive"),
            scale=alt.Scale(domain=counts),
            axis=alt.Axis(labelAngle=0, ticks=False),
        ),
        color=alt.Color("group:N", title=None, scale=colours, legend=legend),
    )
    y = alt.Y(
        f"{measure}:Q",
        title=words.say(f"pictures.composition_{measure}"),
        scale=alt.Scale(domain=[0, most * 1.05], nice=False),
        axis=alt.Axis(**axis),
    )
    means = base.mark_line(strokeWidth=1.5).encode(y=y.copy().aggregate("mean"))
    seen = alt.datum.kind == "observed"
    marks = base.mark_point(filled=True).encode(
        y=y,
        size=alt.when(seen).then(alt.value(36)).otherwise(alt.value(22)),
        opacity=alt.when(seen).then(alt.value(1)).otherwise(alt.value(0.5)),
        shape=alt.Shape("group:N", title=None, scale=shapes),
        tooltip=["members:N", "simulated:N", "items:Q", alt.Tooltip(f"{measure}:Q", format=".3f")],
    )
    drawn: alt.LayerChart = alt.LayerChart(layer=[means, marks]).properties(
        width=room, height=_HEIGHT, title=heading(place.name if measure == "union" else "")
    )
    return drawn


_SCHEMA = {
    **dict.fromkeys(("layer", "subset", "batch", "kind", "members", "simulated"), pl.String),
    **dict.fromkeys(("size", "expansive", "items"), pl.Int64),
    **{f"{name}{end}": pl.Float64 for name in _MEASURES for end in ("", "_low", "_high")},
}
PICTURE = Picture("composition", numbers, chart, needs="pictures.needs_composition")
