"""Table 3: correction of MELD's labels, and GoEmotions label sets of MELD.

The change rate is the first batch's alone (725 of 3,000), and so is the union mean, there of the
labels as typed. The number of changed labels, the three confidence rows (they add to 4,495, not to
5,000), the large unions and the exact matches are not recoverable.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed, listed_repaired
from emos.audit.emos_paper.label_sets import (
    DROPPED,
    MELD,
    REPAIRED,
    count,
    identical,
    label_sets,
    mean_union,
    traced,
    union_from,
)
from emos.audit.emos_paper.values import others, reason, share

CONFIDENCE = {
    "confidence-high": (pl.col("confidence") >= 0.7, "at least 0.7"),
    "confidence-middle": (pl.col("confidence").is_between(0.5, 0.7, closed="left"), "0.5 to 0.7"),
    "confidence-low": (pl.col("confidence") < 0.5, "below 0.5"),
}
FIRST = pl.col("batch") == "first-3000"
CHANGED = pl.col("label") != pl.col("original")


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 3."""
    yield from _corrections(table, evidence)
    yield from _label_sets(table, evidence)


def _corrections(table: Table, evidence: Evidence) -> Iterator[Cell]:
    labels = basic_labels(evidence, subset="meld")
    repaired = basic_labels(evidence, subset="meld", run="full")
    first, clips = labels.filter(FIRST), labels.height
    for row, (chosen, name) in CONFIDENCE.items():
        yield table.cell(
            row,
            "value",
            labels.filter(chosen).height if clips else None,
            reason(
                clips,
                f"Corrected labels of confidence {name}: the chosen class's share in the first "
                f"batch, the Dawid-Skene posterior in the last, {DROPPED}.",
            ),
            alternatives=others(
                (first.filter(chosen).height, "The first batch alone.", listed(first, chosen)),
                (
                    repaired.filter(chosen).height,
                    REPAIRED,
                    listed_repaired(evidence, repaired, chosen),
                ),
            ),
            items=listed(labels, chosen),
            recoverable=False,
        )
    changed, changed_first = labels.filter(CHANGED).height, first.filter(CHANGED).height
    changed_repaired = repaired.filter(CHANGED).height
    in_first = f"The first batch alone: {changed_first:,} of {first.height:,}."
    for column, current, tried, tried_repaired in (
        ("value", changed if clips else None, changed_first, changed_repaired),
        (
            "share",
            share(changed, clips),
            share(changed_first, first.height),
            share(changed_repaired, clips),
        ),
    ):
        yield table.cell(
            "changed",
            column,
            current,
            reason(clips, f"Labels other than MELD's own: {changed:,} of {clips:,}, {DROPPED}."),
            alternatives=others(
                (tried, in_first, listed(first, CHANGED)),
                (tried_repaired, REPAIRED, listed_repaired(evidence, repaired, CHANGED)),
            ),
            items=listed(labels, CHANGED),
            recoverable=column == "share",
        )


def _label_sets(table: Table, evidence: Evidence) -> Iterator[Cell]:
    drop, full, typed = (
        [label_sets(evidence, batch, reading) for batch in MELD]
        for reading in ("drop", "full", "typed")
    )
    readings = (
        (drop[:1], "The first batch alone."),
        (typed[:1], "The first batch alone, labels as typed: a misspelt one is one more label."),
        (typed, "The same, labels as typed: a misspelt one is one more label."),
        (full, REPAIRED),
    )
    clips = sum(map(len, drop))
    yield table.cell(
        "union-mean",
        "value",
        mean_union(*drop),
        reason(
            clips,
            f"Mean number of distinct labels that the three gave to a clip of MELD, {DROPPED}.",
        ),
        alternatives=others(
            *((mean_union(*parts), rule, traced(evidence, parts)) for parts, rule in readings)
        ),
        items=traced(evidence, drop),
    )
    for row, chosen, what in (
        ("union-4", union_from(4), "to which the three gave 4 or more distinct labels"),
        ("union-5", union_from(5), "to which the three gave 5 or more distinct labels"),
        ("exact-match", identical, "on which all three gave the same set"),
    ):
        yield table.cell(
            row,
            "value",
            count(chosen, *drop) if clips else None,
            reason(clips, f"Clips of MELD {what}, {DROPPED}."),
            alternatives=others(
                *(
                    (count(chosen, *parts), rule, traced(evidence, parts, chosen))
                    for parts, rule in readings
                )
            ),
            items=traced(evidence, drop, chosen),
            recoverable=False,
        )
