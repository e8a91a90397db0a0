"""Fields of JSON records of doubtful type: read what is certain, put the rest in the ledger."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from emos.tables import TABLES

LedgerRow = dict[str, str | None]

_NUMBER = re.compile(r"\s*[+-]?\d{1,15}(?:\.\d{1,15})?\s*")


@dataclass
class Ledger:
    """Ledger rows gathered while one source is read."""

    rows: list[LedgerRow] = field(default_factory=list)

    def add(self, kind: str, rule: str, file: str, **columns: str | None) -> None:
        """Add a row; ``columns`` are columns of the ledger table, the others stay null."""
        row: LedgerRow = dict.fromkeys(TABLES["ledger"])
        self.rows.append(row | {"kind": kind, "rule": rule, "file": file} | columns)


@dataclass(frozen=True)
class Fields:
    """A JSON object with the file and JSON pointer it stands at, read field by field.

    A field of the wrong type is read as absent and flagged in the ledger, never converted by
    guess; a number written as text is read and its row says so.
    """

    record: dict[str, Any]
    ledger: Ledger
    file: str
    pointer: str = ""

    def text(self, key: str) -> str | None:
        """A string; None if absent or of another type."""
        value = self.record.get(key)
        if value is None or isinstance(value, str):
            return None if value is None else self.clean(key, value)
        self.flag("not-text", key, value, "text is expected; read as absent")
        return None

    def number(self, key: str) -> float | None:
        """A finite number; None if absent or of another type."""
        value = self.record.get(key)
        number = finite(value)
        if number is None and isinstance(value, str) and _NUMBER.fullmatch(value):
            number = float(value)
            self.repair("number-as-text", key, value, f"{number:g}")
        if number is None and value is not None:
            self.flag("not-a-number", key, value, "a number is expected; read as absent")
        return number

    def objects(self, key: str) -> list[Fields | None]:
        """A list of objects, None for each element that is none; empty if there is no list."""
        value = self.record.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.flag("not-a-list", key, value, "a list is expected; read as empty")
            return []
        return [self.child(f"{key}/{place}", element) for place, element in enumerate(value)]

    def child(self, key: str, value: Any) -> Fields | None:
        """The object at ``key``, or None."""
        if isinstance(value, dict):
            pointer = f"{self.pointer}/{key}"
            return Fields(value, self.ledger, self.file, pointer)
        if value is not None:
            self.flag("not-an-object", key, value, "an object is expected; left out")
        return None

    def texts(self, key: str) -> list[str]:
        """A list of strings; one string counts as a list of one."""
        value = self.record.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            value = [value]
        kept = []
        for place, element in enumerate(value):
            if isinstance(element, str):
                kept.append(self.clean(f"{key}/{place}", element))
            else:
                self.flag("not-text", f"{key}/{place}", element, "text is expected; left out")
        return kept

    def file_name(self, key: str) -> str | None:
        """A plain file name; a path that leads elsewhere is refused."""
        name = self.text(key)
        if name is None or is_file_name(name):
            return name
        self.flag("path-outside", key, name, "a plain file name is expected; not used")
        return None

    def clean(self, key: str, text: str) -> str:
        """``text`` without half characters (lone surrogates), which no file can hold."""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            self.flag("half-character", key, text, "replaced by ?")
            return text.encode("utf-8", "replace").decode("utf-8")
        return text

    def flag(self, rule: str, key: str, before: object, note: str) -> None:
        """A ``flagged`` row at ``key``."""
        self.row("flagged", rule, key, before, None, note)

    def repair(self, rule: str, key: str, before: object, after: str) -> None:
        """A ``repaired`` row at ``key``."""
        self.row("repaired", rule, key, before, after, None)

    def row(
        self,
        kind: str,
        rule: str,
        key: str,
        before: object,
        after: str | None,
        note: str | None,
        layer: str | None = None,
    ) -> None:
        """A ledger row at ``key`` of this object (the object itself if ``key`` is empty)."""
        self.ledger.add(
            kind,
            rule,
            self.file,
            cell=f"{self.pointer}/{key}" if key else self.pointer or "/",
            layer=layer,
            before=_shown(before),
            after=after,
            note=note,
        )


def elements(value: object, ledger: Ledger, file: str) -> list[Fields]:
    """The objects of a file that is a list of them; what is none is flagged and left out."""
    top = Fields({}, ledger, file)
    if not isinstance(value, list):
        top.flag("not-a-list", "", value, "a list is expected; read as empty")
        return []
    children = (top.child(str(place), element) for place, element in enumerate(value))
    return [child for child in children if child is not None]


def is_file_name(name: str) -> bool:
    """Whether ``name`` names a file in the folder it is read in, on any system."""
    return (
        name not in ("", ".", "..")
        and PurePosixPath(name).name == name
        and not re.search(r"[\\:\x00-\x1f]", name)
    )


def finite(value: object) -> float | None:
    """``value`` as a float if it is a JSON number that has one; a boolean is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _shown(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 200 else text[:199] + "…"
