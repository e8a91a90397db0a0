"""How long a reader waits, on the page's own clock: playwright's round trips do not count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUIET_MS = 300


def ready_ms(page: Page, sign: Literal["ready", "complete"] = "ready") -> float:
    """Milliseconds from the start of the navigation until the page was drawn as far as `sign`.

    The page says when it is usable (`<html data-ready="true">`) and when every part is there
    (`data-complete`); drawn is after the next frame.
    """
    page.locator(f"html[data-{sign}=true]").wait_for(state="attached")
    return float(page.evaluate("sign => emosWatch.seen[sign]", sign))


def change_ms(page: Page, action: Callable[[], object]) -> float:
    """Milliseconds from the event that `action` causes until its last consequence was drawn.

    The event is the first input, change or click. The last consequence is the change of the
    document after which nothing changes for `QUIET_MS`; its next frame counts. Fails if nothing
    changed.
    """
    page.evaluate("quiet => emosWatch.start(quiet)", QUIET_MS)
    action()
    elapsed = page.evaluate("() => emosWatch.measured()")
    assert elapsed is not None, "nothing on the page changed"
    return float(elapsed)
