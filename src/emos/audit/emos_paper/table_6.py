"""Table 6: turning points in the streaming monologues.

The release has 46 monologues, not 50. 401 is the number of boundaries between utterances (447
utterances less 46), and 25 is Any Given Sunday's: every boundary was counted as a turning point,
whether an emotion changes at it or not. 8.0 is 401 / 50.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.streaming import boundaries, monologues
from emos.audit.emos_paper.values import mean, others, reason

EVERY_BOUNDARY = "Every boundary between two utterances, whether an emotion changes at it or not."


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 6."""
    found = boundaries(evidence)
    yield segments_cell(table, "segments", "value", evidence)
    yield turning_points_cell(table, "turning-points", "value", evidence, found)
    yield average_cell(table, "average", "value", evidence, found)
    yield from _maximum(table, found)


def segments_cell(table: Table, row: str, column: str, evidence: Evidence) -> Cell:
    """How many monologues there are."""
    clips = monologues(evidence)
    return table.cell(
        row,
        column,
        clips.height or None,
        reason(clips.height, "Monologues in the release."),
        items=lambda: clips.select("item_id", "recording", "start_s", "end_s"),
    )


def turning_points_cell(
    table: Table, row: str, column: str, evidence: Evidence, found: pl.DataFrame
) -> Cell:
    """Boundaries at which the primary emotion changes, and other readings of a turning point."""
    changes = found.filter("primary_changes")
    computed = changes.height if found.height else None
    return table.cell(
        row,
        column,
        computed,
        reason(found.height, "Boundaries at which the primary emotion changes."),
        alternatives=others(
            (found.height, EVERY_BOUNDARY, lambda: found),
            (
                int(found["either_changes"].sum()),
                "Boundaries at which the primary emotion or a secondary label changes.",
                lambda: found.filter("either_changes"),
            ),
        ),
        items=lambda: changes,
    )


def average_cell(
    table: Table, row: str, column: str, evidence: Evidence, found: pl.DataFrame
) -> Cell:
    """Turning points per monologue."""
    clips = monologues(evidence).height
    computed = mean(int(found["primary_changes"].sum()), clips) if found.height else None
    return table.cell(
        row,
        column,
        computed,
        reason(
            found.height,
            f"Boundaries at which the primary emotion changes, over {clips} monologues.",
        ),
        alternatives=others(
            (
                mean(found.height, 50),
                "All boundaries between utterances over the paper's 50.",
                lambda: found,
            ),
            (
                mean(found.height, clips),
                f"All boundaries between utterances over {clips}.",
                lambda: found,
            ),
        ),
        items=lambda: found.filter("primary_changes"),
    )


def _maximum(table: Table, found: pl.DataFrame) -> Iterator[Cell]:
    most, titles = _most(found.filter("primary_changes"))
    most_boundaries, titles_boundaries = _most(found)
    stated = "the most boundaries at which the primary emotion changes"
    behind_all = found.filter(pl.col("title").is_in(titles_boundaries))
    behind = found.filter(pl.col("title").is_in(titles) & pl.col("primary_changes"))
    yield table.cell(
        "maximum",
        "value",
        most if titles else None,
        reason(len(titles), f"In a monologue, {stated}."),
        alternatives=others((most_boundaries, EVERY_BOUNDARY, lambda: behind_all)),
        items=lambda: behind,
    )
    yield table.cell(
        "maximum",
        "sample",
        ", ".join(titles) if titles else None,
        reason(len(titles), f"The monologue with {stated}."),
        alternatives=others((", ".join(titles_boundaries), EVERY_BOUNDARY, lambda: behind_all)),
        items=lambda: behind,
    )


def _most(found: pl.DataFrame) -> tuple[int, list[str]]:
    """The largest number of rows of one monologue, and the titles that have it."""
    counts = found.group_by("title").len()
    most = max(counts["len"], default=0)
    return most, counts.filter(pl.col("len") == most)["title"].sort().to_list()
