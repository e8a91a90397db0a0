"""Section Limitations: size and languages of the dataset, and its rarest label."""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.section_3_3_1 import rare_label_cell
from emos.audit.emos_paper.table_6 import segments_cell
from emos.audit.emos_paper.values import reason


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of the section."""
    yield segments_cell(table, "videos", "text", evidence)
    items = evidence.dataset.items
    languages = items["language"].n_unique()
    yield table.cell(
        "languages",
        "text",
        languages or None,
        reason(languages, "Languages of the items."),
        items=lambda: items.group_by("language", maintain_order=True).len(),
    )
    # "Samples" are the 9,403 clips in sections 1 and 3.3.1.
    yield rare_label_cell(table, "grief", evidence, stated="clips of both subsets")
