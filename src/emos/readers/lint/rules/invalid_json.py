"""JSON files that a JSON parser refuses."""

from __future__ import annotations

from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    for file, salvaged in folder.json.items():
        if salvaged.repairs:
            first = salvaged.repairs[0]
            what = ", ".join(dict.fromkeys(mend.rule for mend in salvaged.repairs))
            yield Hit(file, f"not plain JSON ({what}); EmoS can still read it", first.place)
    for file, error in folder.errors.items():
        if file.lower().endswith(".json") and file not in folder.unreadable:
            yield Hit(file, f"no JSON: {error.problem}", error.place or "")


RULE = Rule(
    "invalid-json",
    "error",
    "JSON files that no JSON parser reads as they are (code fences, trailing commas, cut off, ...)",
    "write the file with a JSON library; leave out the code fence",
    _check,
)
