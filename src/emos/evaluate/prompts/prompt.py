"""A prompt, and the safe filling of its placeholders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from emos.errors import EmosError
from emos.taxonomy import GOEMOTIONS_28

FORMS = ("json", "text")
ASKABLE = ("basic7", "confidence", "goemotions", "utterances")
LABELS_FIELD = "Goemotions_labels"
NOT_GIVEN = "(not given)"  # in place of a transcript that the item lacks or the run withholds


@dataclass(frozen=True)
class Prompt:
    """What a model is asked, with everything that a run must remember of it.

    Attributes
    ----------
    name : of a shipped prompt, or the stem of a file.
    version : as its file says; a changed text has another version.
    form : ``json`` or ``text``: the form of answer it asks for.
    asks : what it asks for, of `ASKABLE`; ``utterances`` is answered for `parse_utterances`.
    text : the template. ``{name}`` is replaced for the names in ``placeholders``; every other
        brace stands for itself.
    placeholders : names that `render` replaces.
    source : where the wording is from.
    file : the file it was read from.
    """

    name: str
    version: str
    form: str
    asks: tuple[str, ...]
    text: str
    placeholders: tuple[str, ...]
    source: str = ""
    file: str = ""

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the template as UTF-8, in hex: the same wherever the file lies."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def layers(self) -> tuple[str, ...]:
        """The label layers asked for, as `parse_answer` takes them."""
        return tuple(name for name in ("basic7", "goemotions") if name in self.asks)

    def render(self, item: Mapping[str, object]) -> str:
        """The text to send for one item.

        Parameters
        ----------
        item : a value for every placeholder; a row of the ``items`` table has ``language`` and
            ``transcript``. ``Goemotions_labels`` is the 28 labels where it is not given. None
            reads "(not given)". Values are text, never templates: braces in them stand for
            themselves.

        Raises
        ------
        EmosError : for a placeholder without a value.
        """
        values = {LABELS_FIELD: ", ".join(GOEMOTIONS_28), **item}
        for name in self.placeholders:
            if name not in values:
                raise EmosError(
                    f"prompt {self.name} needs {name!r}",
                    file=self.file or None,
                    remedy="give it with the item, or take it out of the prompt",
                )
        if not self.placeholders:
            return self.text
        # One pass over the template: what is filled in is never looked at again.
        names = "|".join(re.escape(name) for name in self.placeholders)
        return re.sub(rf"\{{({names})\}}", lambda found: _shown(values[found[1]]), self.text)


def _shown(value: object) -> str:
    return NOT_GIVEN if value is None else str(value)
