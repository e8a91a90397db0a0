"""How far all annotators agree, by each coefficient and each way of counting blanks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from emos.agreement.measure import all_measures
from emos.report.order import layers_of
from emos.report.pictures.grid import biggest, left_out
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    LINE,
    PADDING,
    PALETTE,
    SHAPES,
    SOFT,
    extent,
    heading,
    label_axis,
    legend_columns,
    links,
    rows,
    stacked,
    themed,
    width,
    wrapped,
)
from emos.report.places import placed
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

LEAST = 0.01  # a policy that moves a figure by less is not drawn apart
_FACTS = ("value", "low", "high")
_COLUMNS = ("layer", "subset", "batch", "policy", "measure", *_FACTS, "items", "reason")


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """Every figure of all annotators together.

    Returns
    -------
    Rows of ``layer, subset, batch, policy, measure, value, low, high`` (the bootstrap interval),
    ``items, reason`` as in `emos.agreement.Agreement`; ``value`` is NaN where it is undefined.
    """
    if results.agreement is None:
        return pl.DataFrame(schema=_SCHEMA)
    table = placed(results.agreement.table)
    whole = table.filter(pl.col("who") == "all", pl.col("label").is_null())
    layers = pl.Enum(layers_of(results.dataset))
    whole = whole.sort(pl.col("layer").cast(layers), maintain_order=True)
    return choice.of(whole.select(_COLUMNS))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A dot per figure with its interval; a policy is drawn where it changes the figure."""
    measures = numbers["measure"].unique(maintain_order=True).to_list()
    titles = {measure: _title(measure, words) for measure in measures}
    shown = apart(numbers)
    names = {
        policy: words.say(f"agreement.policy_{policy}")
        for policy in numbers["policy"].unique(maintain_order=True)
        if policy in shown["policy"]
    }
    drawn_from = [*_known(shown["low"]), *_known(shown["value"]), 0.0]
    drawn_to = [*_known(shown["high"]), *_known(shown["value"]), 0.2]
    domain = [min(drawn_from), min(1.0, math.ceil(max(drawn_to) * 10) / 10)]
    parts = [
        _layer(layer, titles, names, domain, words, choice)
        for _, layer in shown.group_by("layer", maintain_order=True)
    ]
    if numbers["policy"].n_unique() > 1:
        told = words.say("pictures.agreement_policies", least=LEAST)
        parts[0].title.text += wrapped(told, width(choice.wide) - 2 * PADDING)
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def apart(numbers: pl.DataFrame) -> pl.DataFrame:
    """Of `numbers`, the first policy's rows and those that differ from it by `LEAST` or more."""
    first = numbers["policy"][0]
    key = ("layer", "subset", "batch", "measure")
    base = numbers.filter(pl.col("policy") == first).select(*key, first="value")
    joined = numbers.join(base, key, "left", maintain_order="left")
    moved = (pl.col("value") - pl.col("first")).abs().fill_nan(0) >= LEAST
    undefined = pl.col("value").is_nan() != pl.col("first").is_nan()
    keep = (pl.col("policy") == first) | moved | undefined
    return joined.filter(keep).select(numbers.columns)


def _title(measure: str, words: Words) -> str:
    if words.has(f"agreement.{measure}"):
        return words.say(f"agreement.{measure}")
    return next(one.title for one in all_measures() if one.name == measure)


def _layer(
    numbers: pl.DataFrame,
    titles: dict[str, str],
    names: dict[str, str],
    domain: list[float],
    words: Words,
    choice: Choice,
) -> alt.VConcatChart:
    import altair as alt

    kept, more = biggest(numbers, "items")
    shown = numbers.with_columns(
        name=pl.col("measure").replace_strict(titles),
        policy_name=pl.col("policy").replace_strict(names),
    )
    beside = extent(titles.values(), most=180)
    room = width(choice.wide) - 2 * PADDING - beside
    policies = list(names.values())
    small = [
        _place(place.of(shown), place.name, policies, domain, beside, room, last=place == kept[-1])
        for place in kept
    ]
    title = words.say("pictures.agreement_title", layer=words.layer(numbers["layer"][0]))
    lines = wrapped(title, width(choice.wide) - 2 * PADDING)
    lines += filter(None, [left_out(words, more)])
    told = heading(lines, frame="bounds", offset=8)
    return alt.vconcat(*small, spacing=10, title=told)


def _place(
    here: pl.DataFrame,
    name: str,
    policies: list[str],
    domain: list[float],
    beside: int,
    room: int,
    *,
    last: bool,
) -> alt.LayerChart:
    import altair as alt

    order = here["name"].unique(maintain_order=True).to_list()
    several = here["policy"].n_unique() > 1
    step = 20 if several else 14
    x = alt.Axis(title=None, values=[-1, -0.5, 0, 0.2, 0.4, 0.6, 0.8, 1], format=".1~f")
    if not last:
        x = alt.Axis(title=None, values=x.values, labels=False, ticks=False, domain=False)
    scale = alt.Scale(domain=domain, nice=False)
    offset: dict[str, Any] = {}
    if several:
        offset["yOffset"] = alt.YOffset("policy_name:N", sort=policies)
    base = alt.Chart(rows(here)).encode(
        y=alt.Y("name:N", sort=order, axis=label_axis(room=beside)),
        color=alt.Color(
            "policy_name:N",
            title=None,
            scale=alt.Scale(domain=policies, range=list(PALETTE[: len(policies)])),
            legend=alt.Legend(columns=legend_columns(policies, room), symbolSize=30),
        ),
        **offset,
    )
    known = base.transform_filter("isValid(datum.value)")
    whiskers = known.mark_rule(strokeWidth=1.5).encode(
        x=alt.X("low:Q", scale=scale, axis=x), x2="high:Q"
    )
    dots = known.mark_point(filled=True, size=22, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, axis=x),
        shape=alt.Shape(
            "policy_name:N",
            title=None,
            scale=alt.Scale(domain=policies, range=list(SHAPES[: len(policies)])),
        ),
        tooltip=["name:N", "policy_name:N", *(alt.Tooltip(f"{f}:Q", format=".3f") for f in _FACTS)],
        **links(here),
    )
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=LINE)
    zero = zero.encode(x=alt.X("at:Q", scale=scale, axis=x))
    undefined = base.transform_filter("!isValid(datum.value)").mark_text(color=SOFT, align="left")
    undefined = undefined.encode(x=alt.value(3), text=alt.value("–"), color=alt.value(SOFT))
    layers = [zero, whiskers, dots, undefined]
    drawn: alt.LayerChart = alt.LayerChart(layer=layers).properties(
        width=room, height=step * len(order), title=heading(name, offset=3)
    )
    return drawn


def _known(values: pl.Series) -> list[float]:
    return values.fill_nan(None).drop_nulls().to_list()


_SCHEMA = {
    **dict.fromkeys(_COLUMNS, pl.String),
    **dict.fromkeys(_FACTS, pl.Float64),
    "items": pl.Int64,
}
PICTURE = Picture("agreement", numbers, chart, needs="pictures.needs_votes")
