"""Times and ranges of times as models write them, in seconds."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, NamedTuple

_LONGEST = 120
_CLOCK = r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:[.,]\d{1,6})?)(?!\d|:\d)"
_SECONDS = r"(\d{1,6}(?:\.\d{1,6})?)(?!\d|:\d)\s*(?:s|sec|secs|seconds?|秒)?"
_TIME = rf"(?:{_CLOCK}|{_SECONDS})"
_DASH = r"\s*(?:-->|->|→|[-–—−‒―~～〜∼至到]|\bto\b|\bthrough\b)[-–—~]*\s*"
_ONE = re.compile(_TIME, re.I)
_RANGE = re.compile(rf"(?<![\d:]){_TIME}{_DASH}{_TIME}", re.I)
_AROUND = " \t\r\n*_`\"'[]()（）【】<>「」|"
MOST_SECONDS = 1_000_000.0


class Times(NamedTuple):
    """Start and end in seconds; either may be unknown (None)."""

    start_s: float | None
    end_s: float | None


NO_TIMES = Times(None, None)


def range_in(value: Any) -> Times | None:
    """``"MM:SS-MM:SS"``, ``"HH:MM:SS"``, fractions, seconds, a pair or object of two times.

    None if it is no range of times, or one that ends before it starts.
    """
    if isinstance(value, list) and len(value) == 2:
        return ordered(time_in(value[0]), time_in(value[1]))
    if not isinstance(value, str):
        return None
    text = _plain(value)
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    groups = found.groups()
    return ordered(_seconds(*groups[:4]), _seconds(*groups[4:]))


def leading_range(line: str) -> tuple[Times, str] | None:
    """The range of times that a line begins with, and what follows it; None if there is none."""
    text = unicodedata.normalize("NFKC", line[:1_000]).lstrip(_AROUND)
    found = _RANGE.match(text)
    if found is None or (found[2] is None and found[6] is None):  # "3 - 4" need be no times
        return None
    groups = found.groups()
    times = ordered(_seconds(*groups[:4]), _seconds(*groups[4:]))
    return None if times is None else (times, text[found.end() :].lstrip(_AROUND + ":-–—,. "))


def time_in(value: Any) -> float | None:
    """One time in seconds: a number, ``"MM:SS"``, ``"HH:MM:SS.mmm"``, ``"12.5 s"``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        number = float(value)
        return number if math.isfinite(number) and 0 <= number <= MOST_SECONDS else None
    if not isinstance(value, str):
        return None
    found = _ONE.fullmatch(_plain(value))
    return None if found is None else _seconds(*found.groups())


def ordered(start: float | None, end: float | None) -> Times | None:
    """The two times, None unless both are known and in order."""
    if start is None or end is None or end < start:
        return None
    return Times(start, end)


def _seconds(
    hours: str | None, minutes: str | None, seconds: str | None, plain: str | None
) -> float | None:
    """Seconds of a clock or of a plain number; None where a minute has 60 seconds or more."""
    if plain is not None:
        return float(plain)
    if minutes is None or seconds is None:
        return None
    second = float(seconds.replace(",", "."))
    if second >= 60 or (hours is not None and int(minutes) >= 60):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + second


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_LONGEST]).strip(_AROUND + ".。")
