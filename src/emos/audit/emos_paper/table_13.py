"""Table 13, Basic-7 recognition by language, against Table 7, where both languages are one.

The accuracy of all clips is a mixture of the accuracies of the two languages, weighted by the share
of English clips, which is one number for all models because they saw the same clips.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import polars as pl

from emos.audit import Cell, Evidence, Printed, Table, Verdict
from emos.audit.emos_paper.model_scores import (
    MODELS,
    NO_OUTPUTS,
    number,
    printed_cells,
    printed_table,
)
from emos.audit.implied import Interval, mixing_weight


def cells(table: Table, evidence: Evidence) -> Iterable[Cell]:
    """Accuracies from the mixture; F1 over two languages is none, so nothing implies it."""
    weights = {model: _weight(table, model) for model in MODELS}
    _, agreeing = agreed(weights)
    for model in MODELS:
        for language in ("en", "zh"):
            yield _accuracy(table, model, language, {m: weights[m] for m in agreeing if m != model})
            for score in ("macro-f1", "weighted-f1"):
                yield table.cell(
                    f"{model}-{language}",
                    score,
                    None,
                    f"{NO_OUTPUTS}, and the F1 of all clips is no mixture of the F1 of two "
                    "languages, so no other printed value implies this one.",
                )
    yield _one_weight(table, weights)


def _weight(table: Table, model: str) -> Interval | None:
    english, chinese = (table.printed(f"{model}-{lang}", "accuracy") for lang in ("en", "zh"))
    return mixing_weight(english, chinese, _overall(model))


def _overall(model: str) -> Printed:
    return printed_table("7").printed("accuracy", model)


def agreed(weights: Mapping[str, Interval | None]) -> tuple[Interval, tuple[str, ...]]:
    """The share of English clips that most models allow, and those models.

    Of several such groups the one with the smallest share is taken; without a model it is 0 to 1.
    """
    best = Interval(Fraction(0), Fraction(1))
    who: tuple[str, ...] = ()
    known = {model: weight for model, weight in weights.items() if weight is not None}
    for start in sorted(weight.low for weight in known.values()):
        allow = tuple(m for m, weight in known.items() if weight.low <= start <= weight.high)
        if len(allow) > len(who):
            who = allow
            best = Interval(
                max(known[m].low for m in allow),
                min(known[m].high for m in allow),
            )
    return best, who


def _accuracy(
    table: Table, model: str, language: str, others: Mapping[str, Interval | None]
) -> Cell:
    """An accuracy from Table 7, the other language, and the share that most models allow."""
    row = f"{model}-{language}"
    other = f"{model}-{'zh' if language == 'en' else 'en'}"
    english, who = agreed(others)
    share = english if language == "en" else Interval(1 - english.high, 1 - english.low)
    rest, overall = table.printed(other, "accuracy"), _overall(model)
    bounds = _part(overall, rest, share)
    middle = (share.low + share.high) / 2
    computed = (number(overall) - (1 - middle) * number(rest)) / middle
    names = ", ".join(printed_table("7").columns[m] for m in who)
    rule = (
        f"{NO_OUTPUTS}; Table 7's accuracy is a mixture of the two languages, and with the share "
        f"of English clips that {names} allow ({english}) it and the other language imply {bounds}."
    )
    return table.bounded(
        row, "accuracy", computed, bounds, rule, items=printed_cells(table, [(other, "accuracy")])
    )


def _part(overall: Printed, rest: Printed, share: Interval) -> Interval:
    """x of share * x + (1 - share) * rest = overall: extreme at the corners of the intervals."""
    corners = [
        (o - (1 - s) * r) / s
        for o in (overall.low, overall.high)
        for r in (rest.low, rest.high)
        for s in (share.low, share.high)
    ]
    return Interval(min(corners), max(corners))


def _one_weight(table: Table, weights: Mapping[str, Interval | None]) -> Cell:
    english, who = agreed(weights)
    names = printed_table("7").columns
    ranges = "; ".join(f"{names[m]} {weight or 'none'}" for m, weight in weights.items())
    rule = (
        "Number of models whose accuracies in Table 7 and by language allow one and the same share "
        f"of English clips ({english}); each allows: {ranges}."
    )
    verdict = Verdict.HOLDS if len(who) == len(MODELS) else Verdict.DIFFERS

    def items() -> pl.DataFrame:
        return pl.DataFrame(
            {
                "model": [names[m] for m in weights],
                "all (Table 7)": [_overall(m).text for m in weights],
                "English": [table.printed(f"{m}-en", "accuracy").text for m in weights],
                "Chinese": [table.printed(f"{m}-zh", "accuracy").text for m in weights],
                "share of English clips": [str(weight or "none") for weight in weights.values()],
            }
        )

    return table.check("mixing-weight", "all-models", len(who), verdict, rule, items=items)
