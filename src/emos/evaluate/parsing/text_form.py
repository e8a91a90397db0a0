"""The plain-text form of an answer: lines with heads ("Predicted emotion: Joy")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from emos.evaluate.parsing.fields import Gathered, field_of
from emos.evaluate.parsing.parsed import Notes

MOST_LINES = 20_000
LONGEST_LINE = 10_000

_BULLETS = " \t\r>#*_`|•·●▪◦‣○■□➤→–—-"
_NUMBERING = re.compile(r"(?:\(?\d{1,3}[.)、](?!\d)|[①-⑳])[ \t*_`]*")
_HEAD = re.compile(
    r"(?P<head>[^:：=|\n]{1,60}?)"
    r"(?:[ \t*_`\"']{0,10}(?:[:：=|]|\s[-–—]\s)[ \t*_`\"']{0,10})(?P<rest>.*)",
    re.DOTALL,
)
# A further field on the same line: "Joy, Model confidence: 0.9".
_NEXT = re.compile(r"[,;|，；。.][ \t*_`]{0,10}(?P<head>[^\W\d][\w \-]{1,40}?)[ \t*_`]{0,10}[:：=]")
_SHORT = ("primary", "confidence", "dominant", "intensity", "range")


class Line(NamedTuple):
    """A line: the field its head names (None if it names none), and what stands behind the head."""

    field: str | None
    rest: str


def text_lines(text: str, notes: Notes) -> Iterator[str]:
    """The lines of ``text``, as many and as long as are read."""
    place = 0
    for _ in range(MOST_LINES):
        end = text.find("\n", place)
        line = text[place : end if end >= 0 else len(text)]
        if len(line) > LONGEST_LINE:
            notes.add("unread-part", f"a line of {len(line):,} characters")
        yield line[:LONGEST_LINE].rstrip()
        if end < 0:
            return
        place = end + 1
    notes.add("unread-part", f"more than {MOST_LINES:,} lines")


def bare(line: str) -> str:
    """A line without bullets, numbering and marks of emphasis before and behind it."""
    plain = line.lstrip(_BULLETS)
    numbered = _NUMBERING.match(plain)
    if numbered:
        plain = plain[numbered.end() :].lstrip(_BULLETS)
    return plain.rstrip(" \t\r*_`|")


def split_line(line: str, part: str) -> list[Line]:
    """The fields that a line holds: none, one, or several behind each other."""
    plain = bare(line)
    found = _HEAD.fullmatch(plain)
    field = field_of(_unmarked(found["head"]), part) if found else None
    if found is None or field is None:
        whole = field_of(_unmarked(plain), part)  # a head alone: its value is in the next lines
        return [Line(whole, "")] if whole else [Line(None, plain)]
    rest = found["rest"]
    if field in _SHORT:
        for further in _NEXT.finditer(rest):
            if field_of(further["head"], part) is not None:
                return [
                    Line(field, rest[: further.start()].strip()),
                    *split_line(rest[further.start() + 1 :], part),
                ]
    return [Line(field, rest.strip())]


def text_fields(text: str, part: str, notes: Notes) -> Gathered:
    """The fields of a text, each with every value given for it; a value may run over lines."""
    found: dict[str, list[list[str]]] = {}
    open_value: list[str] | None = None
    for line in text_lines(text, notes):
        for field, rest in split_line(line, part):
            if field is not None:
                open_value = [rest] if rest else []
                found.setdefault(field, []).append(open_value)
            elif open_value is not None and rest:
                open_value.append(rest)
    return {field: ["\n".join(value) for value in values] for field, values in found.items()}


def _unmarked(head: str) -> str:
    return head.strip(" \t*_`\"'#:：")
