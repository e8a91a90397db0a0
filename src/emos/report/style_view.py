"""What there is to show of the styles of one layer, and how it is named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from emos.agreement.styles import Styles
from emos.report.making import Making
from emos.report.places import MOST, Place
from emos.report.style_items import Batch, Own, style_batches
from emos.report.words import Number, shown


@dataclass(frozen=True)
class StyleView:
    """The styles of one layer, of as many annotators as a page can show."""

    making: Making
    found: Styles
    layer: str

    @cached_property
    def everyone(self) -> pl.DataFrame:
        """The table of annotators, all of the layer."""
        return self.found.annotators.filter(pl.col("layer") == self.layer)

    @cached_property
    def people(self) -> list[str]:
        """The annotators shown, those with most answers, in the order of the tables."""
        sizes = self.everyone.group_by("annotator", maintain_order=True).agg(pl.col("given").sum())
        most = sizes.sort("given", descending=True, maintain_order=True).head(MOST)
        return sizes.join(most, on="annotator", how="semi", maintain_order="left")[
            "annotator"
        ].to_list()

    @property
    def left_out(self) -> int:
        """How many annotators are not shown."""
        return self.everyone["annotator"].n_unique() - len(self.people)

    def table(self, name: str) -> pl.DataFrame:
        """A table of `Styles`, of this layer and the people shown."""
        rows: pl.DataFrame = getattr(self.found, name).filter(pl.col("layer") == self.layer)
        if "annotator" in rows.columns:
            rows = rows.filter(pl.col("annotator").is_in(self.people))
        return rows

    @cached_property
    def annotators(self) -> list[tuple[Place, dict[str, Any]]]:
        """The table of annotators, a row for each place that an annotator worked on."""
        return [
            (Place(row["subset"], row["batch"]), row) for row in self.table("annotators").to_dicts()
        ]

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
