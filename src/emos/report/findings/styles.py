"""Whether annotators differ by habit, and whether their habits changed as they went on."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making

SECTIONS = ("styles",)


def find(making: Making) -> Iterator[Finding]:
    """The spread of cardinality, and drift against the others on the same items."""
    styles = making.results.styles
    if styles is None:
        return
    yield from _cardinality(making, styles.figures)
    yield from _drift(making, styles.drift, styles.annotators)


def _cardinality(making: Making, figures: pl.DataFrame) -> Iterator[Finding]:
    words = making.words
    means = figures.filter(
        pl.col("figure") == "cardinality", pl.col("value").is_not_nan(), pl.col("value") > 0
    )
    for (layer,), rows in means.partition_by("layer", as_dict=True, maintain_order=True).items():
        least, most = rows.sort("value").row(0, named=True), rows.sort("value").row(-1, named=True)
        if rows.height < 2 or least["value"] == most["value"]:
            continue
        yield Finding(
            "careful",
            words.phrase(
                "findings.cardinality",
                layer=words.layer(str(layer)),
                least=least["annotator"],
                low=f"{least['value']:.2f}",
                most=most["annotator"],
                high=f"{most['value']:.2f}",
            ),
            words.phrase("findings.cardinality_why"),
            "styles",
            place=25,
        )


def _drift(making: Making, drift: pl.DataFrame, annotators: pl.DataFrame) -> Iterator[Finding]:
    words = making.words
    told = drift.filter(pl.col("drifts").is_not_null())
    moved = annotators.filter(pl.col("drift").list.len() > 0)
    if moved.is_empty():
        return
    yield Finding(
        "careful",
        words.phrase(
            "findings.drift",
            people=moved["annotator"].n_unique(),
            of=told["annotator"].n_unique(),
            n=int(moved["drift"].list.len().sum()),
        ),
        words.phrase("findings.drift_why"),
        "styles",
        place=26,
    )
