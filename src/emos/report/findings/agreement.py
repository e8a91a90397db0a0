"""How far the annotators agree, and whether blanks would make it look like more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from emos.report.findings import Finding
from emos.report.making import Making
from emos.report.words import shown

SECTIONS = ("agreement",)

# Krippendorff (2004, Content Analysis, section 11.4.2): below .667 not even tentative conclusions.
TENTATIVE, RELIABLE = 0.667, 0.8


def find(making: Making) -> Iterator[Finding]:
    """Alpha of each layer's batches, and what blanks would change."""
    agreement = making.results.agreement
    if agreement is None:
        return
    yield from _alpha(making, agreement.table)
    for effect in agreement.warnings:
        yield from _blanks(making, effect)


def _alpha(making: Making, table: pl.DataFrame) -> Iterator[Finding]:
    words = making.words
    alpha = table.filter(
        pl.col("measure") == "krippendorff-alpha",
        pl.col("who") == "all",
        pl.col("policy") == "skip",
        pl.col("value").is_not_nan(),
    )
    sets = set(table.filter(pl.col("measure") == "jaccard")["layer"])  # measured of sets only
    for (layer,), rows in alpha.partition_by("layer", as_dict=True, maintain_order=True).items():
        low, high = rows["value"].min(), rows["value"].max()
        assert isinstance(low, float) and isinstance(high, float)
        level = "reliable" if low >= RELIABLE else "tentative" if low >= TENTATIVE else "weak"
        meaning = words.phrase(f"findings.alpha_{level}", tentative=TENTATIVE, reliable=RELIABLE)
        yield Finding(
            "good" if level == "reliable" else "careful",
            words.phrase(
                "findings.alpha_one" if rows.height == 1 else "findings.alpha",
                layer=words.layer(str(layer)),
                low=f"{low:z.2f}",
                high=f"{high:z.2f}",
                batches=rows.height,
            ),
            (words.say("findings.alpha_sets") if layer in sets else "", *meaning),
            "agreement",
            place=5,
        )


def _blanks(making: Making, effect: Any) -> Iterator[Finding]:
    exact = [f for f in effect.figures if f.measure == "exact-match" and f.who == "all"]
    if not exact:
        return
    words, votes = making.words, making.results.dataset.votes
    place = pl.col("batch").fill_null("") == effect.batch
    subset = pl.col("subset").fill_null("") == effect.subset
    here = votes.filter(place, subset, pl.col("layer") == effect.layer)
    nobody = here.filter((pl.col("labels").list.len() == 0).all().over("item_id"))
    blank = here.filter((pl.col("labels").list.len() == 0).any().over("item_id"))
    # Rows that nobody answered look like agreement, unless rows that some did weigh more.
    inflated = nobody.height > 0 and not exact[0].agree < exact[0].skip
    behind = nobody if inflated else blank
    name = "/".join(part for part in (effect.subset, effect.batch) if part) or effect.layer
    what = words.say("findings.blank_items" if inflated else "findings.some_blank_items")
    yield Finding(
        "wrong" if inflated else "careful",
        words.phrase(
            "findings.blank" if inflated else "findings.some_blank",
            n=making.counted(behind["item_id"], what),
            place=name,
            layer=words.layer(effect.layer),
            skip=shown(exact[0].skip, ".1%"),
            agree=shown(exact[0].agree, ".1%"),
        ),
        words.phrase("findings.blank_why"),
        "agreement",
        place=3 if inflated else 60,
    )
