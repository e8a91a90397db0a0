"""How often each label occurs, in every batch and in the monologues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from emos.report.order import label_order, layers_of
from emos.report.pictures.grid import Cells, biggest, cells, head, head_width, laid_out, left_out
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import (
    colour,
    extent,
    heading,
    label_axis,
    links,
    percent_axis,
    rows,
    stacked,
    themed,
)
from emos.report.places import Place, places
from emos.report.results import Results
from emos.report.shares import has_labels, label_items
from emos.report.utterances import utterance_labels, utterances
from emos.report.words import Words
from emos.tables import Dataset

if TYPE_CHECKING:
    import altair as alt

MOST_LABELS = 40
_MANY = 12  # more labels than this get narrower bars
_VALUES, _FIGURES = 90, 36  # from this width on there is room for figures beside the bars


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """Items of each label, per layer and place, labels in `label_order`.

    Returns
    -------
    Rows of ``layer, subset, batch, rule, label, items, of, share``. ``rule`` says what is counted:
    ``label`` items by their aggregated label; ``any`` items on which any annotator named the label
    (the EmoS paper's Table 9; shares add up to more than 1); ``utterance`` utterances that have it
    (Tables 10 and 11). ``of`` is the number of items with a label, with an answer, or of
    utterances. Of utterances the batch is the language, where there are several.
    """
    dataset = results.dataset
    parts = [
        part
        for layer in dict.fromkeys((*layers_of(dataset), *_spoken_layers(dataset)))
        for part in (*_of_items(dataset, layer), *_of_utterances(dataset, layer))
    ]
    return choice.of(pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """Bars: a small picture per place, for each layer and what is counted."""
    names = [
        words.label(layer, label)
        for layer, label in numbers.select("layer", "label").unique().iter_rows()
    ]
    parts = [
        _part(part, words, choice, extent(names))
        for _, part in numbers.group_by("layer", "rule", maintain_order=True)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _of_items(dataset: Dataset, layer: str) -> Iterator[pl.DataFrame]:
    found = label_items(dataset, layer)
    rule = "label" if has_labels(dataset, layer) else "any"
    order = label_order(dataset, layer)
    for place in places(found, found.height).shown:
        here = place.of(found)
        yield _table(layer, place, rule, order, here["label"], here["item_id"].n_unique())


def _of_utterances(dataset: Dataset, layer: str) -> Iterator[pl.DataFrame]:
    if layer not in ("basic7", "goemotions"):
        return
    every = utterances(dataset)
    told = utterance_labels(every, layer)
    if told.is_empty():
        return
    order = label_order(dataset, layer)
    of_items = dataset.items.filter(
        pl.col("item_id").is_in(every["monologue_id"].unique().to_list())
    )
    subset = of_items["subset"].drop_nulls().first() if of_items.height else None
    languages = sorted(every["language"].unique())
    for language in languages:
        place = Place(str(subset or ""), language if len(languages) > 1 else "")
        here = told.filter(pl.col("language") == language)
        total = every.filter(pl.col("language") == language).height
        yield _table(layer, place, "utterance", order, here["label"], total)


def _spoken_layers(dataset: Dataset) -> tuple[str, ...]:
    return ("basic7", "goemotions") if dataset.utterances.height else ()


def _table(
    layer: str, place: Place, rule: str, order: tuple[str, ...], labels: pl.Series, of: int
) -> pl.DataFrame:
    counts: dict[str, int] = dict(labels.value_counts().iter_rows())
    items = [counts.get(label, 0) for label in order]
    table = {
        "layer": layer,
        "subset": place.subset,
        "batch": place.batch,
        "rule": rule,
        "label": list(order),
        "items": items,
        "of": of,
        "share": [count / of if of else None for count in items],
    }
    return pl.DataFrame(table, schema=_SCHEMA)


def _part(numbers: pl.DataFrame, words: Words, choice: Choice, beside: int) -> alt.ConcatChart:
    layer, rule = numbers["layer"][0], numbers["rule"][0]
    kept, more = biggest(numbers, "of")
    labels = numbers["label"].unique(maintain_order=True).to_list()[:MOST_LABELS]
    named = {label: words.label(layer, label) for label in labels}
    shown = numbers.filter(pl.col("label").is_in(labels)).with_columns(
        name=pl.col("label").replace_strict(named), colour=_colours(numbers, labels)
    )
    heads = {place: _head(place.of(shown), place, words) for place in kept}
    least = max(48.0, *map(head_width, heads.values()))
    grid = cells(len(kept), choice, beside=beside, least=least)
    most = float(shown["share"].max() or 1.0)  # type: ignore[arg-type]
    small = [
        _bars(
            place.of(shown),
            list(named.values()),
            heads[place],
            most,
            grid,
            0 if at % grid.columns else beside,
        )
        for at, place in enumerate(kept)
    ]
    title = words.say(f"pictures.distribution_{rule}", layer=words.layer(layer))
    return laid_out(small, grid.columns, title, choice, note=left_out(words, more))


def _head(here: pl.DataFrame, place: Place, words: Words) -> list[str]:
    unit = "utterances" if here["rule"][0] == "utterance" else "items"
    return head(place, words.say(f"pictures.n_{unit}", n=here["of"][0]))


def _bars(
    here: pl.DataFrame,
    names: list[str],
    lines: list[str],
    most: float,
    grid: Cells,
    room: int,
) -> alt.LayerChart:
    import altair as alt

    step = 12 if len(names) > _MANY else 16
    values = grid.width >= _VALUES
    end = most * grid.width / (grid.width - _FIGURES) if values else most
    ticks = percent_axis(most, grid.width, grid=not values)
    y = alt.Y("name:N", sort=names, axis=label_axis(room=room))
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, end]), axis=ticks)
    base = alt.Chart(rows(here)).encode(y=y)
    tips = [alt.Tooltip("name:N"), alt.Tooltip("items:Q"), alt.Tooltip("share:Q", format=".1%")]
    bars = base.mark_bar().encode(
        x=x, color=alt.Color("colour:N", scale=None), tooltip=tips, **links(here)
    )
    layers = [bars]
    if values:
        text = base.mark_text(align="left", dx=3)
        layers.append(text.encode(x=x, text=alt.Text("share:Q", format=".1%")))
    size = {"width": grid.width, "height": step * len(names)}
    drawn: alt.LayerChart = alt.LayerChart(layer=layers).properties(title=heading(lines), **size)
    return drawn


def _colours(numbers: pl.DataFrame, labels: list[str]) -> pl.Expr:
    return pl.col("label").replace_strict({label: colour(label) for label in labels})


_SCHEMA = {
    "layer": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "rule": pl.String,
    "label": pl.String,
    "items": pl.Int64,
    "of": pl.Int64,
    "share": pl.Float64,
}
PICTURE = Picture("distribution", numbers, chart, needs="pictures.needs_answers")
