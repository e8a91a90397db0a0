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
SIDEWAYS = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  const scrolls = (element) =>
    element && element !== document.body && element !== document.documentElement &&
    (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const beyond = [...document.body.querySelectorAll("*")].filter(
    (element) =>
      element.getBoundingClientRect().right > edge + 0.5 && !scrolls(element.parentElement));
  const inner = beyond.filter(
    (element) => !beyond.some((other) => other !== element && element.contains(other)));
  const name = (element) => `<${element.localName}${element.id && " #" + element.id}` +
    `${element.getAttribute("class") ? " ." + element.getAttribute("class") : ""}> ends at ` +
    `${Math.round(element.getBoundingClientRect().right)} of ${edge}`;
  return [`the page is ${document.documentElement.scrollWidth} wide, the window ${edge}`,
          ...inner.slice(0, 10).map(name)];
}"""


def axe(page: Page) -> list[str]:
    """What axe-core calls serious or critical, in the state the page is in; one line for each rule.

    The page's security policy does not stop it: playwright's `evaluate` is not the page's script.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
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
