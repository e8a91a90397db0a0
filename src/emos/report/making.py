"""What a section needs to make its part of the page."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from emos.report.blocks import Figure, Table
from emos.report.results import Results
from emos.report.sets import ItemSets
from emos.report.words import Number, Phrase, Words, shown


@dataclass(frozen=True)
class Making:
    """Results to show, words to say it in, and the item lists that numbers lead to.

    Attributes
    ----------
    path : the dataset as a reader would name it in a command.
    """

    results: Results
    words: Words
    sets: ItemSets
    path: str = "DATASET"

    def number(self, value: object, ids: Iterable[str], what: str, form: str = "") -> Number:
        """A number that leads to items; ``what`` says what they have in common."""
        return Number(shown(value, form), self.sets.items(ids, what))

    def counted(self, ids: Iterable[str], what: str) -> Number:
        """How many different items these are, leading to them."""
        behind = self.sets.items(ids, what)
        return Number(shown(self.sets.size(behind)), behind)

    def figure(
        self,
        name: str,
        numbers: pl.DataFrame,
        caption: Phrase,
        table: Table,
        **choice: object,
    ) -> Figure:
        """The picture ``name`` of ``numbers`` (with ``behind`` where its marks lead somewhere).

        ``choice`` is what the picture is narrowed to (`emos.report.pictures.registry.Choice`).
        """
        from emos.report.pictures.registry import Choice, find_picture
        from emos.report.pictures.save import svg_text

        chosen = Choice(**choice)  # type: ignore[arg-type]
        svg = svg_text(find_picture(name).chart(numbers, self.words, chosen))
        options = "".join(_option(key, value) for key, value in choice.items() if value)
        lang = "" if self.words.language == "en" else f" --lang {self.words.language}"
        command = f"emos plot {name} {shlex.quote(self.path)}{options}{lang} -o {name}.pdf"
        return Figure(name, svg, caption, table, command)


def _option(key: str, value: object) -> str:
    """Part of a command: a flag, an option, or an option for each of several values."""
    if value is True:
        return f" --{key}"
    values = value if isinstance(value, tuple) else (value,)
    return "".join(f" --{key} {shlex.quote(str(one))}" for one in values)
