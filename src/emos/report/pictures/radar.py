"""The eight axes of each annotator, as in the EmoS paper's Figure 3."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from emos.report.order import layers_of
from emos.report.pictures.grid import biggest, cells, laid_out, left_out, people
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    DASHES,
    FAINT,
    GAP,
    PALETTE,
    SMALL,
    SOFT,
    heading,
    legend_columns,
    links,
    rows,
    stacked,
    text_width,
    themed,
)
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

_LEAST = 3  # axes that make an area
_RINGS = (0.25, 0.5, 0.75, 1.0)
_RADIUS = 66
_LINE = 11  # from one line of text to the next
_MOST_PEOPLE = len(PALETTE)


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """`emos.agreement.styles.Styles.radar`, without axes that a layer has not.

    Returns
    -------
    Rows of ``layer, subset, batch, annotator, style`` (his leading one, if any), ``axis, value,
    low, high`` and ``scaled``: the value as a share of the largest on the layer, 0 to 1. None for
    a layer with fewer than three axes.
    """
    found = results.styles
    if found is None or found.radar.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    key = ("subset", "batch", "layer", "annotator")
    styles = found.annotators.select(*key, "style")
    table = found.radar.join(styles, key, "left", maintain_order="left")
    table = table.filter(pl.col("scaled").is_not_nan().any().over("layer", "axis"))
    table = table.filter(pl.col("axis").n_unique().over("layer") >= _LEAST)
    order = pl.col("layer").cast(pl.Enum(layers_of(results.dataset)))
    return choice.of(table.sort(order, maintain_order=True).select(list(_SCHEMA)))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A radar per batch, its annotators laid over one another."""
    parts = [
        _layer(part, words, choice) for _, part in numbers.group_by("layer", maintain_order=True)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _layer(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.ConcatChart:
    # Where nobody may give a second label the number of labels says nothing.
    flat = (pl.col("axis") == "cardinality") & (pl.col("value") == 1).all().over("axis")
    if numbers["axis"].n_unique() > _LEAST:
        numbers = numbers.filter(~flat)
    kept, more = biggest(numbers.with_columns(one=pl.lit(1)), "one")
    axes = numbers["axis"].unique(maintain_order=True).to_list()
    most = dict(numbers.group_by("axis").agg(pl.col("value").fill_nan(None).max()).iter_rows())
    rims = {axis: _rim(axis, most[axis], words) for axis in axes}
    grid = cells(len(kept), choice, beside=0, least=250)
    small = [_radar(place.of(numbers), rims, place.name, grid.width, words) for place in kept]
    title = words.say("pictures.radar_title", layer=words.layer(numbers["layer"][0]))
    drawn = laid_out(small, grid.columns, title, choice, note=left_out(words, more))
    own: alt.ConcatChart = drawn.resolve_scale(color="independent", strokeDash="independent")
    return own


def _rim(axis: str, most: float, words: Words) -> list[str]:
    """What stands at the end of an axis: its name, and the value there."""
    share = axis not in ("cardinality", "jaccard")
    return [words.say(f"pictures.axis_{axis}"), f"{most:.0%}" if share else f"{most:.2f}"]


def _radar(
    here: pl.DataFrame, rims: dict[str, list[str]], name: str, room: int, words: Words
) -> alt.LayerChart:
    import altair as alt

    who, _ = people(here, _MOST_PEOPLE)
    names = {one: _named(here, one, words) for one in who}
    area = room
    radius = min(_RADIUS, (room - 2 * max(map(text_width, _sides(rims))) - 2 * GAP) / 2)
    height = 2 * (radius + 30)
    angle = {axis: math.pi / 2 - 2 * math.pi * at / len(rims) for at, axis in enumerate(rims)}
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-area / 2 / radius, area / 2 / radius]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-height / 2 / radius, height / 2 / radius]))

    known = here.filter(pl.col("scaled").is_not_nan(), pl.col("annotator").is_in(who))
    points = known.with_columns(
        name=pl.col("annotator").replace_strict(names),
        x=pl.col("scaled") * pl.col("axis").replace_strict(_each(angle, math.cos)),
        y=pl.col("scaled") * pl.col("axis").replace_strict(_each(angle, math.sin)),
        place=pl.col("axis").replace_strict({axis: at for at, axis in enumerate(rims)}),
    )
    domain = list(names.values())
    colours = alt.Scale(domain=domain, range=list(PALETTE[: len(domain)]))
    dashes = alt.Scale(domain=domain, range=[list(dash) for dash in DASHES[: len(domain)]])
    fitting = legend_columns(domain, room, symbol=40)
    key = alt.Legend(symbolType="stroke", symbolSize=400, offset=0, columns=fitting)
    base = alt.Chart(rows(points)).encode(
        x=x,
        y=y,
        color=alt.Color("name:N", title=None, scale=colours, legend=key),
        tooltip=["name:N", "axis:N", alt.Tooltip("value:Q", format=".3f")],
    )
    outlines = base.mark_line(interpolate="linear-closed", strokeWidth=1.5).encode(
        order="place:Q", strokeDash=alt.StrokeDash("name:N", title=None, scale=dashes)
    )
    dots = base.mark_point(filled=True, size=12, opacity=1).encode(**links(points))
    drawn: alt.LayerChart = alt.LayerChart(
        layer=[*_web(angle, x, y), outlines, dots, *_names(rims, angle, x, y)]
    ).properties(width=area, height=height, title=heading(name, offset=2))
    return drawn


def _sides(rims: dict[str, list[str]]) -> list[str]:
    """Names that stand beside the circle, not above or below it."""
    return [name for at, (name, _) in enumerate(rims.values()) if at and 2 * at != len(rims)]


def _named(here: pl.DataFrame, annotator: str, words: Words) -> str:
    style = here.filter(pl.col("annotator") == annotator)["style"][0]
    if style is None:
        return annotator
    return words.say(
        "pictures.radar_style", who=annotator, style=words.say(f"styles.style_{style}")
    )


def _each(angle: dict[str, float], function: Any) -> dict[str, float]:
    return {axis: float(function(at)) for axis, at in angle.items()}


def _web(angle: dict[str, float], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Rings and spokes behind the outlines."""
    import altair as alt

    rings = [
        {"ring": ring, "at": at, "x": ring * math.cos(turn), "y": ring * math.sin(turn)}
        for ring in _RINGS
        for at, turn in enumerate(angle.values())
    ]
    spokes = [
        {"spoke": at, "end": end, "x": end * math.cos(turn), "y": end * math.sin(turn)}
        for at, turn in enumerate(angle.values())
        for end in (0, 1)
    ]
    return [
        alt.Chart(alt.InlineData(values=rings))
        .mark_line(interpolate="linear-closed", color=FAINT, strokeWidth=1)
        .encode(x=x, y=y, detail="ring:N", order="at:Q"),
        alt.Chart(alt.InlineData(values=spokes))
        .mark_line(color=FAINT, strokeWidth=1)
        .encode(x=x, y=y, detail="spoke:N", order="end:Q"),
    ]


def _names(
    rims: dict[str, list[str]], angle: dict[str, float], x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Names of the axes around the rim, each with the value there below it."""
    import altair as alt

    values = []
    for axis, (name, most) in rims.items():
        across, up = math.cos(angle[axis]), math.sin(angle[axis])
        align = "center" if abs(across) < 0.1 else "left" if across > 0 else "right"
        down = -12 if up > 0.9 else 6 if up < -0.9 else -3
        values.append(
            {"x": across, "y": up, "align": align, "dx": 6 * across, "dy": down - 6 * up}
            | {"name": name, "most": most}
        )
    texts = alt.Chart(alt.InlineData(values=values)).encode(x=x, y=y)
    place: dict[str, Any] = {"align": alt.expr("datum.align"), "dx": alt.expr("datum.dx")}
    above, below = alt.expr("datum.dy"), alt.expr(f"datum.dy + {_LINE}")
    return [
        texts.mark_text(**place, dy=above).encode(text="name:N"),
        texts.mark_text(**place, dy=below, color=SOFT, fontSize=SMALL).encode(text="most:N"),
    ]


_SCHEMA = {
    **dict.fromkeys(("layer", "subset", "batch", "annotator", "style", "axis"), pl.String),
    **dict.fromkeys(("value", "low", "high", "scaled"), pl.Float64),
}
PICTURE = Picture("radar", numbers, chart, needs="pictures.needs_styles")
