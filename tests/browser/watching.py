"""What an opened page does that it must not: errors, broken policy, requests to elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Dialog, Error

SCRIPT = Path(__file__).parent / "watch.js"
STAYS = ("data:", "blob:", "about:blank")


@dataclass
class Record:
    """What one page at `url` has done so far; each entry is a text for the reader of a failure."""

    url: str
    console: list[str] = field(default_factory=list)  # every message, "type: text"
    errors: list[str] = field(default_factory=list)  # scripts that failed
    violations: list[str] = field(default_factory=list)  # of the content security policy
    leaks: list[str] = field(default_factory=list)  # addresses asked for
    dialogs: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """All that must not be, one line each; empty for a clean page."""
        complaints = [text for text in self.console if text.startswith(("error:", "assert:"))]
        kinds = {
            "console": complaints,
            "script error": self.errors,
            "security policy": self.violations,
            "request": self.leaks,
            "dialog": self.dialogs,
        }
        return [f"{kind}: {text}" for kind, texts in kinds.items() for text in texts]

    def assert_clean(self) -> None:
        problems = self.problems()
        assert not problems, f"{self.url} is not clean:\n" + "\n".join(problems)

    def saw_request(self, url: str) -> None:
        if urldefrag(url).url != self.url and not url.startswith(STAYS):
            self.leaks.append(url)

    def saw_error(self, error: Error) -> None:
        self.errors.append(error.stack or error.message)

    def saw_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def watch(context: BrowserContext, url: str) -> Record:
    """A record of what the pages of `context` do; call it before the first one is opened."""
    record = Record(url)
    context.on("request", lambda request: record.saw_request(request.url))
    context.on("page", lambda page: page.on("websocket", lambda ws: record.saw_request(ws.url)))
    context.on("console", lambda message: record.console.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda problem: record.saw_error(problem.error))
    context.on("dialog", record.saw_dialog)
    context.expose_binding("emosViolation", lambda _, text: record.violations.append(text))
    context.add_init_script(path=SCRIPT)
    return record
