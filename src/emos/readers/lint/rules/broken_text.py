"""Text that lost characters on its way through an encoding."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule
from emos.readers.lint.table import Column
from emos.readers.wording import counted

# UTF-8 read as Latin-1 or Windows-1252; control characters of Windows-1252.
_WRONG = "\ufffd|â€|[ÃÂ][\u0080-\u00bf]|ï»¿|锟斤拷|[\u0080\u0085\u0091-\u0097]"
# Bytes of Latin letters read as Chinese, within a column that is not Chinese: fianc篓娄e.
_HAN = r"[\u4e00-\u9fff]"
_HAN_IN_WORD = rf"[A-Za-z]{_HAN}"
_FEW = 0.05
# company?s, Y?know, toss ?em
_APOSTROPHE = r"[A-Za-z0-9]\?[A-Za-z]|\s\?[a-z]"


def _check(folder: Folder) -> Iterator[Hit]:
    seen: set[tuple[str, str, str, int]] = set()
    for table in folder.tables:
        for column in table.columns:
            if column.label_set is not None:
                continue
            for what, pattern in (
                ("characters of a wrong encoding", _wrong(column)),
                ("? where an apostrophe or dash was", _APOSTROPHE),
            ):
                found = column.matching(pl.col("text").str.contains(pattern))
                # The same list of items in six workbooks has one fault, not six.
                key = (table.key, column.name, what, found.cells if found else 0)
                if found and key not in seen:
                    seen.add(key)
                    message = f"{counted(found.cells, 'cell')} of {column.name!r}: {what}"
                    yield Hit(table.file, message, found.place)


def _wrong(column: Column) -> str:
    chinese = column.matching(pl.col("text").str.contains(_HAN))
    is_latin = chinese is not None and chinese.cells <= _FEW * column.filled
    return f"{_WRONG}|{_HAN_IN_WORD}" if is_latin else _WRONG


RULE = Rule(
    "broken-text",
    "warning",
    "texts with characters of a wrong encoding, or ? where an apostrophe was (once for copies)",
    "read the original as UTF-8 and write it as UTF-8",
    _check,
)
