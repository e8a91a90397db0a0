"""Ids that lose or change their zeros between files, and ids that become one number.

Made into a number, ``0001`` is 1 and, as Python reads it, ``00001_0`` is 10. Where two ids of one
video become the same number, a table that holds numbers cannot say which of them it means.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column
from emos.readers.wording import counted

_ID = r"(?i)(^|[_ ])id($|[_ ])"


def _check(folder: Folder) -> Iterator[Hit]:
    padded: dict[str, list[Column]] = defaultdict(list)
    bare: dict[str, list[Column]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for table in folder.tables:
        for column in table.columns:
            if not _is_id(column):
                continue
            lengths = _zero_lengths(column)
            (padded if lengths else bare)[column.name].append(column)
            if len(lengths) > 1 and (table.key, column.name) not in seen:
                seen.add((table.key, column.name))
                forms = ", ".join(f"{n:,} of {length}" for length, n in lengths.items())
                yield Hit(table.file, f"digits of {column.name}: {forms}", column.header_place)
    for name, columns in bare.items():
        if padded[name]:
            first, other = columns[0], padded[name][0]
            also = counted(len(columns) - 1, "other table")
            message = (
                f"{name} has lost its leading zeros here and in {also}; {other.table.file} has them"
            )
            yield Hit(first.table.file, message, first.header_place)
            yield from _collisions(columns, padded[name])


def _collisions(bare: list[Column], padded: list[Column]) -> Iterator[Hit]:
    """Rows of tables of numbers whose number stands for two different ids of one video."""
    merged = [(column, _merged(column, padded)) for column in bare]
    for column, ids in merged:
        found: dict[tuple[str, str], int] = {}
        for row, key in enumerate(zip(_group(column), column.cells, strict=True)):
            if key in ids:
                found.setdefault(key, row)
        for (group, number), row in found.items():
            forms = " and ".join(sorted(ids[group, number]))
            of = f" of {group}" if group else ""
            message = f"{column.name} {number}{of} stands for {forms}: which row is whose is lost"
            yield Hit(column.table.file, message, column.place(row), severity="error")


def _merged(bare: Column, padded: list[Column]) -> Mapping[tuple[str, str], set[str]]:
    """Group and number of ids that differ and become one number: the ids."""
    other = _group_name(bare)
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for column in padded:
        if _group_name(column) == other:
            # A table may hold both forms: what is shorter than an id with its zeros has lost them.
            shortest = min(len(t) for t in column.counts["text"] if re.match(r"0[0-9]", t))
            for group, text in zip(_group(column), column.cells, strict=True):
                if text and len(text) >= shortest and re.fullmatch(r"[0-9]+(_[0-9]+)*", text):
                    ids[group, str(int(text.replace("_", "")))].add(text)
    # 0007 and 00007 are one id in two forms; another number of parts is another id.
    return {
        key: forms
        for key, forms in ids.items()
        if len({tuple(int(part) for part in form.split("_")) for form in forms}) > 1
    }


def _group_name(column: Column) -> str:
    """The id column before it, which says of which video (dialogue, document) it is; or nothing."""
    before = ""
    for other in column.table.columns:
        if other.letters == column.letters:
            break
        if re.search(_ID, other.name):
            before = other.name
    return before


def _group(column: Column) -> list[str]:
    name = _group_name(column)
    found = next((c for c in column.table.columns if name and c.name == name), None)
    if found is None:
        return [""] * column.cells.len()
    return ["" if text is None else text for text in found.cells]


def _is_id(column: Column) -> bool:
    name = pl.Series([column.name]).str.contains(_ID)[0]
    return bool(name) and column.filled > 0 and column.counts["text"].str.contains(r"^\d").all()


def _zero_lengths(column: Column) -> dict[int, int]:
    """Lengths of the ids, if any begins with a zero: length to number of cells."""
    digits = column.counts.with_columns(pl.col("text").str.extract(r"^(\d+)").alias("digits"))
    if not digits["digits"].str.contains(r"^0\d").any():
        return {}
    lengths: Counter[int] = Counter()
    for text, count in digits.select("digits", "count").iter_rows():
        lengths[len(text)] += count
    return dict(sorted(lengths.items()))


RULE = Rule(
    "id-form",
    "info",
    "ids with leading zeros that are written in several lengths, or lost them in another file; an "
    "error where two ids of one video became the same number there",
    "write an id the same way everywhere, as text",
    _check,
)
