"""Times as files write them, in seconds."""

from __future__ import annotations

import polars as pl

_CLOCK = r"^(?:(\d+):)?(\d+):(\d+(?:[.,:]\d+)?)$"
_NUMBER = r"^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"


def seconds(text: pl.Expr) -> pl.Expr:
    """Seconds of ``00:16:16,059``, ``16:16.059`` or ``976.059``; null for anything else.

    A spreadsheet's own time of day arrives with the day its calendar begins.
    """
    text = text.str.strip_chars().str.replace(r"^1899-12-3[01] ", "")
    parts = text.str.extract_groups(_CLOCK).struct
    hours = parts.field("1").cast(pl.Float64, strict=False).fill_null(0.0)
    minutes = parts.field("2").cast(pl.Float64, strict=False)
    second = parts.field("3").str.replace("[,:]", ".").cast(pl.Float64, strict=False)
    # Whole milliseconds, so that 16:16.059 and 976.059 are the same number.
    clock = ((hours * 3600 + minutes * 60 + second) * 1000).round() / 1000
    number = pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64, strict=False)
    value = pl.coalesce(clock, number)
    return pl.when(value.is_finite()).then(value)
