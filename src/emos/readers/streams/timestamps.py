"""Times within a monologue: reading them, and checking their order.

Seconds from the start of the monologue. Utterances are dated in whole seconds
("00:09-00:22"), sentences in hundredths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_CLOCK = r"(?:(\d{1,2})[:：])?(\d{1,3})[:：]([0-5]\d(?:\.\d{1,6})?)"
_RANGE = re.compile(rf"\s*{_CLOCK}\s*[-–—~～至]+\s*{_CLOCK}\s*")


class Span(NamedTuple):
    """Start and end in seconds; either may be unknown (None)."""

    start_s: float | None
    end_s: float | None


class Fault(NamedTuple):
    """What is wrong with one span: its place in the list (from 0), rule, explanation."""

    position: int
    rule: str
    note: str


def parse_range(text: str) -> Span | None:
    """``"[H:]MM:SS[.f] - [H:]MM:SS[.f]"`` in seconds; None if it is not of this form."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds, hours2, minutes2, seconds2 = match.groups()
    return Span(_seconds(hours, minutes, seconds), _seconds(hours2, minutes2, seconds2))


def check_order(
    spans: Sequence[Span], duration_s: float | None, *, tolerance_s: float
) -> list[Fault]:
    """Faults in the order of spans that should follow each other.

    Parameters
    ----------
    spans : in the order of the file; unknown times are passed over.
    duration_s : of the monologue, None if unknown.
    tolerance_s : how far a span may end after the monologue without a fault (the grid of the
        times: 1 s for whole seconds).

    Returns
    -------
    One fault per rule and span: ``negative-time``, ``no-duration`` (ends at or before its
    start), ``out-of-order`` (starts before the one before it), ``overlap`` (starts before an
    earlier one ends), ``beyond-duration``.
    """
    faults: list[Fault] = []
    last_start = last_end = float("-inf")
    for index, (start, end) in enumerate(spans):
        if start is not None and start < 0:
            faults.append(Fault(index, "negative-time", f"starts at {start:g} s"))
        if start is not None and end is not None and end <= start:
            faults.append(Fault(index, "no-duration", f"{start:g} s to {end:g} s"))
        if start is not None and start < last_start:
            faults.append(
                Fault(index, "out-of-order", f"starts at {start:g} s, after {last_start:g} s")
            )
        elif start is not None and start < last_end:
            faults.append(
                Fault(index, "overlap", f"starts at {start:g} s, the last ends at {last_end:g} s")
            )
        if end is not None and duration_s is not None and end > duration_s + tolerance_s:
            faults.append(Fault(index, "beyond-duration", f"ends at {end:g} s of {duration_s:g} s"))
        last_start = start if start is not None else last_start
        last_end = max(last_end, end) if end is not None else last_end
    return faults


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
