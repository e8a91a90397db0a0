"""Interval arithmetic over printed scores, against hand-worked fractions and random tables."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emos.audit import Printed, parse_printed
from emos.audit.implied import (
    Interval,
    answers,
    f1_from,
    interval,
    mean_of,
    mixing_weight,
    other_from,
    share,
    weighted_mean,
)


def P(text: str) -> Printed:  # noqa: N802 (short for the tables below)
    return parse_printed(text)


def test_a_printed_value_stands_for_half_a_unit_on_each_side() -> None:
    assert interval(P("0.5")) == Interval(Fraction(45, 100), Fraction(55, 100))
    assert share(P("1.000")) == Interval(Fraction(9995, 10000), Fraction(1))
    assert share(P("0.0")).low == 0


def test_f1_by_hand() -> None:
    # P = 0.5 in [0.45, 0.55], R = 1.0 in [0.95, 1]: F1 = 2PR / (P + R) at the two ends.
    found = f1_from(P("0.5"), P("1.0"))
    assert found == Interval(
        2 * Fraction(45, 100) * Fraction(95, 100) / Fraction(140, 100),
        2 * Fraction(55, 100) / Fraction(155, 100),
    )
    assert f1_from(P("0.000"), P("0.000")) == Interval(Fraction(0), Fraction(1, 2000))
    # F1 and recall of 0 leave the precision open: 0 / 0.
    assert other_from(P("0.000"), P("0.000")) == Interval(Fraction(0), Fraction(1))


def test_answers_by_hand() -> None:
    # 35 clips, R 0.2, P 0.7: 7 right of 10 answers.
    size = Interval(Fraction(35), Fraction(35))
    found = answers(size, P("0.7"), P("0.2"))
    assert found == Interval(35 * Fraction(15, 75), 35 * Fraction(25, 65))
    assert found.low <= 10 <= found.high
    assert answers(size, P("0.0"), P("0.0")) == Interval(Fraction(0), Fraction(0))


def test_a_weighted_mean_uses_only_weights_that_sum_to_one() -> None:
    tenth = Fraction(1, 10)
    weights = [Interval(4 * tenth, 6 * tenth), Interval(4 * tenth, 6 * tenth)]
    values = [Interval(Fraction(1), Fraction(1)), Interval(Fraction(0), Fraction(0))]
    assert weighted_mean(weights, values) == Interval(4 * tenth, 6 * tenth)
    # Without the sum the upper weights would give 1.2 and the lower ones 0.8.
    ones = [Interval(Fraction(1), Fraction(1))] * 2
    assert weighted_mean(weights, ones) == Interval(Fraction(1), Fraction(1))
    short = [Interval(4 * tenth, 45 * tenth / 10)] * 2
    assert weighted_mean(short, values) is None


def test_a_mixing_weight_by_hand() -> None:
    # 0.4 and 0.8 mixed to 0.5 needs three quarters of the first.
    found = mixing_weight(P("0.400"), P("0.800"), P("0.500"))
    assert found is not None
    assert found.low < Fraction(3, 4) < found.high
    assert found.high - found.low < Fraction(1, 100)
    swapped = mixing_weight(P("0.800"), P("0.400"), P("0.500"))
    assert swapped is not None
    assert swapped.low < Fraction(1, 4) < swapped.high
    assert mixing_weight(P("0.400"), P("0.800"), P("0.900")) is None
    assert mixing_weight(P("0.500"), P("0.500"), P("0.500")) == Interval(Fraction(0), Fraction(1))
    assert mixing_weight(P("0.500"), P("0.500"), P("0.900")) is None


counts = st.integers(min_value=1, max_value=400)


def rounded(value: Fraction, digits: int = 3) -> Printed:
    return P(f"{float(round(value, digits)):.{digits}f}")


@given(counts, counts, counts)
def test_true_scores_lie_in_what_their_rounded_values_imply(
    right: int, missed: int, wrong: int
) -> None:
    size, given_answers = right + missed, right + wrong
    p, r = Fraction(right, given_answers), Fraction(right, size)
    f1 = Fraction(2 * right, size + given_answers)
    found = f1_from(rounded(p), rounded(r))
    assert found.low <= f1 <= found.high
    other = other_from(rounded(f1), rounded(r))
    assert other.low <= p <= other.high
    other = other_from(rounded(f1), rounded(p))
    assert other.low <= r <= other.high
    assume(rounded(p).low > 0)
    number = answers(Interval(Fraction(size), Fraction(size)), rounded(p), rounded(r))
    assert number.low <= given_answers <= number.high


@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=7))
def test_true_means_lie_in_their_bounds(classes: list[tuple[int, int]]) -> None:
    sizes = [right + missed for right, missed in classes]
    n = sum(sizes)
    recalls = [Fraction(right, right + missed) for right, missed in classes]
    weights = [interval(rounded(Fraction(size, n))) for size in sizes]
    values = [interval(rounded(recall)) for recall in recalls]
    found = weighted_mean(weights, values)
    assert found is not None
    assert found.low <= Fraction(sum(right for right, _ in classes), n) <= found.high
    mean = mean_of(values)
    assert mean.low <= sum(recalls, Fraction(0)) / len(recalls) <= mean.high


@given(counts, counts, counts, counts)
def test_the_true_share_is_a_mixing_weight(a: int, b: int, c: int, d: int) -> None:
    first, second = Fraction(a, a + b), Fraction(c, c + d)
    weight = Fraction(a + b, a + b + c + d)
    mixed = Fraction(a + c, a + b + c + d)
    found = mixing_weight(rounded(first), rounded(second), rounded(mixed))
    assert found is not None
    assert found.low <= weight <= found.high


def test_the_mean_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="undefined"):
        mean_of([])
