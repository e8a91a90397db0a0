"""Streaming monologues: small folders by hand, hostile ones, and the public release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.readers.ledger import RULES
from emos.readers.streams.advertisements import patterns, split_speech
from emos.readers.streams.monologues import StreamingTables, read_streaming
from emos.readers.streams.timestamps import Span, check_order, parse_range
from emos.tables import Dataset, DatasetInfo

RELATIVE = "datasets/streaming-finalsplit"


def emotion(**changes: Any) -> dict[str, Any]:
    utterance = {
        "timestamp_range": "00:00-00:04",
        "speaker_guess": "Someone",
        "transcript_zh": "你好",
        "transcript_en": "Hello there.",
        "emotion_primary": "Joy/喜悦",
        "emotion_secondary": ["joy 😊", "triumph", "love"],
        "intensity": 3,
        "audio_cues": "a",
        "visual_cues": "v",
        "evidence": "e",
    }
    return {
        "summary": "s",
        "overall_emotion_trend": {"dominant": "Joy", "trajectory": "t"},
        "utterances": [utterance | changes],
    }


def timestamps(**changes: Any) -> dict[str, Any]:
    return {
        "lang": "en",
        "film": "Film",
        "source_rel": "video.mp4",
        "t_start_global": 10.0,
        "t_end_global": 15.5,
        "duration": 5.5,
        "clip": "Film.mp4",
        "segments": [
            {"index": 1, "start": 0.0, "end": 2.0, "text": "Hello", "filename": "segment001.mp4"},
            {"index": 2, "start": 2.5, "end": 5.5, "text": "there.", "filename": "segment002.mp4"},
        ],
    } | changes


def index_entry(**changes: Any) -> dict[str, Any]:
    return {
        "lang": "en",
        "index": 1,
        "source_rel": "video.mp4",
        "film": "Film",
        "t_start": 10.0,
        "t_end": 15.5,
        "text": "Hello there.",
        "segments": [
            {"index": 1, "start": 10.0, "end": 12.0, "text": "Hello"},
            {"index": 2, "start": 12.5, "end": 15.5, "text": "there."},
        ],
    } | changes


def put(root: Path, name: str, content: Any) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def fill(root: Path, *, annotation: Any = None, times: Any = None, index: Any = None) -> Path:
    """A folder with one monologue called Film, and a cross-index."""
    put(root, "Film/Film.emotion.json", emotion() if annotation is None else annotation)
    put(root, "Film/sentence_level_timestamps.json", timestamps() if times is None else times)
    put(root, "English_sentence_level.json", [index_entry()] if index is None else index)
    return root


def rules(tables: StreamingTables, kind: str | None = "flagged") -> list[str]:
    assert set(tables.ledger["rule"]) <= set(RULES)
    return tables.ledger.filter(pl.col("kind") == kind)["rule"].to_list()


def test_one_monologue(tmp_path: Path) -> None:
    tables = read_streaming(fill(tmp_path))
    (item,) = tables.items.to_dicts()
    assert item["item_id"] == "streaming/en/Film"
    assert (item["subset"], item["batch"], item["language"]) == ("streaming", "", "en")
    assert (item["recording"], item["group"]) == ("video.mp4", "video.mp4")
    assert (item["start_s"], item["end_s"]) == (10.0, 15.5)
    assert item["transcript"] == "Hello there."
    assert item["media"] == "Film/Film.mp4"
    (row,) = tables.utterances.to_dicts()
    assert (row["start_s"], row["end_s"], row["index"]) == (0.0, 4.0, 1)
    assert (row["primary"], row["primary_raw"]) == ("Joy", "Joy/喜悦")
    assert row["secondary"] == ["joy", "love"]
    assert row["secondary_aside"] == ["triumph"]
    assert row["secondary_raw"] == ["joy 😊", "triumph", "love"]
    assert (row["intensity"], row["place"]) == (3, "/utterances/0")
    assert row["origin"] == "unknown"
    assert tables.sentences["end_s"].to_list() == [2.0, 5.5]
    assert tables.sentences["media"].to_list() == [
        "Film/segment001.mp4",
        "Film/segment002.mp4",
    ]
    assert tables.sentences["flag"].null_count() == 2
    assert rules(tables) == []
    aside = tables.ledger.filter(pl.col("kind") == "aside").to_dicts()
    assert [(row["before"], row["cell"]) for row in aside] == [
        ("triumph", "/utterances/0/emotion_secondary/1")
    ]
    assert set(tables.ledger["item_id"]) == {"streaming/en/Film"}
    Dataset(
        DatasetInfo("d"),
        items=tables.items,
        monologues=tables.monologues,
        utterances=tables.utterances,
        sentences=tables.sentences,
        ledger=tables.ledger,
    ).write(tmp_path / "dataset")


def test_repair_off_takes_exact_labels_only(tmp_path: Path) -> None:
    (row,) = read_streaming(fill(tmp_path), repair="drop").utterances.to_dicts()
    assert row["primary"] is None
    assert row["secondary"] == ["love"]
    assert row["primary_raw"] == "Joy/喜悦"


def test_fenced_annotation_is_read_and_reported(tmp_path: Path) -> None:
    fill(tmp_path, annotation=f"```json\n{json.dumps(emotion())}\n```")
    tables = read_streaming(tmp_path)
    assert tables.utterances.height == 1
    fence = tables.ledger.filter(pl.col("rule") == "markdown-fence").to_dicts()
    assert [(row["kind"], row["cell"]) for row in fence] == [("repaired", "line 1, column 1")]


def test_a_broken_file_does_not_lose_the_others(tmp_path: Path) -> None:
    fill(tmp_path, annotation='{"summary": "a" "b"}')
    put(tmp_path, "Other/Other.emotion.json", emotion())
    put(tmp_path, "Other/sentence_level_timestamps.json", timestamps(film="Other"))
    tables = read_streaming(tmp_path)
    assert tables.utterances["monologue_id"].to_list() == ["streaming/en/Other"]
    assert tables.items.height == 2
    broken = tables.ledger.filter(pl.col("rule") == "unreadable-json").to_dicts()
    assert [(row["file"], row["cell"], row["item_id"]) for row in broken] == [
        ("Film/Film.emotion.json", "line 1, column 17", "streaming/en/Film")
    ]


def test_missing_timestamps_come_from_the_cross_index(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "Film/sentence_level_timestamps.json").unlink()
    tables = read_streaming(tmp_path)
    assert tables.items["item_id"].to_list() == ["streaming/en/Film"]
    assert tables.items["end_s"].to_list() == [15.5]
    assert tables.sentences["start_s"].to_list() == [0.0, 2.5]
    assert sorted(rules(tables)) == ["index-stands-in", "no-timestamps"]


def test_without_any_times_the_annotation_stays(tmp_path: Path) -> None:
    put(tmp_path, "Film/Film.emotion.json", emotion())
    tables = read_streaming(tmp_path)
    assert tables.items["item_id"].to_list() == ["streaming/und/Film"]
    assert tables.utterances["start_s"].to_list() == [0.0]
    assert sorted(rules(tables)) == ["no-language", "no-timestamps"]


def test_missing_annotation_is_flagged(tmp_path: Path) -> None:
    put(tmp_path, "Film/sentence_level_timestamps.json", timestamps())
    tables = read_streaming(tmp_path)
    assert tables.sentences.height == 2
    assert rules(tables) == ["no-annotation"]


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        ({"t_start": 9.0}, "/t_start_global"),
        ({"t_end": 15.53}, "/t_end_global"),
        ({"lang": "zh"}, "/lang"),
        ({"segments": index_entry()["segments"][:1]}, "/segments"),
        (
            {
                "segments": [
                    index_entry()["segments"][0] | {"text": "Bye"},
                    index_entry()["segments"][1],
                ]
            },
            "/segments/0/text",
        ),
        (
            {
                "segments": [
                    index_entry()["segments"][0] | {"end": 12.4},
                    index_entry()["segments"][1],
                ]
            },
            "/segments/0/end",
        ),
    ],
)
def test_differences_from_the_cross_index_are_flagged(
    tmp_path: Path, change: dict[str, Any], cell: str
) -> None:
    tables = read_streaming(fill(tmp_path, index=[index_entry(**change)]))
    rows = tables.ledger.filter(pl.col("rule") == "index-differs")
    assert cell in rows["cell"].to_list()


def test_entries_without_a_partner_are_flagged(tmp_path: Path) -> None:
    tables = read_streaming(fill(tmp_path, index=[index_entry(film="Another")]))
    assert sorted(rules(tables)) == ["index-without-folder", "not-in-index"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"timestamp_range": "00:04-00:04"}, "no-duration"),
        ({"timestamp_range": "00:00-00:07"}, "beyond-duration"),  # 7 s of 5.5 s
        ({"timestamp_range": "soon"}, "unreadable-time"),
        ({"timestamp_range": None}, "unreadable-time"),
        ({"timestamp_range": 4}, "not-text"),
        ({"intensity": 6}, "intensity-out-of-range"),
        ({"intensity": 2.5}, "intensity-out-of-range"),
        ({"intensity": "high"}, "not-a-number"),
        ({"intensity": True}, "not-a-number"),
        ({"intensity": None}, "no-intensity"),
        ({"intensity": 10**400}, "not-a-number"),
        ({"emotion_primary": ["Joy"]}, "not-text"),
        ({"emotion_secondary": {"joy": 1}}, "not-text"),
        ({"transcript_en": "\ud800"}, "half-character"),
        ({"transcript_en": "Transcribed by Example.ai."}, "advertisement"),
    ],
)
def test_faults_of_an_utterance_are_flagged(
    tmp_path: Path, change: dict[str, Any], rule: str
) -> None:
    annotation = json.dumps(emotion(**change))
    tables = read_streaming(fill(tmp_path, annotation=annotation))
    assert rule in rules(tables)
    assert tables.utterances.height == 1


def test_intensity_as_text_is_read_and_reported(tmp_path: Path) -> None:
    tables = read_streaming(fill(tmp_path, annotation=emotion(intensity="4")))
    assert tables.utterances["intensity"].to_list() == [4]
    assert "number-as-text" in rules(tables, "repaired")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"segments": {"a": 1}}, "not-a-list"),
        ({"segments": ["a", 1]}, "not-an-object"),
        ({"clip": "../../etc/passwd"}, "path-outside"),
        ({"clip": "a\\b.mp4"}, "path-outside"),
        ({"clip": "电影.mp4"}, "clip-name"),
        ({"duration": 9}, "duration-differs"),
        ({"t_end_global": 9.0}, "no-duration"),
        ({"t_end_global": "later"}, "not-a-number"),
        ({"lang": "English"}, "no-language"),
        ({"lang": ["en"]}, "not-text"),
        (
            {
                "segments": [
                    {"start": 0, "end": 4, "text": "a"},
                    {"start": 3, "end": 5, "text": "b"},
                ]
            },
            "overlap",
        ),
        (
            {
                "segments": [
                    {"start": 2, "end": 3, "text": "a"},
                    {"start": 0, "end": 1, "text": "b"},
                ]
            },
            "out-of-order",
        ),
        ({"segments": [{"start": -1, "end": 3, "text": "a"}]}, "negative-time"),
        ({"segments": [{"start": 1, "end": 3, "text": "a", "filename": ".."}]}, "path-outside"),
    ],
)
def test_faults_of_timestamps_are_flagged(
    tmp_path: Path, change: dict[str, Any], rule: str
) -> None:
    assert rule in rules(read_streaming(fill(tmp_path, times=timestamps(**change))))


def test_media_never_lead_out_of_the_folder(tmp_path: Path) -> None:
    times = timestamps(clip="../x.mp4", segments=[{"text": "a", "filename": "/etc/x.mp4"}])
    tables = read_streaming(fill(tmp_path, times=times))
    assert tables.items["media"].to_list() == [None]
    assert tables.sentences["media"].to_list() == [None]


def test_two_annotations_in_a_folder(tmp_path: Path) -> None:
    fill(tmp_path)
    put(tmp_path, "Film/A.emotion.json", emotion(intensity=1))
    tables = read_streaming(tmp_path)
    assert tables.utterances["intensity"].to_list() == [3]
    assert rules(tables) == ["second-annotation"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*emotion(), *emotion()["utterances"][0], *timestamps(), "start", "end", "text"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(annotation=JSON, times=JSON, index=JSON)
def test_no_json_whatsoever_ends_in_a_traceback(
    tmp_path: Path, annotation: Any, times: Any, index: Any
) -> None:
    fill(
        tmp_path,
        annotation=json.dumps(annotation),
        times=json.dumps(times),
        index=json.dumps(index),
    )
    tables = read_streaming(tmp_path)
    assert tables.items.height == 1
    Dataset(DatasetInfo("d"), ledger=tables.ledger, utterances=tables.utterances)
    assert set(tables.ledger["rule"]) <= set(RULES)


def test_no_monologue_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="no monologue here"):
        read_streaming(tmp_path)
    with pytest.raises(EmosError, match="no such folder"):
        read_streaming(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("00:09-00:22", Span(9, 22)),
        ("01:02:03 - 01:02:04.5", Span(3723, 3724.5)),
        ("0:05–0:07", Span(5, 7)),
        ("00：05～00：07", Span(5, 7)),
        ("61:00-62:00", Span(3660, 3720)),
        ("00:75-00:80", None),
        ("00:05", None),
        ("5-7", None),
        ("", None),
    ],
)
def test_time_ranges(text: str, span: Span | None) -> None:
    assert parse_range(text) == span


def test_order_of_spans() -> None:
    spans = [Span(0, 5), Span(None, None), Span(4, 6), Span(3, 4), Span(8, 8), Span(9, 12)]
    found = [(f.position, f.rule) for f in check_order(spans, 11.0, tolerance_s=0.5)]
    assert found == [
        (2, "overlap"),
        (3, "out-of-order"),
        (4, "no-duration"),
        (5, "beyond-duration"),
    ]
    assert check_order([Span(0, 5), Span(5, 11.5)], 11.0, tolerance_s=0.5) == []


def test_every_advertisement_pattern_matches_its_sample() -> None:
    for pattern in patterns():
        assert pattern.expression.search(pattern.sample), pattern.sample
        said = split_speech(pattern.sample)
        assert said.advertisement
        assert said.text == ""


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ("(Transcribed by Example.ai. Go Unlimited to remove this message.) 你好。", "你好。"),
        ("Hello. Please like and subscribe to my channel!", "Hello."),
    ],
)
def test_speech_beside_an_advertisement_is_kept(text: str, speech: str) -> None:
    assert split_speech(text).text == speech


@pytest.mark.parametrize(
    "text",
    [
        "I subscribe to the theory that the world is cruel.",
        "The trial was transcribed by my secretary.",
        "请关注我的眼睛。",
        "Go unlimited, they said.",
        "He spoke without subtitles.",
        "字幕上写着我的名字。",
        "",
    ],
)
def test_speech_is_not_taken_for_an_advertisement(text: str) -> None:
    assert split_speech(text) == (text, None, None)


def test_advertisement_is_flagged_and_its_text_kept(tmp_path: Path) -> None:
    ad = "(Transcribed by Example.ai. Go Unlimited to remove this message.)"
    times = timestamps()
    times["segments"][0]["text"] = ad
    times["segments"][1]["text"] = f"{ad} there."
    tables = read_streaming(fill(tmp_path, times=times))
    assert tables.sentences["flag"].to_list() == ["advertisement", "advertisement beside speech"]
    assert tables.sentences["text"].to_list() == [ad, f"{ad} there."]
    assert tables.items["transcript"].to_list() == ["there."]


@pytest.mark.release
def test_release(release_path: Path) -> None:
    tables = read_streaming(release_path / RELATIVE, base=release_path)
    assert tables.items.height == 46
    assert tables.items.group_by("language").len().sort("language").rows() == [
        ("en", 39),
        ("zh", 7),
    ]
    assert tables.utterances.height == 447
    assert tables.sentences.height == 1694
    assert (tables.items["end_s"] - tables.items["start_s"]).sum() / 60 == pytest.approx(
        95.5, abs=0.05
    )
    counts = dict(tables.utterances.group_by("primary").len().rows())
    assert counts == {
        "Sadness": 108,
        "Anger": 103,
        "Neutral": 92,
        "Joy": 91,
        "Disgust": 30,
        "Fear": 17,
        "Surprise": 6,
    }
    assert tables.utterances["start_s"].null_count() == 0
    assert set(tables.utterances["intensity"]) == {1, 2, 3, 4, 5}
    assert tables.utterances["file"].str.starts_with(f"{RELATIVE}/").all()


@pytest.mark.release
def test_release_ledger(release_path: Path) -> None:
    tables = read_streaming(release_path / RELATIVE, base=release_path)
    ledger = tables.ledger
    assert ledger.filter(pl.col("rule") == "markdown-fence").height == 46
    primary = ledger.filter(pl.col("cell").str.ends_with("/emotion_primary"))
    assert primary.height == 56
    assert set(primary["kind"]) == {"repaired"}
    words = ledger.filter(pl.col("kind") == "aside")["before"]
    assert (words.n_unique(), words.len()) == (37, 73)
    assert ledger.filter(pl.col("rule") == "advertisement").height == 1
    assert tables.sentences["flag"].drop_nulls().to_list() == ["advertisement beside speech"]
    assert ledger.filter(pl.col("rule") == "index-differs").height == 0
    # Eight last utterances end over a second after their clip.
    assert ledger.filter(pl.col("rule") == "beyond-duration").height == 8


@pytest.mark.release
def test_release_as_it_is_counts_as_figure_2(release_path: Path) -> None:
    tables = read_streaming(release_path / RELATIVE, base=release_path, repair="drop")
    counts = dict(tables.utterances.group_by("primary").len().rows())
    assert [counts[name] for name in ("Sadness", "Joy", "Neutral", "Anger")] == [100, 90, 86, 74]
    assert counts[None] == 56
