"""Whose names the files give away: annotators by file name, column suffix, or in so many words.

Nothing here knows a name. A word counts as one because of where it stands: it is what tells
workbooks apart that list the same items, or columns of labels that differ in nothing else, or it
is a Chinese name behind initials (``xx（某某某）``). Codes such as ``a1`` are no names.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath, PurePosixPath

from emos.errors import EmosError
from emos.readers.lint.table import Column, Table
from emos.taxonomy import BASIC7, GOEMOTIONS

LONG = 5  # letters from which a Latin name is told from a word in running text

_CODE = re.compile(r"[a-z]{0,12}[-_ ]?\d{1,4}")
_HAN = r"[\u4e00-\u9fff]"
_NAMED = re.compile(rf"\b([A-Za-z]{{1,4}})\s*[（(]\s*({_HAN}{{2,4}})\s*[)）]")
_TOKEN = re.compile(rf"[A-Za-z]+\d*|{_HAN}+|\d+")


@dataclass(frozen=True)
class People:
    """Names found, each with the reason it is taken for one.

    ``shown_nowhere`` are names that occur only in workbooks' properties: hidden in the output, but
    not looked for elsewhere (an account may be called anything).
    """

    names: dict[str, str]
    shown_nowhere: tuple[str, ...] = ()

    def mask(self, text: str) -> str:
        """``text`` with every name but its first letter starred."""
        for pattern in self._patterns:
            text = pattern.sub(lambda match: match[0][0] + "*" * (len(match[0]) - 1), text)
        return text

    @property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return _patterns((*self.names, *self.shown_nowhere))


@cache
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(word_pattern(name) for name in sorted(names, key=len, reverse=True))


def word_pattern(name: str) -> re.Pattern[str]:
    """Matches ``name`` where it is no part of a longer word; digits and ``_`` end a word."""
    escaped = re.escape(name)
    if re.search(_HAN, name):
        return re.compile(escaped)
    return re.compile(rf"(?<![^\W\d_]){escaped}(?![^\W\d_])", re.IGNORECASE)


def find_people(
    tables: list[Table],
    texts: Iterable[str],
    editors: Iterable[str],
    given: Iterable[str],
) -> People:
    """Names that the files give away.

    Parameters
    ----------
    tables : of all workbooks and CSV files.
    texts : running text of any origin.
    editors : whom workbooks' properties name.
    given : names known to the caller.
    """
    names: dict[str, str] = {}

    def add(name: str, reason: str) -> None:
        if len(name) > 1:
            names.setdefault(name, reason)

    for name in given:
        add(name, "given with --names")
    for group in sibling_groups(tables):
        if not all(table.label_columns for table in group):
            continue  # results of models or runs stand side by side too
        for name in _what_differs([table.stem for table in group]):
            add(name, "tells files with labels of the same items apart")
    for table in tables:
        for name in _column_names(table, names):
            add(name, "tells columns of labels apart")
    for text in texts:
        for initials, name in _NAMED.findall(text):
            if _is_person(initials, name):
                add(name, "a name behind initials")
                add(initials, "initials before a name")
    hidden = []
    for editor in editors:
        if re.fullmatch(rf"{_HAN}{{2,3}}", editor) and _surname_letter(editor):
            add(editor, "edited a workbook")
        else:
            hidden.append(editor)
    return People(names, tuple(dict.fromkeys(hidden)))


def read_names(path: str | PurePath, text: str) -> list[str]:
    """Names from a file with one a line; ``#`` begins a comment.

    Raises
    ------
    EmosError : for a name of one letter, which would match everywhere.
    """
    names = []
    for number, line in enumerate(text.splitlines(), 1):
        name = line.partition("#")[0].strip()
        if len(name) == 1:
            raise EmosError(
                f"{name!r} is too short to look for", file=str(path), place=f"line {number}"
            )
        if name:
            names.append(name)
    return names


def sibling_groups(tables: Iterable[Table]) -> list[list[Table]]:
    """Tables in files of one folder that list the same items, in two or more files."""
    groups: dict[tuple[str, str], list[Table]] = defaultdict(list)
    for table in tables:
        groups[str(PurePosixPath(table.file).parent), table.key].append(table)
    return [group for group in groups.values() if len({table.file for table in group}) > 1]


def tokens(name: str) -> list[str]:
    """Words of a file's or a column's name: ``go_a10`` is ``go`` and ``a10``."""
    return _TOKEN.findall(name)


def could_be_name(token: str) -> bool:
    """Whether a word of a name is neither a code, nor a known word, nor a label."""
    if re.fullmatch(rf"{_HAN}{{2,4}}", token):
        return token not in plain_words()
    return (
        re.fullmatch(r"[A-Za-z]{2,24}", token) is not None
        and token.lower() not in plain_words()
        and token.lower() not in _LABELS
    )


_LABELS = frozenset(label.lower() for label in (*BASIC7.labels, *GOEMOTIONS.labels))


@cache
def plain_words() -> frozenset[str]:
    """Words that name no person, from ``plain_words.txt``."""
    lines = _data("plain_words.txt").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _data(name: str) -> str:
    return files("emos.readers.lint").joinpath(name).read_text(encoding="utf-8")


def is_annotator(token: str) -> bool:
    """Whether a word of a column's name can stand for an annotator: a code or a name."""
    code = _CODE.fullmatch(token.lower()) is not None
    return (code and not token.isdigit() and token.lower() not in ("basic7",)) or could_be_name(
        token
    )


def annotator_columns(table: Table) -> list[list[tuple[str, Column]]]:
    """Groups of label columns that differ in one word: ``(word, column)`` of each annotator."""
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, Column]]] = defaultdict(list)
    for column in table.label_columns:
        words = tokens(column.name)
        candidates = [word for word in words if is_annotator(word)]
        if len(candidates) == 1 and column.label_set is not None:
            rest = tuple(word for word in words if word != candidates[0])
            groups[column.label_set.layer, rest].append((candidates[0], column))
    return [group for group in groups.values() if len({word for word, _ in group}) > 1]


def _column_names(table: Table, known: Mapping[str, str]) -> list[str]:
    found = [word for group in annotator_columns(table) for word, _ in group if could_be_name(word)]
    # A single column may still bear the initials of a name found otherwise.
    for column in table.label_columns:
        found += [
            word
            for word in tokens(column.name)
            if could_be_name(word) and any(_are_initials(word, name) for name in known)
        ]
    return found


def _are_initials(word: str, name: str) -> bool:
    """``wxy`` of ``wangxiaoyu``: its letters in order, beginning with the first."""
    rest = iter(name.lower())
    letters = word.lower()
    return (
        len(letters) < len(name)
        and letters[:1] == name[:1].lower()
        and all(letter in rest for letter in letters)
    )


def _what_differs(stems: list[str]) -> list[str]:
    """The words that tell file names apart, if there is one in each and none is a known word."""
    words = [
        [token for part in _without(stem, _common(stems)) for token in tokens(part)]
        for stem in stems
    ]
    common = set.intersection(*(set(parts) for parts in words))
    differing = [[word for word in parts if word not in common] for parts in words]
    if any(len(parts) != 1 for parts in differing):
        return []
    return [word for parts in differing for word in parts if could_be_name(word)]


def _common(stems: list[str]) -> str:
    """The longest text that all file names contain; words glued to a name are parted by it."""
    first = min(stems, key=len)
    for length in range(len(first), 3, -1):
        for start in range(len(first) - length + 1):
            part = first[start : start + length]
            if all(part in stem for stem in stems):
                return part
    return ""


def _without(stem: str, part: str) -> list[str]:
    return stem.split(part, 1) if part else [stem]


def _is_person(initials: str, name: str) -> bool:
    letter = _surname_letter(name)
    return letter is not None and initials[0].lower() == letter


@cache
def _surnames() -> dict[str, str]:
    data = tomllib.loads(_data("surnames.toml"))
    return {surname: letter for letter, surnames in data.items() for surname in surnames}


def _surname_letter(name: str) -> str | None:
    return _surnames().get(name[0])
