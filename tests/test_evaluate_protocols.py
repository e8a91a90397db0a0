"""What a monologue's requests hold: windows, the past alone, single segments; and what is made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.evaluate.runner.protocols import windows
from emos.readers.predictions import read_predictions
from making_runs import ask, clips, monologue, plan_of, predictions
from serving import Asked, Reply, Server, completion, error, refusal

pytest.importorskip("openai", reason="needs the extra evaluate")

SPOKEN = [
    (0.0, 3.0, "alpha", "Joy"),
    (5.0, 9.0, "beta", "Anger"),
    (11.0, 20.0, "gamma", "Anger"),
    (22.0, 30.0, "delta", "Fear"),
]
LABEL = '{"predicted_emotion": "Anger", "model_confidence": 0.5, "goemotions_labels": ["fear"]}'


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    monologue(SPOKEN, seconds=32).write(tmp_path / "dataset")
    return tmp_path / "dataset"


def stream(*utterances: tuple[str, str, str], summary: str = "") -> str:
    """An answer to Prompt B: range, words, label."""
    found = [
        {"timestamp_range": when, "transcript_en": words, "emotion_primary": label}
        for when, words, label in utterances
    ]
    return json.dumps({"summary": summary, "utterances": found})


# Windows


def test_windows_overlap_and_share_the_overlap_at_its_middle() -> None:
    # 70 s in windows of 30 s that share 10: from 0, 20 and 40; believed up to 25 and 45.
    found = windows(70, 30, 10)
    assert [part.span for part in found] == [(0, 30), (20, 50), (40, 70)]
    inner = [edge for part in found for edge in part.kept][1:-1]
    assert inner == [25, 25, 45, 45]
    assert [part.number for part in found] == [1, 2, 3]


def test_windows_end_with_the_monologue() -> None:
    assert [part.span for part in windows(71, 30, 10)][-1] == (60, 71)
    assert [part.span for part in windows(30, 30, 10)] == [(0, 30)]
    assert [part.span for part in windows(12, 30, 0)] == [(0, 12)]
    assert [part.span for part in windows(None, 30, 10)] == [None]


@pytest.mark.parametrize(("window", "overlap"), [(7.0, 2.0), (10.0, 9.5), (3.0, 0.0)])
def test_every_moment_is_believed_from_one_window_that_holds_it(
    window: float, overlap: float
) -> None:
    found = windows(40, window, overlap)
    for moment in range(400):
        at = moment / 10
        holders = [part for part in found if part.kept[0] <= at < part.kept[1]]
        assert len(holders) == 1
        span = holders[0].span
        assert span is not None and span[0] <= at <= span[1]


def test_windowed_carries_the_summary_and_takes_each_utterance_once(
    dataset: Path, tmp_path: Path
) -> None:
    answers = {
        "00:00": stream(
            ("00:00-00:03", "alpha", "Joy"), ("00:17-00:19", "late", "Fear"), summary="She enters."
        ),
        "00:15": stream(
            ("00:00-00:01", "early", "Joy"),
            ("00:02-00:04", "late", "Sadness"),
            ("00:08-00:15", "delta", "Fear"),
            summary="She leaves.",
        ),
    }

    def told(asked: Asked) -> Reply:
        found = re.search(
            r"part from (\d\d:\d\d) to (\d\d:\d\d) of a longer one of 00:32", asked.text
        )
        assert found
        return completion(answers[found[1]])

    with Server(told) as server:
        ask(dataset, server.url, tmp_path / "run", protocol="windowed", window_s=20, overlap_s=5)
        first, second = server.asked
    assert "Summary of the parts" not in first.text
    assert second.text.endswith("[00:07-00:15] delta")
    assert "Summary of the parts before it: She enters." in second.text
    assert "gamma" in first.text and "gamma" in second.text  # it is in both
    assert "delta" not in first.text
    (record,) = predictions(tmp_path / "run")
    # The first window ends at 20 s, the second begins at 15: up to 17.5 s the first is believed.
    made = [
        (one["start_s"], one["end_s"], one["text"], one["basic7"]) for one in record["utterances"]
    ]
    assert made == [
        (0, 3, "alpha", "Joy"),
        (17, 19, "late", "Sadness"),
        (23, 30, "delta", "Fear"),
    ]
    assert record["status"] == "ok"
    assert record["parts"] == {"ok": 2}


# The past alone


def test_causal_never_sees_what_comes_after(dataset: Path, tmp_path: Path) -> None:
    with Server(lambda asked: completion(LABEL)) as server:
        ask(dataset, server.url, tmp_path / "run", protocol="causal")
        asked = {re.findall(r"transcript: (\w+)", one.text)[0]: one.text for one in server.asked}
    words = [words for _, _, words, _ in SPOKEN]
    assert sorted(asked) == sorted(words)
    for place, word in enumerate(words):
        assert [other for other in words if other in asked[word]] == words[: place + 1]
    plan = plan_of(dataset, "http://127.0.0.1:9/v1", protocol="causal")
    spans = [part.span for part in plan.protocol.parts(plan.chosen.items[0])]
    assert spans == [(0, 3), (0, 9), (0, 20), (0, 30)]


def test_causal_may_look_back_only_so_far(dataset: Path) -> None:
    plan = plan_of(dataset, "http://127.0.0.1:9/v1", protocol="causal", context_s=10)
    item = plan.chosen.items[0]
    parts = plan.protocol.parts(item)
    assert [part.span for part in parts] == [(0, 3), (0, 9), (10, 20), (20, 30)]
    text = plan.protocol.text(item, parts[2], summary=None, with_media=True)
    assert "beta" not in text  # it ended before the context begins
    assert "The clip ends with the utterance in question, its last 9.0 s." in text
    # Never less than the utterance itself.
    short = plan_of(dataset, "http://127.0.0.1:9/v1", protocol="causal", context_s=1)
    assert short.protocol.parts(item)[2].span == (11, 20)


def test_segments_are_labelled_one_by_one_and_keep_their_index(
    dataset: Path, tmp_path: Path
) -> None:
    def told(asked: Asked) -> Reply:
        if "gamma" in asked.text:
            return completion("no idea")
        if "delta" in asked.text:
            return refusal("no")
        return completion(LABEL)

    with Server(told) as server:
        ask(dataset, server.url, tmp_path / "run", protocol="segments")
        for one in server.asked:
            assert sum(words in one.text for _, _, words, _ in SPOKEN) == 1
    (record,) = predictions(tmp_path / "run")
    assert record["parts"] == {"ok": 2, "invalid": 1, "refused": 1}
    assert record["status"] == "ok"
    found = read_predictions(tmp_path / "run").utterances
    assert found["index"].to_list() == [1, 2, 3, 4]
    assert found["start_s"].to_list() == [0, 5, 11, 22]
    assert found["basic7"].to_list() == ["Anger", "Anger", "no idea", None]
    assert found["goemotions"].to_list()[0] == ["fear"]
    assert found["confidence"].to_list()[:2] == [0.5, 0.5]


def test_a_failed_segment_is_asked_again_alone(dataset: Path, tmp_path: Path) -> None:
    def told(asked: Asked) -> Reply:
        return error(400) if "beta" in asked.text and asked.turn == 1 else completion(LABEL)

    with Server(told) as server:
        ask(dataset, server.url, tmp_path / "run", protocol="segments")
        assert predictions(tmp_path / "run")[0]["parts"] == {"ok": 3, "error": 1}
        ask(dataset, server.url, tmp_path / "run", protocol="segments", retry_errors=True)
        assert len(server.asked) == 5
    (record,) = predictions(tmp_path / "run")
    assert record["parts"] == {"ok": 4}
    assert "reason" not in record


# Whole


def test_whole_gives_the_words_with_their_times_and_reads_the_answer(
    dataset: Path, tmp_path: Path
) -> None:
    said = stream(("00:05-00:09", "beta", "Anger"), ("nonsense", "x", "Joy"))
    with Server(lambda asked: completion(said)) as server:
        ask(dataset, server.url, tmp_path / "run")
        (asked,) = server.asked
    assert asked.text.endswith(
        "Transcript with times (MM:SS):\n[00:00-00:03] alpha\n[00:05-00:09] beta\n"
        "[00:11-00:20] gamma\n[00:22-00:30] delta"
    )
    (record,) = predictions(tmp_path / "run")
    assert [one["text"] for one in record["utterances"]] == ["beta"]
    assert any("times" in note for note in record["notes"])


def test_clips_and_monologues_are_asked_each_with_its_prompt(tmp_path: Path) -> None:
    small, long = clips(2), monologue(SPOKEN, seconds=32)
    import polars as pl

    small.with_tables(items=pl.concat([small.items, long.items]), utterances=long.utterances).write(
        tmp_path / "dataset"
    )
    with Server(lambda asked: completion(LABEL)) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "both")
        assert sum("emotion researcher" in asked.text for asked in server.asked) == 1
        assert len(server.asked) == 3
        ask(tmp_path / "dataset", server.url, tmp_path / "clips", prompts=("a",))
        assert len(server.asked) == 5
        ask(tmp_path / "dataset", server.url, tmp_path / "long", prompts=("b-text",))
        assert len(server.asked) == 6
    with pytest.raises(EmosError, match="prompts a-json and a-text ask for the same"):
        plan_of(tmp_path / "dataset", "http://127.0.0.1:9/v1", prompts=("a", "a-text"))
    with pytest.raises(EmosError, match="protocol causal needs a prompt for labels"):
        plan_of(tmp_path / "dataset", "http://127.0.0.1:9/v1", prompts=("b",), protocol="causal")
    with pytest.raises(EmosError, match="no protocol is called 'all'"):
        plan_of(tmp_path / "dataset", "http://127.0.0.1:9/v1", protocol="all")


def test_what_was_said_is_withheld_where_text_is_no_modality(dataset: Path) -> None:
    plan = plan_of(dataset, "http://127.0.0.1:9/v1")
    item = plan.chosen.items[0]
    from dataclasses import replace

    for name in ("whole", "windowed", "causal", "segments"):
        silent = replace(plan.protocol, name=name, with_text=False)
        for part in silent.parts(item):
            text = silent.text(item, part, summary=None, with_media=True)
            assert not any(words in text for _, _, words, _ in SPOKEN)
