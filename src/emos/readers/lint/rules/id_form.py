"""Ids that lose or change their zeros between files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

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
    "ids with leading zeros that are written in several lengths, or lost them in another file",
    "write an id the same way everywhere, as text",
    _check,
)
