"""Drift over row order: planted drift is found, what the items do cancels, as scipy has it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from emos.agreement.styles import Styles, measure_styles
from emos.agreement.styles.drift import PERMUTATIONS, holm, mid_ranks, rank_correlation, trends
from emos.tables import Dataset
from making_votes import dataset_of

LAYER = "goemotions"
ITEMS = 400


def ordered(rows: list[tuple[str, str, str, str]], *, backwards: bool = False) -> Dataset:
    """A dataset whose item ``iN`` stands in row N of its sheet (or as many from the end)."""
    data = dataset_of(rows)
    number = pl.col("item_id").str.slice(1).cast(pl.Int64)
    position = 10_000 - number if backwards else number
    return data.with_tables(items=data.items.with_columns(position=position))


def drifting(seed: int = 2, **options: Any) -> Styles:
    """A1 gives two labels ever more often; A2 and A3 do not; joy becomes rare for everybody."""
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(ITEMS):
        joyful = rng.random() < 0.6 - 0.5 * item / ITEMS
        first = "joy" if joyful else "anger"
        for who in ("A1", "A2", "A3"):
            more = rng.random() < (0.2 + 0.6 * item / ITEMS if who == "A1" else 0.4)
            rows.append((f"i{item}", who, LAYER, f"{first};surprise" if more else first))
    return measure_styles(ordered(rows, **options), replicates=300, groups=0)


@pytest.fixture(scope="module")
def found() -> Styles:
    return drifting()


def row(styles: Styles, annotator: str, label: str | None, against: str) -> dict[str, Any]:
    table = styles.drift.filter(
        pl.col("annotator") == annotator,
        pl.col("label").eq_missing(pl.lit(label, dtype=pl.String)),
        pl.col("against") == against,
    )
    return table.row(0, named=True)


def test_planted_drift_is_found(found: Styles) -> None:
    drift = dict(found.annotators.select("annotator", "drift").rows())
    assert drift == {"A1": ["cardinality", "share:surprise"], "A2": [], "A3": []}
    one = row(found, "A1", None, "others")
    assert one["drifts"] and one["change"] == pytest.approx(0.3, abs=0.15)
    assert one["low"] < one["change"] < one["high"] and one["low"] > 0 and one["rho"] > 0.6


def test_what_the_items_do_is_no_drift(found: Styles) -> None:
    """Joy becomes rare in everybody's answers: each one's own series says so, the distance not."""
    assert row(found, "A2", "joy", "self")["drifts"]
    assert not row(found, "A2", "joy", "others")["drifts"]


def test_one_who_changes_does_not_make_others_drift(found: Styles) -> None:
    """The others seem to give fewer labels beside A1, but their own series does not change."""
    assert row(found, "A2", None, "others")["rho"] < 0
    assert not row(found, "A2", None, "self")["drifts"]


def test_order_is_that_of_the_rows(found: Styles) -> None:
    back = row(drifting(backwards=True), "A1", None, "others")
    forth = row(found, "A1", None, "others")
    assert back["change"] == pytest.approx(-forth["change"])
    assert back["rho"] == pytest.approx(-forth["rho"])


def test_blocks_are_the_means_behind(found: Styles) -> None:
    blocks = found.blocks.filter(
        pl.col("annotator") == "A1", pl.col("figure") == "cardinality"
    ).sort("block")
    assert blocks["block"].to_list() == list(range(1, 21))
    assert blocks["answers"].to_list() == [20] * 20
    assert blocks.select("first", "last").rows() == [(20 * n, 20 * n + 19) for n in range(20)]
    one = row(found, "A1", None, "self")
    assert one["first"] == pytest.approx(blocks["value"].head(10).mean())
    assert one["second"] == pytest.approx(blocks["value"].tail(10).mean())
    others = row(found, "A1", None, "others")
    apart = (blocks["value"] - blocks["others"]).round(9)  # equal up to rounding is equal
    assert others["change"] == pytest.approx(apart.tail(10).mean() - apart.head(10).mean())
    assert others["rho"] == pytest.approx(stats.spearmanr(range(20), apart).statistic)


def test_rows_of_the_sheet_stand_in_for_positions() -> None:
    """Without positions, the row of the cell decides."""
    rows = [
        (f"i{n}", who, LAYER, "joy;love" if who == "A1" and n >= 100 else "joy")
        for n in range(200)
        for who in ("A1", "A2")
    ]
    data = dataset_of(rows)
    cells = pl.lit("C") + (pl.col("item_id").str.slice(1).cast(pl.Int64) + 2).cast(pl.String)
    named = data.with_tables(votes=data.votes.with_columns(cell=cells))
    assert measure_styles(named, replicates=50).annotators["drift"].to_list()[0] != []
    styles = measure_styles(data, replicates=50)
    assert styles.annotators["drift"].to_list() == [[], []]
    assert set(styles.drift["reason"]) == {"no row order is known"}
    assert any("no row order is known" in note for note in styles.notes)


def test_too_few_answers_are_said() -> None:
    rows = [(f"i{n}", who, LAYER, "joy") for n in range(63) for who in ("A1", "A2")]
    styles = measure_styles(ordered(rows), replicates=20)
    assert set(styles.drift["reason"]) == {"63 answers; 64 are needed"}
    assert styles.drift["change"].is_nan().all() and styles.drift["drifts"].null_count() == 2
    assert not styles.blocks.height


def test_a_constant_series_has_no_trend() -> None:
    rows = [(f"i{n}", who, LAYER, "joy") for n in range(100) for who in ("A1", "A2")]
    styles = measure_styles(ordered(rows), replicates=20)
    assert set(styles.drift["reason"]) == {"the same in every block"}
    assert (styles.drift["change"] == 0).all() and styles.drift["rho"].is_nan().all()


def test_drift_of_chance_alone_is_rare() -> None:
    """No annotator changes: of 60 of them hardly any may be said to."""
    said = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows = [
            (f"i{n}", who, LAYER, str(rng.choice(["joy", "joy;love", "anger"])))
            for n in range(160)
            for who in ("A1", "A2", "A3")
        ]
        styles = measure_styles(ordered(rows), replicates=0, groups=0)
        said += sum(map(bool, styles.annotators["drift"].to_list()))
    assert said <= 4


# --- the statistics


numbers = st.floats(-5, 5).map(lambda x: round(x, 2))


@given(st.lists(numbers, min_size=8, max_size=20))
def test_rank_correlation_is_scipys(values: list[float]) -> None:
    blocks = np.array([values])
    rho, p = rank_correlation(blocks, 0)
    if len(set(values)) == 1:
        assert math.isnan(rho[0]) and math.isnan(p[0])
        return
    assert rho[0] == pytest.approx(stats.spearmanr(range(len(values)), values).statistic)
    assert mid_ranks(blocks)[0] == pytest.approx(stats.rankdata(values))


def test_permutation_p_is_scipys() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=12) + np.arange(12) / 8
    _, p = rank_correlation(values[None], 2)
    theirs = stats.permutation_test(
        (values,),
        lambda x: stats.spearmanr(x, range(12)).statistic,
        permutation_type="pairings",
        n_resamples=4999,
        rng=np.random.default_rng(3),
    ).pvalue
    assert p[0] == pytest.approx(theirs, abs=0.02)
    assert p[0] >= 1 / (1 + PERMUTATIONS)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_statsmodels(p: list[float]) -> None:
    with_gap = np.array([*p, math.nan])
    adjusted = holm(with_gap)
    assert math.isnan(adjusted[-1])
    assert adjusted[:-1] == pytest.approx(multipletests(p, method="holm")[1])


def test_the_interval_of_a_change_is_that_of_two_samples_of_blocks() -> None:
    rng = np.random.default_rng(4)
    blocks = rng.normal(size=(1, 20)) + np.repeat([0, 1], 10)
    found_ = trends(blocks, replicates=5000, seed=1, confidence=0.95)
    theirs = stats.bootstrap(
        (blocks[0, 10:], blocks[0, :10]),
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        method="percentile",
        n_resamples=5000,
        rng=np.random.default_rng(5),
    ).confidence_interval
    assert (found_.low[0], found_.high[0]) == pytest.approx((theirs.low, theirs.high), abs=0.06)
