"""A picture by its name, of what was chosen of a dataset; or why there is none."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.report.pictures.registry import Choice, Picture, all_pictures, find_picture
from emos.report.results import Results
from emos.report.words import Words

if TYPE_CHECKING:
    import altair as alt

# What narrows a picture: the part of a `Choice`, its option, and the columns that tell.
_NARROWED = {
    "layer": ("--layer", ("layer",)),
    "subset": ("--subset", ("subset",)),
    "batch": ("--batch", ("batch",)),
    "annotators": ("--annotator", ("annotator", "origin")),
    "item": ("--item", ("monologue",)),
}


class Drawing(NamedTuple):
    """A picture and the table behind it."""

    chart: alt.TopLevelMixin
    numbers: pl.DataFrame


def draw(
    results: Results,
    name: str,
    words: Words,
    choice: Choice | None = None,
    *,
    named: str | Path = "DATASET",
) -> Drawing:
    """The picture called ``name``.

    Parameters
    ----------
    named : the dataset's path as a reader would type it in a command.

    Raises
    ------
    EmosError : for an unknown picture or choice, and where there is nothing to draw: what is
        missing and, if a command brings it, which.
    """
    picture = find_picture(name)
    choice = choice or Choice()
    numbers = picture.numbers(results, choice)
    _check(picture, numbers, choice)
    if numbers.is_empty():
        raise EmosError(_why(picture, results, words, choice, named))
    return Drawing(picture.chart(numbers, words, choice), numbers)


def listed(words: Words) -> list[tuple[str, str]]:
    """Name and description of every picture."""
    return [(one.name, words.say(f"pictures.{one.name}")) for one in all_pictures()]


def _check(picture: Picture, numbers: pl.DataFrame, choice: Choice) -> None:
    """Refuse an option that would not change the picture, for it would seem to have."""
    for part, (option, columns) in _NARROWED.items():
        if getattr(choice, part) is not None and not set(columns) & set(numbers.columns):
            raise EmosError(
                f"the picture {picture.name} cannot be narrowed by {option}",
                remedy="leave that out",
            )


def _why(
    picture: Picture, results: Results, words: Words, choice: Choice, named: str | Path
) -> str:
    """What is missing: everything, or what was asked for."""
    whole = picture.numbers(results, Choice())
    if whole.is_empty():
        return words.say(picture.needs, path=shlex.quote(str(named)))
    for part, (_, columns) in _NARROWED.items():
        wanted = getattr(choice, part)
        if wanted is None:
            continue
        column = next(one for one in columns if one in whole.columns)
        alone = picture.numbers(results, replace(Choice(), **{part: wanted}))
        if alone.is_empty():
            known = whole[column].drop_nulls().unique(maintain_order=True).to_list()
            return words.say(
                "pictures.no_such",
                what=words.say(f"pictures.choice_{part}"),
                name=wanted if isinstance(wanted, str) else ", ".join(wanted),
                known=", ".join(filter(None, known)),
            )
    return words.say("pictures.not_together")
