"""One Basic-7 label from everything that stands where it should."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from emos.evaluate.parsing.labels import label_of, scored
from emos.evaluate.parsing.numbers import confidence_in
from emos.evaluate.parsing.parsed import LONGEST_LABEL, Notes, clean
from emos.evaluate.parsing.synonyms import Synonyms

LAYER = "basic7"
MOST_VALUES = 1_000


class Basic7(NamedTuple):
    """The label, None unless there is exactly one; what stood in its place; a confidence beside it.

    ``shown`` is the label where there is one.
    """

    label: str | None
    shown: str | None
    confidence: float | None


def basic7_in(
    given: Sequence[Any], notes: Notes, synonyms: Synonyms | None, what: str = ""
) -> Basic7:
    """The label that these values name; the same one may be named again and again."""
    about = f"{what}: " if what else ""
    if len(given) > MOST_VALUES:
        notes.add("unread-part", f"{about}more than {MOST_VALUES:,} labels")
    named: dict[str, float | None] = {}
    shown: str | None = None
    for value in given[-MOST_VALUES:]:
        for text in texts_of(value):
            name, number = scored(text)
            if not name:
                continue
            label = label_of(name, LAYER, synonyms, notes)
            if label is None:
                notes.add("no-basic7-label", f"{about}{text}")
                shown = clean(" ".join(text.split()), LONGEST_LABEL)
            else:
                share = confidence_in(number, notes) if number else None
                named[label] = share if share is not None else named.get(label)
    if len(named) == 1:
        ((label, share),) = named.items()
        if len(given) > 1:
            notes.add("repeated-label", f"{about}{label}, {len(given)} times")
        return Basic7(label, label, share)
    if named:
        shown = " / ".join(named)
        notes.add("several-labels", f"{about}one was asked for: {shown}")
    return Basic7(None, shown, None)


def texts_of(value: Any) -> list[str]:
    """The texts that stand for a label: of a list, those in it; of a text, its first line."""
    if isinstance(value, list):
        return [text for inner in value[:20] if isinstance(inner, str) for text in texts_of(inner)]
    if not isinstance(value, str):
        return [] if value is None else [str(value)[:LONGEST_LABEL]]
    return [value.strip().split("\n", 1)[0]] if value.strip() else []
