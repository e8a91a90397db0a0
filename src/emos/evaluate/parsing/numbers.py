"""Confidences and intensities as models write them."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from emos.evaluate.parsing.parsed import Notes

_LONGEST = 200
_NUMBER = re.compile(r"(?<![\w.])([-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20}))(?![\w]|\.\d)")
_OUT_OF = re.compile(r"\s*(?:/|out\s+of\b|of\b)\s*")
_PERCENT = re.compile(r"\s*(?:%|percent\b|per\s+cent\b)", re.I)
_DECIMAL_COMMA = re.compile(r"([-+]?\d),(\d{1,4})")
# A bare number above this is a percentage; from 1 to this it may be out of 5 or out of 10.
_LOWEST_PERCENTAGE = 10.0


def confidence_in(value: Any, notes: Notes, what: str = "confidence") -> float | None:
    """A confidence from 0 to 1; None if there is none that is certain.

    Read are ``0.85``, ``"0.85"``, ``"85%"``, ``85``, ``"8/10"``, and a text with one number in it.
    A bare number above 1 up to 10 may be out of 5, of 10 or of 100: it is noted and not read.
    """
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        notes.add("no-number", f"{what}: {_kind(value)}")
        return None
    if isinstance(value, str):
        return _from_text(value, notes, what)
    return _bare(float(value), notes, what)


def intensity_in(value: Any, notes: Notes) -> float | None:
    """An intensity from 1 to 5; None if there is none that is certain."""
    if value is None:
        return None
    if isinstance(value, str):
        text = _plain(value)
        numbers = _NUMBER.findall(text)
        of_five = len(numbers) == 2 and float(numbers[1]) == 5 and _OUT_OF.search(text)
        value = float(numbers[0]) if len(numbers) == 1 or of_five else text
    if isinstance(value, bool) or not isinstance(value, int | float):
        notes.add("no-number", f"intensity: {value if isinstance(value, str) else _kind(value)}")
        return None
    if not 1 <= value <= 5:
        notes.add("out-of-range", f"intensity: {value:g}; 1 to 5 is expected")
        return None
    return float(value)


def _from_text(text: str, notes: Notes, what: str) -> float | None:
    plain = _plain(text)
    comma = _DECIMAL_COMMA.fullmatch(plain)
    if comma:
        plain = f"{comma[1]}.{comma[2]}"
    found = list(_NUMBER.finditer(plain))
    if len(found) == 2 and _OUT_OF.fullmatch(plain[found[0].end() : found[1].start()]):
        part, whole = float(found[0][1]), float(found[1][1])
        if 0 <= part <= whole and whole > 0:
            notes.add("out-of", f"{what}: {text}")
            return part / whole
    if len(found) != 1:
        if plain:
            notes.add("no-number", f"{what}: {text}")
        return None
    number = float(found[0][1])
    if _PERCENT.match(plain, found[0].end()):
        if 0 <= number <= 100:
            return number / 100
        notes.add("out-of-range", f"{what}: {text}")
        return None
    if plain != found[0][1]:
        notes.add("words-around", f"{what}: {text}")
    return _bare(number, notes, what)


def _bare(number: float, notes: Notes, what: str) -> float | None:
    if 0 <= number <= 1:
        return number
    if _LOWEST_PERCENTAGE < number <= 100:
        notes.add("percentage", f"{what}: {number:g} read as {number / 100:g}")
        return number / 100
    if not math.isfinite(number) or not 1 < number <= _LOWEST_PERCENTAGE:
        notes.add("out-of-range", f"{what}: {number:g}")
    else:
        notes.add("uncertain-scale", f"{what}: {number:g} may be out of 5, 10 or 100; not read")
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_LONGEST]).strip(" \t\r\n*_`\"'~≈<>()[]。")


def _kind(value: Any) -> str:
    return f"a {type(value).__name__.lower()}"
