"""Section 3.3.1: sizes, distributions, and the dynamics of the streaming subset.

The shares of Neutral and Joy are Table 5's, over 4,403 + 3,000 clips. The streaming shares (32.8,
31.6, 19.6, 23.7) are those of no table and of no count of utterances.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import (
    CH_SIMS,
    DROPPED,
    MELD,
    count,
    having,
    label_sets,
    traced,
)
from emos.audit.emos_paper.streaming import PLACE, boundaries
from emos.audit.emos_paper.table_5 import class_share, static_labels
from emos.audit.emos_paper.table_6 import average_cell, segments_cell, turning_points_cell
from emos.audit.emos_paper.table_11 import AS_WRITTEN, primary_counts
from emos.audit.emos_paper.values import Items, others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 3.3.1."""
    yield samples_cell(table, "samples", evidence)
    for row, name, part in (
        ("neutral", "Neutral", "combined"),
        ("joy", "Joy", "combined"),
        ("meld-neutral", "Neutral", "meld-core"),
    ):
        labels = static_labels(evidence, part)
        yield class_share(table, (row, "text"), name, part, labels, evidence)
    for label in ("grief", "remorse", "gratitude"):
        yield rare_label_cell(table, label, evidence, stated="labels of MELD")
    found = boundaries(evidence)
    yield segments_cell(table, "clips", "text", evidence)
    yield turning_points_cell(table, "turning-points", "text", evidence, found)
    yield average_cell(table, "average", "text", evidence, found)
    for name in ("neutral", "joy"):
        yield _primary(table, name, evidence)
        yield _secondary(table, name, evidence)


def samples_cell(table: Table, row: str, evidence: Evidence) -> Cell:
    """Clips of both static subsets (sections 1 and 3.3.1)."""
    clips = evidence.dataset.items.filter(pl.col("subset").is_in(["ch-sims-v2", "meld"]))
    return table.cell(
        row,
        "text",
        clips.height or None,
        reason(clips.height, "Clips of CH-SIMS v2 and MELD."),
        items=lambda: clips.group_by("subset", "batch", maintain_order=True).len(),
    )


def rare_label_cell(table: Table, label: str, evidence: Evidence, *, stated: str) -> Cell:
    """A label's share of labels or of clips, in MELD or in both static subsets.

    ``stated`` is the base that the paper names, one of ``labels of MELD``, ``clips of MELD``,
    ``labels of both subsets``, ``clips of both subsets``.
    """
    meld = [label_sets(evidence, batch, "drop") for batch in MELD]
    both = [label_sets(evidence, batch, "drop") for batch in CH_SIMS] + meld
    found: dict[str, tuple[Fraction | None, str, Items]] = {}
    for name, parts in (("MELD", meld), ("both subsets", both)):
        items = traced(evidence, parts, having(label))
        given = sum(part.counts(who)[label] for part in parts for who in part.annotators)
        total = sum(int(part.sizes.sum()) for part in parts)
        rule = f"{given:,} of the {total:,} labels that annotators gave in {name}"
        found[f"labels of {name}"] = share(given, total), rule, items
        clips, of = count(having(label), *parts), sum(map(len, parts))
        rule = (
            f"{clips:,} of the {of:,} clips of {name}, those to which any annotator gave the label"
        )
        found[f"clips of {name}"] = share(clips, of), rule, items
    computed, rule, items = found.pop(stated)
    return table.cell(
        label,
        "text",
        computed,
        reason(computed is not None, f"{rule}, {DROPPED}."),
        alternatives=others(*((value, f"{rule}.", items) for value, rule, items in found.values())),
        items=items,
    )


def _primary(table: Table, name: str, evidence: Evidence) -> Cell:
    merged, written, total = primary_counts(evidence, name.capitalize())
    chosen = pl.col("primary") == name.capitalize()
    return table.cell(
        f"stream-{name}-basic",
        "text",
        share(merged, total),
        reason(total, f"Utterances with this primary emotion: {merged} of {total}."),
        alternatives=others((share(written, total), AS_WRITTEN.format(n=written, of=total))),
        items=lambda: evidence.dataset.utterances.filter(chosen).select(PLACE),
    )


def _secondary(table: Table, name: str, evidence: Evidence) -> Cell:
    utterances = evidence.dataset.utterances
    labelled = utterances.filter(pl.col("secondary").list.contains(name))
    given = int(utterances["secondary"].list.len().sum())
    written = int(utterances["secondary_raw"].list.len().sum())
    outside = int(utterances["secondary_aside"].list.len().sum())
    return table.cell(
        f"stream-{name}-fine",
        "text",
        share(labelled.height, utterances.height),
        reason(
            utterances.height,
            f"Utterances with this secondary label: {labelled.height} of {utterances.height}.",
        ),
        alternatives=others(
            (
                share(labelled.height, given),
                f"Among the {given:,} secondary labels that are in the set, of {written:,} written "
                f"({outside} are outside it).",
            )
        ),
        items=lambda: labelled.select(PLACE),
    )
