"""Workbooks of different annotators that are the same document or have the same editor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.properties import Properties
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    # Derived tables are rightly made by one person: only workbooks with answers of one's own count.
    own = {
        file: properties
        for file, properties in folder.properties.items()
        if file in folder.answer_sheets
    }
    for key, what in (
        (lambda p: p.document, "the same document id"),
        (lambda p: p.fields.get("lastModifiedBy"), "the same last editor"),
    ):
        for first, *others in _groups(own, key):
            for other in others:
                yield Hit(other, f"{what} as {first}", "docProps")


def _groups(
    own: dict[str, Properties], key: Callable[[Properties], str | None]
) -> Iterator[list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for file, properties in own.items():
        value = key(properties)
        if value:
            groups[value].append(file)
    return (files for files in groups.values() if len(files) > 1)


RULE = Rule(
    "same-document",
    "warning",
    "annotators' workbooks saved from one document, or last edited by one person",
    "check that the two annotators are two people, and that neither saw the other's answers",
    _check,
)
