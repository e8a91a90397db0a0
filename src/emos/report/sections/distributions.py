"""How often each label occurs: in every batch, on every layer, and in the monologues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from emos.report.blocks import Block, Details, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.order import label_order, layers_of
from emos.report.pictures.registry import Choice, find_picture
from emos.report.places import Place, places
from emos.report.sections import SectionMaker
from emos.report.shares import has_labels, label_items, soft_shares
from emos.report.utterances import outside_words, utterance_labels, utterances
from emos.report.words import Number, Phrase

MOST_LABELS = 40  # rows of a table


def make(making: Making) -> Section | None:
    """Per layer a picture and its table; for multi-label layers the mean soft label too."""
    words, dataset = making.words, making.results.dataset
    layers = layers_of(dataset)
    if dataset.utterances.height:
        layers = tuple(dict.fromkeys((*layers, "basic7", "goemotions")))
    blocks = [block for layer in layers for block in _layer(making, layer)]
    if not blocks:
        return None
    title, question = words.say("distributions.title"), words.say("distributions.question")
    return Section("distributions", title, question, blocks)


def _layer(making: Making, layer: str) -> Iterator[Block]:
    items, spoken = _Items(making, layer), _Spoken(making, layer)
    if items.table.is_empty() and spoken.told.is_empty():
        return
    words, choice = making.words, Choice(layer=layer, wide=True)
    numbers = find_picture("distribution").numbers(making.results, choice)
    behind = [
        spoken.number(row["label"], row["batch"] if spoken.several else None).behind
        if row["rule"] == "utterance"
        else items.number(row["label"], Place(row["subset"], row["batch"])).behind
        for row in numbers.to_dicts()
    ]
    numbers = numbers.with_columns(behind=pl.Series(behind, dtype=pl.Int64))
    caption = (*items.caption(), *spoken.caption())
    yield making.figure(
        "distribution", numbers, caption, _table(items, spoken), layer=layer, wide=True
    )
    labels = len(items.order) - MOST_LABELS
    if labels > 0:
        yield Paragraph(words.phrase("distributions.labels_left", n=labels), "note")
    soft = soft_shares(making.results.dataset, layer)
    if items.rule == "any" and soft.height:
        title = words.say("distributions.soft_title", layer=words.layer(layer))
        yield Details(title, (_soft_table(items, soft),))


def _table(items: _Items, spoken: _Spoken) -> Table:
    """A row per label: items by place and altogether, then utterances by language."""
    say = items.making.words.say
    rows: list[list[Shown]] = []
    for label in items.order[:MOST_LABELS]:
        counts = [items.number(label, place, "{n:,} ({share:.1%})") for place in items.columns]
        counts += [spoken.number(label, one, "{n:,} ({share:.1%})") for one in spoken.columns]
        rows.append([items.name(label), *counts])
    totals = [items.total(place) for place in items.columns]
    totals += [spoken.total(language) for language in spoken.columns]
    rows.append([say("distributions.total"), *totals])
    heads = [say("distributions.label"), *map(items.head, items.columns)]
    heads += map(spoken.head, spoken.columns)
    caption = say(f"distributions.{items.rule}_table", layer=items.making.words.layer(items.layer))
    return Table(caption, heads, rows)


def _soft_table(items: _Items, soft: pl.DataFrame) -> Table:
    say = items.making.words.say
    rows: list[list[Shown]] = [
        [items.name(label), *(items.mean(label, place, soft) for place in items.columns)]
        for label in items.order[:MOST_LABELS]
    ]
    heads = [say("distributions.label"), *map(items.head, items.columns)]
    layer = items.making.words.layer(items.layer)
    return Table(say("distributions.soft_table", layer=layer), heads, rows)


@dataclass(frozen=True)
class _Items:
    """The items that each label of a layer counts for."""

    making: Making
    layer: str

    @cached_property
    def table(self) -> pl.DataFrame:
        return label_items(self.making.results.dataset, self.layer)

    @cached_property
    def rule(self) -> str:
        """``label``: an item counts for its label; ``any``: for every label that anyone named."""
        return "label" if has_labels(self.making.results.dataset, self.layer) else "any"

    @cached_property
    def order(self) -> tuple[str, ...]:
        return label_order(self.making.results.dataset, self.layer)

    @cached_property
    def columns(self) -> list[Place | None]:
        """The places, and all together where there are several."""
        shown, left_out = places(self.table)
        return [*shown, None] if len(shown) + left_out > 1 else list(shown)

    def number(self, label: str, place: Place | None, form: str = "{n:,}") -> Number:
        """How many items the label counts for, leading to them."""
        ids, total = self._ids(label, place), self.total(place)
        what = self.making.words.say(
            f"distributions.{self.rule}_items",
            place=self.head(place),
            layer=self.making.words.layer(self.layer),
            label=self.name(label),
            n=ids.len(),
            total=total,
        )
        return self.making.number(form.format(n=ids.len(), share=ids.len() / total), ids, what)

    def mean(self, label: str, place: Place | None, soft: pl.DataFrame) -> Number:
        """Mean probability; it leads to the items on which anyone named the label."""
        means = (soft if place is None else place.of(soft)).filter(pl.col("label") == label)
        total = int(means["items"].sum())
        what = self.making.words.say(
            "distributions.soft_items", place=self.head(place), label=self.name(label), total=total
        )
        share = (means["share"] * means["items"]).sum() / total if total else None
        form = ".1%" if total else ""
        return self.making.number(share, self._ids(label, place), what, form)

    def caption(self) -> Phrase:
        """The most and the least frequent label, and what a share is a share of."""
        if self.table.is_empty():
            return ()
        words, counts = self.making.words, dict(self.table["label"].value_counts().iter_rows())
        found = [label for label in self.order if counts.get(label)]
        never = [self.name(label) for label in self.order if not counts.get(label)]
        told = words.phrase(
            f"distributions.{self.rule}_told",
            layer=words.layer(self.layer),
            items=self.total(None),
            most=self.name(found[0]),
            most_share=self.number(found[0], None, "{share:.1%}"),
            least=self.name(found[-1]),
            least_share=self.number(found[-1], None, "{share:.1%}"),
        )
        if not never:
            return told
        names = words.say("distributions.comma").join(never[:MOST_LABELS])
        return (*told, *words.phrase("distributions.never", labels=names))

    def name(self, label: str) -> str:
        return self.making.words.label(self.layer, label)

    def head(self, place: Place | None) -> str:
        return (place and place.name) or self.making.words.say("distributions.all")

    def total(self, place: Place | None) -> int:
        return self._at(place)["item_id"].n_unique()

    def _ids(self, label: str, place: Place | None) -> pl.Series:
        return self._at(place).filter(pl.col("label") == label)["item_id"]

    def _at(self, place: Place | None) -> pl.DataFrame:
        return self.table if place is None else place.of(self.table)


@dataclass(frozen=True)
class _Spoken:
    """The utterances that have each label of a layer, by the language of their monologue."""

    making: Making
    layer: str

    @cached_property
    def every(self) -> pl.DataFrame:
        return utterances(self.making.results.dataset)

    @cached_property
    def told(self) -> pl.DataFrame:
        if self.layer not in ("basic7", "goemotions"):
            return utterance_labels(self.every, "basic7").clear()
        return utterance_labels(self.every, self.layer)

    @cached_property
    def several(self) -> bool:
        """Whether the monologues are in several languages."""
        return self.every["language"].n_unique() > 1

    @cached_property
    def columns(self) -> list[str | None]:
        if self.told.is_empty():
            return []
        return [*sorted(self.every["language"].unique()), None] if self.several else [None]

    def number(self, label: str, language: str | None, form: str = "{n:,}") -> Number:
        """How many utterances have the label, leading to their monologues."""
        name = self.making.words.label(self.layer, label)
        return self._number(self.told.filter(pl.col("label") == label), name, language, form)

    def caption(self) -> Phrase:
        """Their most frequent label, and how many have none, or words that are no label."""
        if self.told.is_empty():
            return ()
        words, counts = self.making.words, dict(self.told["label"].value_counts().iter_rows())
        most = max(
            label_order(self.making.results.dataset, self.layer), key=lambda one: counts.get(one, 0)
        )
        told = words.phrase(
            "distributions.utterances_told",
            utterances=self.total(None),
            most=words.label(self.layer, most),
            share=self.number(most, None, "{share:.1%}"),
        )
        without = self.every.join(self.told, on=("monologue_id", "index"), how="anti")
        extra = {"no_label": without}
        if self.layer == "goemotions":
            extra["outside"] = outside_words(self.every)
        for key, rows in extra.items():
            if rows.height:
                number = self._number(rows, words.say(f"distributions.{key}"), None, "{n:,}")
                told += words.phrase(f"distributions.{key}_told", n=number)
        return told

    def head(self, language: str | None) -> str:
        words = self.making.words
        if language is None:
            return words.say("distributions.utterances")
        key = f"distributions.language_{language}"
        name = words.say(key) if words.has(key) else language or "–"
        return words.say("distributions.utterances_in", language=name)

    def total(self, language: str | None) -> int:
        return self._in(self.every, language).height

    def _number(self, rows: pl.DataFrame, name: str, language: str | None, form: str) -> Number:
        words, here, total = self.making.words, self._in(rows, language), self.total(language)
        notes = [
            words.say("distributions.utterance", index=row["index"], at=_clock(row["start_s"]))
            + (f": {', '.join(row['words'])}" if "words" in row else "")
            for row in here.to_dicts()
        ]
        what = words.say("distributions.utterance_items", label=name, n=here.height, total=total)
        behind = self.making.sets.items(here["monologue_id"], what, notes=notes)
        return Number(form.format(n=here.height, share=here.height / total), behind)

    @staticmethod
    def _in(rows: pl.DataFrame, language: str | None) -> pl.DataFrame:
        return rows if language is None else rows.filter(pl.col("language") == language)


def _clock(seconds: float | None) -> str:
    if seconds is None or seconds != seconds:
        return "–"
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


SECTION = SectionMaker("distributions", 10, make)
