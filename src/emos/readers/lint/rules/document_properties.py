"""Persons named in a workbook's properties, where nobody who looks at the cells sees them."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    for file, properties in folder.properties.items():
        for field, text in properties.fields.items():
            yield Hit(file, f"its properties name {text!r} ({field})", f"docProps, {field}")


RULE = Rule(
    "document-properties",
    "error",
    "names of persons or accounts in the properties of a workbook (author, last editor)",
    "inspect the document and remove personal information before publishing",
    _check,
)
