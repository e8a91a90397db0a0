"""One label, strictly: the canonical name apart from case, or one of its Chinese names.

A synonym is no label unless a table of synonyms is given. Marks and emoji around a name, and a name
in both languages ("Anger/愤怒", "喜悦（Joy）"), change nothing; several names are no label.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from emos.evaluate.parsing.parsed import LONGEST_LABEL, Notes
from emos.evaluate.parsing.synonyms import Synonyms
from emos.taxonomy import layer_label_set

_MARKS = " \t\r\n*_`~#>|\"'“”‘’«»「」『』<>[]{}()（）【】《》.。!！,，;；:：•·-–—=→"
_NUMBERING = re.compile(r"(?:\(?\d{1,2}[.)、](?!\d)|[①-⑩])\s*")
# A number behind a name is its confidence: "joy (0.9)", "joy: 90%", "Joy (confidence: 0.9)".
_SCORED = re.compile(
    r"(?P<name>.*?)[\s:：=|,，(（\[【\-–—*_`]*"
    r"(?:(?:confidence|conf|score|p|prob|probability|置信度)\.?\s*[:：=]?\s*)?"
    r"(?P<number>(?<![\w.])[-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*(?:%|percent)?(?:\s*/\s*\d{1,3})?)"
    r"[)）\]】\s*_`.。]*",
    re.I,
)
_PARTS = re.compile(r"[/／|()（）\[\]【】\-–—]|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])")


class Scored(NamedTuple):
    """A name and the text of the number behind it, if there is one."""

    name: str
    number: str | None


def scored(text: str) -> Scored:
    """Cut a confidence off behind a name."""
    tidy = _tidied(text[: 2 * LONGEST_LABEL])
    found = _SCORED.fullmatch(tidy)
    if found is None or not found["name"].strip(_MARKS):
        return Scored(tidy.strip(_MARKS), None)
    return Scored(found["name"].strip(_MARKS), found["number"])


def label_of(name: str, layer: str, synonyms: Synonyms | None, notes: Notes) -> str | None:
    """The label of ``layer`` that a name is; None if it is none, or several."""
    if len(name) > LONGEST_LABEL:
        return None
    known = _names(layer)
    word = _tidied(name).strip(_MARKS).casefold()
    if word in known:
        return known[word]
    parts = [part.strip(_MARKS) for part in _PARTS.split(word)]
    meant = [known.get(part) for part in parts if part]
    if len(meant) > 1 and None not in meant and len(set(meant)) == 1:
        notes.add("two-languages", name)
        return meant[0]
    if synonyms is not None and (label := synonyms.label(word, layer)) is not None:
        notes.add("synonym", f"{name} read as {label}")
        return label
    return None


def _tidied(text: str) -> str:
    letters = "".join(char for char in unicodedata.normalize("NFKC", text) if not _is_emoji(char))
    plain = " ".join(letters.split()).strip(_MARKS)
    return _NUMBERING.sub("", plain, count=1) if _NUMBERING.match(plain) else plain


def _is_emoji(char: str) -> bool:
    """Pictures, and what joins or colours them."""
    return ord(char) > 0x2000 and (
        unicodedata.category(char) in ("So", "Sk", "Cf") or char in "\ufe0e\ufe0f\u20e3"
    )


@cache
def _names(layer: str) -> Mapping[str, str]:
    """Every name that counts, without case; a name of two labels counts as none."""
    label_set = layer_label_set(layer)
    names = {label.casefold(): label for label in label_set.labels}
    chinese: dict[str, set[str]] = {}
    for label, written in label_set.chinese.items():
        for name in written:
            chinese.setdefault(name.casefold(), set()).add(label)
    return names | {name: labels.pop() for name, labels in chinese.items() if len(labels) == 1}
