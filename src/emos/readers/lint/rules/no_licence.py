"""A release that does not say what may be done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule


def _check(folder: Folder) -> Iterator[Hit]:
    top = [file for file in folder.files if "/" not in file]
    readme = next((file for file in top if file.lower().startswith("readme")), None)
    if readme is not None and not any(re.match(r"licen[cs]e|copying", f, re.I) for f in top):
        line = _mention(folder.texts.get(readme, ""))
        said = ", though it speaks of a licence" if line else ""
        yield Hit(readme, f"no licence file stands beside it{said}", line)


def _mention(text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"licen[cs]e", line, re.I):
            return f"line {number}"
    return ""


RULE = Rule(
    "no-licence",
    "warning",
    "a README without a licence file beside it",
    "add a LICENSE file",
    _check,
)
