"""Every item of the dataset, to look one up."""

from __future__ import annotations

import polars as pl

from emos.report.blocks import Browser, Column, Section
from emos.report.items import listed_items
from emos.report.making import Making
from emos.report.sections import SectionMaker


def make(making: Making) -> Section | None:
    """A browser of items with their labels."""
    words, dataset = making.words, making.results.dataset
    items = listed_items(dataset)
    if items.is_empty():
        return None
    columns = [
        Column("item", words.say("items.item"), "item"),
        Column("subset", words.say("items.subset"), choose=True),
        Column("batch", words.say("items.batch"), choose=True),
    ]
    data = {
        "item": pl.int_range(items.height, eager=True),
        "subset": items["subset"],
        "batch": items["batch"],
    }
    for layer in dataset.labels["layer"].unique().drop_nulls().sort():
        labels = dataset.labels.filter(pl.col("layer") == layer)
        joined = items.select("item_id").join(
            labels.select("item_id", "label", "tier", "confidence").unique("item_id"),
            on="item_id",
            how="left",
            maintain_order="left",
        )
        known = labels["label"].drop_nulls().unique().sort()
        names = {one: words.label(layer, one) for one in known}
        tiers = {one: words.say(f"items.{one}") for one in ("high", "medium", "low")}
        columns += [
            Column(
                f"label-{layer}",
                words.say("items.label", layer=words.layer(layer)),
                choose=True,
                names=names,
            ),
            Column(f"tier-{layer}", words.say("items.tier"), choose=True, names=tiers),
            Column(f"confidence-{layer}", words.say("items.confidence"), "number"),
        ]
        data |= {
            f"label-{layer}": joined["label"],
            f"tier-{layer}": joined["tier"],
            f"confidence-{layer}": joined["confidence"].round(3),
        }
    columns.append(Column("transcript", words.say("items.transcript")))
    data["transcript"] = items["transcript"]
    browser = Browser("items", words.say("items.caption"), columns, data)
    return Section("items", words.say("items.title"), words.say("items.question"), (browser,))


SECTION = SectionMaker("items", 110, make)
