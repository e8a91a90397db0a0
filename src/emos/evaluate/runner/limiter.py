"""How many requests may be under way: found out by trying, as TCP finds its window.

Additive increase, multiplicative decrease (Chiu and Jain, 1989): doubling per round of answers up
to the first sign of overload, from then on one more per round; halved at each sign of overload.
"""

from __future__ import annotations

import asyncio
import time


class Limiter:
    """Places for requests under way, between 1 and ``most``.

    Parameters
    ----------
    most : never more than so many.
    start : how many at first.
    """

    def __init__(self, most: int, start: int = 4) -> None:
        self.most = most
        self.limit = float(min(start, most))
        self.active = 0
        self._probing = True
        self._cut_at = float("-inf")
        self._resume_at = float("-inf")
        self._changed = asyncio.Condition()

    async def take(self) -> None:
        """Wait for a place."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.active < int(self.limit))
            self.active += 1

    async def give_back(self) -> None:
        """Leave a place to the next."""
        async with self._changed:
            self.active -= 1
            self._changed.notify_all()

    async def wait_turn(self) -> None:
        """Wait out the pause that the server asked everybody for."""
        while (pause := self._resume_at - time.monotonic()) > 0:
            await asyncio.sleep(pause)

    def answered(self) -> None:
        """An answer came: room for a little more."""
        more = 1.0 if self._probing else 1.0 / self.limit
        self.limit = min(float(self.most), self.limit + more)

    def overloaded(self, sent_at: float, pause: float | None = None) -> None:
        """A request sent at ``sent_at`` (monotonic seconds) met an overloaded server.

        Requests that were already under way at the last cut say nothing new, and do not cut again.
        """
        self._probing = False
        if sent_at > self._cut_at:
            self.limit = max(1.0, self.limit / 2)
            self._cut_at = time.monotonic()
        if pause is not None:
            self._resume_at = max(self._resume_at, time.monotonic() + pause)
