"""How far a run is: one line on standard error, its rate and the time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_TERMINAL_EVERY_S = 0.5
_LOG_EVERY_S = 30.0
_HORIZON_S = 60.0  # the rate is that of the last minute


class Progress:
    """Counts items as they end and says so now and then.

    Parameters
    ----------
    total : items to be asked in this session.
    before : items that were done earlier.
    write : takes a line; by default standard error, rewritten in place on a terminal.
    """

    def __init__(
        self, total: int, before: int = 0, write: Callable[[str], object] | None = None
    ) -> None:
        self.total = total
        self.before = before
        self.done = 0
        self.counts: dict[str, int] = {}
        self.retries = 0
        self.at_once = 0
        self._terminal = write is None and sys.stderr.isatty()
        self._write = write or self._to_stderr
        self._every = _TERMINAL_EVERY_S if self._terminal else _LOG_EVERY_S
        self._said_at = self._began = time.monotonic()
        self._recent: list[tuple[float, int]] = [(self._began, 0)]
        self._shown = False

    def ended(self, status: str) -> None:
        """An item ended."""
        self.done += 1
        self.counts[status] = self.counts.get(status, 0) + 1
        self.tick()

    def tick(self) -> None:
        """Say how far it is, if the last time is long enough ago."""
        now = time.monotonic()
        if now - self._said_at >= self._every:
            self._said_at = now
            self._recent.append((now, self.done))
            while len(self._recent) > 2 and now - self._recent[1][0] > _HORIZON_S:
                self._recent.pop(0)
            self._write(self.line())
            self._shown = True

    def line(self) -> str:
        """The line: items, rate, what went wrong, requests under way, time left."""
        now = time.monotonic()
        since, done = self._recent[0]
        rate = (self.done - done) / max(now - since, 1e-9)
        left = self.total - self.done
        bad = [f"{n:,} {name}" for name, n in sorted(self.counts.items()) if name != "ok"]
        parts = [
            f"{self.before + self.done:,} of {self.before + self.total:,} items",
            f"{rate:.1f}/s",
            *bad,
            *([f"{self.retries:,} repeated"] if self.retries else []),
            f"{self.at_once} at once",
            *([f"{_duration(left / rate)} left"] if rate > 0 and left else []),
        ]
        return "  ".join(parts)

    def close(self) -> None:
        """End the line on a terminal."""
        if self._terminal and self._shown:
            sys.stderr.write("\n")

    def _to_stderr(self, line: str) -> None:
        if self._terminal:
            sys.stderr.write(f"\r\x1b[2K{line}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
