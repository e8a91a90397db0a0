"""What a reader of a paper should know first: a few of its cells, with a sentence on each.

``highlights.toml`` in the paper's folder, which may be absent, lists them, the weightiest first::

    [[cell]]
    key = "2:exact-match:latter"
    en = "... {paper} ... {computed} ... {other} ... {apart} ..."
    en_why = "..."

``{paper}`` is the printed value, ``{computed}`` the one computed, ``{other}`` what the first other
rule gives, and ``{apart}`` how many items stand behind that other value and not behind the computed
one. Numbers are never written into a sentence: they would not change with the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from emos.errors import EmosError
from emos.tables.info import read_toml

FILE = "highlights.toml"
VALUES = frozenset({"paper", "computed", "other", "apart"})


@dataclass(frozen=True)
class Highlight:
    """One cell that matters.

    Attributes
    ----------
    key : of the cell.
    what : what its verdict says, by language.
    why : what that means for whoever uses the numbers, by language.
    """

    key: str
    what: dict[str, str]
    why: dict[str, str]

    def said(self, language: str) -> tuple[str, str]:
        """Both sentences in ``language``, or in English."""
        return self.what.get(language, self.what["en"]), self.why.get(language, self.why["en"])


def read_highlights(folder: Path) -> tuple[Highlight, ...]:
    """The highlights of the paper in ``folder``; none without a file.

    Raises
    ------
    EmosError : for a file that is no TOML, or an entry of another form.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    told = read_toml(path)
    entries = told.get("cell")
    if set(told) != {"cell"} or not isinstance(entries, list):
        raise EmosError("must be a list of [[cell]]", file=path)
    return tuple(_highlight(entry, path) for entry in entries)


def _highlight(entry: object, path: Path) -> Highlight:
    if not isinstance(entry, dict) or not all(isinstance(text, str) for text in entry.values()):
        raise EmosError("a [[cell]] holds texts only", file=path)
    needed = {"key", "en", "en_why"}
    if not needed <= set(entry):
        raise EmosError(f"a [[cell]] must have {', '.join(sorted(needed))}", file=path)
    languages = [name for name in entry if name != "key" and not name.endswith("_why")]
    for name, text in entry.items():
        if name != "key" and not _fields(text, path) <= VALUES:
            raise EmosError(
                f"{entry['key']}: {name} names a value that is not there",
                file=path,
                remedy=f"there are {', '.join(sorted(VALUES))}",
            )
    return Highlight(
        entry["key"],
        {name: entry[name] for name in languages},
        {name: entry[f"{name}_why"] for name in languages if f"{name}_why" in entry},
    )


def _fields(text: str, path: Path) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise EmosError(f"a sentence has a stray brace ({error})", file=path) from error
