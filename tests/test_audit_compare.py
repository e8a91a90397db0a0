"""A printed number holds if a reader's rounding gives it."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.audit import Alternative, Verdict, matches, parse_printed, percent, rounds_to, shown
from emos.audit.compare import judge, judge_interval


@pytest.mark.parametrize(
    ("text", "number", "decimals", "relation"),
    [
        ("1,458", Fraction(1458), 0, "="),
        ("24.4%", Fraction(244, 10), 1, "="),
        ("0.30", Fraction(3, 10), 2, "="),
        ("+0.002", Fraction(2, 1000), 3, "="),
        ("-0.013", Fraction(-13, 1000), 3, "="),
        ("−0.013", Fraction(-13, 1000), 3, "="),
        ("5e-5", Fraction(5, 100000), 5, "="),
        ("1.5e3", Fraction(1500), -2, "="),
        ("< 70", Fraction(70), 0, "<"),
        (">=4", Fraction(4), 0, ">="),
        ("~ 700", Fraction(700), 0, "~"),
        ("Any Given Sunday", None, 0, "="),
    ],
)
def test_a_value_is_read_as_it_is_printed(
    text: str, number: Fraction | None, decimals: int, relation: str
) -> None:
    printed = parse_printed(text)
    assert (printed.number, printed.decimals, printed.relation) == (number, decimals, relation)


@pytest.mark.parametrize(
    ("value", "text", "holds"),
    [
        (Fraction(15, 1904) * 100, "0.8", True),
        (Fraction(610, 2500) * 100, "24.4", True),  # exactly 24.4
        (Fraction(15, 1904) * 100, "24.4", False),
        (Fraction(245, 1000), "0.25", True),  # a tie: half up
        (Fraction(245, 1000), "0.24", True),  # a tie: half to even
        (Fraction(235, 1000), "0.24", True),  # by both habits
        (Fraction(235, 1000), "0.23", True),  # f"{0.235:.2f}": the float lies below the tie
        (Fraction(235, 1000), "0.25", False),
        (Fraction(-5, 1000), "-0.01", True),
        (Fraction(-5, 1000), "0.00", True),
        (Fraction(-5, 1000), "0.01", False),
        (0.1 + 0.2, "0.3", True),
        (2.675, "2.68", True),  # the float lies just under the tie that was meant
        (2.6749, "2.68", False),
        (float("nan"), "0.0", False),
        (float("inf"), "0.0", False),
        (2499, "2,499", True),
        (2500, "2,499", False),
    ],
)
def test_rounding_by_hand(value: float | Fraction, text: str, holds: bool) -> None:
    assert rounds_to(value, parse_printed(text)) is holds


@given(
    st.decimals(min_value=-1000, max_value=1000, places=6, allow_nan=False),
    st.integers(min_value=0, max_value=4),
)
def test_rounding_is_what_the_decimal_module_calls_half_up_or_half_down(
    value: Decimal, digits: int
) -> None:
    step = Decimal(1).scaleb(-digits)
    rounded = {value.quantize(step, mode) for mode in (ROUND_HALF_UP, ROUND_HALF_DOWN)}
    for candidate in rounded:
        for other in (candidate - step, candidate, candidate + step):
            assert rounds_to(value, parse_printed(f"{other:f}")) is (other in rounded)
    assert value.quantize(step, ROUND_HALF_EVEN) in rounded


@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(0, 3))
def test_what_python_prints_of_a_share_holds(count: int, total: int, digits: int) -> None:
    """Python prints the binary number, so a tie may go either way."""
    assert rounds_to(percent(count, total), parse_printed(f"{100 * count / total:.{digits}f}"))


@pytest.mark.parametrize(
    ("value", "text", "holds"),
    [
        (61.1, "< 70", True),
        (70, "< 70", False),
        (70, "<= 70", True),
        (4, ">= 4", True),
        (4, "> 4", False),
        (Fraction(63, 1), "~ 70", True),  # "about": within a tenth
        (Fraction(629, 10), "~ 70", False),
        ("any given sunday", "Any Given Sunday", True),
        ("Scarface", "Any Given Sunday", False),
        ("24.4 of them", "24.4", False),  # a text is no number
        (24.4, "Any Given Sunday", False),
        (None, "24.4", False),
        (float("inf"), "> 4", False),
    ],
)
def test_bounds_names_and_about(value: float | str | None, text: str, holds: bool) -> None:
    assert matches(value, parse_printed(text)) is holds


def test_the_four_verdicts() -> None:
    printed = parse_printed("24.4")
    stated, blanks = percent(15, 1904), Alternative(percent(610, 2500), "blank rows agree")
    assert judge(printed, percent(61, 250)) is Verdict.HOLDS
    assert judge(printed, stated, [blanks]) is Verdict.OTHER_RULE
    assert judge(printed, None, [blanks]) is Verdict.OTHER_RULE
    assert judge(printed, stated) is Verdict.DIFFERS
    assert judge(printed, stated, recoverable=False) is Verdict.NOT_RECOVERABLE
    assert judge(printed, None) is Verdict.NOT_RECOVERABLE


def test_an_interval_holds_where_it_meets_the_rounding_interval() -> None:
    printed = parse_printed("0.50")  # 0.495 to 0.505
    at = Fraction(1, 1000)
    assert judge_interval(printed, 480 * at, 495 * at) is Verdict.HOLDS
    assert judge_interval(printed, 505 * at, 600 * at) is Verdict.HOLDS
    assert judge_interval(printed, 100 * at, 900 * at) is Verdict.HOLDS
    assert judge_interval(printed, 480 * at, 494 * at) is Verdict.DIFFERS
    assert judge_interval(printed, 506 * at, 600 * at) is Verdict.DIFFERS


@pytest.mark.parametrize(
    ("value", "text", "short"),
    [
        (percent(15, 1904), "24.4", 0.79),  # the example of the JSON description
        (Fraction(243499, 10000), "24.4", 24.3499),  # 24.35 would seem to round to 24.4
        (percent(307, 7403), "4.1", 4.147),  # 4.15 would be rounded to 4.2
        (percent(47, 447), "10.51", 10.5145),
        (percent(4, 447), "0.89", 0.8949),
        (0.454923, "0.45", 0.4549),
        (Fraction(-4147, 1000), "-4.1", -4.147),
        (Fraction(875, 100), "8.7", 8.75),  # a tie gives 8.7 and 8.8
        (7, "7.6", 7),
        (None, "7.6", None),
        ("Heat", "Heat", "Heat"),
        (float("nan"), "7.6", None),
    ],
)
def test_a_computed_value_is_shown_with_the_digits_that_a_reader_needs(
    value: float | Fraction | str | None, text: str, short: float | str | None
) -> None:
    assert shown(value, parse_printed(text)) == short


@given(st.fractions(min_value=-100, max_value=100), st.decimals(-100, 100, places=2))
def test_the_value_shown_has_the_verdict_of_the_value_computed(
    value: Fraction, paper: Decimal
) -> None:
    printed = parse_printed(f"{paper:f}")
    short = shown(value, printed)
    assert isinstance(short, int | float)
    exact = Fraction(str(short)) == value  # a tie can be shown in full only
    half_up = Decimal(str(short)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert exact or (half_up == paper) == matches(value, printed)


@pytest.mark.parametrize(("text", "number"), [("5e-5", 5e-05), ("1.5e3", 1500), ("0.30", 0.3)])
def test_the_json_of_a_printed_number_is_a_number(text: str, number: float) -> None:
    assert parse_printed(text).json() == number
