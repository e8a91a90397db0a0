"""What each annotator gave where the aggregated label says something else, or the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.report.crossed import answers_against_labels, crossed
from emos.report.order import label_order
from emos.report.pictures.grid import biggest, keys, laid_out, left_out, people
from emos.report.pictures.matrix import cells_of, matrix, sizes
from emos.report.pictures.registry import Choice, Picture
from emos.report.pictures.theme import stacked, themed
from emos.report.places import places
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """Answers of one label by annotator and the item's aggregated label.

    Returns
    -------
    Rows of ``layer, subset, batch, annotator, row`` (aggregated label), ``column`` (answer),
    ``items``, ``of`` (the annotator's answers to items with this label) and ``share`` of the row,
    null in a row without an answer. Blanks and answers of several labels are not counted.
    """
    dataset, parts = results.dataset, []
    for layer in dataset.labels["layer"].unique().drop_nulls().sort():
        answers = answers_against_labels(dataset, layer)
        order = list(label_order(dataset, layer))
        for place in places(answers, answers.height).shown:
            here = place.of(answers)
            whole = cells_of(crossed(here), order)  # the same labels for everybody
            for annotator in here["who"].unique().sort():
                counted = crossed(here.filter(pl.col("who") == annotator))
                cells = whole.select("row", "column").join(
                    cells_of(counted, order), ("row", "column"), "left", maintain_order="left"
                )
                parts.append(
                    cells.select(
                        *keys(place, layer=layer),
                        pl.lit(annotator).alias("annotator"),
                        "row",
                        "column",
                        pl.col("items", "of").fill_null(0),
                        "share",
                    )
                )
    return choice.of(pl.concat(parts) if parts else pl.DataFrame(schema=_SCHEMA))


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.TopLevelMixin:
    """A matrix per annotator, rows normalised; the annotators of a batch side by side."""
    parts = [
        _place(part, words, choice)
        for _, layer in numbers.group_by("layer", maintain_order=True)
        for place in biggest(layer, "of")[0]
        for part in (place.of(layer),)
    ]
    drawn: alt.TopLevelMixin = themed(stacked(parts))
    return drawn


def _place(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.ConcatChart:
    layer = numbers["layer"][0]
    names = {
        label: words.label(layer, label) for label in numbers["row"].unique(maintain_order=True)
    }
    kept, more = people(numbers)
    size = sizes(numbers, list(names.values()), len(kept), choice)
    small = [
        matrix(
            numbers.filter(pl.col("annotator") == annotator),
            names,
            size,
            words,
            above=words.say("pictures.given_by", who=annotator),
            left=None if at % size.columns else words.say("pictures.aggregated"),
        )
        for at, annotator in enumerate(kept)
    ]
    place = "/".join(part for part in (numbers["subset"][0], numbers["batch"][0]) if part)
    title = words.say("pictures.confusion_title", layer=words.layer(layer), place=place)
    return laid_out(small, size.columns, title, choice, note=left_out(words, more, "people"))


_SCHEMA = {
    **dict.fromkeys(("layer", "subset", "batch", "annotator", "row", "column"), pl.String),
    "items": pl.Int64,
    "of": pl.Int64,
    "share": pl.Float64,
}
PICTURE = Picture("confusion", numbers, chart, needs="pictures.needs_crossed")
