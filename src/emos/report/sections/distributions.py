"""How often each label occurs: in every batch, on every layer, and in the monologues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from emos.report.blocks import Block, Details, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.order import label_order, layers_of
from emos.report.places import Place, places
from emos.report.sections import SectionMaker
from emos.report.shares import has_labels, label_items, soft_shares
from emos.report.utterances import outside_words, utterance_labels, utterances
from emos.report.words import Number, Phrase

MOST_LABELS = 40  # rows of a table


def make(making: Making) -> Section | None:
    """Per layer a picture and its table; for multi-label layers the mean soft label too."""
    words = making.words
    blocks: list[Block] = []
    for layer in layers_of(making.results.dataset):
        shares = _Shares(making, layer)
        if shares.items.height:
            blocks += shares.blocks()
    blocks += _streams(making)
    if not blocks:
        return None
    title, question = words.say("distributions.title"), words.say("distributions.question")
    return Section("distributions", title, question, blocks)


@dataclass(frozen=True)
class _Shares:
    """What there is to show of one layer."""

    making: Making
    layer: str

    @cached_property
    def items(self) -> pl.DataFrame:
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
        shown, left_out = places(self.items)
        return [*shown, None] if len(shown) + left_out > 1 else list(shown)

    def blocks(self) -> Iterator[Block]:
        words = self.making.words
        rows = [[self.name(label), *self._counts(label)] for label in self.order[:MOST_LABELS]]
        rows.append([words.say(f"distributions.{self.rule}_total"), *self._totals()])
        caption = words.say(f"distributions.{self.rule}_table", layer=words.layer(self.layer))
        yield Paragraph(self._told())
        yield Table(caption, self._heads(), rows)
        yield from self._left_out()
        soft = soft_shares(self.making.results.dataset, self.layer)
        if self.rule == "any" and soft.height:
            rows = [
                [self.name(label), *self._means(label, soft)] for label in self.order[:MOST_LABELS]
            ]
            caption = words.say("distributions.soft_table", layer=words.layer(self.layer))
            title = words.say("distributions.soft_title", layer=words.layer(self.layer))
            yield Details(title, (Table(caption, self._heads(), rows),))

    def name(self, label: str) -> str:
        return self.making.words.label(self.layer, label)

    def number(self, label: str, place: Place | None, form: str) -> Number:
        """How many items the label counts for there, leading to them."""
        ids = self._ids(label, place)
        total = self._total(place)
        what = self.making.words.say(
            f"distributions.{self.rule}_items",
            place=self._place(place),
            layer=self.making.words.layer(self.layer),
            label=self.name(label),
            n=ids.len(),
            total=total,
        )
        return self.making.number(form.format(n=ids.len(), share=ids.len() / total), ids, what)

    def _counts(self, label: str) -> list[Shown]:
        return [self.number(label, place, "{n:,} ({share:.1%})") for place in self.columns]

    def _means(self, label: str, soft: pl.DataFrame) -> list[Shown]:
        """Mean probabilities; a number leads to the items on which anyone named the label."""
        words = self.making.words
        cells: list[Shown] = []
        for place in self.columns:
            means = (soft if place is None else place.of(soft)).filter(pl.col("label") == label)
            total = int(means["items"].sum())
            what = words.say(
                "distributions.soft_items",
                place=self._place(place),
                label=self.name(label),
                total=total,
            )
            share = (means["share"] * means["items"]).sum() / total if total else None
            form = ".1%" if total else ""
            cells.append(self.making.number(share, self._ids(label, place), what, form))
        return cells

    def _told(self) -> Phrase:
        """The most and the least frequent label, and what a share is a share of."""
        words, counts = self.making.words, dict(self.items["label"].value_counts().iter_rows())
        found = [label for label in self.order if counts.get(label)]
        never = [self.name(label) for label in self.order if not counts.get(label)]
        told = words.phrase(
            f"distributions.{self.rule}_told",
            layer=self.making.words.layer(self.layer),
            items=self._total(None),
            most=self.name(found[0]),
            most_share=self.number(found[0], None, "{share:.1%}"),
            least=self.name(found[-1]),
            least_share=self.number(found[-1], None, "{share:.1%}"),
        )
        if not never:
            return told
        names = words.say("distributions.comma").join(never[:MOST_LABELS])
        return (*told, *words.phrase("distributions.never", labels=names))

    def _heads(self) -> list[str]:
        return [self.making.words.say("distributions.head"), *map(self._place, self.columns)]

    def _place(self, place: Place | None) -> str:
        return (place and place.name) or self.making.words.say("distributions.all")

    def _ids(self, label: str, place: Place | None) -> pl.Series:
        here = self.items if place is None else place.of(self.items)
        return here.filter(pl.col("label") == label)["item_id"]

    def _total(self, place: Place | None) -> int:
        here = self.items if place is None else place.of(self.items)
        return here["item_id"].n_unique()

    def _totals(self) -> list[Shown]:
        return [self._total(place) for place in self.columns]

    def _left_out(self) -> Iterator[Block]:
        words, (_, batches) = self.making.words, places(self.items)
        if batches:
            yield Paragraph(words.phrase("distributions.batches_left", n=batches), "note")
        labels = len(self.order) - MOST_LABELS
        if labels > 0:
            yield Paragraph(words.phrase("distributions.labels_left", n=labels), "note")


def _streams(making: Making) -> Iterator[Block]:
    """Labels of the utterances, by the language of their monologue."""
    words, every = making.words, utterances(making.results.dataset)
    languages = sorted(every["language"].unique())
    columns = [*languages, None] if len(languages) > 1 else [None]
    for layer in ("basic7", "goemotions"):
        told = utterance_labels(every, layer)
        if told.is_empty():
            continue
        table: list[list[Shown]] = []
        for label in label_order(making.results.dataset, layer)[:MOST_LABELS]:
            rows, name = told.filter(pl.col("label") == label), words.label(layer, label)
            table.append([name, *_utterance_numbers(making, rows, name, every, columns)])
        without = every.join(told, on=("monologue_id", "index"), how="anti", maintain_order="left")
        extra = {"no_label": without}
        if layer == "goemotions":
            extra["outside"] = outside_words(every)
        for key, rows in extra.items():
            if rows.height:
                name = words.say(f"distributions.{key}")
                table.append([name, *_utterance_numbers(making, rows, name, every, columns)])
        totals = [_spoken(every, language).height for language in columns]
        table.append([words.say("distributions.utterances_total"), *totals])
        heads = [words.say("distributions.head"), *(_language(making, one) for one in columns)]
        yield Table(words.say(f"distributions.utterances_{layer}"), heads, table)


def _utterance_numbers(
    making: Making,
    rows: pl.DataFrame,
    name: str,
    every: pl.DataFrame,
    columns: list[str | None],
) -> list[Shown]:
    words = making.words
    cells: list[Shown] = []
    for language in columns:
        here, total = _spoken(rows, language), _spoken(every, language).height
        notes = [
            words.say("distributions.utterance", index=row["index"], at=_clock(row["start_s"]))
            + (f": {', '.join(row['words'])}" if "words" in row else "")
            for row in here.to_dicts()
        ]
        what = words.say("distributions.utterance_items", label=name, n=here.height, total=total)
        behind = making.sets.items(here["monologue_id"], what, notes=notes)
        cells.append(Number(f"{here.height:,} ({here.height / total:.1%})", behind))
    return cells


def _spoken(rows: pl.DataFrame, language: str | None) -> pl.DataFrame:
    return rows if language is None else rows.filter(pl.col("language") == language)


def _language(making: Making, language: str | None) -> str:
    if language is None:
        return making.words.say("distributions.all")
    key = f"distributions.language_{language}"
    return making.words.say(key) if making.words.has(key) else language or "–"


def _clock(seconds: float | None) -> str:
    if seconds is None or seconds != seconds:
        return "–"
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


SECTION = SectionMaker("distributions", 10, make)
