"""Checks over a whole column or row of Table 7, for which the paper prints no value of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import polars as pl

from emos.audit import Cell, Printed, Table, Verdict
from emos.audit.emos_paper.model_scores import (
    CLASSES,
    CLIPS,
    MODELS,
    NO_SHARES,
    class_shares,
    model_scores,
    number,
    printed_cells,
)
from emos.audit.feasibility import Feasibility, Move, check_scores
from emos.audit.implied import Interval, answers, weighted_mean
from emos.audit.whole_counts import counts_giving, nearest_count, totals_giving

_MOVES_NAMED = 5


def checks(table: Table) -> Iterable[Cell]:
    """Shares, answers, consistency and whole clips."""
    yield _share_sum(table)
    for model in MODELS:
        yield _answers(table, model)
    for model in MODELS:
        yield from _consistency(table, (model,), model)
    yield from _consistency(table, MODELS, "all-models")
    for label in CLASSES:
        yield _class_size(table, label)


def _share_sum(table: Table) -> Cell:
    shares = class_shares(table)
    counts = {label: counts_giving(share, CLIPS, scale=100) for label, share in shares.items()}
    low, high = (sum(pick(c, default=0) for c in counts.values()) for pick in (min, max))
    possible = all(counts.values()) and low <= CLIPS <= high
    tied = [
        share.text
        for label, share in shares.items()
        if any(Fraction(100 * k, CLIPS) in (share.low, share.high) for k in counts[label])
    ]
    clips = ", ".join(" or ".join(map(str, whole)) or "none" for whole in counts.values())
    rule = (
        f"Each printed share, in the order of the rows, as a whole number of {CLIPS} clips ({clips}"
        + (f"; {' and '.join(tied)} only as exact ties" if tied else "")
        + f"), which together must be {CLIPS}."
    )
    return table.check(
        "share-sum",
        "caption",
        min(max(CLIPS, low), high),
        Verdict.HOLDS if possible else Verdict.DIFFERS,
        rule,
        items=printed_cells(table, [(f"share-{label}", "caption") for label in CLASSES]),
    )


def _answers(table: Table, model: str) -> Cell:
    scores, shares = model_scores(table, model), class_shares(table)
    point = Fraction(0)
    each: dict[str, Interval] = {}
    for label, share in shares.items():
        printed = scores.classes[label]
        each[label] = answers(Interval(Fraction(1), Fraction(1)), printed.precision, printed.recall)
        if number(printed.precision):
            ratio = number(printed.recall) / number(printed.precision)
            point += number(share) * CLIPS / 100 * ratio
    weights = [Interval(share.low / 100, share.high / 100) for share in shares.values()]
    total = weighted_mean(weights, list(each.values()))
    if total is None:
        return table.check("answers", model, None, Verdict.NOT_RECOVERABLE, NO_SHARES)
    low, high = CLIPS * total.low, CLIPS * total.high
    bounded = all(number(printed.precision) for printed in scores.classes.values())
    verdict = Verdict.HOLDS if low <= CLIPS else Verdict.DIFFERS
    rule = (
        f"A class was answered share * {CLIPS} * R / P times; with shares that sum to 1 all seven "
        f"together at least {float(low):.0f}"
        + (f" and at most {float(high):.0f}" if bounded else "")
        + f" times, and {CLIPS} clips have at most {CLIPS} answers."
    )

    def items() -> pl.DataFrame:
        return pl.DataFrame(
            {
                "class": list(each),
                "clips": [float(number(share) * CLIPS / 100) for share in shares.values()],
                "precision": [scores.classes[label].precision.text for label in each],
                "recall": [scores.classes[label].recall.text for label in each],
                "answers per clip at least": [float(part.low) for part in each.values()],
                "answers per clip at most": [
                    float(each[c].high) if number(scores.classes[c].precision) else None
                    for c in each
                ],
            }
        )

    return table.check("answers", model, point, verdict, rule, items=items)


def _consistency(table: Table, models: Sequence[str], column: str) -> Iterable[Cell]:
    scores = [model_scores(table, model) for model in models]
    shares = class_shares(table)
    summaries = ("accuracy", "macro-f1", "weighted-f1")
    rows = [f"{label}-{score}" for label in CLASSES for score in ("p", "r", "f1")]
    used = [(row, model) for model in models for row in (*summaries, *rows)]
    caption = [(f"share-{label}", "caption") for label in CLASSES]
    for row, given, places in (
        ("consistency", shares, used + caption),
        ("consistency-any-shares", None, used),
    ):
        found = check_scores(scores, n=CLIPS, shares=given)
        verdict = Verdict.HOLDS if found.feasible else Verdict.DIFFERS
        yield table.check(
            row,
            column,
            found.slack,
            verdict,
            _sentence(table, found, shares_given=given is not None),
            items=printed_cells(table, places),
        )


def _sentence(table: Table, found: Feasibility, *, shares_given: bool) -> str:
    what = "the class shares of the caption" if shares_given else "any class shares"
    if found.feasible:
        return (
            f"A linear programme finds {what} and numbers of answers that give every printed "
            "score within its rounding."
        )
    moves = sorted(found.moves, key=lambda move: -abs(move.units))
    where = ", ".join(
        f"{_place(table, move)} {move.printed.text} by {move.units:+.2g}"
        for move in moves[:_MOVES_NAMED]
    )
    more = f" and {len(moves) - _MOVES_NAMED} more" if len(moves) > _MOVES_NAMED else ""
    return (
        f"With {what} no confusion matrix gives these scores (proved by linear programming): at "
        f"least {found.slack:.3g} units of last digits must change beyond rounding; the linear "
        f"relaxation puts them at {where}{more}, which need not be enough."
    )


def _place(table: Table, move: Move) -> str:
    if move.score == "share":
        return table.key(f"share-{move.label}", "caption")
    short = {"precision": "p", "recall": "r", "f1": "f1"}
    row = f"{move.label}-{short[move.score]}" if move.label else move.score.replace("_", "-")
    return table.key(row, move.model)


def _class_size(table: Table, label: str) -> Cell:
    share = table.printed(f"share-{label}", "caption")
    sizes = counts_giving(share, CLIPS, scale=100) or _neighbours(share)
    recalls = {model: table.printed(f"{label}-r", model) for model in MODELS}
    expected = nearest_count(share, CLIPS, scale=100)
    tried = range(1, 2 * expected + 1)
    fitting = {model: totals_giving(recall, tried) for model, recall in recalls.items()}
    possible = [model for model in MODELS if set(fitting[model]) & set(sizes)]
    common = set.intersection(*(set(fitting[model]) for model in MODELS))
    verdict = Verdict.HOLDS if len(possible) == len(MODELS) else Verdict.DIFFERS
    rule = _size_sentence(table, sizes, expected, recalls, fitting, possible) + (
        f"; one class size for all would be {min(common, key=lambda size: abs(size - expected))}."
        if common
        else f"; no class size up to {2 * expected} gives all {len(MODELS)} recalls."
    )

    def items() -> pl.DataFrame:
        return pl.DataFrame(
            {
                "model": [table.columns[model] for model in MODELS],
                "recall": [recalls[model].text for model in MODELS],
                f"class sizes up to {2 * expected} that give it": [
                    ", ".join(map(str, fitting[model])) for model in MODELS
                ],
            }
        )

    return table.check(
        f"class-size-{label}", "all-models", len(possible), verdict, rule, items=items
    )


def _neighbours(share: Printed) -> tuple[int, int]:
    """The whole numbers of clips on either side of a share that none of them gives."""
    below = int(number(share) * CLIPS / 100)
    return below, below + 1


def _size_sentence(
    table: Table,
    sizes: Sequence[int],
    expected: int,
    recalls: Mapping[str, Printed],
    fitting: Mapping[str, Sequence[int]],
    possible: Sequence[str],
) -> str:
    clips = " or ".join(map(str, sizes))
    sentence = (
        f"A recall is a whole number of clips over the {clips} of the class (its share of "
        f"{CLIPS}), which {len(possible)} of {len(MODELS)} printed recalls can be"
    )
    wrong = []
    for model in MODELS:
        if model not in possible:
            near = sorted(fitting[model], key=lambda size: (abs(size - expected), size))[:1]
            hint = f", {near[0]} clips would do" if near else ""
            wrong.append(f"{table.columns[model]} {recalls[model].text}{hint}")
    return sentence + (f" (not {'; '.join(wrong)})" if wrong else "")
