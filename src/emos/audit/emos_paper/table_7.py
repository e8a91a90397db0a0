"""Table 7, Basic-7 recognition: can the printed scores of each model belong together?"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.model_scores import (
    CLASSES,
    CLIPS,
    MODELS,
    NO_OUTPUTS,
    NO_SHARES,
    class_shares,
    number,
    printed_cells,
)
from emos.audit.emos_paper.table_7_checks import checks
from emos.audit.implied import Interval, f1_from, interval, mean_of, other_from, weighted_mean
from emos.audit.whole_counts import counts_giving, nearest_count


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Every printed cell, then the checks that span a column or a row."""
    for label in CLASSES:
        yield _share(table, label)
    for model in MODELS:
        yield _accuracy(table, model)
        yield _macro_f1(table, model)
        yield _weighted_f1(table, model)
        for label in CLASSES:
            yield from _class(table, label, model)
    yield from checks(table)


def _share(table: Table, label: str) -> Cell:
    row = f"share-{label}"
    printed = table.printed(row, "caption")
    counts = counts_giving(printed, CLIPS, scale=100)
    count = counts[0] if counts else nearest_count(printed, CLIPS, scale=100)
    rule = (
        f"Which clips were the test set is not released; a share of {CLIPS} clips is a whole "
        f"number of clips, and the nearest is {count}."
    )
    return table.cell(row, "caption", Fraction(100 * count, CLIPS), rule)


def _class(table: Table, label: str, model: str) -> Iterable[Cell]:
    rows = {score: f"{label}-{score}" for score in ("p", "r", "f1")}
    p, r, f1 = (table.printed(rows[score], model) for score in ("p", "r", "f1"))
    implied = {
        "p": (_other(number(f1), number(r)), other_from(f1, r), "F1 R / (2 R - F1)"),
        "r": (_other(number(f1), number(p)), other_from(f1, p), "F1 P / (2 P - F1)"),
        "f1": (_f1(number(p), number(r)), f1_from(p, r), "2 P R / (P + R)"),
    }
    for score, (point, bounds, formula) in implied.items():
        used = [(rows[other], model) for other in rows if other != score]
        computed, note = point, ""
        if point is None:
            note = " (0 / 0 as printed, so undefined)"
        elif not bounds.low <= point <= bounds.high:
            computed = min(max(point, bounds.low), bounds.high)
            note = f" ({float(point):.3f} as printed, more than there can be)"
        rule = (
            f"{NO_OUTPUTS}; the other two printed scores of the class imply {formula}{note}, over "
            f"all they may have been rounded from {bounds}."
        )
        yield table.bounded(
            rows[score], model, computed, bounds, rule, items=printed_cells(table, used)
        )


def _accuracy(table: Table, model: str) -> Cell:
    return _weighted(table, model, "accuracy", "r", "recall")


def _weighted_f1(table: Table, model: str) -> Cell:
    return _weighted(table, model, "weighted-f1", "f1", "F1")


def _weighted(table: Table, model: str, row: str, score: str, name: str) -> Cell:
    shares = class_shares(table)
    values = {label: table.printed(f"{label}-{score}", model) for label in CLASSES}
    computed = sum((number(shares[c]) * number(values[c]) for c in CLASSES), Fraction(0)) / 100
    weights = [Interval(share.low / 100, share.high / 100) for share in shares.values()]
    bounds = weighted_mean(weights, [interval(value) for value in values.values()])
    used = [(f"share-{c}", "caption") for c in CLASSES] + [(f"{c}-{score}", model) for c in CLASSES]
    if bounds is None:
        return table.cell(row, model, None, NO_SHARES)
    rule = (
        f"{NO_OUTPUTS}; the sum of class share (caption) times printed {name}, over all that these "
        f"may have been rounded from {bounds}."
    )
    return table.bounded(row, model, computed, bounds, rule, items=printed_cells(table, used))


def _macro_f1(table: Table, model: str) -> Cell:
    values = [table.printed(f"{label}-f1", model) for label in CLASSES]
    computed = sum((number(value) for value in values), Fraction(0)) / len(values)
    bounds = mean_of([interval(value) for value in values])
    rule = (
        f"{NO_OUTPUTS}; the mean of the seven printed F1, over all they may have been rounded "
        f"from {bounds}."
    )
    used = [(f"{label}-f1", model) for label in CLASSES]
    return table.bounded(
        "macro-f1", model, computed, bounds, rule, items=printed_cells(table, used)
    )


def _f1(precision: Fraction, recall: Fraction) -> Fraction:
    total = precision + recall
    return 2 * precision * recall / total if total else Fraction(0)


def _other(f1: Fraction, known: Fraction) -> Fraction | None:
    below = 2 * known - f1
    return f1 * known / below if below else None
