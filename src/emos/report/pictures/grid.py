"""Small pictures of one kind side by side: which places they are of, and how many fit in a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from emos.report.pictures.registry import Choice
from emos.report.pictures.theme import GAP, PADDING, heading, text_width, width, wrapped
from emos.report.places import MOST, Place
from emos.report.words import Words
from emos.tables.natural_order import natural_key

if TYPE_CHECKING:
    import altair as alt


class Cells(NamedTuple):
    """A row of small pictures: how many, and the inner width of each in units."""

    columns: int
    width: int


def cells(number: int, choice: Choice, *, beside: float, least: float) -> Cells:
    """As many columns as fit into the picture's width, in rows of like length.

    Parameters
    ----------
    beside : room for the labels at the left.
    least : an inner width that is not gone below, unless one column is wider than the picture.
    """
    room = width(choice.wide) - 2 * PADDING - beside
    fitting = max(1, min(number, int((room + GAP) // (least + GAP))))
    columns = math.ceil(number / math.ceil(number / fitting))  # rows of like length
    return Cells(columns, int((room + GAP) // columns - GAP))


def biggest(numbers: pl.DataFrame, column: str, most: int = MOST) -> tuple[list[Place], int]:
    """The ``most`` places with the largest ``column``, in the table's order; how many are left."""
    sizes = numbers.group_by("subset", "batch", maintain_order=True).agg(pl.col(column).max())
    found = [Place(*row) for row in sizes.select("subset", "batch").iter_rows()]
    order = sizes[column].arg_sort(descending=True, nulls_last=True).to_list()
    return [found[at] for at in sorted(order[:most])], max(0, len(found) - most)


def people(numbers: pl.DataFrame, most: int = MOST) -> tuple[list[str], int]:
    """Annotators in natural order, and how many are left out."""
    found = sorted(numbers["annotator"].unique().to_list(), key=natural_key)
    return found[:most], max(0, len(found) - most)


def keys(place: Place, **more: str) -> list[pl.Expr]:
    """Columns that say where the rows of a part of a table belong."""
    named = {**more, "subset": place.subset, "batch": place.batch}
    return [pl.lit(value).alias(name) for name, value in named.items()]


def left_out(words: Words, number: int, what: str = "batches") -> str:
    """The line on ``number`` batches or annotators that are not drawn; nothing for none."""
    return words.say(f"pictures.{what}_left", n=number) if number else ""


def head(place: Place, *more: str) -> list[str]:
    """The lines above a small picture: subset, batch and what else is to be said."""
    return [line for line in (*place, *more) if line]


def head_width(lines: Sequence[str]) -> float:
    """Room for `head`, in units."""
    return max(map(text_width, lines), default=0)


def laid_out(
    charts: Sequence[alt.ChartType],
    columns: int,
    title: str,
    choice: Choice,
    *,
    note: str = "",
) -> alt.ConcatChart:
    """Small pictures in rows under one heading, and a line on those that are left out."""
    import altair as alt

    room = width(choice.wide) - 2 * PADDING
    lines = [*wrapped(title, room), *(wrapped(note, room) if note else ())]
    told = heading(lines, frame="bounds", offset=8)
    spacing = {"row": 16, "column": GAP}
    return alt.concat(*charts, columns=columns, spacing=spacing, align="each", title=told)
