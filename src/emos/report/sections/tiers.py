"""How sure the labels are: tiers of confidence, their curve, and the labels to look at first."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.aggregate.tiers import THRESHOLDS, TIERS, tiers
from emos.report.blocks import Block, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.places import Place, in_item_order, placed, places
from emos.report.sections import SectionMaker
from emos.report.words import Number, Phrase

LEAST_SURE = 50  # labels of a batch that are listed as the least sure
_AT = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)  # thresholds of the curve's table


def make(making: Making) -> Section | None:
    """Per layer: sizes of the tiers, the curve, and the labels with the lowest confidence."""
    dataset, words = making.results.dataset, making.words
    known = dataset.labels.filter(pl.col("confidence").is_not_nan(), pl.col("tier").is_not_null())
    known = in_item_order(dataset, placed(known))
    if known.is_empty():
        return None
    blocks: list[Block] = []
    for layer in known["layer"].unique().sort():
        blocks += _layer(making, layer, known.filter(pl.col("layer") == layer))
    title, question = words.say("tiers.title"), words.say("tiers.question")
    return Section("tiers", title, question, blocks)


def _layer(making: Making, layer: str, labels: pl.DataFrame) -> Iterator[Block]:
    words, (shown, left_out) = making.words, places(labels)
    low = labels.filter(pl.col("tier") == "low")
    what = words.say(
        "tiers.items",
        place=words.say("tiers.all"),
        layer=words.layer(layer),
        tier=_tier(making, "low"),
    )
    share = making.number(low.height / labels.height, low["item_id"], what, ".1%")
    yield Paragraph(
        words.phrase("tiers.told", layer=words.layer(layer), share=share, labels=labels.height)
        + _rule(making, labels)
    )
    columns: list[Place | None] = [*shown, None] if len(shown) + left_out > 1 else list(shown)
    yield _sizes(making, layer, labels, columns)
    if left_out:
        yield Paragraph(words.phrase("tiers.batches_left", n=left_out), "note")
    yield _curve(making, layer, labels, columns)
    yield _least_sure(making, layer, labels, columns[: len(shown)])


def _rule(making: Making, labels: pl.DataFrame) -> Phrase:
    """What makes a label High or Medium; the limits found where others than the paper's hold."""
    words = making.words
    high, medium = THRESHOLDS
    agreed = labels["unique_labels"].fill_null(0).to_numpy()
    votes = labels["votes"].fill_null(0).to_numpy()
    place = tiers(labels["confidence"].to_numpy(), agreed, votes=votes, high=high, medium=medium)
    if [TIERS[at] for at in place] == labels["tier"].to_list():
        return words.phrase("tiers.rule", high=high, medium=medium)
    lowest = {
        tier: labels.filter(pl.col("tier") == tier, pl.Series(agreed != 1))["confidence"].min()
        for tier in ("high", "medium")
    }
    return words.phrase(
        "tiers.other_rule", high=_bound(lowest["high"]), medium=_bound(lowest["medium"])
    )


def _sizes(making: Making, layer: str, labels: pl.DataFrame, columns: list[Place | None]) -> Table:
    words = making.words
    rows: list[list[Shown]] = []
    for place in columns:
        here = labels if place is None else place.of(labels)
        cells: list[Shown] = []
        for tier in reversed(TIERS):
            ids = here.filter(pl.col("tier") == tier)["item_id"]
            what = words.say(
                "tiers.items",
                place=_name(making, place),
                layer=words.layer(layer),
                tier=_tier(making, tier),
            )
            text = f"{ids.len():,} ({ids.len() / here.height:.1%})"
            cells.append(making.number(text, ids, what))
        rows.append([_name(making, place), *cells, here.height])
    heads = [words.say("tiers.batch"), *(_tier(making, tier) for tier in reversed(TIERS))]
    return Table(
        words.say("tiers.sizes", layer=words.layer(layer)),
        [*heads, words.say("tiers.labels")],
        rows,
    )


def _curve(making: Making, layer: str, labels: pl.DataFrame, columns: list[Place | None]) -> Table:
    """How many labels would not be High at a threshold, leading to them."""
    words = making.words
    rows: list[list[Shown]] = []
    for at in _AT:
        cells: list[Shown] = []
        for place in columns:
            here = labels if place is None else place.of(labels)
            below = here.filter(_place_at(here, at) < 2)
            what = words.say(
                "tiers.below", place=_name(making, place), layer=words.layer(layer), at=at
            )
            text = f"{below.height:,} ({below.height / here.height:.1%})"
            cells.append(making.number(text, below["item_id"], what))
        rows.append([f"{at:g}", *cells])
    heads = [words.say("tiers.threshold"), *(_name(making, place) for place in columns)]
    return Table(words.say("tiers.curve", layer=words.layer(layer)), heads, rows)


def _place_at(labels: pl.DataFrame, at: float) -> pl.Series:
    place = tiers(
        labels["confidence"].to_numpy(),
        labels["unique_labels"].fill_null(0).to_numpy(),
        votes=labels["votes"].fill_null(0).to_numpy(),
        high=at,
        medium=0.0,
    )
    return pl.Series(place)


def _least_sure(
    making: Making, layer: str, labels: pl.DataFrame, columns: list[Place | None]
) -> Table:
    words = making.words
    rows: list[list[Shown]] = []
    for place in columns:
        here = labels if place is None else place.of(labels)
        first = here.sort("confidence", maintain_order=True).head(LEAST_SURE)
        what = words.say("tiers.least", place=_name(making, place), layer=words.layer(layer))
        notes = [
            f"{words.label(layer, label)} {confidence:.3f}"
            for label, confidence in first.select("label", "confidence").iter_rows()
        ]
        behind = making.sets.items(first["item_id"], what, notes=notes)
        lowest = first.row(0, named=True)
        rows.append(
            [
                _name(making, place),
                Number(f"{first.height:,}", behind),
                f"{first['confidence'][0]:.3f}",
                f"{first['confidence'][-1]:.3f}",
                making.number(
                    lowest["item_id"],
                    [lowest["item_id"]],
                    words.say("tiers.one", place=_name(making, place)),
                ),
            ]
        )
    heads = ("batch", "least_head", "from", "to", "first")
    caption = words.say("tiers.least_table", layer=words.layer(layer), n=LEAST_SURE)
    return Table(caption, [words.say(f"tiers.{head}") for head in heads], rows)


def _tier(making: Making, tier: str) -> str:
    return making.words.say(f"tiers.{tier}")


def _name(making: Making, place: Place | None) -> str:
    return (place and place.name) or making.words.say("tiers.all")


def _bound(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "–"


SECTION = SectionMaker("tiers", 20, make)
