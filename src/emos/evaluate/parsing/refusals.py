"""Refusals, recognised by their phrases (``refusals.toml``)."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

_BEGINNING = 2_000  # characters of an answer that are looked at
# "I'm sorry, I can't see the video" declines too; what says most of it counts.
_REASONS = ("policy", "no-media", "declines")

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "＇": "'"})


def refusal_in(text: str) -> str | None:
    """Why an answer declines: ``declines``, ``no-media`` or ``policy``; None if it does not."""
    said = _folded(text[:_BEGINNING])
    return next((reason for phrase, reason in _phrases() if phrase in said), None)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    return " ".join(plain.split())


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Each phrase as it is compared, and its reason, in the order of `_REASONS`."""
    text = files("emos.evaluate.parsing").joinpath("refusals.toml").read_text(encoding="utf-8")
    found = [
        (_folded(phrase), group["reason"])
        for group in tomllib.loads(text)["phrases"]
        for phrase in group["phrases"]
    ]
    return tuple(sorted(found, key=lambda one: _REASONS.index(one[1])))
