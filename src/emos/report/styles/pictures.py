"""Pictures of styles whose marks lead to the annotators' items, with the tables behind them."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.agreement.styles import AXES
from emos.report.blocks import Figure, Shown, Table
from emos.report.pictures.registry import Choice, find_picture
from emos.report.places import Place
from emos.report.styles.groups import composed, mixing_table
from emos.report.styles.tables import bias_table, figure_number
from emos.report.styles.view import StyleView
from emos.report.words import Number, Phrase


def radar_figure(view: StyleView) -> Figure | None:
    """The eight axes of each annotator; ``None`` on a layer with too few of them."""
    numbers = _numbers(view, "radar")
    if numbers.is_empty():
        return None
    axes = numbers["axis"].unique(maintain_order=True).to_list()
    cells = {
        (row["subset"], row["batch"], row["annotator"], row["axis"]): _axis(view, row)
        for row in numbers.to_dicts()
    }
    rows: list[list[Shown]] = []
    for place, row in view.annotators:
        found = [cells.get((*place, row["annotator"], axis), Number("–")) for axis in axes]
        rows.append([row["annotator"], view.place(place), *found])
    names = (view.making.words.say(f"pictures.axis_{axis}") for axis in axes)
    titles = [view.say("annotator"), view.say("batch"), *names]
    table = Table(view.say("radar"), titles, rows, head=2)
    behind = pl.Series([number.behind for number in cells.values()], dtype=pl.Int64)
    return _figure(
        view, "radar", numbers.with_columns(behind=behind), (view.say("radar_told"),), table
    )


def bias_figure(view: StyleView) -> Figure | None:
    """Log-odds of each annotator on each label, with intervals."""
    numbers = _numbers(view, "bias")
    if numbers.is_empty():
        return None
    behind = [
        view.named(Place(row["subset"], row["batch"]), row["annotator"], row["label"])
        for row in numbers.to_dicts()
    ]
    numbers = numbers.with_columns(behind=pl.Series(behind, dtype=pl.Int64))
    return _figure(view, "bias", numbers, (view.say("bias_told"),), bias_table(view))


def composition_figure(view: StyleView) -> Figure | None:
    """Union and agreement of groups by their composition."""
    numbers, table = _numbers(view, "composition"), mixing_table(view)
    if numbers.is_empty() or table is None:
        return None
    return _figure(view, "composition", numbers, composed(view), table)


def _axis(view: StyleView, row: dict[str, Any]) -> Number:
    """The value of an axis, leading to the answers that make it what it is."""
    place, who, (kind, name) = (
        Place(row["subset"], row["batch"]),
        row["annotator"],
        AXES[row["axis"]],
    )
    if kind == "figure":
        return figure_number(view, place, who, name, row["value"])
    labels = [one for one in view.own(place, who).by_label if one.casefold() == name]
    behind = view.named(place, who, labels[0]) if labels else None
    value = row["value"]
    return Number("–" if value != value else f"{value:.1%}", behind)


def _numbers(view: StyleView, picture: str) -> pl.DataFrame:
    numbers = find_picture(picture).numbers(view.making.results, Choice(layer=view.layer))
    if "annotator" in numbers.columns:
        numbers = view.only_shown(numbers)
    return numbers


def _figure(
    view: StyleView, picture: str, numbers: pl.DataFrame, caption: Phrase, table: Table
) -> Figure:
    choice: dict[str, Any] = {"layer": view.layer}
    if view.left_out and "annotator" in numbers.columns:
        choice["annotators"] = view.people
    return view.making.figure(picture, numbers, caption, table, **choice, wide=True)
