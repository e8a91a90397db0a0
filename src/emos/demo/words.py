"""The words of ``emos demo`` in a language; they are data (``words.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from emos.errors import EmosError

_NUMBER = re.compile(r"\d+(?:,\d{3})*")


@dataclass(frozen=True)
class Words:
    """What the demo says.

    Attributes
    ----------
    findings : sentences by the finding's key, with names in braces for what is computed.
    files : what is in each file that the demo writes.
    closing : what is said after the findings.
    said : translations of what other rooms say in English, numbers as ``{}``.
    """

    findings: Mapping[str, str]
    files: Mapping[str, str]
    closing: Mapping[str, str]
    said: Mapping[str, str] = field(default_factory=dict)

    def translated(self, text: str) -> str:
        """What another room says, in this language; as it is where no translation is known."""
        known = self.said.get(_NUMBER.sub("{}", text))
        return text if known is None else known.format(*_NUMBER.findall(text))


def read_words(language: str) -> Words:
    """The words of ``en`` or ``zh``; an `EmosError` for another language."""
    text = files("emos.demo").joinpath("words.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, Any]] = tomllib.loads(text)
    if language not in known:
        raise EmosError(
            f"the findings are not written in {language!r}", remedy=f"known are {', '.join(known)}"
        )
    return Words(**known[language])
