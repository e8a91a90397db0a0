"""The fields of an answer by the names that models give them (``fields.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from emos.evaluate.parsing.json_values import Object
from emos.evaluate.parsing.parsed import Notes

LONGEST_NAME = 60
_MOST_NODES = 20_000
_DEEPEST = 6

_MARKS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(（\[【].*")


@cache
def names_of(part: str) -> Mapping[str, str]:
    """Every name of ``part`` (a table of ``fields.toml``), folded, with its field."""
    text = files("emos.evaluate.parsing").joinpath("fields.toml").read_text(encoding="utf-8")
    return {
        fold(name): field for field, names in tomllib.loads(text)[part].items() for name in names
    }


def fold(name: str) -> str:
    """A name without case, blanks and marks: ``Predicted_Emotion`` is ``predictedemotion``."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())


def field_of(name: str, part: str) -> str | None:
    """The field that a key or a line's head names; None if it is none of them."""
    if len(name) > LONGEST_NAME:
        return None
    known = names_of(part)
    found = known.get(fold(name))
    return found if found is not None else known.get(fold(_BRACKETS.sub("", name)))


Gathered = dict[str, list[Any]]


def members(values: Object, part: str) -> Gathered:
    """The fields of one object, each with every value given for it, in order."""
    found: Gathered = {}
    for key, value in values.members:
        field = field_of(key, part)
        if field is not None:
            found.setdefault(field, []).append(value)
    return found


def gather(values: Sequence[Any], part: str, notes: Notes) -> Gathered:
    """The fields of all objects in ``values``, whichever object they stand in.

    What stands inside a field is its value and not searched; what stands under any other key is,
    and so is an object in place of the primary label (``{"emotion": {"label": "Joy"}}``).
    """
    found: Gathered = {}
    level: list[Any] = list(values)
    left = _MOST_NODES
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for value in level:
            left -= 1
            if left < 0:
                notes.add("unread-part", "too many values; the rest was not searched")
                return found
            if isinstance(value, list):
                below.extend(value[:_MOST_NODES])
            elif isinstance(value, Object):
                for key, inner in value.members:
                    field = field_of(key, part)
                    if field is None or (field == "primary" and isinstance(inner, Object)):
                        below.append(inner)
                    else:
                        found.setdefault(field, []).append(inner)
        level = below
        if not level:
            break
    return found
