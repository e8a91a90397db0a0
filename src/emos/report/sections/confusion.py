"""What becomes of answers: annotators against the label, and labels before and after correction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from emos.report.blocks import Block, Details, Paragraph, Section, Shown, Table
from emos.report.crossed import answers_against_labels, corrections, crossed, uncrossed
from emos.report.making import Making
from emos.report.order import label_order
from emos.report.places import Place, largest, places
from emos.report.sections import SectionMaker
from emos.report.words import Number, Phrase

MOST_LABELS = 30  # rows and columns of a table
_NAMED = 3  # cells that a sentence names

Say = Callable[[str, str], str]  # what is behind a cell: (row, column) -> sentence


def make(making: Making) -> Section | None:
    """Per layer: annotators against labels pooled, then each; then what correction changed."""
    words, dataset = making.words, making.results.dataset
    blocks: list[Block] = []
    for layer in dataset.labels["layer"].unique().drop_nulls().sort():
        blocks += _answers(making, layer)
        blocks += _corrections(making, layer)
    if not blocks:
        return None
    title, question = words.say("confusion.title"), words.say("confusion.question")
    return Section("confusion", title, question, blocks)


def _answers(making: Making, layer: str) -> Iterator[Block]:
    words, dataset = making.words, making.results.dataset
    rows = answers_against_labels(dataset, layer)
    if rows.is_empty():
        return
    yield Paragraph(words.phrase("confusion.read", layer=words.layer(layer)), "note")
    shown, left_out = places(rows)
    for place in shown:
        here = place.of(rows)
        yield Paragraph(_told(making, layer, "answers", place, here))
        yield _matrix(making, layer, "answers", place, here)
    if left_out:
        yield Paragraph(words.phrase("confusion.batches_left", n=left_out), "note")
    yield from _uncrossed(making, layer)
    people, left_out = largest(rows, "who")
    each: list[Block] = []
    for place in shown:
        here = place.of(rows)
        for person in people:
            own = here.filter(pl.col("who") == person)
            if own.height:
                each.append(_matrix(making, layer, "answers", place, own, person))
    if left_out:
        each.append(Paragraph(words.phrase("confusion.people_left", n=left_out), "note"))
    yield Details(words.say("confusion.each", layer=words.layer(layer)), each)


def _corrections(making: Making, layer: str) -> Iterator[Block]:
    words = making.words
    rows = corrections(making.results.dataset, layer)
    shown, left_out = places(rows)
    for place in shown:
        here = place.of(rows)
        yield Paragraph(_told(making, layer, "corrected", place, here))
        yield _matrix(making, layer, "corrected", place, here)
    if left_out:
        yield Paragraph(words.phrase("confusion.batches_left", n=left_out), "note")


def _told(making: Making, layer: str, kind: str, place: Place, rows: pl.DataFrame) -> Phrase:
    """How much is off the diagonal, and the largest cells there."""
    words = making.words
    off = rows.filter(pl.col("row") != pl.col("column"))
    what = words.say(f"confusion.{kind}_off", place=place.name, layer=words.layer(layer))
    told = words.phrase(
        f"confusion.{kind}_told",
        place=place.name or layer,
        share=_number(making, off, f"{off.height / rows.height:.1%}", what),
        all=rows.height,
    )
    cells = crossed(off).sort("n", descending=True, maintain_order=True).head(_NAMED)
    if cells.is_empty():
        return told
    say = _behind(making, layer, kind, place, None)
    parts: list[str | Number] = []
    for cell in cells.to_dicts():
        what = say(cell["row"], cell["column"])
        behind = making.sets.items(cell["item_id"], what, notes=cell.get("who"))
        parts += words.phrase(
            f"confusion.{kind}_cell",
            row=words.label(layer, cell["row"]),
            column=words.label(layer, cell["column"]),
            n=Number(f"{cell['n']:,}", behind),
        )
        parts.append(words.say("confusion.comma"))
    return (*told, *words.phrase("confusion.most"), *parts[:-1], words.say("confusion.stop"))


def _matrix(
    making: Making,
    layer: str,
    kind: str,
    place: Place,
    rows: pl.DataFrame,
    person: str | None = None,
) -> Table:
    words = making.words
    order = _order(making, layer, rows)
    say = _behind(making, layer, kind, place, person)
    cells = {(cell["row"], cell["column"]): cell for cell in crossed(rows).to_dicts()}
    totals = dict(rows["row"].value_counts().iter_rows())
    table: list[list[Shown]] = []
    for row in order:
        if not totals.get(row):
            continue
        line: list[Shown] = [words.label(layer, row)]
        for column in order:
            cell = cells.get((row, column))
            line.append(0 if cell is None else _cell_number(making, cell, say(row, column)))
        table.append([*line, totals[row]])
    heads = [words.say(f"confusion.{kind}_head"), *(words.label(layer, one) for one in order)]
    caption = words.say(
        f"confusion.{kind}_table",
        place=place.name or layer,
        who=person or words.say("confusion.everyone"),
    )
    return Table(caption, [*heads, words.say(f"confusion.{kind}_all")], table)


def _order(making: Making, layer: str, rows: pl.DataFrame) -> Sequence[str]:
    """The labels that occur, in the one order; the first of very many."""
    found = set(rows["row"]) | set(rows["column"])
    order = label_order(making.results.dataset, layer)
    return [*(one for one in order if one in found), *sorted(found - set(order))][:MOST_LABELS]


def _behind(making: Making, layer: str, kind: str, place: Place, person: str | None) -> Say:
    words = making.words

    def say(row: str, column: str) -> str:
        return words.say(
            f"confusion.{kind}_items",
            place=place.name or layer,
            who=person or words.say("confusion.everyone"),
            row=words.label(layer, row),
            column=words.label(layer, column),
        )

    return say


def _cell_number(making: Making, cell: dict[str, list[str]], what: str) -> Number:
    text = f"{cell['n']:,} ({cell['share']:.0%})"
    return Number(text, making.sets.items(cell["item_id"], what, notes=cell.get("who")))


def _number(making: Making, rows: pl.DataFrame, text: str, what: str) -> Number:
    who = rows["who"] if "who" in rows.columns else None
    return Number(text, making.sets.items(rows["item_id"], what, notes=who))


def _uncrossed(making: Making, layer: str) -> Iterator[Block]:
    rows = uncrossed(making.results.dataset, layer)
    if rows.height:
        what = making.words.say("confusion.uncrossed_items", layer=making.words.layer(layer))
        number = _number(making, rows, f"{rows.height:,}", what)
        yield Paragraph(making.words.phrase("confusion.uncrossed", n=number), "note")


SECTION = SectionMaker("confusion", 30, make)
