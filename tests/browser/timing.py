"""How long a reader waits, on the page's own clock: playwright's round trips do not count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUIET_MS = 300


def ready_ms(page: Page) -> float:
    """Milliseconds from the start of the navigation until the usable page was drawn.

    Usable is when the page says so (`<html data-ready="true">`); drawn is after the next frame.
    """
    page.locator("html[data-ready=true]").wait_for(state="attached")
    return float(page.evaluate("() => emosWatch.ready"))


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
