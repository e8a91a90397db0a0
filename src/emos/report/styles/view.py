"""What there is to show of the styles of one layer, and how it is named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from emos.agreement.styles import Styles
from emos.report.making import Making
from emos.report.places import MOST, Place
from emos.report.styles.items import Batch, Own, style_batches
from emos.report.words import Number, shown


@dataclass(frozen=True)
class StyleView:
    """The styles of one layer, of as many annotators as a page can show."""

    making: Making
    found: Styles
    layer: str

    @cached_property
    def everyone(self) -> pl.DataFrame:
        """The table of annotators: a row for each place that an annotator worked on."""
        return self.found.annotators.filter(pl.col("layer") == self.layer)

    @cached_property
    def shown(self) -> pl.DataFrame:
        """Of `everyone`, the rows shown: those with most answers, in their order."""
        most = self.everyone.with_row_index("row").sort("given", descending=True)
        return most.head(MOST).sort("row").drop("row")

    @property
    def left_out(self) -> int:
        """How many rows are not shown."""
        return self.everyone.height - self.shown.height

    @property
    def people(self) -> tuple[str, ...]:
        """The annotators shown."""
        return tuple(self.shown["annotator"].unique(maintain_order=True))

    def only_shown(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Of a table with a row per place and annotator, those that are shown."""
        key = ("subset", "batch", "annotator")
        return rows.join(self.shown.select(key), on=key, how="semi", maintain_order="left")

    def table(self, name: str) -> pl.DataFrame:
        """A table of `Styles`, of this layer and the annotators shown."""
        rows: pl.DataFrame = getattr(self.found, name).filter(pl.col("layer") == self.layer)
        return self.only_shown(rows) if "annotator" in rows.columns else rows

    @cached_property
    def annotators(self) -> list[tuple[Place, dict[str, Any]]]:
        """`shown`, row by row, with the place."""
        return [(Place(row["subset"], row["batch"]), row) for row in self.shown.to_dicts()]

    @cached_property
    def single(self) -> bool:
        """Whether every answer is one label."""
        sizes = self.table("figures").filter(pl.col("figure") == "cardinality")["value"]
        return bool((sizes.drop_nans() == 1).all())

    def own(self, place: Place, annotator: str) -> Own:
        """The annotator's votes at a place."""
        key = (place, annotator)
        if key not in self._own:
            self._own[key] = self._batches[place].of(annotator)
        return self._own[key]

    @cached_property
    def _own(self) -> dict[tuple[Place, str], Own]:
        return {}

    @cached_property
    def _batches(self) -> dict[Place, Batch]:
        return style_batches(self.making.results.dataset, self.layer)

    @cached_property
    def several_places(self) -> bool:
        """Whether someone worked on more than one place, so that a name alone says too little."""
        return len(self.annotators) > len({row["annotator"] for _, row in self.annotators})

    def who(self, place: Place, annotator: str) -> str:
        """An annotator as named in sentences and column heads."""
        return f"{annotator} ({self.place(place)})" if self.several_places else annotator

    def say(self, key: str, **values: object) -> str:
        """A sentence of this section, with the layer's name."""
        shown_layer = self.making.words.layer(self.layer)
        return self.making.words.say(f"styles.{key}", layer=shown_layer, **values)

    def label(self, label: str) -> str:
        """A label as shown."""
        return self.making.words.label(self.layer, label)

    def place(self, place: Place) -> str:
        """A place as shown."""
        return place.name or self.making.words.say("styles.everything")

    def named(self, place: Place, annotator: str, label: str) -> int | None:
        """Keep the items on which the annotator named the label."""
        ids = self.own(place, annotator).by_label.get(label, [])
        values = {"who": annotator, "place": self.place(place), "label": self.label(label)}
        return self.behind(ids, "named_items", **values)

    def behind(self, ids: pl.Series | list[str], key: str, **values: object) -> int | None:
        """Keep items behind a number; ``key`` is the sentence that says what they are."""
        return self.making.sets.items(ids, self.say(key, **values))


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    form: str = ".3f",
    behind: int | None = None,
) -> Number:
    """A figure with its interval in brackets, where it has one."""
    if value is None or value != value:
        return Number("–")
    text = shown(value, form)
    if low is not None and high is not None and low == low:
        text += f" [{shown(low, form)}, {shown(high, form)}]"
    return Number(text, behind)
