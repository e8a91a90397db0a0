"""Times as files write them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.readers.clock import seconds


def _seconds(text: str | None) -> float | None:
    value: float | None = (
        pl.DataFrame({"t": [text]}, {"t": pl.String}).select(seconds(pl.col("t"))).item()
    )
    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:16:16,059", 976.059),
        ("0:16:16.059", 976.059),
        (" 16:16.059 ", 976.059),
        ("976.059", 976.059),
        ("12", 12.0),
        ("1:01,096", 61.096),  # 60 + 1.096 is another float
        ("1:02,349", 62.349),
        ("1899-12-31 00:16:16.059", 976.059),
        ("1.5e2", 150.0),
        ("00:00:00,000", 0.0),
        (None, None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("-3", None),
        ("soon", None),
        ("00:16:16,059 (cut)", None),
    ],
)
def test_seconds(text: str | None, expected: float | None) -> None:
    assert _seconds(text) == expected


@given(ms=st.integers(0, 359_999_999))
def test_every_millisecond_is_its_own_nearest_float(ms: int) -> None:
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    text = f"{hours:02}:{minutes:02}:{rest // 1000:02},{rest % 1000:03}"
    assert _seconds(text) == ms / 1000
