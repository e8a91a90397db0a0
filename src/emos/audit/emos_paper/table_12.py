"""Table 12, precision and recall on GoEmotions: what whole clips allow.

The table prints neither F1 nor class sizes, and section 4.2 does not say on which clips it was
made, so no cell implies another. Across a row something is implied: both models were scored on the
same clips, so one class size must give both recalls as whole numbers of clips.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from emos.audit import Cell, Evidence, Printed, Table, Verdict
from emos.audit.emos_paper.model_scores import NO_OUTPUTS
from emos.audit.whole_counts import counts_giving
from emos.taxonomy import GOEMOTIONS_28

# Both test subsets together (section 4.1); section 4.2 names no test set of its own.
_MOST_CLIPS = 1200
_MODELS = ("gemini-3", "qwen-3-ft")


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Each printed value, then what whole clips say about rows and columns."""
    for label in GOEMOTIONS_28:
        for model in _MODELS:
            for score in ("p", "r"):
                yield table.cell(
                    label,
                    f"{model}-{score}",
                    None,
                    f"{NO_OUTPUTS}, and without F1 or class sizes no other printed value implies "
                    "this one.",
                )
    sizes = [smallest_size(table, label) for label in GOEMOTIONS_28]
    yield _all_possible(table, sizes)
    for model in _MODELS:
        yield _last_digit(table, model)


@dataclass(frozen=True)
class Row:
    """A label and the smallest class in clips that gives its four values; ``None`` if none does."""

    label: str
    size: int | None


def smallest_size(table: Table, label: str) -> Row:
    """The smallest class, up to both test subsets, that gives a row in whole numbers of clips."""
    scores = [
        (table.printed(label, f"{model}-p"), table.printed(label, f"{model}-r"))
        for model in _MODELS
    ]
    for size in range(1, _MOST_CLIPS + 1):
        if all(_possible(p, r, size) for p, r in scores):
            return Row(label, size)
    return Row(label, None)


def _possible(precision: Printed, recall: Printed, size: int) -> bool:
    """Whether right / size and right / answers can be printed so, in whole numbers."""
    return any(
        _answers_exist(precision, right) for right in counts_giving(recall, size) if right > 0
    )


def _answers_exist(precision: Printed, right: int) -> bool:
    fewest = math.ceil(right / precision.high)
    most = min(math.floor(right / precision.low), _MOST_CLIPS)
    return max(fewest, right) <= most


def _all_possible(table: Table, sizes: list[Row]) -> Cell:
    possible = [row for row in sizes if row.size is not None]
    impossible = [row.label for row in sizes if row.size is None]
    verdict = Verdict.DIFFERS if impossible else Verdict.HOLDS
    largest = max(possible, key=lambda row: row.size or 0)
    rule = (
        f"Number of the {len(sizes)} labels for which some class of at most {_MOST_CLIPS} clips "
        f"(both test subsets) gives both models' P and R as whole numbers of clips"
        + (f"; none does for {', '.join(impossible)}" if impossible else "")
        + f"; {largest.label} needs at least {largest.size}."
    )
    return table.check(
        "class-size",
        "both-models",
        len(possible),
        verdict,
        rule,
        items=lambda: _frame(table, sizes),
    )


def _frame(table: Table, sizes: list[Row]) -> pl.DataFrame:
    columns = [f"{model}-{score}" for model in _MODELS for score in ("p", "r")]
    return pl.DataFrame(
        {"label": [row.label for row in sizes]}
        | {
            table.columns[column]: [table.printed(row.label, column).text for row in sizes]
            for column in columns
        }
        | {"smallest class in clips": [row.size for row in sizes]},
    )


def _last_digit(table: Table, model: str) -> Cell:
    values = [table.printed(label, f"{model}-{s}").text for label in GOEMOTIONS_28 for s in "pr"]
    zeros = sum(text.endswith("0") for text in values)
    # One in ten by chance; a binomial tail below one in a million is no chance.
    tail = sum(
        (
            math.comb(len(values), k) * Fraction(1, 10) ** k * Fraction(9, 10) ** (len(values) - k)
            for k in range(zeros, len(values) + 1)
        ),
        Fraction(0),
    )
    verdict = Verdict.HOLDS if tail > Fraction(1, 10**6) else Verdict.DIFFERS
    rule = (
        f"Of {len(values)} values with three digits, about one in ten should end in 0; {zeros} do "
        f"(chance {float(tail):.1g})"
        + ("." if verdict is Verdict.HOLDS else ": as printed they carry two digits.")
    )
    return table.check("last-digit", model, zeros, verdict, rule)
