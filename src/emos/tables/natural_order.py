"""The order in which people list names that end in numbers: A2 before A10."""

from __future__ import annotations

import re

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def natural_key(name: str) -> NaturalKey:
    """A sort key under which runs of the digits 0-9 count as numbers, other text letter by letter.

    Names that differ only in leading zeros (``a1``, ``a01``) are told apart by their text.
    """
    parts = (part for part in re.split(r"([0-9]+)", name) if part)
    # Not isdigit: it is true of signs such as a superscript two, which int refuses.
    return tuple((0, int(p), "") if "0" <= p[0] <= "9" else (1, 0, p) for p in parts), name
