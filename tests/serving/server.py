"""The server: HTTP/1.1 on 127.0.0.1 in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import TracebackType
from typing import Any

from serving.replies import Reply

MOST_CONNECTIONS = 64
MOST_BYTES = 64_000_000
_PIECES = 10


@dataclass(frozen=True)
class Asked:
    """A request as it came. ``turn`` counts requests with the same text, from 1."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes
    turn: int
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The content of the user's message, in parts."""
        content = self.json["messages"][-1]["content"]
        return [{"type": "text", "text": content}] if isinstance(content, str) else content

    @property
    def text(self) -> str:
        """The words of the user's message."""
        return "".join(part["text"] for part in self.parts if part["type"] == "text")


Script = Callable[[Asked], Reply]


class Server:
    """Serves ``script`` for the length of a ``with`` block.

    Attributes
    ----------
    asked : every request that was answered or not, in order; without its content if it is not to
        be kept.
    most_active : most requests that were under way at one time.
    """

    def __init__(self, script: Script, *, keep: bool = True) -> None:
        self.script = script
        self._keep = keep
        self.asked: list[Asked] = []
        self.most_active = 0
        self._active = 0
        self._turns: dict[bytes, int] = {}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1_000_000)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            async with self._places:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    while await self._exchange(reader, writer):
                        pass
        except asyncio.CancelledError:
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        content = await self._content(reader, headers)
        name = hashlib.sha256(content).digest()
        self._turns[name] = turn = self._turns.get(name, 0) + 1
        asked = Asked(method, path, headers, content, turn)
        self.asked.append(asked if self._keep else replace(asked, content=b""))
        self._active += 1
        self.most_active = max(self.most_active, self._active)
        try:
            return await self._answer(self.script(asked), writer)
        finally:
            self._active -= 1

    async def _content(self, reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            content = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                content += (await reader.readexactly(size + 2))[:-2]
                assert len(content) <= MOST_BYTES
            await reader.readuntil(b"\r\n")
            return content
        size = int(headers.get("content-length", 0))
        assert size <= MOST_BYTES
        return await reader.readexactly(size)

    async def _answer(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(reply.delay_s)
        sent = {"content-type": reply.kind, "content-length": str(len(reply.body))}
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (sent | dict(reply.headers)).items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = reply.body if reply.keep is None else reply.body[: int(len(reply.body) * reply.keep)]
        step = len(body) if not reply.drip_s else max(1, len(body) // _PIECES)
        writer.write(head + body[:step])
        for begin in range(step, len(body), max(1, step)):
            await writer.drain()
            await asyncio.sleep(reply.drip_s)
            writer.write(body[begin : begin + step])
        await writer.drain()
        return reply.keep is None
