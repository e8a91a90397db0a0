"""The GRIM test, by hand and by brute force."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.audit import parse_printed, rounds_to
from emos.audit.whole_counts import counts_giving, nearest_count, totals_giving


def test_by_hand() -> None:
    # 0.590 of 41 clips: 24/41 = 0.585 and 25/41 = 0.610, so none; 23/39 = 0.5897.
    assert counts_giving(parse_printed("0.590"), 41) == ()
    assert counts_giving(parse_printed("0.590"), 39) == (23,)
    # 8.7 % of 800 clips: 69 are 8.625, 70 are the tie 8.75; 8.9 %: 71 are 8.875, 72 are 9.0.
    assert counts_giving(parse_printed("8.7"), 800, scale=100) == (70,)
    assert counts_giving(parse_printed("8.9"), 800, scale=100) == (71,)
    assert counts_giving(parse_printed("9.1"), 800, scale=100) == (73,)
    assert counts_giving(parse_printed("9.05"), 800, scale=100) == ()
    assert nearest_count(parse_printed("8.7"), 800, scale=100) == 70
    # Brown and Heathers (2017): a mean of 3.48 cannot come from 19 whole numbers, 3.47 can.
    assert totals_giving(parse_printed("0.48"), [19]) == ()
    assert totals_giving(parse_printed("0.47"), [19]) == (19,)
    with pytest.raises(ValueError, match="no number"):
        nearest_count(parse_printed("none"), 800)


@given(st.integers(0, 1000), st.integers(1, 120))
def test_all_counts_and_no_other(thousandths: int, total: int) -> None:
    printed = parse_printed(f"{thousandths / 1000:.3f}")
    brute = tuple(k for k in range(total + 1) if rounds_to(Fraction(k, total), printed))
    assert counts_giving(printed, total) == brute
