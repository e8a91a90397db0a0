"""What pages and pictures say, in English or Chinese.

The sentences are data: ``words/<part>.toml`` has a table ``[en]`` and a table ``[zh]`` with the
same keys. A sentence is asked for as ``<part>.<key>``; names in braces are filled in, and a key
may hold the forms ``one`` and ``other``, of which the value ``n`` chooses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from emos.errors import EmosError
from emos.taxonomy import BASIC7, GOEMOTIONS

LANGUAGES = ("en", "zh")
_NAMED = {label_set.layer: label_set for label_set in (BASIC7, GOEMOTIONS)}


@dataclass(frozen=True)
class Number:
    """A number as shown, and what is behind it.

    Attributes
    ----------
    text : as a reader sees it.
    behind : its place in `emos.report.sets.ItemSets`; ``None`` where nothing can be listed.
    at : an address on the page instead: ``b-audit:verdict=differs`` (rows of a browser under a
        filter), ``c-2:joy:all`` (a cell of the paper).
    """

    text: str
    behind: int | None = None
    at: str = ""


# A sentence with numbers in it: texts, and what a reader may follow.
Phrase = tuple[str | Number, ...]


@dataclass(frozen=True)
class Words:
    """The sentences of one language, by ``<part>.<key>``."""

    language: str
    known: Mapping[str, str | Mapping[str, str]]

    def say(self, key: str, **values: object) -> str:
        """The sentence called ``key`` with ``values`` filled in; whole numbers get commas.

        Raises
        ------
        KeyError : for a sentence or a value that is not there: a fault of the program.
        """
        return "".join(
            part if isinstance(part, str) else part.text for part in self.phrase(key, **values)
        )

    def phrase(self, key: str, **values: object) -> Phrase:
        """The same, in which a `Number` among ``values`` stays one."""
        return filled(self._form(key, values), values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.known

    def label(self, layer: str, label: str) -> str:
        """A label as shown: its Chinese name on a Chinese page, where it is known to have one."""
        return _NAMED[layer].name(label, self.language) if layer in _NAMED else label

    def layer(self, name: str) -> str:
        """A layer as shown: Basic-7, GoEmotions, or its own name."""
        return {"basic7": "Basic-7", "goemotions": "GoEmotions"}.get(name, name)

    def _form(self, key: str, values: Mapping[str, object]) -> str:
        found = self.known[key]
        if isinstance(found, str):
            return found
        n = values["n"]
        one = (n.text if isinstance(n, Number) else str(n)) == "1"
        return found["one" if one and "one" in found else "other"]


def filled(sentence: str, values: Mapping[str, object]) -> Phrase:
    """``sentence`` with what is in braces filled in; a `Number` stays one."""
    parts: list[str | Number] = []
    for text, name, form, _ in Formatter().parse(sentence):
        if text:
            parts.append(text)
        if name is not None:
            value = values[name]
            parts.append(value if isinstance(value, Number) else shown(value, form or ""))
    return tuple(parts)


def shown(value: object, form: str = "") -> str:
    """A value as shown: commas in whole numbers, a dash where there is none."""
    if value is None or (isinstance(value, float) and value != value):
        return "–"
    if form:
        return format(value, form)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def number_at(count: int, at: str) -> Number:
    """A count that leads to rows of the page; none leads nowhere."""
    return Number(shown(count), at=at if count else "")


@cache
def read_words(language: str) -> Words:
    """The words of ``en`` or ``zh``.

    Raises
    ------
    EmosError : for another language.
    """
    if language not in LANGUAGES:
        raise EmosError(f"no words in {language!r}", remedy=f"languages are {', '.join(LANGUAGES)}")
    known: dict[str, Any] = {}
    for entry in files("emos.report").joinpath("words").iterdir():
        if entry.name.endswith(".toml"):
            part = entry.name.removesuffix(".toml")
            told = tomllib.loads(entry.read_text(encoding="utf-8"))
            known |= {f"{part}.{key}": value for key, value in told[language].items()}
    return Words(language, known)
