"""One monologue's ``NAME.emotion.json``: its utterances, labels and summary as table rows."""

from __future__ import annotations

from typing import Any

from emos.readers.json_fields import Fields
from emos.readers.repair import read_labels
from emos.readers.streams.advertisements import split_speech
from emos.readers.streams.timestamps import Span, check_order, parse_range
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet

Row = dict[str, Any]

_WHOLE_SECONDS = 1.0


def monologue_row(top: Fields, repair: str) -> Row:
    """Summary, dominant class and trajectory: columns of the ``monologues`` table."""
    trend = top.child("overall_emotion_trend", top.record.get("overall_emotion_trend"))
    raw = trend.text("dominant") if trend else None
    labels, _ = _labels(trend, "dominant", raw, BASIC7, repair) if trend else ([], [])
    return {
        "summary": top.text("summary"),
        "dominant": labels[0] if labels else None,
        "dominant_raw": raw,
        "trajectory": trend.text("trajectory") if trend else None,
        "file": top.file,
    }


def utterance_rows(top: Fields, duration_s: float | None, repair: str) -> list[Row]:
    """Rows of the ``utterances`` table, without monologue and origin.

    Parameters
    ----------
    top : the file's top object.
    duration_s : length of the monologue, None if unknown.
    repair : ``full`` or ``drop``.
    """
    rows: list[Row] = []
    spans: list[Span] = []
    utterances: list[Fields] = []
    if top.record.get("utterances") is None:
        top.flag("no-utterances", "utterances", None, "no such key")
    for place, utterance in enumerate(top.objects("utterances")):
        if utterance is None:
            continue
        span = _span(utterance)
        spans.append(span)
        utterances.append(utterance)
        rows.append(_row(utterance, repair) | {"index": place + 1} | span._asdict())
    for fault in check_order(spans, duration_s, tolerance_s=_WHOLE_SECONDS):
        utterance = utterances[fault.position]
        raw = utterance.record.get("timestamp_range")
        utterance.flag(fault.rule, "timestamp_range", raw, fault.note)
    return rows


def _span(utterance: Fields) -> Span:
    raw = utterance.text("timestamp_range")
    span = parse_range(raw) if raw is not None else None
    if span is None:
        note = "MM:SS-MM:SS is expected; times read as unknown"
        utterance.flag("unreadable-time", "timestamp_range", raw, note)
        return Span(None, None)
    return span


def _row(utterance: Fields, repair: str) -> Row:
    raw = utterance.text("emotion_primary")
    primary, _ = _labels(utterance, "emotion_primary", raw, BASIC7, repair)
    typed = utterance.texts("emotion_secondary")
    secondary: list[str] = []
    aside: list[str] = []
    for place, token in enumerate(typed):
        labels, left = _labels(utterance, f"emotion_secondary/{place}", token, GOEMOTIONS, repair)
        secondary += [label for label in labels if label not in secondary]
        aside += left
    return {
        "speaker": utterance.text("speaker_guess"),
        "transcript_zh": _transcript(utterance, "transcript_zh"),
        "transcript_en": _transcript(utterance, "transcript_en"),
        "primary": primary[0] if primary else None,
        "secondary": secondary,
        "secondary_aside": aside,
        "primary_raw": raw,
        "secondary_raw": typed,
        "intensity": _intensity(utterance),
        "audio_cues": utterance.text("audio_cues"),
        "visual_cues": utterance.text("visual_cues"),
        "evidence": utterance.text("evidence"),
        "note": utterance.text("note"),
        "file": utterance.file,
        "place": utterance.pointer,
    }


def _labels(
    fields: Fields, key: str, raw: str | None, label_set: LabelSet, repair: str
) -> tuple[list[str], list[str]]:
    """Labels and words kept aside of one field, every change in the ledger."""
    if raw is None:
        if key in ("emotion_primary", "dominant"):
            fields.flag("no-label", key, None, "no label here")
        return [], []
    reading = read_labels(raw, label_set, mode=repair)
    for change in reading.changes:
        fields.row(
            change.kind,
            change.rule,
            key,
            change.before,
            change.after or None,
            change.note or None,
            label_set.layer,
        )
    return list(reading.labels), list(reading.aside)


def _transcript(utterance: Fields, key: str) -> str | None:
    text = utterance.text(key)
    found = split_speech(text) if text else None
    if found and found.advertisement:
        utterance.flag("advertisement", key, found.advertisement, f"of a {found.service}")
    return text


def _intensity(utterance: Fields) -> int | None:
    number = utterance.number("intensity")
    if number is None:
        if utterance.record.get("intensity") is None:
            utterance.flag("no-intensity", "intensity", None, "1 to 5 is expected")
        return None
    if number not in (1, 2, 3, 4, 5):
        note = "a whole number from 1 to 5 is expected; read as unknown"
        utterance.flag("intensity-out-of-range", "intensity", f"{number:g}", note)
        return None
    return int(number)
