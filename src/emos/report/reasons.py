"""What other rooms say in English, in the page's language.

``words/reasons.toml`` (why a figure is undefined) and files like it have sentences in English as
the rooms say them, with names in braces for what is computed, and in the page's other language.
Whatever is not there stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from emos.report.words import Words, read_words

_NAME = re.compile(r"\\\{(\w+)\\\}")


def said(words: Words, sentence: str, part: str = "reasons") -> str:
    """``sentence`` in the language of ``words``, as ``words/<part>.toml`` has it."""
    for key, pattern in _patterns(part):
        found = pattern.fullmatch(sentence)
        if found:
            return words.say(key, **found.groupdict())
    return sentence


def translations(words: Words, sentences: Iterable[str | None], part: str) -> dict[str, str]:
    """What each sentence is in the language of ``words``, where it is known and differs."""
    if words.language == "en":
        return {}
    told = {one: said(words, one, part) for one in dict.fromkeys(sentences) if one}
    return {one: other for one, other in told.items() if other != one}


@cache
def _patterns(part: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """A pattern per English sentence, those that leave least open first."""
    known = {
        key: re.escape(sentence)
        for key, sentence in read_words("en").known.items()
        if key.startswith(f"{part}.") and isinstance(sentence, str)
    }
    keys = sorted(known, key=lambda key: len(_NAME.sub("", known[key])), reverse=True)
    return tuple((key, re.compile(_NAME.sub(r"(?P<\1>.+)", known[key]))) for key in keys)
