"""GoEmotions labels in all the forms that models give them."""

from __future__ import annotations

import re
from typing import Any

from emos.evaluate.parsing.fields import members
from emos.evaluate.parsing.json_values import Object
from emos.evaluate.parsing.labels import label_of, scored
from emos.evaluate.parsing.numbers import confidence_in
from emos.evaluate.parsing.parsed import LONGEST_LABEL, Notes, clean
from emos.evaluate.parsing.synonyms import Synonyms

MOST_ENTRIES = 500
MOST_ASIDE = 50
LAYER = "goemotions"

_SEPARATORS = re.compile(r"[,，;；、\n|]")
_NONE = frozenset({"none", "n/a", "null", "empty", "no labels", "[]", "无", "没有", "无标签"})


class Labels:
    """GoEmotions labels while they are gathered."""

    def __init__(self, notes: Notes, synonyms: Synonyms | None) -> None:
        self.found: dict[str, float | None] = {}
        self.aside: dict[str, None] = {}
        self.notes = notes
        self.synonyms = synonyms
        self.entries = 0

    def read(self, value: Any) -> None:
        """Add what a field's value names: a list, an object, or a text."""
        if value is None or value is False:
            return
        if isinstance(value, str):
            self._text(value)
        elif isinstance(value, Object):
            self._object(value)
        elif isinstance(value, list):
            self._list(value)
        else:
            self._set_aside(str(value))

    def _list(self, values: list[Any]) -> None:
        pair = len(values) == 2 and isinstance(values[0], str) and _is_number(values[1])
        if pair:
            self._entry(values[0], values[1])
            return
        for value in values:
            if not self._room():
                return
            if isinstance(value, list):
                if len(value) == 2 and isinstance(value[0], str):
                    self._entry(value[0], value[1])
                else:
                    self._set_aside("a list in the list")
            elif isinstance(value, Object):
                self._object(value)
            elif isinstance(value, str):
                self._text(value)
            elif value is not None:
                self._set_aside(str(value))

    def _object(self, value: Object) -> None:
        """``{"label": "joy", "confidence": 0.9}``, or ``{"joy": 0.9, "love": 0.8}``."""
        own = members(value, "label")
        if "label" in own and isinstance(own["label"][-1], str | list):
            label = own["label"][-1]
            confidence = own.get("confidence", [None])[-1]
            if isinstance(label, str):
                self._entry(label, confidence)
            else:
                self._list(label)
            return
        for name, inner in value.members:
            if not self._room():
                return
            if isinstance(inner, Object):
                inner = members(inner, "label").get("confidence", [None])[-1]
            if isinstance(inner, list):  # {"positive": ["joy", "love"]}
                self._list(inner)
            elif inner is False:
                self.notes.add("denied-label", name)
            else:
                self._entry(name, None if inner is True else inner)

    def _text(self, text: str) -> None:
        """``joy (0.9), love: 80%``, one to a line or between commas."""
        if text.strip().strip("[]*_`.。 ").casefold() in _NONE:
            return
        last: str | None = None
        for token in _SEPARATORS.split(text[: 100 * MOST_ENTRIES]):
            if not token.strip():
                continue
            if not self._room():
                return
            name, number = scored(token)
            if name and number is None and last is not None and _number_only(name):
                if self.found.get(last) is None:  # "joy, 0.9"
                    self.found[last] = confidence_in(name, self.notes, last)
                last = None
                continue
            last = self._entry(name, number)

    def _entry(self, name: str, confidence: Any) -> str | None:
        plain, number = scored(name)
        if number is not None and confidence is None:
            confidence = number
        label = label_of(plain, LAYER, self.synonyms, self.notes)
        if label is None:
            self._set_aside(name)
            return None
        share = confidence_in(confidence, self.notes, label)
        if label in self.found:
            self.notes.add("repeated-label", label)
            share = share if share is not None else self.found[label]
        self.found[label] = share
        return label

    def _room(self) -> bool:
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            self.notes.add("unread-part", f"more than {MOST_ENTRIES} GoEmotions entries")
            return False
        return True

    def _set_aside(self, name: str) -> None:
        shown = clean(" ".join(name.split()), LONGEST_LABEL)
        if shown and shown not in self.aside:
            self.notes.add("no-goemotions-label", shown)
            if len(self.aside) < MOST_ASIDE:
                self.aside[shown] = None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_only(name: str) -> bool:
    return re.fullmatch(r"[\d.]{1,12}\s*%?", name) is not None
