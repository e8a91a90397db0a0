"""The answer to one clip (Prompt A, Emotion-LLaMA's, or anybody's own)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from emos.evaluate.parsing.basic7 import MOST_VALUES, basic7_in, texts_of
from emos.evaluate.parsing.fields import Gathered, gather
from emos.evaluate.parsing.goemotions import Labels
from emos.evaluate.parsing.json_values import json_values
from emos.evaluate.parsing.labels import label_of, scored
from emos.evaluate.parsing.numbers import confidence_in
from emos.evaluate.parsing.parsed import Notes, Parsed
from emos.evaluate.parsing.refusals import refusal_in
from emos.evaluate.parsing.synonyms import Synonyms
from emos.evaluate.parsing.text_form import bare, text_fields, text_lines
from emos.evaluate.parsing.thinking import answer_part

LAYERS = ("basic7", "goemotions")
_ANSWERS = frozenset({"primary", "confidence", "goemotions"})


def parse_answer(
    text: str | None,
    *,
    layers: Sequence[str] = LAYERS,
    form: str | None = None,
    synonyms: Synonyms | None = None,
) -> Parsed:
    """Read an answer. It never fails; what cannot be read for certain is not read, and noted.

    Parameters
    ----------
    text : the answer as it came, None for none.
    layers : the layers asked for. The status rests on ``basic7`` where that is among them, else on
        ``goemotions``.
    form : ``json`` or ``text``, as the prompt asked; another form is read too, and noted.
    synonyms : words that count as labels besides the labels' own names.

    Returns
    -------
    Parsed : ``ok`` with exactly one Basic-7 label, though it may be given several times;
        ``refused`` where a phrase of refusal stands in its place; ``invalid`` otherwise.
    """
    notes = Notes()
    answer = unwrapped(text, notes)
    read_as, fields, beside = _fields(answer, notes)
    if form is not None and read_as != form and _ANSWERS & fields.keys():
        notes.add("other-form", f"{form} was asked for, {read_as} came")
    fielded = bool(_ANSWERS & fields.keys())
    labels = Labels(notes, synonyms)
    listed = _goemotions(fields, labels) if "goemotions" in layers else False
    given = fields.get("primary", [])
    if not fielded and "basic7" in layers:
        given = _lines_that_are_labels(beside, notes, synonyms)
    elif not fielded and "\n" not in beside and not refusal_in(answer):  # "joy, love"
        labels.read(beside)
        listed = bool(labels.found or labels.aside)
    primary = basic7_in(given, notes, synonyms)
    confidence = _confidence(fields, notes)
    usable = listed and not (labels.aside and not labels.found)
    ok = primary.label is not None if "basic7" in layers else usable
    refused = None if ok else _refusal(answer, fields if fielded else {})
    if refused:
        notes.add("refusal", refused)
    elif not ok and not fielded:
        notes.add("no-fields" if answer else "empty", "nothing that was asked for is in it")
    return Parsed(
        basic7=None if refused else primary.shown,
        confidence=confidence if confidence is not None else primary.confidence,
        goemotions=dict(labels.found) if listed else None,
        status="ok" if ok else "refused" if refused else "invalid",
        aside=tuple(labels.aside),
        notes=notes.made(),
    )


def unwrapped(text: str | None, notes: Notes) -> str:
    """The answer without thinking, tags, and a string's quotes around all of it."""
    answer = answer_part(text or "", notes)
    if answer.startswith('"') and answer.endswith('"') and "\\" in answer:
        try:
            inner = json.loads(answer)
        except ValueError:
            return answer
        if isinstance(inner, str):
            notes.add("quoted-twice", "the answer was a string that held the answer")
            return answer_part(inner, notes)
    return answer


def _fields(answer: str, notes: Notes) -> tuple[str, Gathered, str]:
    """The form found, the fields with every value given for each, and the text beside JSON."""
    found = json_values(answer, notes)
    fields = gather(found.values, "clip", notes)
    if "primary" in fields or "goemotions" in fields:
        return "json", fields, found.beside
    return "text", text_fields(found.beside, "clip", notes), found.beside


def _lines_that_are_labels(answer: str, notes: Notes, synonyms: Synonyms | None) -> list[str]:
    """Of an answer without any field: the lines that are a label and nothing else, or all of it."""
    lines = [bare(line) for line in text_lines(answer, notes)]
    spoken = [line for line in lines if line]
    if len(spoken) == 1:
        return spoken
    quiet = Notes()  # most lines are no label, which need not be said of each
    alone = [line for line in spoken if label_of(scored(line).name, "basic7", synonyms, quiet)]
    if alone:
        notes.add("label-alone", "read from a line that is a label and nothing else")
    return alone


def _confidence(fields: Gathered, notes: Notes) -> float | None:
    read = [confidence_in(value, notes) for value in fields.get("confidence", [])[-MOST_VALUES:]]
    known = list(dict.fromkeys(share for share in read if share is not None))
    if len(known) > 1:
        notes.add("repeated-confidence", f"the last of {len(known)} is taken")
    return known[-1] if known else None


def _goemotions(fields: Gathered, labels: Labels) -> bool:
    """Whether there is such a part; the last one counts, where there are several."""
    given = [value for value in fields.get("goemotions", []) if value is not None]
    if not given:
        return False
    if len(given) > 1:
        labels.notes.add("repeated-goemotions", f"the last of {len(given)} is taken")
    labels.read(given[-1])
    return True


def _refusal(answer: str, fields: Gathered) -> str | None:
    """Refusals stand where the label should, or in an answer that has no field at all.

    Elsewhere the same words may be what was said in the clip.
    """
    if not fields:
        return refusal_in(answer)
    found = [
        refusal_in(text)
        for field in ("primary", "goemotions")
        for value in fields.get(field, [])[-20:]
        for text in texts_of(value)
    ]
    return next((reason for reason in found if reason), None)
