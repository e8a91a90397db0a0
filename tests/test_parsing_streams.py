"""Answers to Prompt B as models write them; what each says was worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emos.evaluate.parsing import ParsedStream, parse_utterances
from emos.evaluate.parsing.times import range_in, time_in

if TYPE_CHECKING:
    from emos.tables import Dataset

FIRST = {
    "timestamp_range": "00:00-00:05",
    "speaker_guess": "a man",
    "transcript_zh": "你好",
    "transcript_en": "Hello",
    "emotion_primary": "Anger",
    "emotion_secondary": ["annoyance", "Unsure"],
    "intensity": 3,
    "audio_cues": "loud",
    "visual_cues": "frowns",
    "evidence": "“Hello”, he shouts",
}
SECOND = FIRST | {
    "timestamp_range": "00:05-00:09",
    "transcript_zh": "走吧",
    "transcript_en": "Go",
    "emotion_primary": "Joy",
    "emotion_secondary": ["joy", "relief"],
    "intensity": 4,
}
ANSWER = {
    "summary": "A man waits; then he goes.",
    "overall_emotion_trend": {"dominant": "Anger", "trajectory": "00:00 angry, 00:05 glad"},
    "utterances": [FIRST, SECOND],
}
JSON = json.dumps(ANSWER, ensure_ascii=False)
READ = [
    (0.0, 5.0, "你好", "Anger", ("annoyance", "unsure"), 3.0),
    (5.0, 9.0, "走吧", "Joy", ("joy", "relief"), 4.0),
]
TEXT = """1. **Summary (2–3 sentences):** A man waits; then he goes.
2. **Overall Emotions Trend:**
   - Dominant emotion: Anger
   - Trajectory:
     - 00:00–00:05: angry
     - 00:05–00:09: glad
3. **Utterance-Level Annotations (chronological, non-overlapping timestamps):**

**Utterance 1**
- **Timestamp range:** 00:00–00:05
- **Speaker guess (optional):** a man
- **Chinese transcript:** 你好
- **English transcript (optional):** Hello
- **Primary emotion (7-class):** Anger
- **Secondary emotions (GoEmotions):** annoyance, Unsure
- **Intensity:** 3
- **Audio cues:** loud
- **Visual cues:** frowns
- **Evidence:** "Hello", he shouts

**Utterance 2**
- **Timestamp range:** 00:05–00:09
- **Chinese transcript:** 走吧
- **Primary emotion (7-class):** Joy
- **Secondary emotions (GoEmotions):** joy, relief
- **Intensity:** 4

Assumptions: times were estimated."""


def _read(stream: ParsedStream) -> list[tuple[Any, ...]]:
    return [
        (one.start_s, one.end_s, one.text, one.basic7, one.goemotions, one.intensity)
        for one in stream.utterances
    ]


def _rules(stream: ParsedStream) -> set[str]:
    return {note.rule for note in stream.notes}


def test_plain_json_needs_no_note() -> None:
    stream = parse_utterances(JSON, form="json")
    assert (stream.status, _read(stream), stream.notes) == ("ok", READ, ())
    assert stream.summary == "A man waits; then he goes."
    assert (stream.dominant, stream.trajectory) == ("Anger", "00:00 angry, 00:05 glad")


def test_the_text_form_as_asked_for() -> None:
    stream = parse_utterances(TEXT, form="text")
    assert (stream.status, _read(stream)) == ("ok", READ)
    assert (stream.summary, stream.dominant) == ("A man waits; then he goes.", "Anger")
    assert stream.trajectory == "00:00–00:05: angry\n00:05–00:09: glad"


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{JSON}\n```",
        f"<think>What a clip</think>Here:\n{JSON}\nAll times are estimates.",
        JSON.replace('"', "'"),
        JSON.replace("“Hello”", '"Hello"'),
        JSON[:-2] + ", ]}",
        json.dumps([FIRST, SECOND]),
        json.dumps(FIRST) + "\n" + json.dumps(SECOND),  # one object to a line
        JSON.replace("utterances", "Utterance-Level Annotations"),
        JSON.replace("utterances", "逐句标注").replace("emotion_primary", "主要情绪"),
        JSON.replace("emotion_primary", "primary_7class").replace(
            "emotion_secondary", "secondary_Goemotions"
        ),
        JSON.replace('["annoyance", "Unsure"]', '"annoyance; Unsure"'),
        JSON.replace('"Anger"', '"Anger/愤怒"'),
        JSON.replace("00:00-00:05", "[00:00 – 00:05]").replace("00:05-00:09", "0:05~0:09"),
        JSON.replace("00:00-00:05", "０0：００－００：０５"),
        JSON.replace("00:00-00:05", "00:00:00,000 --> 00:00:05,000"),
        JSON.replace('"00:00-00:05"', '["00:00", "00:05"]'),
        JSON.replace('"00:00-00:05"', '{"start": 0, "end": "5.0s"}'),
        JSON.replace('"timestamp_range": "00:00-00:05"', '"start": "00:00", "end": "00:05"'),
        JSON.replace('"intensity": 3', '"intensity": "3/5"'),
        JSON.replace('"intensity": 3', '"intensity": "3 (moderate)"'),
    ],
)
def test_json_in_all_the_ways_it_comes(text: str) -> None:
    stream = parse_utterances(text)
    assert (stream.status, _read(stream)) == ("ok", READ)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("**", ""),
        TEXT.replace(":** ", "：** "),
        TEXT.replace("**Timestamp range:** ", "").replace("- 00:0", "00:0"),
        TEXT.split("3. **")[1].replace("**Timestamp range:** ", ""),
        "[00:00-00:05] 你好\nPrimary emotion: Anger; Intensity: 3\n"
        "Secondary emotions: annoyance, Unsure\n\n[00:05-00:09] 走吧\n"
        "Primary emotion: Joy; Intensity: 4\nSecondary emotions: joy, relief",
        "| Timestamp range | Chinese transcript | Primary emotion (7-class) | Secondary emotions |"
        " Intensity |\n|---|---|---|---|---|\n"
        "| 00:00–00:05 | 你好 | Anger | annoyance, Unsure | 3 |\n"
        "| 00:05–00:09 | 走吧 | Joy | joy, relief | 4 |",
        "时间戳：00:00-00:05\n中文文本：你好\n主要情绪：愤怒\n次要情绪：恼怒、不确定\n强度：3\n"
        "时间戳：00:05-00:09\n中文文本：走吧\n主要情绪：喜悦\n次要情绪：喜悦、释然\n强度：4",
    ],
)
def test_text_in_all_the_ways_it_comes(text: str) -> None:
    stream = parse_utterances(text)
    assert (stream.status, _read(stream)) == ("ok", READ)


def test_the_transcript_of_the_monologues_language_is_the_text() -> None:
    english = parse_utterances(JSON, language="en")
    assert [one.text for one in english.utterances] == ["Hello", "Go"]
    lone = parse_utterances(JSON.replace('"transcript_zh": "你好"', '"transcript_zh": ""'))
    assert [one.text for one in lone.utterances] == ["Hello", "走吧"]


def test_an_answer_cut_off_keeps_what_is_complete() -> None:
    for end in range(JSON.index("“Hello”", JSON.index("走吧")), len(JSON) - 3):
        stream = parse_utterances(JSON[:end])
        assert (stream.status, _read(stream)) == ("ok", READ[:1])
        assert "cut-off" in _rules(stream)
        assert stream.summary == "A man waits; then he goes."


def test_a_broken_utterance_does_not_take_the_next_with_it() -> None:
    broken = JSON.replace('"intensity": 3', '"intensity": 3, 12 x y')
    stream = parse_utterances(broken)
    assert _read(stream) == READ
    assert "skipped" in _rules(stream)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("00:05-00:09", (5, 9)),
        ("0:05 - 0:09", (5, 9)),
        ("1:02:03-1:02:04", (3723, 3724)),
        ("00:05.5–00:06.25", (5.5, 6.25)),
        ("00:00:05,500 --> 00:00:09,250", (5.5, 9.25)),
        ("（00:05～00:09）", (5, 9)),
        ("00:05至00:09", (5, 9)),
        ("00:05 to 00:09", (5, 9)),
        ("5.0s–9.5s", (5, 9.5)),
        ("5-9", (5, 9)),
        ("99:59-100:01", (5999, 6001)),
        ("00:05-00:05", (5, 5)),
        ([5, 9.5], (5, 9.5)),
        ("00:09-00:05", None),
        ("00:61-00:70", None),
        ("1:60:00-1:61:00", None),
        ("00:05", None),
        ("00:05-", None),
        ("", None),
        ("at the beginning", None),
        ("12:34:56:78-12:34:56:79", None),
        ([5], None),
        ([9, 5], None),
        ([True, 2], None),
        (5, None),
        (None, None),
    ],
)
def test_ranges_of_times(value: object, read: tuple[float, float] | None) -> None:
    assert range_in(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (12, 12.0),
        ("01:02", 62.0),
        ("1:01:02.5", 3662.5),
        ("12.5 s", 12.5),
        ("12秒", 12.0),
        (-1, None),
        (float("inf"), None),
        (True, None),
        ("soon", None),
        (None, None),
    ],
)
def test_times(value: object, read: float | None) -> None:
    assert time_in(value) == read


def _utterance(**changed: Any) -> ParsedStream:
    record = {**FIRST, **changed}
    return parse_utterances(json.dumps({"utterances": [record]}))


@pytest.mark.parametrize(
    ("changed", "field", "value", "rule"),
    [
        ({"emotion_primary": "Furious"}, "basic7", "Furious", "no-basic7-label"),
        ({"emotion_primary": "Anger or Fear"}, "basic7", "Anger or Fear", "no-basic7-label"),
        ({"emotion_primary": ["Anger", "Fear"]}, "basic7", "Anger / Fear", "several-labels"),
        ({"emotion_secondary": ["rage"]}, "goemotions", (), "no-goemotions-label"),
        ({"intensity": 7}, "intensity", None, "out-of-range"),
        ({"intensity": "strong"}, "intensity", None, "no-number"),
        ({"timestamp_range": "soon"}, "start_s", None, "unreadable-time"),
        ({"timestamp_range": "soon"}, "end_s", None, "no-times"),
        ({"confidence": 8}, "confidence", None, "uncertain-scale"),
        ({"confidence": "80%"}, "confidence", 0.8, None),
        ({"intensity": 4.5}, "intensity", 4.5, None),
        ({"emotion_secondary": []}, "goemotions", (), None),
        ({"emotion_secondary": None}, "goemotions", None, None),
        ({"emotion_primary": None}, "basic7", None, None),
    ],
)
def test_a_doubtful_field_is_noted_and_not_guessed(
    changed: dict[str, Any], field: str, value: object, rule: str | None
) -> None:
    stream = _utterance(**changed)
    assert stream.status == "ok"
    assert getattr(stream.utterances[0], field) == value
    assert rule in _rules(stream) if rule else stream.notes == ()


def test_overlaps_are_noted() -> None:
    second = SECOND | {"timestamp_range": "00:04-00:09"}
    stream = parse_utterances(json.dumps({"utterances": [FIRST, second]}))
    assert "overlap: utterance 2 starts before an earlier one ends" in map(str, stream.notes)


def test_a_number_is_an_index_only_where_segments_were_given() -> None:
    numbered = json.dumps({"utterances": [FIRST | {"index": 7}, SECOND | {"segment": "# 8"}]})
    assert [one.index for one in parse_utterances(numbered).utterances] == [None, None]
    indexed = parse_utterances(numbered, indexed=True)
    assert [one.index for one in indexed.utterances] == [7, 8]
    odd = json.dumps(
        {"utterances": [FIRST | {"index": value} for value in (0, -1, True, "x", 1.5)]}
    )
    assert {one.index for one in parse_utterances(odd, indexed=True).utterances} == {None}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"summary": "Nobody speaks.", "utterances": []}', "ok"),
        ('{"summary": "x", "utterances": null}', "invalid"),
        ('{"summary": "x"}', "invalid"),
        ("A man waits. He is angry at first, and then he is glad.", "invalid"),
        ("Trajectory:\n00:00-00:05: angry\n00:05-00:09: glad", "invalid"),
        ("", "invalid"),
        (None, "invalid"),
        ("<think>" + JSON, "invalid"),
        ("I'm sorry, but I can't watch videos.", "refused"),
        ("抱歉，我无法观看视频。", "refused"),
    ],
)
def test_answers_without_utterances(text: str | None, status: str) -> None:
    stream = parse_utterances(text)
    assert (stream.status, stream.utterances) == (status, ())


def test_an_element_that_is_no_object_is_left_out_and_noted() -> None:
    text = json.dumps({"utterances": [FIRST, "and so on", SECOND]})
    stream = parse_utterances(text)
    assert _read(stream) == READ
    assert "no-utterance: element 2 is no object; left out" in map(str, stream.notes)


def test_another_form_than_asked_for_is_read_and_noted() -> None:
    assert "other-form" in _rules(parse_utterances(TEXT, form="json"))
    assert "other-form" in _rules(parse_utterances(JSON, form="text"))


@pytest.mark.release
def test_the_releases_own_annotations_are_answers_to_prompt_b(
    release_path: Path, release: Dataset
) -> None:
    """46 files with fences, emoji and words outside the set, read as the importer reads them."""
    read: list[tuple[Any, ...]] = []
    aside: list[str] = []
    files = sorted(release_path.rglob("*.emotion.json"))
    for path in files:
        stream = parse_utterances(path.read_text(encoding="utf-8"), form="json")
        assert stream.status == "ok"
        aside += [note.what for note in stream.notes if note.rule == "no-goemotions-label"]
        read += [
            (path.name, one.start_s, one.end_s, one.basic7, list(one.goemotions or ()))
            for one in stream.utterances
        ]
    assert (len(files), len(read)) == (46, 447)
    rows = release.utterances.select("file", "start_s", "end_s", "primary", "secondary").iter_rows()
    assert sorted(read) == sorted((file.rsplit("/", 1)[-1], *row) for file, *row in rows)
    words = {word for cell in release.utterances["secondary_aside"] for word in cell}
    assert set(aside) == words
