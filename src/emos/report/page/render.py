"""From sections to one HTML file that needs nothing else and asks for nothing.

The content security policy allows exactly the style sheet and the scripts written here, by their
hashes, and fonts inside the file; nothing can be fetched, and text from data cannot run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from emos.report.blocks import Block, Browser, Details, Figures, Panel, Section
from emos.report.browsers import height, packed_browser
from emos.report.findings import Finding
from emos.report.fonts import Slice, slices_for
from emos.report.page.packing import packed
from emos.report.words import Number, Words, shown

_FIRST, _LAST = "core.js", "start.js"


@dataclass(frozen=True)
class Page:
    """Everything on one page.

    Attributes
    ----------
    title : of the document.
    facts : a line on what the dataset holds.
    findings, missing, sections : in the order they are shown.
    items, sets : packed as `emos.report.items` and `emos.report.sets` do.
    beside : a sentence on the file that holds what the page does not, or nothing.
    signature : what the page was made from.
    places : where each of the page's items stands in ``items``, by its place in the dataset;
        ``None`` where the page holds them all.
    """

    title: str
    facts: str
    findings: Sequence[Finding]
    missing: Sequence[str]
    sections: Sequence[Section]
    items: dict[str, Any]
    sets: dict[str, Any]
    beside: str
    signature: str
    places: Mapping[int, int] | None = None


def render(page: Page, words: Words) -> str:
    """The page as HTML."""
    scripts = _scripts()
    data: dict[str, Any] = {"items": page.items, "sets": page.sets, "words": _script_words(words)}
    parts: dict[str, str] = {}
    for block in _all_blocks(page.sections):
        if isinstance(block, Browser):
            held = packed_browser(block, page.places)
            data[f"browser-{block.name}"] = held
            here, every = height(held["data"]), height(block.data)
            if here < every:
                parts[block.name] = words.say("page.part", shown=here, n=every)
        elif isinstance(block, Panel):
            data[f"panel-{block.name}"] = block.data
    blocks = {name: packed(content) for name, content in data.items()}

    def fill(style: str) -> str:
        return _environment().get_template("page.html.j2").render(
            page=page, words=words, say=words.say, style=Markup(style), scripts=Markup(scripts),
            data={name: Markup(text) for name, text in blocks.items()},
            parts=parts, policy=_policy(style, scripts),
        )  # fmt: skip

    texts = [fill(""), *map(str, data.values())]
    return fill(_style(slices_for("".join(texts))))


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _read("templates", name)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.filters["shown"] = _cell
    environment.filters["svg"] = Markup
    environment.tests["number"] = lambda value: isinstance(value, Number)
    environment.tests["figure"] = lambda value: isinstance(value, int | float)
    return environment


def _cell(value: object) -> str:
    """A value of a small table."""
    return f"{value:.3f}" if isinstance(value, float) and value == value else shown(value)


def _all_blocks(sections: Iterable[Section]) -> Iterator[Block]:
    for section in sections:
        yield from _opened(section.blocks)


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from _opened(block.blocks)
        elif isinstance(block, Figures):
            yield from block.figures


def _script_words(words: Words) -> dict[str, Any]:
    """The sentences that scripts say: those of the page and of every panel."""
    return {
        "language": words.language,
        "known": {
            key: form
            for key, form in words.known.items()
            if key.split(".")[0] in {"script", *(name.removesuffix(".js") for name in _names("js"))}
        },
        "layers": {layer: words.layer(layer) for layer in _labels()},
        "labels": {
            layer: {label: words.label(layer, label) for label in labels}
            for layer, labels in _labels().items()
        },
    }


def _labels() -> dict[str, tuple[str, ...]]:
    from emos.taxonomy import BASIC7, GOEMOTIONS

    return {one.layer: one.labels for one in (BASIC7, GOEMOTIONS)}


@cache
def _scripts() -> str:
    names = [name for name in _names("js") if name not in (_FIRST, _LAST)]
    return "\n".join(_read("js", name) for name in (_FIRST, *names, _LAST))


def _style(slices: Sequence[Slice]) -> str:
    bold = {one.unicode_range for one in slices if one.weight > 400}

    def family(one: Slice) -> str:
        # A browser looks for a bold character only among a family's bold slices. Those that have
        # none are a family of their own, the second in page.css, of which it thickens the regular.
        return one.family if one.weight > 400 or one.unicode_range in bold else f"{one.family} rest"

    faces = "".join(
        f'@font-face{{font-family:"{family(one)}";font-weight:{one.weight};font-display:block;'
        f"unicode-range:{one.unicode_range};"
        f"src:url(data:font/woff2;base64,{base64.b64encode(one.woff2).decode()})"
        'format("woff2")}\n'
        for one in slices
    )
    return faces + "\n".join(_read("css", name) for name in _names("css"))


def _policy(style: str, scripts: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(scripts)}; style-src {_hash(style)}; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _folder(name: str) -> Traversable:
    return files("emos.report.page").joinpath(name)


def _names(folder: str) -> list[str]:
    return sorted(entry.name for entry in _folder(folder).iterdir())


def _read(folder: str, name: str) -> str:
    return _folder(folder).joinpath(name).read_text(encoding="utf-8")
