"""The font that comes with EmoS, so that Chinese shows where no font has it.

EmoS Sans SC is a subset of Noto Sans CJK SC (SIL Open Font License 1.1, OFL.txt) with Latin, signs
and the characters of GB 2312. Pictures use one OpenType file, pages the WOFF2 slices they need.
``scripts/make_fonts.py`` makes both.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from emos.errors import EmosError

FAMILY = "EmoS Sans SC"
_AGAIN = "install EmoS again"
_HERE = Path(__file__).parent


class Slice(NamedTuple):
    """A part of the font for a page's ``@font-face``.

    ``unicode_range`` is CSS's; ``woff2`` the file's content.
    """

    family: str
    weight: int
    unicode_range: str
    woff2: bytes


class _Part(NamedTuple):
    file: str
    weight: int
    unicode_range: str
    characters: frozenset[str]


@cache
def register() -> None:
    """Let vl-convert draw with the font; it draws Chinese as boxes or not at all otherwise.

    Raises
    ------
    EmosError : if the file is not there: boxes in a figure would be noticed too late.
    """
    import vl_convert

    folder = _HERE / "pictures"
    if not any(folder.glob("*.otf")):
        raise EmosError("the font of the pictures is missing", file=folder, remedy=_AGAIN)
    vl_convert.register_font_directory(str(folder))


def slices_for(text: str, *, weights: tuple[int, ...] = (400, 700)) -> list[Slice]:
    """The slices that hold a character of ``text``, commonest characters first.

    Bold has only Latin, the program's own words and common characters; a browser thickens the
    regular form of others.
    """
    needed = set(text)
    return [
        Slice(FAMILY, part.weight, part.unicode_range, (_HERE / part.file).read_bytes())
        for part in _parts()
        if part.weight in weights and part.characters & needed
    ]


def not_covered(text: str) -> str:
    """Characters of ``text`` that the font has not, each once: emoji, say, or rare characters.

    Spaces and control characters are not counted.
    """
    known = frozenset[str]().union(*(part.characters for part in _parts()))
    missing = sorted(set(text) - known)
    return "".join(one for one in missing if one.isprintable() and not one.isspace())


@cache
def _parts() -> tuple[_Part, ...]:
    table = json.loads((_HERE / "slices.json").read_text(encoding="utf-8"))
    return tuple(
        _Part(each["file"], each["weight"], each["range"], _characters(each["range"]))
        for each in table["slices"]
    )


def _characters(unicode_range: str) -> frozenset[str]:
    found: set[str] = set()
    for run in unicode_range.split(","):
        first, _, last = run.removeprefix("U+").partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)
