"""Scores as tables to print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from emos.score.compare import Comparison
from emos.score.metric import all_metrics
from emos.score.published import Published, leaderboard
from emos.score.result import Estimate, Score

MAIN = ("accuracy", "macro_f1", "weighted_f1")
MARK = "†"
UNUSABLE = "no usable answer"


class Grid(NamedTuple):
    """A table as shown."""

    title: str
    columns: list[str]
    rows: list[list[object]]


def main_grid(scores: Sequence[Score]) -> Grid:
    """Every metric that is not per class, a column per model."""
    per_class = _per_class()
    names = dict.fromkeys(
        name
        for score in scores
        for name in score.metrics
        if name.rpartition("/")[0] not in per_class
    )
    rows: list[list[object]] = [
        [name, *(shown(score.metrics.get(name)) for score in scores)] for name in names
    ]
    rows.append([UNUSABLE, *(f"{score.invalid_rate:.3f}" for score in scores)])
    return Grid("", ["", *(f"{score.name} (n={score.n:,})" for score in scores)], rows)


def class_grids(score: Score) -> list[Grid]:
    """A table per family: a row per class, a column per metric, without intervals."""
    grids = []
    per_class = _per_class()
    for family in dict.fromkeys(per_class.values()):
        metrics = [name for name, of in per_class.items() if of == family]
        cells: dict[str, dict[str, Estimate]] = {}
        for name, one in score.metrics.items():
            metric, _, label = name.rpartition("/")
            if metric in metrics:
                cells.setdefault(label, {})[metric] = one
        if not cells:
            continue
        have = [name for name in metrics if any(name in one for one in cells.values())]
        rows: list[list[object]] = [
            [label, *(short(of[name].value) if name in of else "" for name in have)]
            for label, of in cells.items()
        ]
        heads = [name.rpartition("/")[2] for name in have]
        grids.append(Grid(f"{score.name}: {family} per class", ["class", *heads], rows))
    return grids


def leaderboard_grid(scores: Sequence[Score], published: Sequence[Published]) -> Grid:
    """The main metrics of every model, the best first, then published rows with their mark."""
    table = leaderboard(scores, published)
    names = _main(table)
    rows: list[list[object]] = []
    ranked = sorted(scores, key=lambda score: _down(score.metrics.get(names[0])))
    for score in ranked:
        shares = f"{score.invalid_rate:.1%}"
        rows.append(
            [
                score.name,
                *(shown(score.metrics.get(name)) for name in names),
                shares,
                f"{score.n:,}",
            ]
        )
    printed = table.filter(pl.col("kind") == "published", pl.col("metric").is_in(names))
    for (model, items), cells in printed.group_by("model", "items", maintain_order=True):
        as_printed = dict(cells.select("metric", "printed").iter_rows())
        values = [as_printed.get(name, "–") for name in names]
        rows.append([f"{MARK} {model}", *values, "–", items])
    return Grid("", ["model", *names, UNUSABLE, "items"], rows)


def _main(table: pl.DataFrame) -> list[str]:
    """The metrics of a leaderboard worth a column each: Basic-7's, or the printed ones, or any."""
    have = table["metric"].unique(maintain_order=True).to_list()
    printed = table.filter(pl.col("kind") == "published")["metric"].unique(maintain_order=True)
    overall = [name for name in have if name.rpartition("/")[0] not in _per_class()]
    return [name for name in MAIN if name in have] or printed.to_list()[:4] or overall[:4]


def difference_grid(result: Comparison, published: Sequence[Published]) -> Grid:
    """Every pair on the metrics of the leaderboard."""
    names = _main(leaderboard(result.scores, published))
    rows = result.differences.filter(pl.col("metric").is_in(names))
    return Grid(
        "Differences, resampled together",
        ["metric", "A", "B", "A - B", "interval", "p", "p (Holm)"],
        [
            [
                row["metric"],
                row["a"],
                row["b"],
                f"{row['difference']:+.3f}",
                limits(row["low"], row["high"]),
                probability(row["p"]),
                probability(row["p_holm"]),
            ]
            for row in rows.iter_rows(named=True)
        ],
    )


def mcnemar_grid(result: Comparison) -> Grid:
    """McNemar's test of every pair."""
    return Grid(
        "McNemar: items answered rightly by both, one, neither",
        ["A", "B", "both", "only A", "only B", "neither", "p (exact)", "p (Holm)"],
        [
            [
                *(row[name] for name in ("a", "b", "both", "only_a", "only_b", "neither")),
                probability(row["p_exact"]),
                probability(row["p_holm"]),
            ]
            for row in result.mcnemar.iter_rows(named=True)
        ],
    )


def shown(one: Estimate | None) -> str:
    """A value with its interval; a dash where there is none."""
    if one is None or math.isnan(one.value):
        return "–"
    interval = limits(one.low, one.high)
    return f"{short(one.value)} {interval}".rstrip()


def short(value: float) -> str:
    """Three places; a dash for what is undefined."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def limits(low: float, high: float) -> str:
    """An interval; nothing where there is none."""
    return "" if math.isnan(low) or math.isnan(high) else f"[{low:.3f}, {high:.3f}]"


def probability(p: float | None) -> str:
    """A p-value as papers print it."""
    if p is None or math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _per_class() -> dict[str, str]:
    """Where each metric with a cell per class is shown: its family, and the part of it if any."""
    return {
        metric.name: metric.name.rpartition("/")[0] or metric.family
        for metric in all_metrics()
        if metric.per == "class"
    }


def _down(one: Estimate | None) -> float:
    return math.inf if one is None or math.isnan(one.value) else -one.value
