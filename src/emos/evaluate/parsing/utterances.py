"""The answer to a monologue (Prompt B)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from emos.evaluate.parsing.answer import unwrapped
from emos.evaluate.parsing.basic7 import basic7_in
from emos.evaluate.parsing.fields import Gathered, gather, members
from emos.evaluate.parsing.goemotions import Labels
from emos.evaluate.parsing.json_values import Object, json_values
from emos.evaluate.parsing.numbers import confidence_in, intensity_in
from emos.evaluate.parsing.parsed import (
    LONGEST_TEXT,
    Notes,
    ParsedStream,
    ParsedUtterance,
    clean,
)
from emos.evaluate.parsing.record import placed
from emos.evaluate.parsing.refusals import refusal_in
from emos.evaluate.parsing.stream_text import stream_text
from emos.evaluate.parsing.synonyms import Synonyms
from emos.evaluate.parsing.times import NO_TIMES, Times, ordered, range_in, time_in

MOST_UTTERANCES = 2_000
_TEXTS = {"zh": ("text", "text_zh", "text_en"), "en": ("text", "text_en", "text_zh")}


def parse_utterances(
    text: str | None,
    *,
    form: str | None = None,
    language: str = "zh",
    indexed: bool = False,
    synonyms: Synonyms | None = None,
) -> ParsedStream:
    """Read an answer to Prompt B. It never fails; every decision is noted.

    Parameters
    ----------
    text : the answer as it came, None for none.
    form : ``json`` or ``text``, as the prompt asked; the other is read too, and noted.
    language : of the monologue, ``zh`` or ``en``: which of two transcripts is the text. The paper's
        prompt asks for Chinese always and for English if possible.
    indexed : whether the prompt gave numbered segments. Else a number beside an utterance is the
        model's own count, and no index.
    synonyms : words that count as labels besides the labels' own names.

    Returns
    -------
    ParsedStream : ``ok`` where a list of utterances was found, empty or not.
    """
    notes = Notes()
    answer = unwrapped(text, notes)
    read_as = "json"
    top, records, beside = _from_json(answer, notes)
    if records is None:
        read_as = "text"
        lines, records = stream_text(beside, notes)
        top = lines if records is not None else {**lines, **top}
    if form is not None and records is not None and read_as != form:
        notes.add("other-form", f"{form} was asked for, {read_as} came")
    reading = _Reading(notes, language, indexed, synonyms)
    utterances = tuple(reading.utterance(one, place) for place, one in enumerate(records or (), 1))
    _check_order(utterances, notes)
    refused = refusal_in(answer) if records is None and not top else None
    if refused:
        notes.add("refusal", refused)
    elif records is None:
        notes.add("no-utterances" if answer else "empty", "no list of utterances is in it")
    status = "ok" if records is not None else "refused" if refused else "invalid"
    return ParsedStream(
        summary=_text(top.get("summary", [None])[-1]),
        dominant=basic7_in(top.get("dominant", []), notes, synonyms, "dominant").label,
        trajectory=_text(top.get("trajectory", [None])[-1]),
        utterances=utterances,
        status=status,
        notes=notes.made(),
    )


def _from_json(answer: str, notes: Notes) -> tuple[Gathered, list[Gathered] | None, str]:
    """What stands at the top, the utterances' fields (None where there is no list of them), and
    the text beside JSON.
    """
    values, beside = json_values(answer, notes)
    top = gather(values, "stream", notes)
    for trend in top.get("trend", []):
        if isinstance(trend, Object):
            for field, given in members(trend, "stream").items():
                top.setdefault(field, []).extend(given)
    lists = [found for found in top.get("utterances", []) if isinstance(found, list)]
    if len(lists) > 1:
        notes.add("repeated-utterances", f"the last of {len(lists)} lists is taken")
    if lists:
        return top, _records(lists[-1], notes), beside
    loose = [one for value in values for one in (value if isinstance(value, list) else [value])]
    spoken = [one for one in loose if isinstance(one, Object) and _is_utterance(one)]
    return top, _records(spoken, notes) if spoken else None, beside


def _records(found: list[Any], notes: Notes) -> list[Gathered]:
    if len(found) > MOST_UTTERANCES:
        notes.add("unread-part", f"more than {MOST_UTTERANCES:,} utterances")
    records = []
    for place, one in enumerate(found[:MOST_UTTERANCES], 1):
        if isinstance(one, Object):
            records.append(members(one, "utterance"))
        else:
            notes.add("no-utterance", f"element {place} is no object; left out")
    return records


def _is_utterance(one: Object) -> bool:
    fields = members(one, "utterance")
    return bool({"range", "start", "index"} & set(fields)) and "primary" in fields


class _Reading:
    """The fields of utterances, read one utterance at a time."""

    def __init__(
        self, notes: Notes, language: str, indexed: bool, synonyms: Synonyms | None
    ) -> None:
        self.notes = notes
        self.indexed = indexed
        self.synonyms = synonyms
        self.texts = _TEXTS.get(language, _TEXTS["zh"])

    def utterance(self, fields: Gathered, place: int) -> ParsedUtterance:
        what = f"utterance {place}"
        times = self.times(fields, what)
        primary = basic7_in(fields.get("primary", []), self.notes, self.synonyms, what)
        confidence = confidence_in(fields.get("confidence", [None])[-1], self.notes, what)
        found = ParsedUtterance(
            start_s=times.start_s,
            end_s=times.end_s,
            text=next((t for f in self.texts if (t := _text(fields.get(f, [None])[-1]))), None),
            basic7=primary.shown,
            goemotions=self.goemotions(fields),
            intensity=intensity_in(fields.get("intensity", [None])[-1], self.notes),
            confidence=confidence if confidence is not None else primary.confidence,
            index=_index(fields.get("index", [None])[-1]) if self.indexed else None,
        )
        if not placed(found):
            self.notes.add("no-times", f"{what} cannot be placed, and is in no prediction")
        return found

    def times(self, fields: Gathered, what: str) -> Times:
        given = fields.get("range", [None])[-1]
        if isinstance(given, Times):  # read with the line it stood on
            return given
        if isinstance(given, Object):
            fields = members(given, "utterance")
        found = range_in(given)
        if found is None and "start" in fields and "end" in fields:
            found = ordered(time_in(fields["start"][-1]), time_in(fields["end"][-1]))
        if found is None and (given is not None or "start" in fields):
            self.notes.add("unreadable-time", f"{what}: {given if isinstance(given, str) else ''}")
        return found or NO_TIMES

    def goemotions(self, fields: Gathered) -> tuple[str, ...] | None:
        given = [value for value in fields.get("secondary", []) if value is not None]
        if not given:
            return None
        labels = Labels(self.notes, self.synonyms)
        labels.read(given[-1])
        return tuple(labels.found)


def _check_order(utterances: Sequence[ParsedUtterance], notes: Notes) -> None:
    """Note utterances that overlap or go back; the prompt forbids both, the scorer matches them."""
    last = 0.0
    for place, one in enumerate(utterances, 1):
        if one.start_s is None or one.end_s is None:
            continue
        if one.start_s < last:
            notes.add("overlap", f"utterance {place} starts before an earlier one ends")
        last = max(last, one.end_s)


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return clean(value.strip(), LONGEST_TEXT)


def _index(value: Any) -> int | None:
    """A segment's number, from 1; None if it is none."""
    text = str(value).strip() if isinstance(value, int | float | str) else ""
    found = re.fullmatch(r"#?\s*(\d{1,6})(?:\.0)?", text)
    return int(found[1]) or None if found and not isinstance(value, bool) else None
