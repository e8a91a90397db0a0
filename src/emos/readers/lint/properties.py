"""What a workbook says about itself: who edited it, and which document it was saved from.

Office programs write names of people into ``docProps/`` (ECMA-376 part 1, section 15.2.12), where
nobody who looks at the cells sees them. WPS adds an id of the document (``ICV``) that stays when
the file is saved under another name.
"""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from emos.readers.lint.people import plain_words

_MAX_BYTES = 1024 * 1024
_PEOPLE = ("dc:creator", "cp:lastModifiedBy", "Manager")


@dataclass(frozen=True)
class Properties:
    """A workbook's properties.

    Attributes
    ----------
    people : names of persons (authors, last editors), without names of programs.
    fields : name of the property to its text, for every property that names a person.
    document : id of the document it was saved from, None if it carries none.
    """

    people: tuple[str, ...]
    fields: dict[str, str]
    document: str | None


def read_properties(path: Path) -> Properties | None:
    """The properties of a workbook; None if it is no archive (the readers say so elsewhere)."""
    try:
        with zipfile.ZipFile(path) as archive:
            core, app, custom = (
                _part(archive, f"docProps/{name}.xml") for name in ("core", "app", "custom")
            )
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError):
        return None
    fields = {}
    for tag in _PEOPLE:
        match = re.search(rf"<{tag}(?:\s[^>]*)?>([^<]*)</{tag}>", core + app)
        text = html.unescape(match.group(1)).strip() if match else ""
        if text and not _is_program(text):
            fields[tag.partition(":")[2] or tag] = text
    # Only the property's own value: [^<]* between its tags.
    found = re.search(r'name="ICV"[^>]*>\s*<vt:\w+>([^<]*)<', custom)
    return Properties(
        tuple(dict.fromkeys(fields.values())), fields, found.group(1).strip() if found else None
    )


def _part(archive: zipfile.ZipFile, name: str) -> str:
    try:
        with archive.open(name) as part:
            return part.read(_MAX_BYTES).decode("utf-8", "replace")
    except KeyError:
        return ""


def _is_program(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return bool(words) and plain_words().issuperset(words)
