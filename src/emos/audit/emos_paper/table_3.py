"""Table 3: correction of MELD's labels, and GoEmotions label sets of MELD.

The change rate is the first batch's alone (725 of 3,000), and so is the union mean, there of the
labels as typed. The number of changed labels, the three confidence rows (they add to 4,495, not to
5,000), the large unions and the exact matches are not recoverable.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.basic_labels import basic_labels, listed
from emos.audit.emos_paper.label_sets import (
    MELD,
    exact_matches,
    label_sets,
    mean_union,
    traced,
    unions_from,
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
    repaired = basic_labels(evidence, subset="meld", repaired=True)
    first, clips = labels.filter(FIRST), labels.height
    for row, (chosen, name) in CONFIDENCE.items():
        computed = labels.filter(chosen).height if clips else None
        yield table.cell(
            row,
            "value",
            computed,
            reason(
                clips,
                f"Corrected labels of confidence {name}: the chosen class's share in the first "
                "batch, the Dawid-Skene posterior in the last.",
            ),
            alternatives=others(
                computed,
                (first.filter(chosen).height, "The first batch alone."),
                (repaired.filter(chosen).height, "The same after repair of misspelt labels."),
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
            reason(clips, f"Labels other than MELD's own: {changed:,} of {clips:,}."),
            alternatives=others(
                current,
                (tried, in_first),
                (tried_repaired, "The same after repair of misspelt labels."),
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
        ((drop[0],), "The first batch alone."),
        ((typed[0],), "The first batch alone, labels as typed: a misspelt one is one more label."),
        (tuple(typed), "The same, labels as typed: a misspelt one is one more label."),
        (tuple(full), "The same after repair of misspelt labels."),
    )
    clips = sum(map(len, drop))
    everything = traced(evidence, [item for sets in drop for item in sets.item_ids])
    yield table.cell(
        "union-mean",
        "value",
        mean_union(*drop),
        reason(clips, "Mean number of distinct labels that the three gave to a clip of MELD."),
        alternatives=others(
            mean_union(*drop), *((mean_union(*parts), rule) for parts, rule in readings)
        ),
        items=everything,
    )
    for size in (4, 5):
        computed = unions_from(size, *drop) if clips else None
        yield table.cell(
            f"union-{size}",
            "value",
            computed,
            reason(clips, f"Clips of MELD to which the three gave {size} or more distinct labels."),
            alternatives=others(
                computed, *((unions_from(size, *parts), rule) for parts, rule in readings)
            ),
            items=traced(
                evidence,
                [item for sets in drop for item in sets.where(sets.union_sizes >= size)],
            ),
            recoverable=False,
        )
    same = exact_matches(*drop) if clips else None
    yield table.cell(
        "exact-match",
        "value",
        same,
        reason(clips, "Clips of MELD on which all three gave the same set."),
        alternatives=others(same, *((exact_matches(*parts), rule) for parts, rule in readings)),
        items=traced(evidence, [item for sets in drop for item in sets.where(sets.identical)]),
        recoverable=False,
    )
