"""From objects to the table of predictions; each field is checked, none is guessed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from emos.errors import EmosError
from emos.tables.predictions import PREDICTED_UTTERANCES, PREDICTIONS, STATUSES, Predictions

_KNOWN = frozenset(
    {"item_id", "basic7", "confidence", "goemotions", "status", "raw", "utterances", "notes"}
)

MOST_UTTERANCES = 1_000_000  # of one monologue; an index beyond is no index


def read_records(
    records: Iterable[tuple[str, dict[str, Any]]], name: str, path: Path
) -> Predictions:
    """The table that records make; a field that is not of the form is an `EmosError`.

    Fields that nobody asked for are passed over, and named in the notes.
    """
    rows: list[dict[str, Any]] = []
    spoken: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    extra: set[str] = set()
    for place, record in records:
        reader = _Record(record, path, place)
        row = reader.item()
        if row["item_id"] in seen:
            raise EmosError(
                f"a second answer to {row['item_id']} (the first: {seen[row['item_id']]})",
                file=path,
                place=place,
                remedy="keep one answer per item",
            )
        seen[row["item_id"]] = place
        rows.append(row)
        spoken += reader.utterances(row["item_id"])
        extra |= set(record) - _KNOWN
    if not rows:
        raise EmosError("no predictions in it", file=path, remedy="one object per item")
    notes = (f"passed over: {', '.join(sorted(map(str, extra))[:10])}",) if extra else ()
    return Predictions(
        name,
        pl.DataFrame(rows, schema=dict(PREDICTIONS)),
        pl.DataFrame(spoken, schema=dict(PREDICTED_UTTERANCES)),
        str(path),
        notes,
    )


class _Record:
    """One object with where it stands."""

    def __init__(self, record: dict[str, Any], path: Path, place: str) -> None:
        self.record = record
        self.path = path
        self.place = place

    def item(self) -> dict[str, Any]:
        item_id = self.text(self.record, "item_id")
        if not item_id:
            raise self.wrong("no item_id", "name the item as in the dataset's items table")
        if item_id != self.record["item_id"]:
            raise self.wrong("item_id has half a character", "write it as UTF-8")
        labels, confidences = self.labels(self.record)
        status = self.text(self.record, "status")
        basic7 = self.text(self.record, "basic7")
        answered = basic7 is not None or labels is not None or "utterances" in self.record
        if status is None:
            status = "ok" if answered else "invalid"
        if status not in STATUSES:
            raise self.wrong(f"status {status[:40]!r}", f"use {', '.join(STATUSES)}")
        return {
            "item_id": item_id,
            "basic7": basic7,
            "confidence": self.share(self.record, "confidence"),
            "goemotions": labels,
            "goemotions_confidence": confidences,
            "status": status,
            "raw": self.text(self.record, "raw"),
        }

    def utterances(self, item_id: str) -> list[dict[str, Any]]:
        found = self.record.get("utterances")
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong("utterances are no list of objects", "see docs/predictions.md")
        return [self.utterance(one, item_id) for one in found]

    def utterance(self, one: dict[str, Any], item_id: str) -> dict[str, Any]:
        index = one.get("index")
        if index is not None and not (type(index) is int and 1 <= index <= MOST_UTTERANCES):
            raise self.wrong(f"index {str(index)[:40]!r}", "use the utterance's number, from 1")
        start, end = self.number(one, "start_s"), self.number(one, "end_s")
        if index is None and (start is None or end is None):
            raise self.wrong("an utterance has no times", "give start_s and end_s, or index")
        if start is not None and end is not None and not 0 <= start <= end:
            raise self.wrong(f"an utterance from {start:g} to {end:g} s", "0 <= start_s <= end_s")
        return {
            "monologue_id": item_id,
            "index": index,
            "start_s": start,
            "end_s": end,
            "text": self.text(one, "text"),
            "basic7": self.text(one, "basic7"),
            "goemotions": self.labels(one)[0],
            "intensity": self.number(one, "intensity"),
            "confidence": self.share(one, "confidence"),
        }

    def text(self, values: dict[str, Any], key: str) -> str | None:
        value = values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"{key} is no text", "write it between quotes, or null")
        return None if value is None else _whole(value)

    def number(self, values: dict[str, Any], key: str) -> float | None:
        value = values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(f"{key} is no number", "write a number, or null")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.wrong(f"{key} is not finite", "write a number, or null")
        return number

    def share(self, values: dict[str, Any], key: str) -> float | None:
        number = self.number(values, key)
        if number is not None and not 0 <= number <= 1:
            raise self.wrong(f"{key} is {number:g}", "use 0 to 1 (85 % is 0.85), or null")
        return number

    def labels(self, values: dict[str, Any]) -> tuple[list[str] | None, list[float] | None]:
        found = values.get("goemotions")
        if found is None:
            return None, None
        if isinstance(found, list) and all(isinstance(label, str) for label in found):
            return list(dict.fromkeys(map(_whole, found))), None
        if isinstance(found, dict):
            shares = [self.share(found, label) for label in found]
            known = [0.0 if share is None else share for share in shares]
            return list(map(_whole, found)), None if None in shares else known
        raise self.wrong("goemotions is neither a list of labels nor an object", "see the docs")

    def wrong(self, problem: str, remedy: str) -> EmosError:
        return EmosError(problem, file=self.path, place=self.place, remedy=remedy)


def _whole(text: str) -> str:
    """``text`` with half characters (an answer cut in two has them) as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
