"""Why a figure is undefined, in the page's language.

The rooms that compute figures give reasons in English. ``words/reasons.toml`` has them as they
stand there, numbers in braces, and in the page's other language; any other stays English.
"""

from __future__ import annotations

import re
from functools import cache

from emos.report.words import Words, read_words


def said(words: Words, reason: str) -> str:
    """``reason`` in the language of ``words``."""
    for key, pattern in _patterns():
        found = pattern.fullmatch(reason)
        if found:
            return words.say(key, **found.groupdict())
    return reason


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for key, sentence in read_words("en").known.items():
        if key.startswith("reasons.") and isinstance(sentence, str):
            text = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(sentence))
            patterns.append((key, re.compile(text)))
    return tuple(patterns)
