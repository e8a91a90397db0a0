"""From the answers to an item's requests to its one line of ``predictions.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emos.evaluate.parsing import (
    Parsed,
    ParsedUtterance,
    Synonyms,
    parse_answer,
    parse_utterances,
    to_record,
)
from emos.evaluate.runner.items import Item
from emos.evaluate.runner.protocols import Part, Protocol

Attempt = Mapping[str, Any]  # a line of attempts.jsonl that ended a request
_WORST = ("error", "refused", "invalid")


@dataclass(frozen=True)
class Records:
    """Reads answers as the run's prompts asked for them."""

    protocol: Protocol
    synonyms: Synonyms | None = None

    def record(self, item: Item, parts: Mapping[Part, Attempt]) -> dict[str, Any]:
        """The item's prediction, from the last attempt at each of its requests.

        An item of several requests is ``ok`` if one of them was answered; ``parts`` then counts
        how each ended. The segment of any other has what stood in its label's place, or null,
        which is wrong for every score.
        """
        if list(parts) == [Part(None)]:
            return self._single(item, parts[Part(None)])
        ended: dict[str, int] = {}
        utterances: list[dict[str, Any]] = []
        notes: list[str] = []
        reasons: list[str] = []
        for part, attempt in parts.items():
            made = self._part(item, part, attempt)
            ended[made["status"]] = ended.get(made["status"], 0) + 1
            utterances += made.get("utterances", [])
            notes += [f"part {part.number}: {note}" for note in made.get("notes", [])]
            reasons += [made["reason"]] if "reason" in made else []
        status = "ok" if ended.get("ok") else next((s for s in _WORST if ended.get(s)), "error")
        if not parts:
            reasons.append("the dataset gives no segments to label")
        if self.protocol.name == "windowed":
            utterances.sort(key=lambda one: (one["start_s"], one["end_s"]))
        return {
            **_empty(item, status),
            "utterances": utterances,
            "parts": ended,
            "notes": notes,
            **({"reason": reasons[0]} if reasons else {}),
        }

    def summary(self, attempt: Attempt) -> str | None:
        """What a window's answer says has happened, to be carried to the next one."""
        if attempt.get("outcome") != "answer" or not isinstance(attempt.get("raw"), str):
            return None
        return parse_utterances(attempt["raw"]).summary

    def _single(self, item: Item, attempt: Attempt) -> dict[str, Any]:
        ready = attempt.get("record")
        if isinstance(ready, Mapping):
            return {**_empty(item, "ok"), **ready}
        if attempt["outcome"] == "failed":
            return _failed(item, attempt)
        raw = str(attempt.get("raw", ""))
        if attempt["outcome"] == "refused":
            return {**_empty(item, "refused"), "raw": raw}
        prompt = self.protocol.prompt(item)
        if "utterances" in prompt.asks:
            language = "zh" if (item.language or "zh").startswith("zh") else "en"
            stream = parse_utterances(
                raw, form=prompt.form, language=language, synonyms=self.synonyms
            )
            return to_record(item.item_id, stream, raw)
        return to_record(item.item_id, self._labels(raw, item), raw)

    def _labels(self, raw: str, item: Item) -> Parsed:
        prompt = self.protocol.prompt(item)
        return parse_answer(raw, layers=prompt.layers, form=prompt.form, synonyms=self.synonyms)

    def _part(self, item: Item, part: Part, attempt: Attempt) -> dict[str, Any]:
        made = self._single(item, attempt)
        segment = part.segment
        if segment is None:
            spoken = [_shifted(one, part) for one in made.get("utterances", [])]
            return made | {"utterances": [one for one in spoken if _kept(one, part)]}
        label = ParsedUtterance(
            start_s=segment.start_s,
            end_s=segment.end_s,
            text=segment.text,
            basic7=made["basic7"],
            goemotions=None if made["goemotions"] is None else tuple(made["goemotions"]),
            intensity=None,
            confidence=made["confidence"],
            index=segment.index,
        )
        spoken = [vars(label) | {"goemotions": made["goemotions"] and list(made["goemotions"])}]
        return made | {"utterances": spoken}


def _empty(item: Item, status: str) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "basic7": None,
        "confidence": None,
        "goemotions": None,
        "status": status,
        "raw": None,
    }


def _failed(item: Item, attempt: Attempt) -> dict[str, Any]:
    return {**_empty(item, "error"), "reason": str(attempt.get("reason", ""))}


def _shifted(one: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """A window's utterance with times in the monologue."""
    begin = part.span[0] if part.span else 0.0
    times = {key: None if one[key] is None else one[key] + begin for key in ("start_s", "end_s")}
    return {**one, **times, "index": None}


def _kept(one: Mapping[str, Any], part: Part) -> bool:
    """Whether an utterance is taken from this window and not from its neighbour."""
    if one["start_s"] is None or one["end_s"] is None:
        return False
    middle: float = (one["start_s"] + one["end_s"]) / 2
    return part.kept[0] <= middle < part.kept[1]
