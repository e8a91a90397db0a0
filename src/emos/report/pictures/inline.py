"""SVG as vl-convert draws it, made fit to stand on a page.

The page forbids styles in elements, gives a text alternative and a table beside each picture, and
holds many pictures. So: presentation attributes only, hidden from screen readers and from the tab
key, links that stay on the page, ids that no other picture has, and nothing that is not seen.
"""

from __future__ import annotations

import hashlib
import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
LINK = "https://emos.invalid/"  # Vega makes relative links absolute, with an address of its own

ENLARGED = 1.3  # text that is 7.5 points in a paper is read from farther away on a screen

# Attributes that say nothing to the eye, or what is so without them.
_NOISE = {"class", "role", "pointer-events", "version", "cursor"}
_DEFAULTS = {
    "transform": "translate(0,0)",
    "opacity": "1",
    "stroke-width": "1",
    "font-weight": "normal",
    "x2": "0",
    "y2": "0",
}
_INHERITED = ("font-family", "font-size")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_EMPTY_PATHS = re.compile(r"M0,0h0v0h0Z|")


def inline_svg(drawing: str) -> str:
    """``drawing`` as an ``<svg>`` element for the page."""
    root = ElementTree.fromstring(drawing)
    root.attrib.pop("class", None)
    background = root.find(f"{{{SVG}}}rect")
    if background is not None:
        root.remove(background)
    for side in ("width", "height"):
        root.set(side, f"{ENLARGED * float(root.attrib[side]):.0f}")
    _links(root)
    _clean(root)
    _common(root)
    _own_ids(root, hashlib.sha256(drawing.encode()).hexdigest()[:8])
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _links(root: ElementTree.Element) -> None:
    """Links to item sets stay on the page; a mark with nothing behind it is no link."""
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag != f"{{{SVG}}}a":
                continue
            target = child.attrib.pop(XLINK, "")
            if target.startswith(LINK + "#"):
                child.set("href", target.removeprefix(LINK))
                child.set("tabindex", "-1")
            else:
                parent[place] = child[0]


def _clean(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        if name == "transform":
            value = _LONG.sub(lambda number: f"{float(number[0]):.2f}", value)
            element.set(name, value)
        noise = name in _NOISE or name.startswith("aria-")
        if (
            noise
            or _DEFAULTS.get(name) == value
            or (name, value) == ("transform", "translate(0,0)")
        ):
            del element.attrib[name]
    style = element.attrib.pop("style", "")
    for rule in filter(None, style.split(";")):
        name, _, value = rule.partition(":")
        if name.strip() not in _NOISE:
            element.set(name.strip(), value.strip())
    for child in list(element):
        _clean(child)
        if _unseen(child):
            element.remove(child)
        elif child.tag == f"{{{SVG}}}g" and not child.attrib:
            place = list(element).index(child)
            element[place : place + 1] = list(child)


def _unseen(element: ElementTree.Element) -> bool:
    if element.get("display") == "none":
        return True
    if element.tag in (f"{{{SVG}}}g", f"{{{SVG}}}defs", f"{{{SVG}}}a"):
        return len(element) == 0
    if element.tag == f"{{{SVG}}}path":
        outline = element.get("d", "")
        drawn = _painted(element.get("fill")) or _painted(element.get("stroke"))
        return not drawn or _EMPTY_PATHS.fullmatch(outline) is not None
    return False


def _painted(paint: str | None) -> bool:
    return paint not in (None, "none", "transparent")


def _common(root: ElementTree.Element) -> None:
    """What most texts have is said once, for all."""
    texts = list(root.iter(f"{{{SVG}}}text"))
    for name in _INHERITED:
        values = [text.get(name, "") for text in texts]
        if not values:
            return
        common = max(set(values), key=values.count)
        if common:
            root.set(name, common)
            for text in texts:
                if text.get(name) == common:
                    del text.attrib[name]


def _own_ids(root: ElementTree.Element, mark: str) -> None:
    """Ids of clipping paths and gradients, told apart from those of other pictures."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, f"{value}-{mark}")
            elif value.startswith("url(#"):
                element.set(name, f"{value[:-1]}-{mark})")
