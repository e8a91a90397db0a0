"""Section 1: the dataset's size, and scores that the paper prints again further on.

Disgust's F1 after fine-tuning is 0.757 in Table 7 and 0.75, not 0.76, here.
"""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.model_scores import NO_OUTPUTS, repeated
from emos.audit.emos_paper.section_3_1 import hours_cell
from emos.audit.emos_paper.section_3_2_1 import classes_cell
from emos.audit.emos_paper.section_3_3_1 import samples_cell

REPEATED = {
    "gemini-accuracy": ("accuracy", "gemini-3", 100),
    "tuned-accuracy": ("accuracy", "qwen-3-ft", 100),
    "disgust-before": ("disgust-f1", "qwen-3", 1),
    "disgust-after": ("disgust-f1", "qwen-3-ft", 1),
}


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every figure of section 1."""
    yield samples_cell(table, "static-samples", evidence)
    yield hours_cell(table, "streaming-hours", evidence, "'2 hours', in section 1 without 'about',")
    yield classes_cell(table, "basic-classes", "basic7", evidence)
    yield classes_cell(table, "fine-classes", "goemotions", evidence)
    for row, (score, model, scale) in REPEATED.items():
        yield repeated(table, (row, "text"), "7", (score, model), scale=scale)
    yield table.cell("turning-points", "text", None, f"{NO_OUTPUTS}.")
