"""Tables of synonyms: which other words count as a label. None applies unless it is named."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from emos.errors import EmosError
from emos.taxonomy import layer_label_set

LAYERS = ("basic7", "goemotions")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Synonyms:
    """A table of synonyms.

    Attributes
    ----------
    name : of the table; it belongs into the settings of a run, and ``hash`` with it.
    tables : layer, then the word without case, to its label.
    hash : SHA-256 of the words and labels, in hex.
    """

    name: str
    tables: Mapping[str, Mapping[str, str]]
    hash: str

    def label(self, word: str, layer: str) -> str | None:
        """The label that a word (without case) stands for."""
        return self.tables.get(layer, {}).get(word)


def synonym_names() -> tuple[str, ...]:
    """The tables that are shipped."""
    folder = files("emos.evaluate.parsing").joinpath("synonym_tables")
    return tuple(sorted(Path(entry.name).stem for entry in folder.iterdir()))


def load_synonyms(name: str | Path) -> Synonyms:
    """The shipped table of this name, or the one in this TOML file.

    The file has a table ``[basic7]``, one ``[goemotions]``, or both, of lines ``word = "Label"``.

    Raises
    ------
    EmosError : for a file that is no such table, or a word that is itself another label.
    """
    if str(name) in synonym_names():
        resource = files("emos.evaluate.parsing").joinpath("synonym_tables", f"{name}.toml")
        return _table(resource.read_text(encoding="utf-8"), str(name), f"{name}.toml")
    path = Path(name)
    if not path.is_file():
        raise EmosError(
            f"no table of synonyms is called {str(name)!r}",
            remedy=f"use {', '.join(synonym_names())}, or a TOML file's path",
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EmosError(f"longer than {MAX_BYTES:,} bytes", file=path, remedy="split it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EmosError("not UTF-8 text", file=path, remedy="save it as UTF-8") from error
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error
    return _table(text, path.stem, str(path))


def _table(text: str, name: str, file: str) -> Synonyms:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EmosError(f"no TOML ({error})", file=file, remedy="see docs/parsing.md") from error
    unknown = [key for key in content if key not in LAYERS]
    if unknown or not content:
        problem = f"unknown table {unknown[0]!r}" if unknown else "no table in it"
        raise EmosError(problem, file=file, remedy=f"write [{'] or ['.join(LAYERS)}]")
    tables: dict[str, dict[str, str]] = {}
    for layer, words in content.items():
        if not isinstance(words, dict):
            raise EmosError(f"{layer} is no table", file=file, remedy=f"write [{layer}]")
        labels = layer_label_set(layer).labels
        tables[layer] = {}
        for word, label in words.items():
            folded = " ".join(word.split()).casefold()
            if label not in labels:
                raise EmosError(
                    f"{str(label)[:40]!r} is no label",
                    file=file,
                    place=f"{layer}, {word}",
                    remedy=f"the labels are {', '.join(labels)}",
                )
            if any(folded == other.casefold() != label.casefold() for other in labels):
                raise EmosError(
                    f"{word!r} is a label itself", file=file, place=layer, remedy="take it out"
                )
            tables[layer][folded] = label
    words = sorted((layer, *pair) for layer, table in tables.items() for pair in table.items())
    return Synonyms(name, tables, hashlib.sha256(repr(words).encode("utf-8")).hexdigest())
