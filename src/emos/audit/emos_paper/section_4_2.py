"""Section 4.2, fine-grained recognition: its claims against Table 12."""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit import Cell, Evidence, Table, Verdict
from emos.audit.emos_paper.model_scores import number, printed_cells, printed_table
from emos.taxonomy import GOEMOTIONS_28


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Over how many of the 28 labels each claim is true."""
    yield _count(table, "higher-recall", "r", higher=True)
    yield _count(table, "lower-precision", "p", higher=False)


def _count(table: Table, row: str, score: str, *, higher: bool) -> Cell:
    scores = printed_table("12")
    tuned, other = f"qwen-3-ft-{score}", f"gemini-3-{score}"
    sign = 1 if higher else -1
    found = [
        label
        for label in GOEMOTIONS_28
        if sign * (number(scores.printed(label, tuned)) - number(scores.printed(label, other))) > 0
    ]
    verdict = Verdict.HOLDS if 2 * len(found) > len(GOEMOTIONS_28) else Verdict.DIFFERS
    rule = (
        f"Number of the {len(GOEMOTIONS_28)} labels of Table 12 for which it is so; the models' "
        "outputs are not released."
    )
    used = [(label, column) for label in GOEMOTIONS_28 for column in (other, tuned)]
    return table.check(
        row, "qwen-3-ft", len(found), verdict, rule, items=printed_cells(scores, used)
    )
