"""How large the quality tiers are in each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.aggregate.tiers import TIERS
from emos.report.pictures.grid import biggest, left_out
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    INK,
    LINE,
    PADDING,
    TIER_COLOURS,
    extent,
    heading,
    label_axis,
    legend_columns,
    links,
    percent_axis,
    rows,
    stacked,
    themed,
    width,
    wrapped,
)
from emos.report.places import placed, places
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

_ORDER = (*reversed(TIERS), "none")
_FIGURE = 26  # room for "12%"


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """Labels in each tier, per layer and place.

    Returns
    -------
    Rows of ``layer, subset, batch, tier`` (high, medium, low, and ``none`` where items have no
    label), ``items``, ``of`` and ``share``; ``of`` counts all items of the labels table.
    """
    labels = placed(results.dataset.labels.with_columns(pl.col("tier").fill_null("none")))
    parts = []
    for layer in labels["layer"].unique().sort():
        on_layer = labels.filter(pl.col("layer") == layer)
        for place in places(on_layer, on_layer.height).shown:
            tiers = place.of(on_layer)["tier"]
            counts = {tier: int((tiers == tier).sum()) for tier in _ORDER}
            found = [tier for tier in _ORDER if counts[tier] or tier != "none"]
            if counts["none"] == len(tiers):
                continue
            table = {
                "layer": layer,
                "subset": place.subset,
                "batch": place.batch,
                "tier": found,
                "items": [counts[tier] for tier in found],
                "of": len(tiers),
                "share": [counts[tier] / len(tiers) for tier in found],
            }
            parts.append(pl.DataFrame(table, schema=_SCHEMA))
    return choice.of(pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A bar per place, divided into tiers."""
    parts = [
        _layer(part, words, choice) for _, part in numbers.group_by("layer", maintain_order=True)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _layer(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.LayerChart:
    import altair as alt

    kept, more = biggest(numbers, "of")
    names = {
        place: words.say("pictures.named_n", name=place.name, n=place.of(numbers)["of"][0])
        if place.name
        else words.say("pictures.n_items", n=place.of(numbers)["of"][0])
        for place in kept
    }
    shown = pl.concat(
        place.of(numbers).with_columns(
            place=pl.lit(name), to=pl.col("share").cum_sum(), tip=_tier_names(numbers, words)
        )
        for place, name in names.items()
    ).with_columns(middle=pl.col("to") - pl.col("share") / 2)
    shown = shown.with_columns((pl.col("to") - pl.col("share")).alias("from"))
    beside = extent(names.values(), most=170)
    room = width(choice.wide) - 2 * PADDING - beside
    order = [tier for tier in _ORDER if tier in shown["tier"]]
    tiers = [words.say(f"pictures.{tier}") for tier in order]
    base = alt.Chart(rows(shown)).encode(
        y=alt.Y("place:N", sort=list(names.values()), axis=label_axis(room=beside))
    )
    axis, scale = percent_axis(1, room), alt.Scale(domain=[0, 1])
    bars = base.mark_bar(stroke=LINE, strokeWidth=0.5).encode(
        x=alt.X("from:Q", axis=axis, scale=scale),
        x2="to:Q",
        color=alt.Color(
            "tip:N",
            title=None,
            scale=alt.Scale(domain=tiers, range=[TIER_COLOURS[tier] for tier in order]),
            legend=alt.Legend(
                columns=legend_columns(tiers, room), symbolStrokeWidth=0.5, symbolStrokeColor=LINE
            ),
        ),
        tooltip=["tip:N", "items:Q", alt.Tooltip("share:Q", format=".1%")],
        **links(shown),
    )
    ink = alt.when(alt.datum.tier == "high").then(alt.value("#ffffff")).otherwise(alt.value(INK))
    text = base.transform_filter(alt.datum.share * room > _FIGURE).mark_text()
    text = text.encode(
        x=alt.X("middle:Q", axis=axis, scale=scale),
        text=alt.Text("share:Q", format=".0%"),
        color=ink,
    )
    title = words.say("pictures.tier_sizes_title", layer=words.layer(numbers["layer"][0]))
    lines = wrapped(title, width(choice.wide) - 2 * PADDING)
    lines += filter(None, [left_out(words, more)])
    drawn: alt.LayerChart = alt.LayerChart(layer=[bars, text]).properties(
        width=room, height=20 * len(kept), title=heading(lines, frame="bounds", offset=8)
    )
    return drawn


def _tier_names(numbers: pl.DataFrame, words: Words) -> pl.Expr:
    return pl.col("tier").replace_strict({tier: words.say(f"pictures.{tier}") for tier in _ORDER})


_SCHEMA = {
    "layer": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "tier": pl.String,
    "items": pl.Int64,
    "of": pl.Int64,
    "share": pl.Float64,
}
PICTURE = Picture("tier-sizes", numbers, chart, needs="pictures.needs_labels")
