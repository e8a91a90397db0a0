"""What correction made of the labels that items came with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.report.crossed import corrections, crossed
from emos.report.order import label_order
from emos.report.pictures.grid import biggest, keys, laid_out, left_out
from emos.report.pictures.matrix import cells_of, matrix, sizes
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import stacked, themed
from emos.report.places import places
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """Items by their original and their corrected label.

    Returns
    -------
    Rows of ``layer, subset, batch, row`` (original label), ``column`` (corrected label),
    ``items``, ``of`` (items with this original label) and ``share`` of the row, null in a row
    without items.
    """
    dataset, parts = results.dataset, []
    for layer in dataset.labels["layer"].unique().drop_nulls().sort():
        changes = corrections(dataset, layer)
        order = list(label_order(dataset, layer))
        for place in places(changes, changes.height).shown:
            cells = cells_of(crossed(place.of(changes)), order)
            parts.append(cells.select(*keys(place, layer=layer), pl.all()))
    return choice.of(pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A matrix per batch, rows normalised."""
    parts = [
        _layer(layer, words, choice) for _, layer in numbers.group_by("layer", maintain_order=True)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _layer(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.ConcatChart:
    layer = numbers["layer"][0]
    names = {
        label: words.label(layer, label) for label in numbers["row"].unique(maintain_order=True)
    }
    kept, more = biggest(numbers, "of")
    size = sizes(numbers, list(names.values()), len(kept), choice)
    small = []
    for at, place in enumerate(kept):
        here = place.of(numbers)
        own = {label: names[label] for label in here["row"].unique(maintain_order=True)}
        above = [place.name, words.say("pictures.corrected")]
        left = None if at % size.columns else words.say("pictures.original")
        small.append(matrix(here, own, size, words, above=above, left=left))
    title = words.say("pictures.correction_title", layer=words.layer(layer))
    return laid_out(small, size.columns, title, choice, note=left_out(words, more))


_SCHEMA = {
    **dict.fromkeys(("layer", "subset", "batch", "row", "column"), pl.String),
    "items": pl.Int64,
    "of": pl.Int64,
    "share": pl.Float64,
}
PICTURE = Picture("correction", numbers, chart, needs="pictures.needs_originals")
