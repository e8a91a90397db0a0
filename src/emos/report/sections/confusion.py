"""What becomes of answers: annotators against the label, and labels before and after correction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import polars as pl

from emos.report.blocks import Block, Details, Figure, Figures, Paragraph, Section, Shown, Table
from emos.report.crossed import answers_against_labels, corrections, crossed, uncrossed
from emos.report.making import Making
from emos.report.order import label_order
from emos.report.pictures.matrix import cells_of
from emos.report.places import MOST, Place, places
from emos.report.sections import SectionMaker
from emos.report.words import Number, Phrase
from emos.tables.natural_order import natural_key

_NAMED = 3  # cells that a sentence names

Kind = Literal["answers", "corrected"]


def make(making: Making) -> Section | None:
    """Per layer: annotators against labels pooled, then each; then what correction changed."""
    words, dataset = making.words, making.results.dataset
    blocks: list[Block] = []
    for layer in dataset.labels["layer"].unique().drop_nulls().sort():
        rows = answers_against_labels(dataset, layer)
        if rows.height:
            blocks += _answers(making, layer, rows)
        rows = corrections(dataset, layer)
        if rows.height:
            blocks += _corrections(making, layer, rows)
    if not blocks:
        return None
    title, question = words.say("confusion.title"), words.say("confusion.question")
    return Section("confusion", title, question, blocks)


def _answers(making: Making, layer: str, rows: pl.DataFrame) -> Iterator[Block]:
    words, shown_layer = making.words, making.words.layer(layer)
    yield Paragraph(words.phrase("confusion.read", layer=shown_layer), "note")
    shown, left_out = places(rows)
    crosses = [_Cross(making, layer, "answers", place, place.of(rows)) for place in shown]
    yield Figures([cross.pooled() for cross in crosses])
    yield from _left_out(making, left_out)
    yield from _uncrossed(making, layer)
    own = rows.group_by("subset", "batch", "who", maintain_order=True).len()
    most = own.sort("len", descending=True, maintain_order=True).head(MOST)
    more = own.height - most.height
    each: list[Block] = []
    for cross in crosses:
        people = sorted(cross.place.of(most)["who"], key=natural_key)
        if people:
            each.append(cross.each(people, all_shown=not more))
    if more:
        each.append(Paragraph(words.phrase("confusion.people_left", n=more), "note"))
    yield Details(words.say("confusion.each", layer=shown_layer), each)


def _corrections(making: Making, layer: str, rows: pl.DataFrame) -> Iterator[Block]:
    shown, left_out = places(rows)
    crosses = [_Cross(making, layer, "corrected", place, place.of(rows)) for place in shown]
    yield Figures([cross.corrected() for cross in crosses])
    yield from _left_out(making, left_out)


def _left_out(making: Making, batches: int) -> Iterator[Block]:
    if batches:
        yield Paragraph(making.words.phrase("confusion.batches_left", n=batches), "note")


def _uncrossed(making: Making, layer: str) -> Iterator[Block]:
    """The answers that are in no cell."""
    rows = uncrossed(making.results.dataset, layer)
    if rows.height:
        words = making.words
        what = words.say("confusion.uncrossed_items", layer=words.layer(layer))
        behind = making.sets.items(rows["item_id"], what, notes=rows["who"])
        phrase = words.phrase("confusion.uncrossed", n=Number(f"{rows.height:,}", behind))
        yield Paragraph(phrase, "note")


@dataclass(frozen=True)
class _Cross:
    """One label against another at a place; ``rows`` as `emos.report.crossed` gives them."""

    making: Making
    layer: str
    kind: Kind
    place: Place
    rows: pl.DataFrame

    @cached_property
    def order(self) -> list[str]:
        return list(label_order(self.making.results.dataset, self.layer))

    def pooled(self) -> Figure:
        """All annotators as one. No command draws it: `emos plot` draws each annotator."""
        numbers = self._numbers(self.rows).with_columns(annotator=pl.lit(self._everyone))
        figure = self.making.figure(
            "confusion", numbers, self._told(), self._table([(None, self.rows)]), layer=self.layer
        )
        return replace(figure, command="")

    def each(self, people: Sequence[str], *, all_shown: bool) -> Figure:
        """The annotators side by side."""
        parts = [(one, self.rows.filter(pl.col("who") == one)) for one in people]
        whole = self._numbers(self.rows).select("layer", "subset", "batch", "row", "column")
        tables = []
        for one, own in parts:
            cells = whole.join(
                self._numbers(own, one), whole.columns, how="left", maintain_order="left"
            )
            filled = cells.with_columns(pl.col("items", "of").fill_null(0))
            tables.append(filled.with_columns(annotator=pl.lit(one)))
        choice: dict[str, Any] = dict(self._choice)
        if not all_shown:
            choice["annotators"] = tuple(one for one, _ in parts)
        caption = (self._say("each_told", place=self._name),)
        table = self._table(parts)
        return self.making.figure(
            "confusion", pl.concat(tables), caption, table, **choice, wide=True
        )

    def corrected(self) -> Figure:
        """The labels before and after correction."""
        numbers, table = self._numbers(self.rows), self._table([(None, self.rows)])
        return self.making.figure("correction", numbers, self._told(), table, **self._choice)

    @property
    def _choice(self) -> dict[str, str]:
        return {"layer": self.layer, "subset": self.place.subset, "batch": self.place.batch}

    def _numbers(self, rows: pl.DataFrame, who: str | None = None) -> pl.DataFrame:
        """The picture's table, with what is behind each cell."""
        behind = {
            (cell["row"], cell["column"]): self._cell(cell, who).behind
            for cell in crossed(rows).to_dicts()
        }
        cells = cells_of(crossed(rows), self.order)
        found = [behind.get(key) for key in cells.select("row", "column").iter_rows()]
        where = {name: pl.lit(value) for name, value in self._choice.items()}
        return cells.with_columns(**where, behind=pl.Series(found, dtype=pl.Int64))

    def _table(self, parts: Sequence[tuple[str | None, pl.DataFrame]]) -> Table:
        """A row per label, and per annotator where they are apart."""
        names = cells_of(crossed(self.rows), self.order)["row"].unique(maintain_order=True)
        several = parts[0][0] is not None
        rows: list[list[Shown]] = []
        for who, part in parts:
            cells = {(cell["row"], cell["column"]): cell for cell in crossed(part).to_dicts()}
            totals = dict(part["row"].value_counts().iter_rows())
            for row in names:
                if row not in totals:
                    continue
                line: list[Shown] = [who] if several else []
                line.append(self._label(row))
                for column in names:
                    cell = cells.get((row, column))
                    line.append(0 if cell is None else self._cell(cell, who, "{n:,} ({share:.0%})"))
                rows.append([*line, totals[row]])
        heads = [self._say("annotator")] if several else []
        heads += [self._say(f"{self.kind}_head"), *map(self._label, names)]
        caption = self._say(f"{self.kind}_table", place=self._name)
        return Table(caption, [*heads, self._say(f"{self.kind}_all")], rows, head=1 + several)

    def _told(self) -> Phrase:
        """How much is off the diagonal, and the largest cells there."""
        off = self.rows.filter(pl.col("row") != pl.col("column"))
        what = self._say(f"{self.kind}_off", place=self._name)
        who = off["who"] if "who" in off.columns else None
        behind = self.making.sets.items(off["item_id"], what, notes=who)
        told = self.making.words.phrase(
            f"confusion.{self.kind}_told",
            place=self._name,
            share=Number(f"{off.height / self.rows.height:.1%}", behind),
            all=self.rows.height,
        )
        most = crossed(off).sort("n", descending=True, maintain_order=True).head(_NAMED)
        if most.is_empty():
            return told
        parts: list[str | Number] = []
        for cell in most.to_dicts():
            parts += self.making.words.phrase(
                f"confusion.{self.kind}_cell",
                row=self._label(cell["row"]),
                column=self._label(cell["column"]),
                n=self._cell(cell, None),
            )
            parts.append(self._say("comma"))
        return (*told, self._say("most"), *parts[:-1], self._say("stop"))

    def _cell(self, cell: dict[str, Any], who: str | None, form: str = "{n:,}") -> Number:
        what = self._say(
            f"{self.kind}_items",
            place=self._name,
            who=who or self._everyone,
            row=self._label(cell["row"]),
            column=self._label(cell["column"]),
        )
        behind = self.making.sets.items(cell["item_id"], what, notes=cell.get("who"))
        return Number(form.format(n=cell["n"], share=cell["share"]), behind)

    @property
    def _name(self) -> str:
        return self.place.name or self.making.words.layer(self.layer)

    @property
    def _everyone(self) -> str:
        return self._say("everyone")

    def _label(self, label: str) -> str:
        return self.making.words.label(self.layer, label)

    def _say(self, key: str, **values: object) -> str:
        layer = self.making.words.layer(self.layer)
        return self.making.words.say(f"confusion.{key}", layer=layer, **values)


SECTION = SectionMaker("confusion", 30, make)
