"""Advertisements of transcription services in transcripts: found, never counted as speech.

The patterns are data (``advertisements.toml``). A sentence may hold an advertisement and speech.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_MAX_LENGTH = 2000  # a longer text is no sentence, and patterns stay cheap


class Pattern(NamedTuple):
    """One kind of advertisement: whose it is, its expression, a text it must match."""

    service: str
    expression: re.Pattern[str]
    sample: str


class Speech(NamedTuple):
    """A sentence without its advertisements.

    Attributes
    ----------
    text : what is speech; empty where all of it was advertisement.
    advertisement : what was not, in the order found; None if there was none.
    service : whose advertisement it is; None if there was none.
    """

    text: str
    advertisement: str | None
    service: str | None


@cache
def patterns() -> tuple[Pattern, ...]:
    """The known advertisements, from ``advertisements.toml``."""
    data = tomllib.loads(
        files("emos.readers.streams").joinpath("advertisements.toml").read_text(encoding="utf-8")
    )
    return tuple(
        Pattern(entry["service"], re.compile(entry["match"], re.IGNORECASE), entry["sample"])
        for entry in data["pattern"]
    )


def split_speech(text: str) -> Speech:
    """Part a sentence into speech and advertisement; a text over 2,000 characters is speech."""
    if len(text) > _MAX_LENGTH:
        return Speech(text, None, None)
    found: list[str] = []
    service: str | None = None
    rest = text
    for pattern in patterns():
        matches = [match.group().strip() for match in pattern.expression.finditer(rest)]
        matches = [match for match in matches if match]
        if matches:
            found += matches
            service = service or pattern.service
            rest = pattern.expression.sub(" ", rest)
    if not found:
        return Speech(text, None, None)
    return Speech(" ".join(rest.split()), " ".join(found), service)
