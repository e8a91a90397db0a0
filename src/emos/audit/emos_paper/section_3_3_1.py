"""Section 3.3.1: sizes, distributions, and the dynamics of the streaming subset.

The shares of Neutral and Joy are Table 5's, over 4,403 + 3,000 clips. The streaming shares (32.8,
31.6, 19.6, 23.7) are those of no table and of no count of utterances.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import MELD, LabelSets, label_sets, traced
from emos.audit.emos_paper.streaming import PLACE, boundaries
from emos.audit.emos_paper.table_5 import PARTS, class_share, static_labels
from emos.audit.emos_paper.table_6 import average_cell, segments_cell, turning_points_cell
from emos.audit.emos_paper.table_11 import AS_WRITTEN, primary_counts
from emos.audit.emos_paper.values import others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 3.3.1."""
    yield samples_cell(table, "samples", evidence)
    both, meld = static_labels(evidence, "ch-sims-v2", "meld"), static_labels(evidence, "meld")
    stated = PARTS["combined"][1]
    yield class_share(table, "neutral", "text", "Neutral", stated, *both)
    yield class_share(table, "joy", "text", "Joy", stated, *both)
    yield class_share(table, "meld-neutral", "text", "Neutral", PARTS["meld-core"][1], *meld)
    for label in ("grief", "remorse", "gratitude"):
        yield rare_label_cell(table, label, label, evidence)
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


def rare_label_cell(table: Table, row: str, label: str, evidence: Evidence) -> Cell:
    """A label's share among all labels given in MELD, and its share of clips."""
    sets = [label_sets(evidence, batch, "drop") for batch in MELD]
    count = sum(sum(_given(part, label)) for part in sets)
    total = sum(int(part.sizes.sum()) for part in sets)
    clips = sum(part.clips_with(label) for part in sets)
    computed = share(count, total)
    ids = [item for part in sets for item in part.where(part.union[:, part.labels.index(label)])]
    return table.cell(
        row,
        "text",
        computed,
        reason(total, f"{count} of the {total:,} labels that annotators gave in MELD."),
        alternatives=others(
            computed,
            (
                share(clips, sum(map(len, sets))),
                f"Clips of MELD to which any annotator gave the label: {clips}.",
            ),
        ),
        items=traced(evidence, ids),
    )


def _given(sets: LabelSets, label: str) -> list[int]:
    return [sets.counts(annotator)[label] for annotator in sets.annotators]


def _primary(table: Table, name: str, evidence: Evidence) -> Cell:
    merged, written, total = primary_counts(evidence, name.capitalize())
    computed = share(merged, total)
    chosen = pl.col("primary") == name.capitalize()
    return table.cell(
        f"stream-{name}-basic",
        "text",
        computed,
        reason(total, f"Utterances with this primary emotion: {merged} of {total}."),
        alternatives=others(
            computed, (share(written, total), AS_WRITTEN.format(n=written, of=total))
        ),
        items=lambda: evidence.dataset.utterances.filter(chosen).select(PLACE),
    )


def _secondary(table: Table, name: str, evidence: Evidence) -> Cell:
    utterances = evidence.dataset.utterances
    having = utterances.filter(pl.col("secondary").list.contains(name))
    given = int(utterances["secondary"].list.len().sum())
    computed = share(having.height, utterances.height)
    return table.cell(
        f"stream-{name}-fine",
        "text",
        computed,
        reason(
            utterances.height,
            f"Utterances with this secondary label: {having.height} of {utterances.height}.",
        ),
        alternatives=others(
            computed, (share(having.height, given), f"Among all {given:,} secondary labels.")
        ),
        items=lambda: having.select(PLACE),
    )
