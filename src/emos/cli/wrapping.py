"""Lines of a given width for text that mixes Chinese, which has no spaces, with Latin words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# A path is kept whole, Chinese names in it too: whoever copies it needs all of it.
_TOKEN = re.compile(rf"\S*/[^\s，。；：、（）]+|[{_WIDE}]|[^\s{_WIDE}]+|\s+")
_NOT_FIRST = "，。；：、！？）》」』”’"
_NOT_LAST = "（《「『“‘"


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """``text`` in lines of at most ``width`` terminal columns, without spaces at their ends.

    Lines are broken at spaces and between Chinese characters, never before a closing mark or
    after an opening one. A word or path wider than a line keeps a line of its own.

    Parameters
    ----------
    first, rest : what the first line and the others begin with.
    """
    lines, line, space = [], first, ""
    empty = True
    for unit in _units(text):
        if unit.isspace():
            space = unit
            continue
        if not empty and cell_len(line + space + unit) > width:
            lines.append(line)
            line, space = rest, ""
        line += space + unit
        space, empty = "", False
    return [*lines, line]


def _units(text: str) -> Iterator[str]:
    """What may not be broken, and the spaces between."""
    unit = ""
    for token in _TOKEN.findall(text):
        glued = token[0] in _NOT_FIRST or unit[-1:] in _NOT_LAST
        if unit and (unit.isspace() or token.isspace() or not glued):
            yield unit
            unit = ""
        unit += token
    yield unit
