"""How sure the labels are: tiers, items on which all answers differ, labels that were corrected."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making

SECTIONS = ("tiers", "confusion")


def find(making: Making) -> Iterator[Finding]:
    """One finding per layer and kind, where there is something to say."""
    labels = making.results.dataset.labels.filter(pl.col("label").is_not_null())
    for (layer,), rows in labels.partition_by("layer", as_dict=True, maintain_order=True).items():
        yield from _low(making, str(layer), rows)
        yield from _all_differ(making, str(layer), rows)
        yield from _corrected(making, str(layer), rows)


def _low(making: Making, layer: str, labels: pl.DataFrame) -> Iterator[Finding]:
    low = labels.filter(pl.col("tier") == "low")
    if low.is_empty():
        return
    words = making.words
    share = low.height / labels.height
    what = words.say("findings.low_items", layer=words.layer(layer))
    yield Finding(
        "careful",
        words.phrase(
            "findings.low",
            low=making.counted(low["item_id"], what),
            share=f"{share:.1%}",
            labels=labels.height,
            layer=words.layer(layer),
        ),
        words.phrase("findings.low_why"),
        "tiers",
        place=10,
    )


def _all_differ(making: Making, layer: str, labels: pl.DataFrame) -> Iterator[Finding]:
    # A corrected label was made from answers of another layer.
    apart = labels.filter(
        pl.col("original").is_null(),
        pl.col("unique_labels") == pl.col("votes"),
        pl.col("votes") > 1,
    )
    if apart.is_empty():
        return
    words = making.words
    yield Finding(
        "careful",
        words.phrase(
            "findings.apart",
            n=making.counted(
                apart["item_id"], words.say("findings.apart_items", layer=words.layer(layer))
            ),
            layer=words.layer(layer),
        ),
        words.phrase("findings.apart_why"),
        "tiers",
        place=15,
    )


def _corrected(making: Making, layer: str, labels: pl.DataFrame) -> Iterator[Finding]:
    before = labels.filter(pl.col("original").is_not_null())
    changed = before.filter(pl.col("original") != pl.col("label"))
    if before.is_empty():
        return
    words = making.words
    yield Finding(
        "careful",
        words.phrase(
            "findings.corrected",
            n=making.counted(changed["item_id"], words.say("findings.corrected_items")),
            share=f"{changed.height / before.height:.1%}",
            labels=before.height,
        ),
        words.phrase("findings.corrected_why"),
        "confusion",
        place=20,
    )
