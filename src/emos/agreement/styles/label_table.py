"""What an annotator does with each label: how often, how dominant, and against the others."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import polars as pl

from emos.agreement.bootstrap import percentile_interval
from emos.agreement.coefficient import Floats, Ints, ratio
from emos.agreement.styles.bias import log_odds, log_odds_ratio
from emos.agreement.styles.sums import Sums


class LabelFigures(NamedTuple):
    """Figures of every label, ``[labels, samples]``."""

    share: Floats
    token_share: Floats
    log_odds: Floats
    sigma: Floats


def label_figures(sums: Sums, prior: Floats) -> LabelFigures:
    """Shares of answers and of labels given, and log-odds against the others."""
    odds = log_odds(sums.own, sums.others, prior)
    # With the prior alone on both sides it would speak of the two totals, not of the label.
    given = sums.own + sums.others > 0
    return LabelFigures(
        ratio(sums.own, sums["answers"][None]),
        ratio(sums.own, sums.own.sum(axis=0, keepdims=True)),
        np.where(given, odds.value, np.nan),
        np.where(given, odds.sigma, np.nan),
    )


def ranks(counts: Ints) -> Ints:
    """1 for the largest count; equal counts share the smaller number."""
    return np.asarray(1 + (counts[None, :] > counts[:, None]).sum(axis=1))


def dominant_labels(counts: Ints, top: int) -> np.ndarray:
    """Which labels are among the ``top`` most frequent, a tie at the last place included."""
    chosen: np.ndarray = (ranks(counts) <= top) & (counts > 0)
    return chosen


def label_table(
    point: Sums,
    resampled: Sums | None,
    labels: tuple[str, ...],
    prior: Floats,
    *,
    top: int,
    confidence: float,
) -> pl.DataFrame:
    """One row per label, without the columns that say whose it is."""
    values = label_figures(point, prior)
    counts = point.own[:, 0].astype(np.int64)
    answers, others_answers = point["answers"], point["others_answers"]
    others = ratio(point.others[:, 0], np.broadcast_to(others_answers, len(labels)))
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    plain = log_odds_ratio(point.own[:, 0], answers, point.others[:, 0], others_answers, z=z)
    draws = None if resampled is None else label_figures(resampled, prior)
    odds, sigma = values.log_odds[:, 0], values.sigma[:, 0]
    table: dict[str, object] = {
        "label": list(labels),
        "count": counts,
        "share": values.share[:, 0],
        "token_share": values.token_share[:, 0],
        "others": others,
        "lift": ratio(values.share[:, 0], others),
        "rank": ranks(counts),
        "dominant": dominant_labels(counts, top),
        "log_odds": odds,
        "sigma": sigma,
        "z": ratio(odds, sigma),
        "plain": plain.value,
        "plain_low": plain.low,
        "plain_high": plain.high,
        "reason": _reasons(point, odds),
    }
    for name, columns in _INTERVALS.items():
        unknown = np.isnan(getattr(values, name)[:, 0])
        limits = np.full((2, len(labels)), np.nan)
        if draws is not None:
            limits[:] = percentile_interval(getattr(draws, name), confidence)[:2]
        limits[:, unknown] = np.nan
        table |= dict(zip(columns, limits, strict=True))
    return pl.DataFrame(table, schema_overrides={"reason": pl.String})


_INTERVALS = {
    "share": ("share_low", "share_high"),
    "token_share": ("token_low", "token_high"),
    "log_odds": ("low", "high"),
}


def _reasons(point: Sums, odds: Floats) -> list[str | None]:
    """Why a label has no log-odds."""
    if not point["answers"][0]:
        return ["no answer"] * len(odds)
    if not point["others_answers"][0]:
        return ["nobody else answered the same items"] * len(odds)
    given = point.own[:, 0] + point.others[:, 0] > 0
    return [
        None if not np.isnan(value) else "the only label given" if some else "nobody gave it"
        for value, some in zip(odds, given, strict=True)
    ]
