"""Asking: every request once, failures again with patience, all outcomes on the disk at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emos.errors import EmosError, MissingExtraError
from emos.evaluate.backends.backend import Answer, Backend, FailedError, Request, StopRunError
from emos.evaluate.runner.folder import RunFolder, key_of
from emos.evaluate.runner.items import Item
from emos.evaluate.runner.limiter import Limiter
from emos.evaluate.runner.progress import Progress
from emos.evaluate.runner.protocols import Part, Protocol
from emos.evaluate.runner.records import Records

_LONGEST_WAIT_S = 120.0
_LONGEST_RETRY_AFTER_S = 900.0
_TICK_S = 0.5


@dataclass(frozen=True)
class RunOptions:
    """How a run is carried out; none of it changes what an answer means.

    Attributes
    ----------
    at_once : most requests under way.
    tries : most attempts at one request in this session.
    backoff_s : first wait after a failure; doubled with each, with chance in it.
    give_up_after : so many requests in a row that end without an answer stop the run.
    """

    at_once: int = 32
    tries: int = 6
    backoff_s: float = 0.5
    give_up_after: int = 25


class Run:
    """One session of a run.

    Parameters
    ----------
    find : the media file of an item, None for text alone; it raises `EmosError` for a path that
        may not be read.
    """

    def __init__(
        self,
        backend: Backend,
        folder: RunFolder,
        protocol: Protocol,
        records: Records,
        options: RunOptions,
        progress: Progress,
        *,
        modalities: tuple[str, ...] = (),
        find: Callable[[Item], Path | None] = lambda item: None,
    ) -> None:
        self._backend = backend
        self._folder = folder
        self._protocol = protocol
        self._records = records
        self._options = options
        self._progress = progress
        self._modalities = modalities
        self._find = find
        most = min(options.at_once, backend.at_once or options.at_once)
        self._limiter = Limiter(most)
        self._unanswered = 0

    async def ask(self, items: Sequence[Item]) -> None:
        """Ask about each of these items; when it returns, each of them is done.

        Raises
        ------
        EmosError : if the run cannot go on. What was answered is on the disk.
        """
        ticking = asyncio.create_task(self._tick())
        try:
            async with asyncio.TaskGroup() as group:
                for item, parts in self._units(items):
                    await self._limiter.take()
                    group.create_task(self._unit(item, parts))
        except BaseExceptionGroup as errors:
            raise self._first(errors) from errors
        finally:
            ticking.cancel()

    def _units(self, items: Sequence[Item]) -> Iterator[tuple[Item, tuple[Part, ...]]]:
        """What can be asked side by side: single requests, or a chain of them."""
        for item in items:
            parts = self._protocol.parts(item)
            if len(parts) > 1 and self._protocol.chained:
                yield item, parts
            elif not parts:
                yield item, ()
            else:
                for part in parts:
                    if key_of(item.item_id, part.number) not in self._folder.ended:
                        yield item, (part,)

    async def _unit(self, item: Item, parts: tuple[Part, ...]) -> None:
        try:
            summary = None
            for part in parts:
                if key_of(item.item_id, part.number) not in self._folder.ended:
                    await self._request(item, part, summary)
                if len(parts) > 1:
                    summary = self._records.summary(self._folder.last(item, part)) or summary
            if self._folder.is_done(item):
                self._progress.ended(self._folder.predict(item))
        finally:
            await self._limiter.give_back()

    async def _request(self, item: Item, part: Part, summary: str | None) -> None:
        """Ask until there is an answer, or asking again does not help."""
        key = key_of(item.item_id, part.number)
        for turn in range(1, self._options.tries + 1):
            await self._limiter.wait_turn()
            began, at = time.monotonic(), datetime.now(UTC)
            attempt: dict[str, Any] = {
                "item_id": item.item_id,
                **({} if part.number is None else {"part": part.number}),
                "try": self._folder.tries.get(key, 0) + 1,
                "at": at.isoformat(timespec="milliseconds"),
            }
            try:
                request = self._made(item, part, summary)
                answer = await self._backend.ask(request)
            except FailedError as failure:
                attempt["seconds"] = round(time.monotonic() - began, 3)
                last = turn == self._options.tries or not failure.again
                self._folder.add(attempt | self._failed(failure, final=last))
                if failure.overloaded:
                    pause = _bounded(failure.after)
                    self._limiter.overloaded(began, pause)
                if last:
                    self._count_unanswered(failure)
                    return
                self._progress.retries += 1
                await asyncio.sleep(self._wait(turn, failure))
            else:
                attempt["seconds"] = round(time.monotonic() - began, 3)
                self._folder.add(attempt | self._answered(answer))
                self._limiter.answered()
                self._unanswered = 0
                return

    def _made(self, item: Item, part: Part, summary: str | None) -> Request:
        if not self._backend.asks:
            return Request(item, part.number, "")
        path = self._find(item) if self._modalities else None
        if self._modalities and path is None:
            raise FailedError("the dataset names no media file for it", again=False, local=True)
        text = self._protocol.text(item, part, summary=summary, with_media=path is not None)
        return Request(item, part.number, text, path, self._modalities, part.span)

    def _answered(self, answer: Answer) -> dict[str, Any]:
        refused = answer.refusal is not None
        made: dict[str, Any] = {"outcome": "refused" if refused else "answer", "final": True}
        if answer.record is not None:
            made["record"] = dict(answer.record)
        else:
            made["raw"] = self._redacted(answer.refusal if refused else answer.text, least=8)
        for name in ("finish", "usage", "sent"):
            if getattr(answer, name):
                made[name] = getattr(answer, name)
        return made

    def _failed(self, failure: FailedError, *, final: bool) -> dict[str, Any]:
        made: dict[str, Any] = {"outcome": "failed", "final": final}
        made["reason"] = self._redacted(failure.reason, least=4)
        if failure.status is not None:
            made["http"] = failure.status
        if failure.after is not None:
            made["retry_after_s"] = failure.after
        return made

    def _redacted(self, text: str | None, *, least: int) -> str:
        """``text`` without any secret of at least so many characters."""
        shown = text or ""
        for secret in self._backend.secrets:
            if len(secret) >= least:
                shown = shown.replace(secret, "[key]")
        return shown

    def _count_unanswered(self, failure: FailedError) -> None:
        if failure.local:
            return
        self._unanswered += 1
        if self._unanswered >= self._options.give_up_after:
            raise StopRunError(
                f"{self._unanswered} requests in a row brought no answer, the last: "
                f"{self._redacted(failure.reason, least=4)}",
                "see to the server, then start the same command again with --retry-errors",
            )

    def _wait(self, turn: int, failure: FailedError) -> float:
        longest = min(_LONGEST_WAIT_S, self._options.backoff_s * 2.0 ** (turn - 1))
        return max(longest * random.uniform(0.5, 1.0), _bounded(failure.after) or 0.0)

    async def _tick(self) -> None:
        while True:
            self._progress.at_once = int(self._limiter.limit)
            self._progress.tick()
            await asyncio.sleep(_TICK_S)

    def _first(self, errors: BaseExceptionGroup[BaseException]) -> BaseException:
        """The error that stopped the run."""
        for error in errors.exceptions:
            if isinstance(error, BaseExceptionGroup):
                return self._first(error)
            if isinstance(error, StopRunError):
                problem = self._redacted(error.problem, least=4)
                return EmosError(problem, remedy=error.remedy)
            if isinstance(error, EmosError | MissingExtraError):
                return error
        return errors.exceptions[0]


def _bounded(after: float | None) -> float | None:
    return None if after is None else min(after, _LONGEST_RETRY_AFTER_S)
