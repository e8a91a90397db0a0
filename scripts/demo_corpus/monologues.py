"""The streaming part: per monologue a fenced annotation file and a file of sentence times."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

INDEX = {"en": "English_sentence_level.json", "zh": "Chinese_sentence_level.json"}
RECORDING = {"en": "Six monologues, evening one.mp4", "zh": "六段独白 之一.mp4"}
SECONDS_PER_CHARACTER = {"en": 0.065, "zh": 0.24}


def write(monologues: list[dict[str, Any]], folder: Path) -> None:
    """Write every monologue's folder and the two cross-indexes."""
    index: dict[str, list[dict[str, Any]]] = {"en": [], "zh": []}
    clock = {"en": 12.0, "zh": 8.0}
    for entry in monologues:
        language, title = entry["language"], entry["title"]
        segments, ranges = _times(entry)
        start = clock[language]
        end = round(start + segments[-1]["end"], 2)
        clock[language] = round(end + 4.5, 2)
        home = folder / title
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{title}.emotion.json").write_text(_annotation(entry, ranges), encoding="utf-8")
        named = [
            segment | {"filename": f"segment{segment['index']:03}.mp4"} for segment in segments
        ]
        times = {
            "lang": language,
            "film": title,
            "source_rel": RECORDING[language],
            "t_start_global": start,
            "t_end_global": end,
            "duration": segments[-1]["end"],
            "clip": f"{title}.mp4",
            "segments": named,
        }
        (home / "sentence_level_timestamps.json").write_text(_json(times), encoding="utf-8")
        shifted = [
            segment
            | {"start": round(segment["start"] + start, 2), "end": round(segment["end"] + start, 2)}
            for segment in segments
        ]
        index[language].append(
            {
                "lang": language,
                "index": len(index[language]) + 1,
                "source_rel": RECORDING[language],
                "film": title,
                "t_start": start,
                "t_end": end,
                "text": " ".join(segment["text"] for segment in segments),
                "segments": shifted,
            }
        )
    for language, entries in index.items():
        (folder / INDEX[language]).write_text(_json(entries), encoding="utf-8")


def _times(entry: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Sentences with their times in seconds, and the range of every utterance in whole ones."""
    pace = SECONDS_PER_CHARACTER[entry["language"]]
    segments: list[dict[str, Any]] = []
    ranges = []
    now = 0.0
    for utterance in entry["utterance"]:
        begin = now
        for line in utterance["lines"]:
            end = round(now + 0.5 + pace * len(line), 2)
            segments.append({"index": len(segments) + 1, "start": now, "end": end, "text": line})
            now = round(end + 0.3, 2)
        now = float(math.ceil(segments[-1]["end"]))  # utterances are dated in whole seconds
        ranges.append(f"{_clock(begin)}-{_clock(now)}")
    if "advertisement" in entry:
        segments[0]["text"] = f"{entry['advertisement']} {segments[0]['text']}"
    return segments, ranges


def _annotation(entry: dict[str, Any], ranges: list[str]) -> str:
    utterances = [
        _utterance(entry, part, place)
        for part, place in zip(entry["utterance"], ranges, strict=True)
    ]
    text = _json(
        {
            "summary": entry["summary"],
            "overall_emotion_trend": {
                "dominant": entry["dominant"],
                "trajectory": entry["trajectory"],
            },
            "utterances": utterances,
        }
    )
    if "cut_in_utterance" in entry:  # the file ends in the middle of a string
        place = text.index(utterances[entry["cut_in_utterance"] - 1]["transcript_en"])
        return f"```json\n{text[: place + 12]}"
    return f"```json\n{text}\n```"


def _utterance(entry: dict[str, Any], part: dict[str, Any], place: str) -> dict[str, Any]:
    said = ("" if entry["language"] == "zh" else " ").join(part["lines"])
    zh, en = (said, part["other"]) if entry["language"] == "zh" else (part["other"], said)
    return {
        "timestamp_range": place,
        "speaker_guess": "说话人" if entry["language"] == "zh" else "Speaker",
        "transcript_zh": zh,
        "transcript_en": en,
        "emotion_primary": part["primary"],
        "emotion_secondary": part["secondary"],
        "intensity": part["intensity"],
        "audio_cues": part["audio"],
        "visual_cues": part["visual"],
        "evidence": part["evidence"],
    }


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
