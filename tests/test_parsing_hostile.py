"""No text makes reading fail, take longer than in proportion, or say more than it may."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emos.evaluate.parsing import (
    Parsed,
    ParsedStream,
    load_synonyms,
    parse_answer,
    parse_utterances,
    to_record,
)
from emos.evaluate.parsing.parsed import LONGEST_LABEL, LONGEST_TEXT, MOST_NOTES
from emos.readers.predictions import read_predictions
from emos.readers.predictions.json_lines import LONGEST
from emos.taxonomy import BASIC7, GOEMOTIONS

CLIP = json.dumps(
    {
        "predicted_emotion": "Joy",
        "model_confidence": 0.85,
        "goemotions_labels": [{"label": "joy", "confidence": 0.9}, {"label": "love"}],
        "evidence": "她笑了。 “Yes!”",
    },
    ensure_ascii=False,
)
STREAM = json.dumps(
    {
        "summary": "x",
        "overall_emotion_trend": {"dominant": "Joy", "trajectory": "00:01 glad"},
        "utterances": [
            {
                "timestamp_range": f"00:{10 * n:02d}-00:{10 * n + 9:02d}",
                "transcript_zh": "走吧",
                "emotion_primary": label,
                "emotion_secondary": ["joy"],
                "intensity": 3,
            }
            for n, label in enumerate(BASIC7.labels[:5])
        ],
    },
    ensure_ascii=False,
)
LINES = (
    "Predicted emotion: Joy\nModel confidence: 85%\nGoEmotions labels:\n- joy (0.9)\n- love: 0.4\n"
    "Timestamp range: 00:01-00:04\nPrimary emotion: Fear\nIntensity: 3\n"
)
PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"', "'", "“", ":", "：", ",", "\\", "\n", "<think>", "</think>", "```",
     "<answer>", "00:01-00:02", "Joy", "喜悦", "0.9", "85%", "null", "emotion", "goemotions",
     "Predicted emotion:", "utterances", "Timestamp range:", "|", "-", "\x00", "\ud800", "//",
     "\\u00e9"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=5))).map("".join))


def check_clip(parsed: Parsed, raw: str) -> None:
    """What holds of any answer that was read."""
    assert parsed.status in ("ok", "invalid", "refused")
    assert (parsed.status != "ok") or parsed.basic7 in BASIC7.labels
    assert parsed.basic7 is None or len(parsed.basic7) <= LONGEST_LABEL
    assert parsed.confidence is None or 0 <= parsed.confidence <= 1
    assert set(parsed.goemotions or {}) <= set(GOEMOTIONS.labels)
    for share in (parsed.goemotions or {}).values():
        assert share is None or 0 <= share <= 1
    check_bounds(parsed, raw)


def check_stream(stream: ParsedStream, raw: str) -> None:
    """What holds of any monologue's answer that was read."""
    assert stream.status in ("ok", "invalid", "refused")
    assert stream.dominant is None or stream.dominant in BASIC7.labels
    assert stream.status == "ok" or not stream.utterances
    for one in stream.utterances:
        assert (one.start_s is None) == (one.end_s is None)
        if one.start_s is not None and one.end_s is not None:
            assert 0 <= one.start_s <= one.end_s
        assert one.text is None or len(one.text) <= LONGEST_TEXT
        assert one.basic7 is None or len(one.basic7) <= LONGEST_LABEL
        assert set(one.goemotions or ()) <= set(GOEMOTIONS.labels)
        assert one.intensity is None or 1 <= one.intensity <= 5
        assert one.confidence is None or 0 <= one.confidence <= 1
    check_bounds(stream, raw)


def check_bounds(parsed: Parsed | ParsedStream, raw: str) -> None:
    assert len(parsed.notes) <= MOST_NOTES + 1
    assert all(len(str(note)) < 300 for note in parsed.notes)
    line = json.dumps(to_record("x", parsed, raw), ensure_ascii=False, allow_nan=False)
    line.encode("utf-8")
    assert len(line) < LONGEST


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_text_makes_it_fail(text: str) -> None:
    check_clip(parse_answer(text), text)
    check_clip(parse_answer(text, synonyms=load_synonyms("common"), form="json"), text)
    check_stream(parse_utterances(text, indexed=True), text)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([CLIP, STREAM, LINES, f"<think>hm</think>\n```json\n{CLIP}\n```"]), st.data()
)
def test_no_change_of_a_good_answer_makes_it_fail(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 20))
        text = (
            text[:place] + data.draw(st.one_of(PIECES, st.text(max_size=3))) + text[place + cut :]
        )
    check_clip(parse_answer(text), text)
    check_stream(parse_utterances(text), text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = [
    "emotion",
    "confidence",
    "goemotions",
    "evidence",
    "utterances",
    "summary",
    "index",
    "overall_emotion_trend",
    "timestamp_range",
    "start",
    "end",
    "intensity",
    "text",
]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON_VALUES))
def test_no_value_in_a_known_field_makes_it_fail(values: dict[str, Any]) -> None:
    text = json.dumps(values)
    check_clip(parse_answer(text), text)
    check_stream(parse_utterances(text), text)
    text = json.dumps({"utterances": [values]})
    check_stream(parse_utterances(text, indexed=True), text)


@pytest.mark.parametrize("whole", [CLIP, STREAM, LINES])
def test_every_beginning_of_a_good_answer_is_read(whole: str) -> None:
    for end in range(len(whole)):
        check_clip(parse_answer(whole[:end]), "")
        check_stream(parse_utterances(whole[:end]), "")


def test_a_cut_off_answer_never_says_anything_else() -> None:
    for end in range(len(CLIP)):
        parsed = parse_answer(CLIP[:end])
        assert parsed.basic7 in (None, "Joy")
        assert parsed.confidence in (None, 0.85)
        assert set(parsed.goemotions or {}) <= {"joy", "love"}


FLOODS = [
    "{", "[", '{"a":', '{"', '[{"a":[', '"', "\\", '{"a":"', '{"a"]', '{"a":1]', "<", "<think>",
    "</think>", "<   ", "\n", " ", "a", "a\n", "Predicted emotion: Joy\n", '{"emotion":"Joy"}',
    "joy, ", '{"a":{},', '{"a":"{","b', '[["', "{'", "“", '{"emotion": "Joy", ', "{a   ", "1.",
    "00:01-00:02\n", "Timestamp range: 00:01-00:02\nPrimary emotion: Joy\n", "|a", "//\n", "```\n",
    '{"timestamp_range":"00:01-00:02","emotion_primary":"Joy"},', '{"goemotions":"', "\x00",
    "\ud800", "喜悦 ", "- ", ":", "<answer>", "(", "0.9 ",
]  # fmt: skip
LONG = [
    '{"a"' + " " * 10_000_000 + "x",
    '{"a": 1' + "\n" * 10_000_000 + "x",
    '{"goemotions": [' + '"joy",' * 1_500_000 + "]}",
    '{"confidence": ' + "9" * 10_000_000 + "}",
    "Confidence: " + "9" * 10_000_000,
    '{"' + "a" * 10_000_000 + '": 1}',
    '{"emotion":"' + "a" * 10_000_000 + '"}',
    "[" * 5_000_000 + "]" * 5_000_000,
    '{"utterances": [' + '{"start":1,"end":2,"text":"\x01\x02",},' * 250_000 + "]}",
]
READERS = [(parse_answer, check_clip), (parse_utterances, check_stream)]


@pytest.mark.parametrize(("read", "check"), READERS, ids=["clip", "stream"])
@pytest.mark.parametrize("piece", ["{", '{"a":', '{"emotion": "Joy", ', "<", "\n"], ids=repr)
def test_ten_megabytes_of_anything(
    piece: str, read: Callable[[str], Any], check: Callable[[Any, str], None]
) -> None:
    text = piece * (10_000_000 // len(piece))
    begun = time.process_time()
    parsed = read(text)
    assert time.process_time() - begun < 8
    check(parsed, text)


@pytest.mark.parametrize(("read", "check"), READERS, ids=["clip", "stream"])
@pytest.mark.parametrize("place", range(len(LONG)))
def test_ten_megabytes_in_one_place(
    place: int, read: Callable[[str], Any], check: Callable[[Any, str], None]
) -> None:
    begun = time.process_time()
    parsed = read(LONG[place])
    assert time.process_time() - begun < 8
    check(parsed, LONG[place])


@pytest.mark.parametrize("piece", FLOODS, ids=repr)
def test_work_grows_in_proportion(piece: str) -> None:
    """Four times the text takes less than ten times as long; it were sixteen if quadratic."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        best = float("inf")
        for _ in range(2):
            begun = time.process_time()
            parse_answer(text)
            parse_utterances(text)
            best = min(best, time.process_time() - begun)
        return best

    assert seconds(200_000) < 10 * seconds(50_000) + 0.05


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_was_read_can_be_written_and_read_again(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    clips = [parse_answer(text) for text in texts]
    streams = [parse_utterances(text) for text in texts]
    records = [to_record(f"clip/{n}", clip, texts[n]) for n, clip in enumerate(clips)]
    records += [to_record(f"stream/{n}", one, texts[n]) for n, one in enumerate(streams)]
    found = _written(tmp_path_factory.mktemp("run"), records)
    assert found.items.height == len(records)
    assert found.notes == ()
    for row, clip in zip(found.items.iter_rows(named=True), clips, strict=False):
        assert (row["basic7"], row["status"]) == (clip.basic7, clip.status)


def _written(folder: Path, records: list[dict[str, Any]]) -> Any:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "predictions.jsonl").write_text(lines, encoding="utf-8")
    return read_predictions(folder)


def test_a_clips_record_reads_back_as_it_was(tmp_path: Path) -> None:
    found = _written(tmp_path, [to_record("a", parse_answer(CLIP), CLIP)])
    (row,) = found.items.iter_rows(named=True)
    assert row == {
        "item_id": "a",
        "basic7": "Joy",
        "confidence": 0.85,
        "goemotions": ["joy", "love"],
        "goemotions_confidence": None,  # one of the two has none
        "status": "ok",
        "raw": CLIP,
    }


def test_a_monologues_record_reads_back_as_it_was(tmp_path: Path) -> None:
    stream = parse_utterances(STREAM)
    found = _written(tmp_path, [to_record("m", stream, STREAM)])
    assert found.items["status"].to_list() == ["ok"]
    assert found.utterances["start_s"].to_list() == [0, 10, 20, 30, 40]
    assert found.utterances["end_s"].to_list() == [9, 19, 29, 39, 49]
    assert found.utterances["basic7"].to_list() == list(BASIC7.labels[:5])
    assert found.utterances["goemotions"].to_list() == [["joy"]] * 5
    assert found.utterances["intensity"].to_list() == [3] * 5
    assert found.utterances["index"].to_list() == [None] * 5


def test_an_utterance_that_cannot_be_placed_is_named_and_not_written(tmp_path: Path) -> None:
    stream = parse_utterances(STREAM.replace("00:10-00:19", "later"))
    record = to_record("m", stream, STREAM)
    assert len(stream.utterances) == 5
    assert len(record["utterances"]) == 4
    assert "no-times: utterance 2 cannot be placed, and is in no prediction" in record["notes"]
    assert _written(tmp_path, [record]).utterances.height == 4


def test_an_answer_without_anything_is_a_record_too(tmp_path: Path) -> None:
    records = [to_record("a", parse_answer(None), None), to_record("b", parse_utterances(""), "")]
    found = _written(tmp_path, records)
    assert found.items["status"].to_list() == ["invalid", "invalid"]
    assert found.items["raw"].to_list() == [None, ""]


def test_random_bytes_read_as_text() -> None:
    noise = random.Random(5)
    for _ in range(50):
        text = noise.randbytes(2_000).decode("latin-1")
        check_clip(parse_answer(text), text)
        check_stream(parse_utterances(text), text)
