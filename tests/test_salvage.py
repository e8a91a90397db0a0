"""Broken JSON: every mend by hand-worked example, and laws over any JSON (Hypothesis)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.readers.salvage import MAX_DEPTH, read_json, salvage_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text() | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
CONTAINERS = st.lists(VALUES, max_size=4) | st.dictionaries(st.text(), VALUES, max_size=4)


def rules(text: str) -> list[str]:
    return [mend.rule for mend in salvage_json(text).repairs]


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_valid_json_is_untouched(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    salvaged = salvage_json(text)
    assert salvaged.value == json.loads(text)
    assert salvaged.repairs == ()


@given(CONTAINERS, st.integers(0, 400), st.booleans())
def test_any_prefix_is_read_or_refused_in_one_line(value: Any, cut: int, fenced: bool) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    text = f"```json\n{text}\n```" if fenced else text
    try:
        salvaged = salvage_json(text[:cut])
    except EmosError as error:
        assert "\n" not in str(error)
    else:
        assert is_part_of(salvaged.value, value)


@given(CONTAINERS, st.integers(0, 200))
def test_every_prefix_that_has_begun_is_read(value: Any, cut: int) -> None:
    text = json.dumps(value)
    salvaged = salvage_json(text[: max(1, cut)])
    assert is_part_of(salvaged.value, value)
    assert ("cut-off" in [m.rule for m in salvaged.repairs]) == (max(1, cut) < len(text))


def is_part_of(part: Any, whole: Any) -> bool:
    """Elements are a run from the start, complete; members are complete or cut containers."""
    if isinstance(part, list) and isinstance(whole, list):
        return part == whole[: len(part)]
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and is_part_of(part[key], whole[key]) for key in part)
    return type(part) is type(whole) and part == whole


@given(st.text(alphabet='{}[]",:\\ntrue01-.eE“”`\n \ufeff', max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        salvage_json(text)
    except EmosError as error:
        assert "\n" not in str(error)


@given(CONTAINERS, st.integers(0, 3))
def test_all_mends_together_give_the_value_back(value: Any, how: int) -> None:
    """What a fence, a mark or chatter surround is the value itself."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    around = (
        f"```json\n{text}\n```",
        f"\ufeff{text}",
        f"Here it is:\n```\n{text}\n```\nDone.",
        f"Here it is: {text} Done.",
    )[how]
    salvaged = salvage_json(around)
    assert salvaged.value == value
    assert salvaged.repairs


@pytest.mark.parametrize(
    ("text", "value", "mended"),
    [
        ('```json\n{"a": 1}\n```', {"a": 1}, ["markdown-fence"]),
        ('```\r\n{"a": 1}\r\n```\r\n', {"a": 1}, ["markdown-fence"]),
        ('```json\n{"a": [1, 2', {"a": [1]}, ["markdown-fence", "cut-off"]),
        ('\ufeff{"a": 1}', {"a": 1}, ["byte-order-mark"]),
        ('\ufeff```json\n{"a": 1}\n```', {"a": 1}, ["byte-order-mark", "markdown-fence"]),
        ("[1, 2,]", [1, 2], ["trailing-comma"]),
        ('{"a": [1,],}', {"a": [1]}, ["trailing-comma", "trailing-comma"]),
        ('Sure!\n{"a": 1}\nBye.', {"a": 1}, ["text-around", "text-around"]),
        ("{“a”: “b”}", {"a": "b"}, ["typographic-quotes", "typographic-quotes"]),
        ('[“he said "no" twice”]', ['he said "no" twice'], ["typographic-quotes"]),
        ('["“kept”"]', ["“kept”"], []),
        ('{"a": NaN, "b": -Infinity}', {"a": None, "b": None}, ["undefined-number"] * 2),
        ('["a\nb"]', ["a\nb"], ["control-character"]),
        ('{"a": 1, "a": 2}', {"a": 2}, ["duplicate-key"]),
        ('{"a": {"b": "x", "c": "y', {"a": {"b": "x"}}, ["cut-off"]),
        ('[{"x": 1}, {"x": 2, "y": "z', [{"x": 1}], ["cut-off"]),
        ('{"a": "x"', {"a": "x"}, ["cut-off"]),
        ('{"a": 12', {}, ["cut-off"]),  # 12 may have been 120
        ('{"a": tru', {}, ["cut-off"]),
        ('["\\u12', [], ["cut-off"]),
    ],
)
def test_mends(text: str, value: Any, mended: list[str]) -> None:
    assert salvage_json(text).value == value
    assert rules(text) == mended


def test_a_cut_off_text_says_what_was_lost_and_where() -> None:
    text = '{"utterances": [\n {"t": "a"},\n {"t": "b", "cue": "lo'
    (mend,) = salvage_json(text).repairs
    assert mend.place == f"line 3, column {len(text.splitlines()[2]) + 1}"
    assert mend.note == "the text ends early; lost: $.utterances[1]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1: no JSON here"),
        ("no braces", "neither an object nor a list"),
        ('{"a": 1 "b": 2}', "line 1, column 9: ',' or '}' is missing"),
        ("{'a': 1}", "line 1, column 2: a string in double quotes is missing"),
        ("{a: 1}", "a string in double quotes is missing"),
        ('{"a" 1}', "':' is missing"),
        ("[1,,2]", "line 1, column 4: unexpected ','"),
        ("[None]", "unexpected 'None'"),
        ("[01]", "unexpected '01'"),
        ('[“he said "no", twice”]', "unexpected 'twice”'"),
        ('{"a": 1}{"b": 2}', "line 1, column 9: a second JSON value"),
        ('```\n{"a": 1}\n```\n{"b": 2}', "a second JSON value"),
        ("```\n[1]\n```\n```\n[2]\n```", "more than one Markdown code block"),
        ('["\\x"]', "a string that cannot be read"),
        ("[" * 100_000, f"nested deeper than {MAX_DEPTH}"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"nested deeper than {MAX_DEPTH}"),
        ('{"a":' * 100_000, f"nested deeper than {MAX_DEPTH}"),
        ("[" + "9" * 10_000 + "]", "too many digits"),
        ("[" + "9" * 10_000 + ",]", "too many digits"),
    ],
)
def test_what_has_no_certain_reading_is_refused(text: str, says: str) -> None:
    with pytest.raises(EmosError) as caught:
        salvage_json(text, file="a.json")
    assert says in str(caught.value)
    assert str(caught.value).startswith("a.json, line ")


def test_depth_up_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert salvage_json(text).repairs == ()
    assert rules(text[:-1]) == ["cut-off"]


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "情感 it's.json"
    path.write_bytes('{"a": "é"}'.encode())
    assert read_json(path).value == {"a": "é"}
    with pytest.raises(EmosError, match="more than the 5 allowed"):
        read_json(path, max_bytes=5)
    path.write_bytes('{"a": "é"}'.encode("latin-1"))
    with pytest.raises(EmosError, match="byte 7: not UTF-8"):
        read_json(path)
    with pytest.raises(EmosError, match="no such file"):
        read_json(tmp_path / "none.json")
    with pytest.raises(EmosError, match="this is a folder"):
        read_json(tmp_path)
