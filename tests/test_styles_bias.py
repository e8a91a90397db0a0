"""Log-odds and effect sizes against hand-worked numbers and other implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_effectsize

from emos.agreement.styles import cohen_d, cohen_h, log_odds, log_odds_ratio

counts = st.lists(st.integers(0, 40), min_size=2, max_size=6)


def fighting_words(own: list[int], others: list[int], prior: list[float], k: int) -> list[float]:
    """Equations 15, 18 to 20 and 22 of Monroe et al. (2008), letter by letter."""
    a0, n_i, n_j = sum(prior), sum(own), sum(others)
    l1 = (own[k] + prior[k]) / (n_i + a0 - own[k] - prior[k])
    l2 = (others[k] + prior[k]) / (n_j + a0 - others[k] - prior[k])
    delta = math.log(l1) - math.log(l2)
    sigma = math.sqrt(1 / (own[k] + prior[k]) + 1 / (others[k] + prior[k]))
    return [delta, sigma]


@given(st.data())
def test_log_odds_are_those_of_monroe_and_others(data: st.DataObject) -> None:
    own = data.draw(counts)
    size = st.lists(st.integers(0, 40), min_size=len(own), max_size=len(own))
    others = data.draw(size)
    prior = data.draw(st.lists(st.floats(0.1, 5), min_size=len(own), max_size=len(own)))
    found = log_odds(own, others, prior)
    for k in range(len(own)):
        if sum(own) and sum(others):
            expected = fighting_words(own, others, prior, k)
            assert [found.value[k], found.sigma[k]] == pytest.approx(expected)
        else:
            assert math.isnan(found.value[k]) and math.isnan(found.sigma[k])


def test_log_odds_by_hand() -> None:
    # (3 + 1) / (4 + 2 - 4) = 2 against (1 + 1) / (4 + 2 - 2) = 1/2.
    found = log_odds([3, 1], [1, 3], [1.0, 1.0])
    assert found.value == pytest.approx([math.log(4), -math.log(4)])
    assert found.sigma == pytest.approx([math.sqrt(3 / 4)] * 2)


def test_log_odds_of_resamples_are_those_of_each() -> None:
    rng = np.random.default_rng(0)
    own, others = rng.integers(0, 9, (2, 4, 5))
    prior = np.full(4, 0.5)
    all_at_once = log_odds(own, others, prior).value
    for sample in range(5):
        one = log_odds(own[:, sample], others[:, sample], prior).value
        assert all_at_once[:, sample] == pytest.approx(one)


def test_a_label_that_nobody_gives_or_that_is_all_there_is_has_no_log_odds() -> None:
    assert np.isnan(log_odds([3, 0], [2, 0], [1.0, 0.0]).value).all()


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_log_odds_ratio_is_statsmodels(yes: int, more: int, others: int, more_others: int) -> None:
    table = np.array([[yes, more], [others, more_others]]) + 0.5
    theirs = Table2x2(table, shift_zeros=False)
    ours = log_odds_ratio(yes, yes + more, others, others + more_others, z=1.959963984540054)
    assert float(ours.value) == pytest.approx(theirs.log_oddsratio)
    low, high = theirs.log_oddsratio_confint(0.05)
    assert (float(ours.low), float(ours.high)) == pytest.approx((low, high))


def test_without_answers_there_is_no_ratio() -> None:
    assert math.isnan(float(log_odds_ratio(0, 0, 3, 5, z=2).value))
    assert math.isnan(float(log_odds_ratio(1, 2, 0, 0, z=2).low))


@given(st.floats(0, 1), st.floats(0, 1))
def test_cohen_h_is_statsmodels(one: float, other: float) -> None:
    assert float(cohen_h(one, other)) == pytest.approx(proportion_effectsize(one, other), abs=1e-12)


def test_effects_by_hand() -> None:
    assert float(cohen_h(0.5, 0.25)) == pytest.approx(math.pi / 2 - math.pi / 3)
    assert cohen_d([0.5, -1.0], [0.25, 2.0]) == pytest.approx([2.0, -0.5])
    assert math.isnan(float(cohen_d(0.0, 0.0)))
