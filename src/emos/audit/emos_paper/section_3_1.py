"""Section 3.1: what was collected.

The release has 46 monologues of 95.5 minutes in all, not 50 and about 2 hours, and 1,694 sentences,
not roughly 700 (447 utterances). MELD-Core has no clip under 1 s, but none under 2.2 s either.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.streaming import hours, monologues
from emos.audit.emos_paper.table_6 import segments_cell
from emos.audit.emos_paper.values import others, reason


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 3.1."""
    items = evidence.dataset.items
    subsets = items["subset"].n_unique()
    yield table.cell(
        "subsets",
        "text",
        subsets or None,
        reason(subsets, "Subsets of the dataset."),
        items=lambda: items.group_by("subset", maintain_order=True).len(),
    )
    yield _shortest(table, evidence)
    meld = items.filter(pl.col("subset") == "meld")
    yield table.cell(
        "meld-core",
        "text",
        meld.height or None,
        reason(meld.height, "Clips of MELD in the release."),
        items=lambda: meld.select("item_id", "batch", "position"),
    )
    yield segments_cell(table, "monologues", "text", evidence)
    yield hours_cell(table, "hours", evidence, "'about 2 hours'")
    sentences, utterances = evidence.dataset.sentences, evidence.dataset.utterances
    yield table.cell(
        "sentences",
        "text",
        sentences.height or None,
        reason(sentences.height, "Sentences of all monologues."),
        alternatives=others(
            (
                utterances.height,
                "Annotated utterances.",
                lambda: utterances.select("monologue_id", "index", "start_s", "end_s", "file"),
            )
        ),
        items=lambda: sentences.select("monologue_id", "index", "start_s", "end_s", "file"),
    )


def hours_cell(table: Table, row: str, evidence: Evidence, wording: str) -> Cell:
    """The monologues' length (sections 1 and 3.1), which the paper prints as ``wording``."""
    length, clips = hours(evidence), monologues(evidence)
    minutes = float(60 * (length or 0))
    rule = (
        f"Length of the {clips.height} monologues in hours: {minutes:.1f} minutes, while {wording} "
        f"is read as 120 give or take 10 %, 108 to 132 (to whole hours {minutes / 60:.2f} would be "
        f"{round(minutes / 60)})."
    )
    return table.cell(
        row,
        "text",
        length,
        reason(clips.height, rule),
        items=lambda: clips.select("item_id", "recording", "start_s", "end_s"),
    )


def _shortest(table: Table, evidence: Evidence) -> Cell:
    clips = evidence.dataset.items.filter(pl.col("subset") == "meld").with_columns(
        seconds=(pl.col("end_s") - pl.col("start_s")).round(3)
    )
    seconds = clips["seconds"].drop_nulls()
    below = int((seconds < 1).sum())
    return table.cell(
        "shortest",
        "text",
        seconds.min() if len(seconds) else None,  # type: ignore[arg-type]
        reason(
            len(seconds),
            "The shortest clip of MELD-Core in seconds: a cut at one second would have left "
            f"shorter ones ({below} of its clips are under one second).",
        ),
        items=lambda: clips.sort("seconds").select("item_id", "recording", "seconds").head(20),
    )
