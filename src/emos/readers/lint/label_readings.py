"""What is wrong with the spelling of labels, per column and text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from emos.readers.lint.table import Column, labels_in
from emos.readers.repair import Change, read_labels

# Changes that leave every label as spelled: only the cell around it is untidy.
UNTIDY = frozenset(["separator", "empty-token", "repeated", "blanks", "punctuation", "width"])


class Misspelt(NamedTuple):
    """One change that reading a column's cells takes, with how many cells and the first."""

    change: Change
    cells: int
    first: int


def misspelt(column: Column) -> Iterator[Misspelt]:
    """Every distinct change in a column of labels; ``first`` is a 0-based data row."""
    if column.label_set is None:
        return
    known = frozenset(column.label_set.labels)
    found: dict[Change, Misspelt] = {}
    for text, count, first in column.counts.iter_rows():
        labels = labels_in(text)
        if (
            text == ";".join(labels)
            and len(set(labels)) == len(labels)
            and known.issuperset(labels)
        ):
            continue
        # Program text is another rule's: its labels are read as if they were written plainly.
        plain = text if "(" not in text and "[" not in text else ";".join(labels)
        for change in read_labels(plain, column.label_set).changes:
            if change.rule in UNTIDY:
                change = Change(change.kind, change.rule, "", "")
            before = found.get(change, Misspelt(change, 0, first))
            found[change] = Misspelt(change, before.cells + count, min(before.first, first))
    yield from found.values()
