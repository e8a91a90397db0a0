"""Stated confidences, against scikit-learn and calculations by hand; the rules of failure modes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, roc_auc_score

from emos.audit import published_scores
from emos.errors import EmosError
from emos.score.calibration.binning import equal_mass, equal_width
from emos.score.calibration.coverage import aurc, least_aurc
from emos.score.calibration.family import FAMILY
from emos.score.calibration.options import CalibrationOptions
from emos.score.compare import compare_predictions
from emos.score.family import all_families
from emos.score.metric import family_metrics
from emos.score.options import ScoreOptions
from emos.score.result import Score
from emos.score.score import score_predictions
from emos.score.settings import read_settings
from emos.tables.predictions import Predictions
from emos.tables.writing import json_text
from emos.taxonomy import BASIC7
from making_scores import labelled, numbered, simulated

PLAIN = ScoreOptions(replicates=0)
Case = tuple[list[bool], list[float | None], list[str | None]]


def told(right: Sequence[bool], confidence: Sequence[float | None]) -> Predictions:
    """Answers to items whose label is Joy."""
    return numbered(
        [
            {"basic7": "Joy" if one else "Fear", "confidence": p}
            for one, p in zip(right, confidence, strict=True)
        ]
    )


def scored(
    right: Sequence[bool],
    confidence: Sequence[float | None],
    tiers: Sequence[str | None] | None = None,
    options: ScoreOptions = PLAIN,
    **chosen: Any,
) -> Score:
    data = labelled(["Joy"] * len(right), tier=tiers or ["high"] * len(right))
    options = replace(options, settings={"calibration": CalibrationOptions(**chosen)})
    return score_predictions(data, told(right, confidence), options)


def value(score: Score, name: str) -> float:
    return score.metrics[f"calibration/{name}"].value


@st.composite
def cases(draw: st.DrawFn, *, least: int = 1) -> Case:
    """Right or not, confidence (round ones, fine ones, none) and tier of each item."""
    p = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 0.85, 0.9, 1.0]) | st.floats(0, 1)
    item = st.tuples(
        st.booleans(),
        st.none() | p if draw(st.booleans()) else p,
        st.sampled_from(["high", "medium", "low", None]),
    )
    rows = draw(st.lists(item, min_size=least, max_size=30))
    return tuple(list(column) for column in zip(*rows, strict=True))  # type: ignore[return-value]


# Table 8: means over tiers


def test_mean_confidence_on_the_tiers() -> None:
    """(9 + 8 + 4) / 30 on high, (6 + 5) / 20 on low; medium is in the whole mean only."""
    score = scored(
        [True] * 6,
        [0.9, 0.8, 0.4, 0.6, 0.5, 0.1],
        ["high", "high", "high", "low", "low", "medium"],
    )
    assert value(score, "confidence/high") == pytest.approx(21 / 30)
    assert value(score, "confidence/low") == pytest.approx(11 / 20)
    assert value(score, "confidence/difference") == pytest.approx(11 / 20 - 21 / 30)
    assert value(score, "confidence") == pytest.approx(33 / 60)


def test_without_a_low_tier_there_is_no_difference() -> None:
    score = scored([True, False], [0.9, 0.8])
    assert value(score, "confidence/high") == pytest.approx(0.85)
    for name in ("confidence/low", "confidence/difference"):
        assert math.isnan(value(score, name))
        assert "low tier" in (score.metrics[f"calibration/{name}"].reason or "")


def test_the_interval_of_the_difference_is_that_of_resampled_items() -> None:
    """A plain loop over resampled items gives the same limits, to Monte Carlo error."""
    rng = np.random.default_rng(7)
    n = 300
    tiers = rng.choice(["high", "medium", "low"], n)
    p = np.round(np.where(tiers == "low", rng.beta(6, 3, n), rng.beta(8, 2, n)), 2)
    right = rng.random(n) < p
    score = scored(right.tolist(), p.tolist(), tiers.tolist(), replace(PLAIN, replicates=2000))
    one = score.metrics["calibration/confidence/difference"]
    found = []
    for _ in range(2000):
        drawn = rng.integers(0, n, n)
        q, tier = p[drawn], tiers[drawn]
        found.append(q[tier == "low"].mean() - q[tier == "high"].mean())
    assert (one.low, one.high) == pytest.approx(np.quantile(found, [0.025, 0.975]), abs=0.006)
    assert one.low < one.value < one.high


def test_table_8_stands_beside_computed_scores() -> None:
    printed = {
        (one.model, one.metric.rpartition("/")[2]): one
        for one in published_scores("emos_paper")
        if one.source.endswith("Table 8")
    }
    assert len(printed) == 4 * 3
    assert printed["Gemini-3", "high"].value == 0.817
    assert printed["Qwen-2.5", "difference"].printed == "+0.002"
    assert printed["Qwen-3", "low"].value == 0.849
    names = {metric.name for metric in family_metrics("calibration")}
    assert {one.metric for one in printed.values()} <= names


# Bins and ECE


def test_ece_by_hand() -> None:
    """Two bins: {0.2, 0.5} with one right and 0.7 stated, {0.6, 0.9, 1} with two and 2.5."""
    score = scored([True, False, True, False, True], [0.2, 0.5, 0.6, 0.9, 1.0], bins=2)
    assert value(score, "ece") == pytest.approx((0.3 + 0.5) / 5)
    # The median is 0.6, which belongs to the lower bin: 2 right of 1.3, 1 right of 1.9.
    assert value(score, "ece_equal_mass") == pytest.approx((0.7 + 0.9) / 5)
    assert value(score, "overconfidence") == pytest.approx(3.2 / 5 - 3 / 5)


@pytest.mark.parametrize("bins", [1, 3, 10, 15, 20])
def test_an_edge_belongs_to_the_bin_below(bins: int) -> None:
    """In exact arithmetic: k / bins lies in bin k, and 0 in the first."""
    values = [Fraction(k, bins) for k in range(bins + 1)]
    found = equal_width(np.array([float(one) for one in values]), bins)
    assert found.place.tolist() == [0, *range(bins)]
    assert found.edges[[0, -1]].tolist() == [0, 1]


@settings(max_examples=50)
@given(case=cases(), bins=st.integers(1, 12))
def test_bins_of_equal_width_are_those_of_scikit_learn(case: Case, bins: int) -> None:
    pairs = [(r, p) for r, p, _ in zip(*case, strict=True) if p is not None]
    edges = np.arange(bins + 1) / bins
    # An edge that linspace rounds otherwise puts a value on it in the bin beside.
    pairs = [(r, p) for r, p in pairs if np.abs(edges - p).min() > 1e-12]
    if not pairs:
        return
    right, p = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    accuracy, confidence = calibration_curve(right, p, n_bins=bins)
    score = scored(right.astype(bool).tolist(), p.tolist(), bins=bins)
    table = score.tables["reliability"].filter(pl.col("binning") == "width", pl.col("items") > 0)
    assert table["accuracy"].to_list() == pytest.approx(accuracy.tolist())
    assert table["confidence"].to_list() == pytest.approx(confidence.tolist(), abs=1e-12)
    share = table["items"].to_numpy() / len(p)
    expected = (share * np.abs(accuracy - confidence)).sum()
    assert value(score, "ece") == pytest.approx(expected, abs=1e-12)


@given(
    st.lists(st.sampled_from([0.0, 0.2, 0.7, 0.9, 1.0]) | st.floats(0, 1), min_size=1), st.data()
)
def test_bins_of_equal_mass(values: list[float], data: st.DataObject) -> None:
    """Each value's bin by exact counting; where all values differ, sizes differ by one at most."""
    bins = data.draw(st.integers(1, 12))
    found = equal_mass(np.array(values), bins)
    ranked = sorted(values)
    uppers = {ranked[math.ceil(Fraction(len(values) * k, bins)) - 1] for k in range(1, bins + 1)}
    expected = [sum(upper < one for upper in uppers) for one in values]
    assert found.place.tolist() == expected
    sizes = np.bincount(found.place, minlength=found.number)
    assert len(sizes) == found.number and sizes.min() > 0
    if len(set(values)) == len(values):
        assert sizes.max() - sizes.min() <= 1


def test_equal_confidences_share_a_bin() -> None:
    found = equal_mass(np.array([0.9] * 8 + [0.5, 1.0]), 5)
    assert found.edges.tolist() == [0.5, 0.9, 1.0]
    assert found.place.tolist() == [0] * 8 + [0, 1]
    alone = equal_mass(np.array([0.9, 0.9]), 5)
    assert (alone.number, alone.place.tolist()) == (1, [0, 0])
    score = scored([True, False], [0.9, 0.9], bins=5)
    assert value(score, "ece_equal_mass") == pytest.approx(0.4)
    assert any("1 of equal mass with edges 0.9, 0.9 (fewer than 5" in one for one in score.notes)


# Brier, AUROC


@settings(max_examples=50)
@given(cases(), st.integers(1, 12))
def test_brier_and_its_parts(case: Case, bins: int) -> None:
    pairs = [(r, p) for r, p, _ in zip(*case, strict=True) if p is not None]
    if not pairs:
        return
    right, p = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    score = scored(case[0], case[1], bins=bins)
    brier = value(score, "brier")
    assert brier == pytest.approx(brier_score_loss(right, p, pos_label=1), abs=1e-12)
    parts = {
        name: value(score, f"brier/{name}")
        for name in ("reliability", "resolution", "uncertainty", "within")
    }
    whole = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
    assert whole == pytest.approx(brier, abs=1e-12)
    assert parts["uncertainty"] == pytest.approx(np.var(right), abs=1e-12)
    place = np.ceil(np.round(p * bins, 12)).clip(1)  # numbered by another rule than searchsorted
    sums = {"reliability": 0.0, "resolution": 0.0, "within": 0.0}
    for one in np.unique(place):
        q, y = p[place == one], right[place == one]
        sums["reliability"] += len(q) * (q.mean() - y.mean()) ** 2
        sums["resolution"] += len(q) * (y.mean() - right.mean()) ** 2
        sums["within"] += len(q) * (np.var(q) - 2 * ((q - q.mean()) * (y - y.mean())).mean())
    if all(abs(one * bins - round(one * bins)) > 1e-9 or one in (0, 1) for one in p):
        for name, summed in sums.items():
            assert parts[name] == pytest.approx(summed / len(p), abs=1e-9), name


def test_murphys_parts_by_hand() -> None:
    """Two stated values: 0.8 three times, two right; 0.4 twice, none right."""
    score = scored([True, True, False, False, False], [0.8, 0.8, 0.8, 0.4, 0.4], bins=2)
    assert value(score, "brier") == pytest.approx((2 * 0.04 + 0.64 + 2 * 0.16) / 5)
    assert value(score, "brier/reliability") == pytest.approx(
        (3 * (4 / 5 - 2 / 3) ** 2 + 2 * 0.16) / 5
    )
    assert value(score, "brier/resolution") == pytest.approx(
        (3 * (2 / 3 - 2 / 5) ** 2 + 2 * 0.16) / 5
    )
    assert value(score, "brier/uncertainty") == pytest.approx(6 / 25)
    assert value(score, "brier/within") == pytest.approx(0, abs=1e-12)


@settings(max_examples=50)
@given(cases())
def test_auroc(case: Case) -> None:
    pairs = [(r, p) for r, p, _ in zip(*case, strict=True) if p is not None]
    if not pairs:
        return
    right, p = zip(*pairs, strict=True)
    found = scored(case[0], case[1])
    if len(set(right)) == 1:
        assert math.isnan(value(found, "auroc"))
        assert "both right and wrong" in (found.metrics["calibration/auroc"].reason or "")
    else:
        assert value(found, "auroc") == pytest.approx(roc_auc_score(right, p), abs=1e-12)


# Risk and coverage


def _mean_risk(order: Sequence[bool]) -> Fraction:
    """The definition: mean over i of the share wrong among the first i."""
    n = len(order)
    return sum((Fraction(order[:i].count(False), i) for i in range(1, n + 1)), Fraction(0)) / n


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6))
def test_aurc_is_the_mean_over_all_orders_of_ties(items: list[tuple[int, bool]]) -> None:
    orders = [
        [right for _, right in order]
        for order in permutations(items)
        if all(a[0] >= b[0] for a, b in pairwise(order))
    ]
    exact = sum(map(_mean_risk, orders), Fraction(0)) / len(orders)
    right = np.array([[items.count((v, True))] for v in range(3)], dtype=float)
    wrong = np.array([[items.count((v, False))] for v in range(3)], dtype=float)
    assert aurc(right, wrong)[0, 0] == pytest.approx(float(exact), abs=1e-12)
    best = sorted((right for _, right in items), reverse=True)
    assert least_aurc(right, wrong)[0, 0] == pytest.approx(float(_mean_risk(best)), abs=1e-12)


def test_risk_and_coverage_by_hand() -> None:
    """Surest first: right, wrong, and a tie of one right and one wrong."""
    score = scored([True, False, True, False, True], [0.9, 0.8, 0.5, 0.5, None])
    tie = (Fraction(1, 3) + Fraction(2, 3)) / 2  # two of three wrong, or one of three
    exact = (0 + Fraction(1, 2) + tie + Fraction(2, 4)) / 4
    assert value(score, "aurc") == pytest.approx(float(exact))
    best = (0 + 0 + Fraction(1, 3) + Fraction(1, 2)) / 4
    assert value(score, "excess_aurc") == pytest.approx(float(exact - best))
    assert score.tables["risk_coverage"].rows() == [
        (0.9, 1, 0.25, 0.0),
        (0.8, 2, 0.5, 0.5),
        (0.5, 4, 1.0, 0.5),
    ]


# Who takes part


def test_items_without_a_confidence_are_counted_and_left_out() -> None:
    score = scored([True, False, True, True], [0.9, None, math.nan, 1.5])
    assert value(score, "confidence") == pytest.approx(0.9)
    assert score.metrics["accuracy"].value == 3 / 4
    assert any("3 of 4 labelled items (75.0%) have none" in one for one in score.notes)
    whole = scored([True, True], [0.5, 1.0]).notes
    assert any("calibration: 15 bins of equal width" in one for one in whole)
    assert not any("are left out" in one for one in whole)


def test_without_any_confidence_there_is_no_such_family() -> None:
    score = scored([True, False], [None, None])
    assert not [name for name in score.metrics if name.startswith("calibration/")]
    assert "families=basic7/failure_modes|" in score.signature


@pytest.mark.parametrize(
    ("policy", "brier"), [("wrong", (0.01 + 0.64) / 2), ("leave-out", 0.01), ("neutral", 0.01)]
)
def test_a_confidence_in_an_answer_that_is_no_label(policy: str, brier: float) -> None:
    """Under ``neutral`` it is not the confidence of the Neutral put in its place."""
    said = numbered(
        [{"basic7": "Joy", "confidence": 0.9}, {"basic7": "happiness", "confidence": 0.8}]
    )
    score = score_predictions(labelled(["Joy", "Neutral"]), said, replace(PLAIN, policy=policy))
    assert value(score, "brier") == pytest.approx(brier)
    left = [one for one in score.notes if "1 more have one with an answer that does not" in one]
    assert len(left) == (policy != "wrong")


@settings(max_examples=50)
@given(cases(), st.sampled_from(["item", "group"]))
def test_values_and_intervals_are_in_range(case: Case, by: Any) -> None:
    right, confidence, tiers = case
    data = labelled(
        ["Joy"] * len(right), tier=tiers, group=[f"g{place // 3}" for place in range(len(right))]
    )
    score = score_predictions(data, told(right, confidence), ScoreOptions(by=by, replicates=10))
    metrics = {metric.name: metric for metric in family_metrics("calibration")}
    found = {name: one for name, one in score.metrics.items() if name.startswith("calibration/")}
    assert set(found) in (set(metrics), set())
    for name, one in found.items():
        for limit in one[:3]:
            assert math.isnan(limit) or (
                metrics[name].low - 1e-12 <= limit <= metrics[name].high + 1e-12
            ), name
        assert (one.reason is None) == (not math.isnan(one.value))
    assert json.loads(json_text(score.to_json()))


@settings(max_examples=50)
@given(cases(), st.randoms(use_true_random=False))
def test_order_changes_nothing(case: Case, chance: Any) -> None:
    right, confidence, tiers = case
    options = ScoreOptions(replicates=10)
    data, said = labelled(["Joy"] * len(right), tier=tiers), told(right, confidence)
    order = list(range(len(right)))
    chance.shuffle(order)
    mixed = data.with_tables(items=data.items[order], labels=data.labels[order[::-1]])
    one = score_predictions(data, said, options)
    for d, p in ((data, replace(said, items=said.items[order])), (mixed, said)):
        other = score_predictions(d, p, options)
        assert one.notes == other.notes
        for name, first in one.metrics.items():
            assert first[:3] == pytest.approx(other.metrics[name][:3], abs=1e-12, nan_ok=True)
        for name in ("reliability", "risk_coverage"):
            if name in one.tables:
                assert one.tables[name].equals(other.tables[name])


def test_two_models_are_compared_on_the_same_draws() -> None:
    """Each answers with a confidence where the other may not; a perfect ranking wins."""
    gold, said = simulated(3, 200, 0.6)
    right = [a == b for a, b in zip(gold, said, strict=True)]
    sure = [
        {"basic7": s, "confidence": 0.9 if r else 0.2} for s, r in zip(said, right, strict=True)
    ]
    flat: list[Any] = [{"basic7": s, "confidence": 0.7} for s in said]
    flat[0] = {"basic7": said[0]}
    one, other = numbered(sure, name="sure"), numbered(flat, name="flat")
    found = compare_predictions(labelled(gold), [one, other], ScoreOptions(replicates=50))
    row = found.differences.row(by_predicate=pl.col("metric") == "calibration/auroc", named=True)
    assert (row["value_a"], row["value_b"], row["difference"]) == (1.0, 0.5, 0.5)
    assert (row["low"], row["high"]) == (0.5, 0.5)


# Class probabilities


def test_classwise_ece_needs_class_probabilities() -> None:
    one = scored([True, False], [0.9, 0.8]).metrics["calibration/classwise_ece"]
    assert math.isnan(one.value)
    assert one.reason == "no answer gives class probabilities"


def test_classwise_ece_against_a_plain_loop() -> None:
    rng = np.random.default_rng(5)
    gold = rng.choice(BASIC7.labels, 60).tolist()
    given_p = rng.dirichlet(np.ones(7), 60)
    said = numbered([BASIC7.labels[k] for k in given_p.argmax(axis=1)])
    lists: list[Any] = given_p.tolist()
    lists[0], lists[1] = None, [0.5] * 7  # none, and one that does not sum to 1
    said = replace(said, items=said.items.with_columns(pl.Series("basic7_probabilities", lists)))
    options = replace(PLAIN, replicates=20, settings={"calibration": CalibrationOptions(bins=4)})
    score = score_predictions(labelled(gold), said, options)
    found = []
    for k, label in enumerate(BASIC7.labels):
        accuracy, confidence = calibration_curve(
            [one == label for one in gold[2:]], given_p[2:, k], n_bins=4
        )
        count = np.histogram(given_p[2:, k], np.linspace(0, 1, 5))[0]
        found.append((count[count > 0] * np.abs(accuracy - confidence)).sum() / 58)
    assert value(score, "classwise_ece") == pytest.approx(np.mean(found))
    assert score.tables["class_calibration"]["ece"].to_list() == pytest.approx(found)
    assert score.tables["class_calibration"]["labels"].sum() == 58
    assert any("1 lists of class probabilities are not 7 numbers" in one for one in score.notes)
    assert math.isnan(value(score, "ece"))  # there is no stated confidence


# Options


def test_options() -> None:
    assert all_families()["calibration"] is FAMILY
    assert read_settings(["calibration.bins=10"])["calibration"] == CalibrationOptions(10)
    assert "|calibration.bins=4|" in scored([True], [0.5], bins=4).signature
    with pytest.raises(EmosError, match="whole number from 1"):
        CalibrationOptions(bins=0)
