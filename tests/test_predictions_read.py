"""Predictions of others: read as written, or refused in one line that says where and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.readers.predictions import read_predictions
from emos.tables.predictions import PREDICTED_UTTERANCES, PREDICTIONS, STATUSES

hostile = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, *records: Any, name: str = "predictions.jsonl") -> Path:
    path = folder / name
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_field_arrives(tmp_path: Path) -> None:
    record = {
        "item_id": "meld/train/dia0_utt0",
        "basic7": "Joy",
        "confidence": 0.8,
        "goemotions": {"joy": 0.7, "love": 0.2},
        "status": "ok",
        "raw": "{...}",
    }
    told = read_predictions(written(tmp_path, record))
    assert told.name == tmp_path.name
    assert dict(told.items.schema) == dict(PREDICTIONS)
    assert told.items.row(0, named=True) == record | {
        "goemotions": ["joy", "love"],
        "goemotions_confidence": [0.7, 0.2],
    }


def test_what_is_left_out_is_null(tmp_path: Path) -> None:
    told = read_predictions(
        written(tmp_path, {"item_id": "a", "basic7": "glad"}, {"item_id": "b"}, "", name="x.jsonl")
    )
    assert told.name == "x"
    assert told.items["status"].to_list() == ["ok", "invalid"]  # the second answers nothing
    assert told.items["basic7"].to_list() == ["glad", None]  # kept: a policy decides on it
    assert told.items["confidence"].null_count() == 2


def test_a_run_folder_is_its_predictions(tmp_path: Path) -> None:
    written(tmp_path, {"item_id": "a", "basic7": "Joy"})
    assert read_predictions(tmp_path).items.height == 1
    with pytest.raises(EmosError, match=r"no predictions.jsonl here"):
        read_predictions(tmp_path / "..")


def test_a_run_says_what_it_was_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, {"item_id": "a", "basic7": "Joy"})
    assert read_predictions(path).asked is None
    settings_file = tmp_path / "run.toml"
    settings_file.write_text('[data]\nsubsets = ["meld"]\nlanguages = ["en"]\n', encoding="utf-8")
    assert read_predictions(path).asked == (("meld",), ("en",))
    for text in ('[data]\nsubsets = "meld"\n', "data = 1\n", ""):
        settings_file.write_text(text, encoding="utf-8")
        assert read_predictions(path).asked is None
    settings_file.write_text("[data", encoding="utf-8")
    with pytest.raises(EmosError, match="not valid TOML"):
        read_predictions(path)


def test_a_monologue_has_utterances(tmp_path: Path) -> None:
    spoken = [
        {"start_s": 0, "end_s": 2.5, "text": "Well.", "basic7": "Joy", "goemotions": ["joy"]},
        {"index": 2, "intensity": 4, "basic7": "Fear", "confidence": 1},
    ]
    told = read_predictions(written(tmp_path, {"item_id": "m", "utterances": spoken}))
    assert dict(told.utterances.schema) == dict(PREDICTED_UTTERANCES)
    assert told.items["status"].to_list() == ["ok"]
    rows = told.utterances.rows(named=True)
    assert [row["monologue_id"] for row in rows] == ["m", "m"]
    assert (rows[0]["end_s"], rows[0]["goemotions"], rows[0]["index"]) == (2.5, ["joy"], None)
    assert (rows[1]["index"], rows[1]["intensity"], rows[1]["start_s"]) == (2, 4.0, None)


def test_csv_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        "item_id,basic7,confidence,goemotions,status\n"
        'a,Joy,0.5,joy; love,ok\nb,,,,refused\nc,Fear,,"{""fear"": 0.9}",\n',
        encoding="utf-8",
    )
    told = read_predictions(path).items
    assert told["basic7"].to_list() == ["Joy", None, "Fear"]
    assert told["confidence"].to_list() == [0.5, None, None]
    assert told["goemotions"].to_list() == [["joy", "love"], None, ["fear"]]
    assert told["goemotions_confidence"].to_list() == [None, None, [0.9]]
    assert told["status"].to_list() == ["ok", "refused", "ok"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"item_id": "a"', "no JSON"),
        ("[1]", "no JSON object"),
        ('{"basic7": "Joy"}', "no item_id"),
        ('{"item_id": 3}', "item_id is no text"),
        ('{"item_id": "a", "basic7": ["Joy"]}', "basic7 is no text"),
        ('{"item_id": "a", "confidence": 85}', "use 0 to 1 (85 % is 0.85)"),
        ('{"item_id": "a", "confidence": -0.1}', "use 0 to 1"),
        ('{"item_id": "a", "confidence": true}', "confidence is no number"),
        ('{"item_id": "a", "confidence": NaN}', "NaN is no JSON"),
        ('{"item_id": "a", "confidence": 1e999}', "is not finite"),
        ('{"item_id": "a", "confidence": ' + "9" * 400 + "}", "is not finite"),
        ('{"item_id": "a", "status": "fine"}', "use ok, invalid, refused, error, missing"),
        ('{"item_id": "a", "goemotions": "joy"}', "goemotions is neither"),
        ('{"item_id": "a", "goemotions": {"joy": 2}}', "use 0 to 1"),
        ('{"item_id": "a", "utterances": {}}', "no list of objects"),
        ('{"item_id": "a", "utterances": [{"basic7": "Joy"}]}', "has no times"),
        ('{"item_id": "a", "utterances": [{"start_s": 2, "end_s": 1}]}', "0 <= start_s <= end_s"),
        ('{"item_id": "a", "utterances": [{"index": "1"}]}', "from 1"),
        ('{"item_id": "a", "utterances": [{"index": 99999999999999999999}]}', "from 1"),
        ('{"item_id": "\\ud800"}', "half a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"item_id": "a", "basic7": "Joy", "basic7": "Fear"}', "'basic7' stands there twice"),
        ('{"item_id": "a", "utterances": [{"index": 0}]}', "from 1"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, line: str, problem: str) -> None:
    path = written(tmp_path, {"item_id": "first"}, line)
    with pytest.raises(EmosError) as caught:
        read_predictions(path)
    assert problem in str(caught.value)
    assert f"{path}, line 2: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_answer_cut_in_half_of_a_character_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, '{"item_id": "a", "raw": "joy \\ud83d", "basic7": "\\ude00"}')
    row = read_predictions(path).items.row(0, named=True)
    assert (row["raw"], row["basic7"]) == ("joy \ufffd", "\ufffd")


def test_an_item_answered_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"item_id": "a"}, {"item_id": "b"}, {"item_id": "a"})
    with pytest.raises(EmosError, match=r"line 3: a second answer to a \(the first: line 1\)"):
        read_predictions(path)


def test_fields_nobody_asked_for_are_named(tmp_path: Path) -> None:
    told = read_predictions(written(tmp_path, {"item_id": "a", "tokens": 3, "basic7": "Joy"}))
    assert told.notes == ("passed over: tokens",)


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "predictions.jsonl"])
def test_an_empty_or_absent_file_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(EmosError, match="no such file"):
        read_predictions(path)
    path.write_bytes(b"")
    with pytest.raises(EmosError):
        read_predictions(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("basic7\nJoy\n", "no column item_id"),
        ("item_id,label\na,Joy\n", "unknown column 'label'"),
        ("item_id,confidence\na,high\n", "row 1: confidence 'high' is no number"),
        ("item_id,confidence\na,nan\n", "not finite"),
        ('item_id,goemotions\na,"[joy"\n', "goemotions is no JSON"),
        ('item_id,goemotions\na,"[1]"\n', "goemotions is neither"),
        ("item_id,item_id\na,b\n", "item_id"),
        ("item_id,basic7\n,Joy\n", "no item_id"),
    ],
)
def test_a_wrong_csv_says_what_to_do(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EmosError) as caught:
        read_predictions(path)
    assert problem in str(caught.value)


@hostile
@given(st.binary(max_size=200), st.sampled_from(["x.jsonl", "x.csv"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    _read_or_refuse(path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    ["item_id", "basic7", "confidence", "goemotions", "status", "raw", "utterances", "index"]
)


@hostile
@given(st.lists(st.dictionaries(_FIELDS, _JSON), max_size=4))
def test_any_objects_are_read_or_refused(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    _read_or_refuse(written(tmp_path, *records))


@hostile
@given(
    st.lists(
        st.fixed_dictionaries(
            {"item_id": st.text(min_size=1, max_size=5)},
            optional={
                "basic7": st.none() | st.text(max_size=5),
                "confidence": st.none() | st.floats(0, 1),
                "goemotions": st.lists(st.text(max_size=3))
                | st.dictionaries(st.text(max_size=3), st.none() | st.floats(0, 1)),
                "status": st.sampled_from(STATUSES),
                "raw": st.text(),
            },
        ),
        min_size=1,
        unique_by=lambda record: record["item_id"],
    )
)
def test_every_well_formed_file_is_read_whole(
    tmp_path: Path, records: list[dict[str, Any]]
) -> None:
    told = read_predictions(written(tmp_path, *records)).items
    assert told["item_id"].to_list() == [record["item_id"] for record in records]
    for row, record in zip(told.iter_rows(named=True), records, strict=True):
        for field in ("basic7", "confidence", "raw"):
            assert row[field] == record.get(field)


def _read_or_refuse(path: Path) -> None:
    try:
        told = read_predictions(path)
    except EmosError as error:
        assert "\n" not in str(error)
        return
    assert told.items.height
    assert told.items["status"].is_in(STATUSES).all()
    assert told.items["item_id"].is_unique().all()
    stated = told.items["confidence"].drop_nulls()
    assert stated.is_between(0, 1).all()
    assert isinstance(told.utterances, pl.DataFrame)
