"""The ledger: what was repaired, kept aside or flagged, by rule and cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl

from emos.report.blocks import Block, Browser, Column, Paragraph, Section, Shown, Table
from emos.report.items import listed_items
from emos.report.making import Making
from emos.report.reasons import said, translations
from emos.report.sections import SectionMaker
from emos.report.words import Number, Words, number_at, shown
from emos.tables.natural_order import natural_key

KINDS = ("flagged", "aside", "repaired")  # what wants a person's eye first


def make(making: Making) -> Section | None:
    """Rows by rule, then a browser over all of them; a sentence where nothing was changed."""
    words, dataset = making.words, making.results.dataset
    ledger = dataset.ledger
    if ledger.is_empty():
        if dataset.votes.is_empty() and dataset.utterances.is_empty():
            return None
        blocks: list[Block] = [Paragraph(words.phrase("ledger.nothing"))]
    else:
        blocks = [_lead(ledger, words), _rules(making), _browser(making)]
    return Section("ledger", words.say("ledger.title"), words.say("ledger.question"), blocks)


def meaning(rule: str, words: Words) -> str:
    """A rule of the ledger in words; its name where nothing is known of it."""
    key = f"ledger_rules.{rule}"
    told = words.say(key) if words.has(key) else rule
    return told[:1].upper() + told[1:]


def _lead(ledger: pl.DataFrame, words: Words) -> Paragraph:
    found = Counter(ledger["kind"])
    counts = {kind: number_at(found[kind], f"b-ledger:kind={kind}") for kind in KINDS}
    return Paragraph(words.phrase("ledger.lead", n=ledger.height, **counts))


def _rules(making: Making) -> Table:
    words = making.words
    ledger = making.results.dataset.ledger
    counts = ledger.group_by("kind", "rule").len().rows()
    counts.sort(key=lambda row: (_order(row[0]), -row[2], row[1]))
    rows: list[list[Shown]] = [
        [
            _kind(kind, words),
            rule,
            meaning(rule, words),
            _behind(making, ledger.filter(pl.col("kind") == kind, pl.col("rule") == rule)),
        ]
        for kind, rule, _ in counts
    ]
    titles = [words.say(f"ledger.{name}") for name in ("kind", "rule", "meaning", "rows")]
    return Table(words.say("ledger.rules"), titles, rows, head=2)


def _behind(making: Making, rows: pl.DataFrame) -> Number:
    """How many rows, leading to their items with the change beside each, or to the rows."""
    words = making.words
    kind, rule = rows.row(0, named=True)["kind"], rows.row(0, named=True)["rule"]
    what = words.say("ledger.behind", kind=_kind(kind, words), meaning=meaning(rule, words))
    if rows["item_id"].null_count():
        named = {name: words.say(f"ledger.{name}") for name in ("before", "after", "note", "cell")}
        columns = ["file", *named] if rows["item_id"].is_null().all() else ["item_id", *named]
        listed = rows.select(columns).rename(
            named | {"file": words.say("ledger.place"), "item_id": words.say("ledger.item")},
            strict=False,
        )
        return Number(shown(rows.height), making.sets.rows(listed, what))
    notes = [_change(row, words) for row in rows.iter_rows(named=True)]
    return Number(shown(rows.height), making.sets.items(rows["item_id"], what, notes=notes))


def _change(row: dict[str, str | None], words: Words) -> str:
    """A row of the ledger in a line: who, where, before and after."""
    before, after = row["before"], row["after"]
    change = " → ".join(" ".join(text.split()) for text in (before, after) if text)
    where = ", ".join(text for text in (row["annotator"], row["cell"]) if text)
    note = said(words, row["note"] or "", "ledger_notes")
    return " · ".join(text for text in (change, where, note) if text)


def _browser(making: Making) -> Browser:
    words, dataset = making.words, making.results.dataset
    kinds = pl.col("kind").replace_strict(KINDS, range(len(KINDS)), default=len(KINDS))
    ledger = dataset.ledger.sort(kinds, maintain_order=True)
    place = {one: number for number, one in enumerate(listed_items(dataset)["item_id"])}
    known = dataset.items.select("item_id", "subset", "batch")
    where = ledger.select("item_id").join(known, on="item_id", how="left", maintain_order="left")
    say = {name: words.say(f"ledger.{name}") for name in _TITLES}
    rules = {rule: meaning(rule, words) for rule in sorted(set(ledger["rule"].drop_nulls()))}
    notes = translations(words, ledger["note"].unique(maintain_order=True), "ledger_notes")
    layers = sorted(set(ledger["layer"].drop_nulls()), key=natural_key)
    english = "" if words.language == "en" else "en"
    columns = [
        Column("kind", say["kind"], choose="buttons", names={k: _kind(k, words) for k in KINDS}),
        Column("rule", say["rule"], choose=True, names=rules),
        Column("item", say["item"], "item"),
        Column("annotator", say["annotator"], choose=True),
        Column("before", say["before"], "typed"),
        Column("after", say["after"], "typed"),
        Column("note", say["note"], lang=english, names=notes),
        Column("cell", say["cell"]),
        Column("layer", say["layer"], choose=len(layers) > 0, drawn=False),
        Column("subset", say["subset"], choose=True, drawn=False),
        Column("batch", say["batch"], choose=True, drawn=False),
        Column("place", say["place"], "lines"),
    ]
    data: dict[str, Sequence[Any] | pl.Series] = {
        "kind": ledger["kind"],
        "rule": ledger["rule"],
        "item": [place.get(one) for one in ledger["item_id"]],
        "annotator": ledger["annotator"],
        "before": ledger["before"],
        "after": ledger["after"],
        "note": ledger["note"],
        "cell": ledger["cell"],
        "layer": ledger["layer"],
        "subset": where["subset"],
        "batch": where["batch"],
        "place": [_place(row, words) for row in ledger.select("file", "sheet").iter_rows()],
    }
    return Browser("ledger", words.say("ledger.caption"), columns, data)


_TITLES = ("kind", "rule", "item", "annotator", "before", "after", "note", "cell", "layer",
           "subset", "batch", "place")  # fmt: skip


def _place(row: tuple[str | None, str | None], words: Words) -> list[list[str]]:
    """File and sheet as one line."""
    return [[", ".join(part for part in row if part) or words.say("ledger.nowhere")]]


def _kind(kind: str, words: Words) -> str:
    return words.say(f"ledger.{kind}") if words.has(f"ledger.{kind}") else kind


def _order(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


SECTION = SectionMaker("ledger", 70, make)
