"""How sure the labels are: tiers of confidence, their curve, and the labels to look at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.correction import SHARE_REASONS
from emos.aggregate.tiers import THRESHOLDS, TIERS, tiers
from emos.report.blocks import Block, Figure, Figures, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.pictures.registry import Choice, find_picture
from emos.report.places import Place, in_item_order, placed, places
from emos.report.sections import SectionMaker
from emos.report.words import Number, Phrase

LEAST_SURE = 50  # labels of a batch that are listed as the least sure
_AT = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)  # thresholds of the curve's table
_ORDER = tuple(reversed(TIERS))


def make(making: Making) -> Section | None:
    """Per layer: sizes of the tiers, the curve, and the labels with the lowest confidence."""
    dataset, words = making.results.dataset, making.words
    known = dataset.labels.filter(pl.col("confidence").is_not_nan(), pl.col("tier").is_not_null())
    known = in_item_order(dataset, placed(known))
    if known.is_empty():
        return None
    blocks: list[Block] = []
    for layer in known["layer"].unique().sort():
        blocks += _Layer(making, layer, known.filter(pl.col("layer") == layer)).blocks()
    title, question = words.say("tiers.title"), words.say("tiers.question")
    return Section("tiers", title, question, blocks)


@dataclass(frozen=True)
class _Layer:
    """The labels of one layer that have a confidence, in the order of the items."""

    making: Making
    layer: str
    labels: pl.DataFrame

    @cached_property
    def columns(self) -> list[Place | None]:
        """The places, and all together where there are several."""
        shown, left_out = places(self.labels)
        return [*shown, None] if len(shown) + left_out > 1 else list(shown)

    def blocks(self) -> Iterator[Block]:
        yield Figures((self._sizes(), self._curve()))
        left_out = places(self.labels).left_out
        if left_out:
            yield Paragraph(self.making.words.phrase("tiers.batches_left", n=left_out), "note")
        yield from self._shares()
        yield self._least_sure()

    def _sizes(self) -> Figure:
        """How large each tier is; bars and numbers lead to its items."""
        rows: list[list[Shown]] = []
        for place in self.columns:
            total = self._at(place).height
            cells = [self._of_tier(place, tier, "{n:,} ({share:.1%})") for tier in _ORDER]
            rows.append([self._name(place), *cells, total])
        heads = [self._say("batch"), *map(self._say, _ORDER), self._say("labels")]
        numbers = find_picture("tier-sizes").numbers(self.making.results, Choice(self.layer))
        behind = [
            None
            if row["tier"] == "none"
            else self._of_tier(Place(row["subset"], row["batch"]), row["tier"]).behind
            for row in numbers.to_dicts()
        ]
        return self.making.figure(
            "tier-sizes",
            numbers.with_columns(behind=pl.Series(behind, dtype=pl.Int64)),
            self._told(),
            Table(self._say("sizes"), heads, rows),
            layer=self.layer,
        )

    def _told(self) -> Phrase:
        """How many labels are Low, and what makes a label High or Medium."""
        words, (high, medium) = self.making.words, THRESHOLDS
        told = words.phrase(
            "tiers.told",
            layer=words.layer(self.layer),
            share=self._of_tier(None, "low", "{share:.1%}"),
            labels=self.labels.height,
        )
        found = [TIERS[at] for at in _places_of(self.labels, high, medium)]
        if found == self.labels["tier"].to_list():
            return (*told, *words.phrase("tiers.rule", high=high, medium=medium))
        # Other limits were chosen. What they were is not in the labels; where they show is.
        split = self.labels.filter(
            (pl.col("unique_labels").fill_null(0) != 1) | (pl.col("votes").fill_null(0) < 2)
        )
        lowest = {tier: split.filter(pl.col("tier") == tier)["confidence"].min() for tier in _ORDER}
        limits = {tier: _bound(lowest[tier]) for tier in ("high", "medium")}
        return (*told, *words.phrase("tiers.other_rule", **limits))

    def _curve(self) -> Figure:
        """How many labels would be High at each threshold; those that would not can be followed."""
        rows: list[list[Shown]] = [
            [f"{at:g}", *(self._below(place, at) for place in self.columns)] for at in _AT
        ]
        heads = [self._say("threshold"), *map(self._name, self.columns)]
        return self.making.figure(
            "tiers",
            find_picture("tiers").numbers(self.making.results, Choice(self.layer)),
            self.making.words.phrase("tiers.curve_told", agreed=self._agreed()),
            Table(self._say("curve"), heads, rows),
            layer=self.layer,
        )

    def _agreed(self) -> Number:
        """The labels that are High whatever the threshold, as all annotators gave them."""
        agreed = self.labels.filter(pl.Series(_places_of(self.labels, 1.0, 0.0) == 2))
        return self.making.number(agreed.height, agreed["item_id"], self._say("always"), ",")

    def _below(self, place: Place | None, at: float) -> Number:
        here = self._at(place)
        below = here.filter(pl.Series(_places_of(here, at, 0.0) < 2))
        text = f"{below.height:,} ({below.height / here.height:.1%})"
        what = self._say("below", place=self._name(place), at=at)
        return self.making.number(text, below["item_id"], what)

    def _shares(self) -> Iterator[Block]:
        """A word of warning where confidences are of two kinds."""
        by_share = pl.col("reason").is_in(SHARE_REASONS)
        mixed = self.labels.filter(by_share)
        if mixed.height in (0, self.labels.height):
            return
        names = [place.name for place in places(mixed).shown]
        phrase = self.making.words.phrase(
            "tiers.shares",
            places=self.making.words.say("tiers.comma").join(names),
            n=self.making.number(mixed.height, mixed["item_id"], self._say("shares_items"), ","),
        )
        yield Paragraph(phrase, "note")

    def _least_sure(self) -> Table:
        """The labels to look at first, batch by batch: confidences of two are not one scale."""
        words = self.making.words
        rows: list[list[Shown]] = []
        for place in places(self.labels).shown:
            first = self._at(place).sort("confidence", maintain_order=True).head(LEAST_SURE)
            notes = [
                f"{words.label(self.layer, label)} {confidence:.3f}"
                for label, confidence in first.select("label", "confidence").iter_rows()
            ]
            what = self._say("least", place=self._name(place))
            behind = self.making.sets.items(first["item_id"], what, notes=notes)
            lowest, highest = first["confidence"][0], first["confidence"][-1]
            number = Number(f"{first.height:,}", behind)
            rows.append([self._name(place), number, float(lowest), float(highest)])
        heads = [self._say(head) for head in ("batch", "least_head", "from", "to")]
        return Table(self._say("least_table", n=LEAST_SURE), heads, rows)

    def _of_tier(self, place: Place | None, tier: str, form: str = "{n:,}") -> Number:
        here = self._at(place)
        ids = here.filter(pl.col("tier") == tier)["item_id"]
        what = self._say("items", place=self._name(place), tier=self._say(tier))
        text = form.format(n=ids.len(), share=ids.len() / here.height)
        return self.making.number(text, ids, what)

    def _at(self, place: Place | None) -> pl.DataFrame:
        return self.labels if place is None else place.of(self.labels)

    def _name(self, place: Place | None) -> str:
        return (place and place.name) or self._say("all")

    def _say(self, key: str, **values: object) -> str:
        layer = self.making.words.layer(self.layer)
        return self.making.words.say(f"tiers.{key}", layer=layer, **values)


def _places_of(labels: pl.DataFrame, high: float, medium: float) -> NDArray[np.int8]:
    """Places in `TIERS` under these thresholds."""
    return tiers(
        labels["confidence"].to_numpy(),
        labels["unique_labels"].fill_null(0).to_numpy(),
        votes=labels["votes"].fill_null(0).to_numpy(),
        high=high,
        medium=medium,
    )


def _bound(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–"


SECTION = SectionMaker("tiers", 20, make)
