"""Wrapping of mixed Chinese and Latin text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from emos.cli.wrapping import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 100, ["one two three"]),
        ("一二三四五", 6, ["一二三", "四五"]),
        ("一二三，四五", 6, ["一二", "三，四", "五"]),  # no line begins with a comma
        ("一二“三”四", 8, ["一二“三”", "四"]),
        ("一二（三四）", 6, ["一二", "（三", "四）"]),  # none ends with an opening bracket
        ("合法的 JSON。有", 9, ["合法的", "JSON。有"]),
        ("在 a/旧自行车/b.json, x", 8, ["在", "a/旧自行车/b.json,", "x"]),  # a path stays whole
        ("", 10, [""]),
    ],
)
def test_lines_by_hand(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


def test_lines_are_indented() -> None:
    assert wrapped("一二三四", 7, first="1. ", rest="   ") == ["1. 一二", "   三四"]
    assert wrapped("longer than it", 6, first="1. ", rest="   ") == [
        "1. longer",
        "   than",
        "   it",
    ]


@given(st.text("ab 一二，。（）“”/", max_size=60), st.integers(8, 40))
def test_nothing_is_lost_and_lines_fit(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line == line.rstrip() for line in lines)
    for line in lines:
        if cell_len(line) > width:  # then it is one unit that cannot be broken
            assert len(wrapped(line, 1)) == 1
