"""How the size of the High tier depends on its confidence threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.aggregate.tiers import THRESHOLDS, tier_curve
from emos.report.pictures.grid import biggest, left_out
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    DASHES,
    LINE,
    PADDING,
    PALETTE,
    SOFT,
    heading,
    rows,
    themed,
    width,
)
from emos.report.places import Place, placed
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

_AXIS = 44  # room for "100%" and the title
_HEIGHT = 180


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """`emos.aggregate.tiers.tier_curve` of every subset, batch and layer.

    Returns
    -------
    Rows of ``subset, batch, layer, labels`` (those with a confidence), ``threshold``, ``items`` at
    or above it or agreed by all, their ``share``, and ``below``.
    """
    curves = []
    known = pl.col("confidence").is_not_null() & pl.col("confidence").is_not_nan()
    groups = choice.of(placed(results.dataset.labels.filter(known)))
    for key, labels in groups.group_by("subset", "batch", "layer", maintain_order=True):
        curve = tier_curve(
            labels["confidence"].to_numpy(),
            labels["unique_labels"].fill_null(0).to_numpy(),
            votes=labels["votes"].fill_null(0).to_numpy(),
        )
        place = [pl.lit(part).alias(name) for name, part in zip(_PLACE, key, strict=True)]
        size = pl.lit(labels.height, pl.Int64).alias("labels")
        curves.append(curve.select(*place, size, pl.all()))
    return pl.concat(curves) if curves else pl.DataFrame(schema=_SCHEMA)


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.LayerChart:
    """One line per subset, batch and layer; the paper's thresholds (section 3.2.2) are marked."""
    import altair as alt

    kept, more = biggest(numbers, "labels")
    shown = pl.concat(place.of(numbers) for place in kept)
    named = shown.with_columns(curve=_names(shown, words))
    curves = named["curve"].unique(maintain_order=True).to_list()
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(curves))]
    # After seven, colours come again with another dash.
    turns = [place + place // len(PALETTE) for place in range(len(curves))]
    dashes = [list(DASHES[turn % len(DASHES)]) for turn in turns]
    room = width(choice.wide) - 2 * PADDING - _AXIS
    x = alt.X(
        "threshold:Q",
        title=words.say("pictures.tiers_threshold"),
        scale=alt.Scale(domain=[0.5, 1.0], zero=False),
        axis=alt.Axis(format=".1f", values=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], grid=False),
    )
    lines = alt.Chart(rows(named)).mark_line(strokeWidth=2)
    lines = lines.encode(
        x=x,
        y=alt.Y(
            "share:Q",
            title=words.say("pictures.tiers_share"),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format=".0%", tickCount=5, minExtent=28, maxExtent=28),
        ),
        color=alt.Color(
            "curve:N",
            title=None,
            scale=alt.Scale(domain=curves, range=colours),
            legend=alt.Legend(
                columns=1,
                labelLimit=room,
                symbolSize=400,  # 20 units long, which is a whole dash
            ),
        ),
        strokeDash=alt.StrokeDash(
            "curve:N", title=None, scale=alt.Scale(domain=curves, range=dashes)
        ),
        tooltip=[
            alt.Tooltip("curve:N", title=words.say("pictures.batch")),
            alt.Tooltip("threshold:Q", title=words.say("pictures.tiers_threshold"), format=".2f"),
            alt.Tooltip("items:Q", title=words.say("pictures.tiers_above")),
            alt.Tooltip("below:Q", title=words.say("pictures.tiers_below")),
            alt.Tooltip("share:Q", title=words.say("pictures.share"), format=".1%"),
        ],
    )
    marks = alt.InlineData(
        values=[
            {"threshold": at, "tier": words.say(f"pictures.{tier}")}
            for at, tier in zip(THRESHOLDS, ("high", "medium"), strict=True)
        ]
    )
    rules = alt.Chart(marks).mark_rule(color=LINE, strokeDash=[2, 2]).encode(x=x)
    tiers = alt.Chart(marks).mark_text(color=SOFT, align="left", dx=4, baseline="bottom")
    tiers = tiers.encode(x=x, y=alt.value(_HEIGHT - 4), text="tier:N")
    layers = alt.layer(rules, lines, tiers).properties(width=room, height=_HEIGHT)
    if more:
        layers = layers.properties(title=heading(left_out(words, more), frame="bounds"))
    drawn: alt.LayerChart = themed(layers)
    return drawn


def _names(numbers: pl.DataFrame, words: Words) -> pl.Series:
    """What each line is called: ``ch-sims-v2/first-2499 basic7 (n = 2,499)``."""
    several = numbers["layer"].n_unique() > 1
    return pl.Series(
        words.say(
            "pictures.named_n",
            name=" ".join(filter(None, (Place(row["subset"], row["batch"]).name, row["layer"])))
            if several
            else Place(row["subset"], row["batch"]).name or row["layer"],
            n=row["labels"],
        )
        for row in numbers.to_dicts()
    )


_PLACE = ("subset", "batch", "layer")
_SCHEMA = {
    **dict.fromkeys(_PLACE, pl.String),
    "labels": pl.Int64,
    "threshold": pl.Float64,
    "items": pl.Int64,
    "share": pl.Float64,
    "below": pl.Int64,
}
PICTURE = Picture("tiers", numbers, chart, needs="pictures.needs_labels")
