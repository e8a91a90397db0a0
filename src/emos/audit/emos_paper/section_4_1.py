"""Section 4.1, Basic-7 recognition: the text against Table 7."""

from __future__ import annotations

from collections.abc import Iterable

from emos.audit import Cell, Evidence, Table, Verdict
from emos.audit.emos_paper.model_scores import (
    MODELS,
    number,
    printed_cells,
    printed_table,
    repeated,
)
from emos.audit.emos_paper.section_3_2_1 import classes_cell

CLASSES_OF = {"fine-classes": "goemotions", "basic-classes": "basic7"}
_SUMMARIES = ("accuracy", "macro-f1", "weighted-f1")


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Figures that repeat Table 7, the sizes of the test set, and claims over the table."""
    claims = ("best-zero-shot", "worst", *CLASSES_OF)
    for row, layer in CLASSES_OF.items():
        yield classes_cell(table, row, layer, evidence)
    for row, column in table.values:
        if row.endswith("-confidence"):
            reason = "The release does not say which clips were the test set."
            yield table.cell(row, column, None, reason)
        elif row.startswith("share-"):
            yield repeated(table, (row, column), "7", (row, "caption"))
        elif row not in claims:
            yield repeated(table, (row, column), "7", (row, column))
    yield _extreme(table, "best-zero-shot", [m for m in MODELS if m != "qwen-3-ft"], best=True)
    yield _extreme(table, "worst", list(MODELS), best=False)
    yield _weighted_above_macro(table)


def _extreme(table: Table, row: str, models: list[str], *, best: bool) -> Cell:
    scores = printed_table("7")
    choose = max if best else min
    found = {
        choose(models, key=lambda m: number(scores.printed(summary, m))) for summary in _SUMMARIES
    }
    name = " and ".join(sorted(scores.columns[model] for model in found))
    rule = (
        f"The {'highest' if best else 'lowest'} accuracy, Macro-F1 and Weighted-F1 that Table 7 "
        f"prints for {', '.join(scores.columns[model] for model in models)}."
    )
    used = [(summary, model) for summary in _SUMMARIES for model in models]
    return table.cell(row, "text", name, rule, items=printed_cells(scores, used))


def _weighted_above_macro(table: Table) -> Cell:
    scores = printed_table("7")
    above = [
        model
        for model in MODELS
        if number(scores.printed("weighted-f1", model)) > number(scores.printed("macro-f1", model))
    ]
    verdict = Verdict.HOLDS if 2 * len(above) > len(MODELS) else Verdict.DIFFERS
    rule = f"Number of the {len(MODELS)} models of Table 7; the models' outputs are not released."
    used = [(summary, model) for model in MODELS for summary in ("macro-f1", "weighted-f1")]
    return table.check(
        "weighted-above-macro",
        "text",
        len(above),
        verdict,
        rule,
        items=printed_cells(scores, used),
    )
