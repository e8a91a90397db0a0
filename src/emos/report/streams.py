"""The monologues as plain values, for the panel that draws them."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.aggregate.settled import origins
from emos.aggregate.turning_points import DEFINITIONS, turning_points, utterance_labels
from emos.report.order import label_order
from emos.report.pictures.theme import BASIC7_COLOURS
from emos.tables import Dataset

MOST_UTTERANCES = 5000  # on one page

_TEXTS = {
    "speaker": "speaker",
    "zh": "transcript_zh",
    "en": "transcript_en",
    "audio": "audio_cues",
    "visual": "visual_cues",
    "evidence": "evidence",
    "note": "note",
    "primary_raw": "primary_raw",
    "place": "place",
}


def stream_data(dataset: Dataset) -> dict[str, Any]:
    """Every monologue with its utterances, for as many as a page should carry.

    Returns
    -------
    ``definitions`` : names of turning points. ``primary``, ``secondary`` : labels in the order in
    which they are shown. ``colours`` : of the primary labels. ``left_out`` : how many monologues
    are not on the page. ``monologues``, each:

    - ``id``, ``title``, ``language``, ``summary``, ``dominant``, ``trajectory``;
    - ``tracks``, the settled one last: ``origin``, ``file``, ``turns`` (per definition one of
      true, false and null for each boundary) and ``utterances`` (``index``, ``start``, ``end`` in
      seconds, ``primary``, ``fine``, ``aside``, ``intensity``, texts; what is missing is left out);
    - ``sentences``: start, end, text, flag; ``sentences_file``.
    """
    languages = dict(dataset.items.select("item_id", "language").iter_rows())
    titles = dict(dataset.items.select("item_id", "source_id").iter_rows())
    told = {row["monologue_id"]: row for row in dataset.monologues.reverse().iter_rows(named=True)}
    sentences = _sentences(dataset.sentences)
    groups = {
        key: rows.sort("index")
        for key, rows in dataset.utterances.group_by("monologue_id", "origin", maintain_order=True)
    }
    monologues: list[dict[str, Any]] = []
    left = MOST_UTTERANCES
    known = origins(dataset.utterances, dataset.monologues)
    for name, who in known.items():
        tracks = [_track(origin, groups[name, origin]) for origin in who]
        left -= sum(len(track["utterances"]) for track in tracks)
        if left < 0 and monologues:
            break
        about = told.get(name, {})
        monologues.append(
            {
                "id": name,
                "title": titles.get(name) or monologue_title(name),
                "language": languages.get(name) or "",
                **{key: about.get(key) or "" for key in ("summary", "dominant", "trajectory")},
                "tracks": tracks,
                **sentences.get(name, {"sentences": [], "sentences_file": ""}),
            }
        )
    return {
        "definitions": list(DEFINITIONS),
        "primary": label_order(dataset, "basic7"),
        "secondary": label_order(dataset, "goemotions"),
        "colours": BASIC7_COLOURS,
        "left_out": len(known) - len(monologues),
        "monologues": monologues,
    }


def monologue_title(monologue: str) -> str:
    """The last part of an id such as ``streaming/en/Heat``."""
    return monologue.rsplit("/", 1)[-1]


def _track(origin: str | None, rows: pl.DataFrame) -> dict[str, Any]:
    labels = utterance_labels(rows)
    return {
        "origin": origin or "",
        "file": rows["file"][0] or "",
        "turns": {name: turning_points(labels, name) for name in DEFINITIONS},
        "utterances": [_utterance(row) for row in rows.iter_rows(named=True)],
    }


def _utterance(row: dict[str, Any]) -> dict[str, Any]:
    told = {
        "index": row["index"],
        "start": row["start_s"],
        "end": row["end_s"],
        "primary": row["primary"],
        "fine": row["secondary"],
        "aside": row["secondary_aside"],
        "intensity": row["intensity"],
        **{key: row[column] for key, column in _TEXTS.items()},
    }
    return {key: value for key, value in told.items() if value not in (None, "", [])}


def _sentences(sentences: pl.DataFrame) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (name,), rows in sentences.sort("index").group_by("monologue_id", maintain_order=True):
        found[str(name)] = {
            "sentences": rows.select("start_s", "end_s", "text", "flag").rows(),
            "sentences_file": rows["file"][0] or "",
        }
    return found
