"""What is read of an answer, in the form of ``predictions.jsonl`` (`emos.tables.predictions`)."""

from __future__ import annotations

from typing import Any

from emos.evaluate.parsing.parsed import Parsed, ParsedStream, ParsedUtterance, clean

LONGEST_RAW = 200_000


def to_record(item_id: str, parsed: Parsed | ParsedStream, raw: str | None) -> dict[str, Any]:
    """One line of ``predictions.jsonl`` as an object that `json.dumps` takes.

    An utterance without times and without index cannot be scored and is not in it; the notes of
    ``parsed`` name it, and ``raw`` has it. ``raw`` is kept up to `LONGEST_RAW` characters.
    """
    kept = None if raw is None else clean(raw, LONGEST_RAW)
    if isinstance(parsed, Parsed):
        return {
            "item_id": item_id,
            "basic7": parsed.basic7,
            "confidence": parsed.confidence,
            "goemotions": _goemotions(parsed),
            "status": parsed.status,
            "raw": kept,
            "notes": [str(note) for note in parsed.notes],
        }
    return {
        "item_id": item_id,
        "basic7": None,
        "confidence": None,
        "goemotions": None,
        "status": parsed.status,
        "utterances": [_utterance(one) for one in parsed.utterances if placed(one)],
        "raw": kept,
        "notes": [str(note) for note in parsed.notes],
    }


def placed(utterance: ParsedUtterance) -> bool:
    """Whether a prediction file can hold it: it has times, or the index of a given segment."""
    return utterance.index is not None or None not in (utterance.start_s, utterance.end_s)


def _goemotions(parsed: Parsed) -> dict[str, float | None] | list[str] | None:
    """With confidences where there are any, else the labels alone."""
    if parsed.goemotions is None:
        return None
    if any(share is not None for share in parsed.goemotions.values()):
        return dict(parsed.goemotions)
    return list(parsed.goemotions)


def _utterance(one: ParsedUtterance) -> dict[str, Any]:
    return {
        "index": one.index,
        "start_s": one.start_s,
        "end_s": one.end_s,
        "text": one.text,
        "basic7": one.basic7,
        "goemotions": None if one.goemotions is None else list(one.goemotions),
        "intensity": one.intensity,
        "confidence": one.confidence,
    }
