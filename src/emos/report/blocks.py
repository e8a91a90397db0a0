"""What a section of the page is made of: values that say what is shown, not how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from emos.report.words import Number, Phrase

if TYPE_CHECKING:
    import polars as pl

Shown = str | int | float | Number | None


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two, in which numbers can be followed."""

    phrase: Phrase
    kind: Literal["text", "note", "warning"] = "text"


@dataclass(frozen=True)
class Heading:
    """A heading within a section, above the blocks that follow it."""

    text: str


@dataclass(frozen=True)
class Table:
    """A small table. ``head`` columns from the left name the row."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Shown]]
    head: int = 1


@dataclass(frozen=True)
class Figure:
    """A picture, what it shows, and the table behind it.

    Attributes
    ----------
    name : of the picture, as for ``emos plot``.
    svg : the picture; its text alternative is ``caption`` and ``table``.
    caption : a sentence that says what is seen.
    table : its numbers.
    command : the command that writes the picture to a file of its own.
    """

    name: str
    svg: str
    caption: Phrase
    table: Table
    command: str = ""


@dataclass(frozen=True)
class Figures:
    """Several small pictures side by side."""

    figures: Sequence[Figure]


@dataclass(frozen=True)
class Column:
    """A column of a `Browser`.

    Attributes
    ----------
    key : of its values in ``Browser.data``.
    title : its head.
    kind : ``text``; ``typed`` (a text whose blanks and invisible characters are to be seen);
        ``number``; ``item`` (a place in the dataset's items, or null); ``behind`` (a text and the
        number of an item set, or null); ``lines`` (phrases shown under the title when the row is
        opened, in which a pair of text and set is a number to follow).
    choose : whether a list of its values filters the table, or ``buttons`` for a few values; values
        stand in the order of ``names``, others behind them.
    names : how values are shown, where not as they are; in ``lines`` the texts of a phrase.
    drawn : whether rows show it; a column that they do not still filters and is searched.
    lang : the language of its texts that have no name, where it is not the page's.
    """

    key: str
    title: str
    kind: Literal["text", "typed", "number", "item", "behind", "lines"] = "text"
    choose: bool | Literal["buttons"] = False
    names: Mapping[str, str] = field(default_factory=dict)
    drawn: bool = True
    lang: str = ""


@dataclass(frozen=True)
class Browser:
    """A table with filters and a search, for more rows than a page should hold.

    ``#b-<name>:<column>=<value>/<column>=<value>`` leads to its rows under a filter.

    Attributes
    ----------
    name : of its data on the page; letters and hyphens.
    caption : what the rows are.
    columns : what is shown of a row.
    data : the values of each column, all of one length; a long one is best given as a Series.
    address : a letter under which each row is reached by its value in ``data["key"]``, where there
        is such a column: ``#c-2:joy:all`` opens the row of ``2:joy:all`` for the letter ``c``.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    data: Mapping[str, Sequence[Any] | pl.Series]
    address: str = ""


@dataclass(frozen=True)
class Panel:
    """Something that a script of its own draws: ``EmoS.panels[name](element, data, words)``.

    ``words`` are the sentences of ``words/<name>.toml``; ``fallback`` is shown without scripts.
    """

    name: str
    data: Mapping[str, Any]
    fallback: Table | None = None


@dataclass(frozen=True)
class Details:
    """Blocks under a heading that opens."""

    title: str
    blocks: Sequence[Block]


Block = Heading | Paragraph | Table | Figure | Figures | Browser | Panel | Details


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading.

    Attributes
    ----------
    name : its anchor.
    title : its heading.
    question : what a reader would ask to be brought here.
    blocks : what it holds, the most telling first.
    """

    name: str
    title: str
    question: str
    blocks: Sequence[Block]
