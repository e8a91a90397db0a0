"""What eyes, a screen reader and a phone would find on a page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

DRAWN = (Path(__file__).parent / "drawn.js").read_text(encoding="utf-8")
HARMFUL = ("serious", "critical")
# The innermost elements that reach beyond the right edge and are not inside a box that scrolls.
# What is placed absolutely is inside the next positioned box, not always the one around its tag.
SIDEWAYS = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const around = (element) => {
    const { position } = getComputedStyle(element);
    let box = position === "fixed" ? null : element.parentElement;
    while (position === "absolute" && box && getComputedStyle(box).position === "static") {
      box = box.parentElement;
    }
    return box;
  };
  const scrolls = (element) =>
    element && element !== document.body && element !== document.documentElement &&
    (getComputedStyle(element).overflowX !== "visible" || scrolls(around(element)));
  const end = (element) => {
    const { left, right } = element.getBoundingClientRect();
    const spills = getComputedStyle(element).overflowX === "visible";
    return Math.round(spills ? Math.max(right, left + element.scrollWidth) : right);
  };
  const beyond = [...document.body.querySelectorAll("*")].filter(
    (element) => end(element) > edge && !scrolls(around(element)));
  const inner = beyond.filter(
    (element) => !beyond.some((other) => other !== element && element.contains(other)));
  const name = (element) => `<${element.localName}${element.id && " #" + element.id}` +
    `${element.getAttribute("class") ? " ." + element.getAttribute("class") : ""}> ends at ` +
    `${end(element)} of ${edge}`;
  return [`the page is ${document.documentElement.scrollWidth} wide, the window ${edge}`,
          ...inner.slice(0, 10).map(name)];
}"""


def axe(page: Page, selector: str = "html") -> list[str]:
    """What axe-core calls serious or critical in `selector` as the page is now; a line per rule.

    The page's security policy does not stop it: playwright's `evaluate` is not the page's script.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=selector).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + "; ".join(f"{' '.join(map(str, node['target']))}" for node in rule["nodes"][:10])
        for rule in found
        if rule["impact"] in HARMFUL
    ]


def undrawn(page: Page, selector: str = "body") -> list[str]:
    """Characters that are to be seen in `selector` but for which its fonts have no glyph.

    Each visible character is drawn on a canvas in its element's font. It is missing if the result
    is blank or the same as that of a character that does not exist: the box.
    """
    return list(page.locator(selector).first.evaluate(DRAWN))


def sideways(page: Page) -> list[str]:
    """What sticks out if the page as a whole scrolls sideways; empty if it does not."""
    return list(page.evaluate(SIDEWAYS))


def screenshot(page: Page, name: str) -> None:
    """A picture of the whole page for people to look at, if EMOS_SCREENSHOTS names a folder."""
    folder = os.environ.get("EMOS_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
