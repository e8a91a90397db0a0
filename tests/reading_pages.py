"""Read a page back without a browser: its elements, its data, the items behind its numbers."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

_VOID = {"br", "hr", "img", "input", "link", "meta", "use", "col", "wbr", "source"}


@dataclass
class Element:
    """An element with its attributes, all text inside it, and the elements inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Every element inside of one of these kinds (of any kind if none is named)."""
        found = []
        for one in self.inside:
            found += [one] if not tags or one.tag in tags else []
            found += one.all(*tags)
        return found

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(one)
        if tag not in _VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in [one.tag for one in self.open]:
            return
        while self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.text += data


class ReadPage:
    """A page as written to ``path``."""

    def __init__(self, path: Path) -> None:
        self.html = path.read_text(encoding="utf-8")
        reader = _Reader()
        reader.feed(self.html)
        reader.close()
        self.root = reader.root

    def all(self, *tags: str) -> list[Element]:
        return self.root.all(*tags)

    @cached_property
    def data(self) -> dict[str, Any]:
        """Every block of data by its name."""
        return {
            one.attributes["data-name"]: json.loads(gzip.decompress(base64.b64decode(one.text)))
            for one in self.all("script")
            if "data-name" in one.attributes
        }

    def section(self, name: str) -> Element:
        (found,) = [one for one in self.all("section") if one.attributes.get("id") == name]
        return found

    @cached_property
    def sections(self) -> list[str]:
        return [one.attributes["id"] for one in self.all("section")]

    @cached_property
    def missing(self) -> list[str]:
        """The lines on what the dataset lacks."""
        if "missing" not in self.sections:
            return []
        return [one.text for one in self.section("missing").all("li")]

    def behind(self, number: int) -> list[str]:
        """The ids of the items that the number's address ``#s-<number>`` lists."""
        places = accumulate(self.data["sets"]["lists"][self.data["sets"]["sets"][number]["list"]])
        return [self.data["items"]["ids"][place] for place in places]

    def followed(self) -> set[int]:
        """The item sets that links of the page lead to."""
        found = re.findall(r'href="#s-(\d+)"', self.html)
        return {int(number) for number in found}
