"""What the server can answer, rightly and wrongly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """A response.

    ``delay_s`` is waited first; ``keep`` is the share of the body that is sent before the
    connection is cut; ``drip_s`` the pause between the body's pieces.
    """

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    keep: float | None = None
    drip_s: float = 0.0


def completion(text: str | None, *, finish: str = "stop", **message: Any) -> Reply:
    return Reply(body=_completion(text, finish, message))


def refusal(text: str) -> Reply:
    return completion(None, refusal=text)


def error(
    status: int, message: str = "", *, code: str | None = None, headers: Mapping[str, str] = {}
) -> Reply:
    body = {"error": {"message": message or f"error {status}", "type": "server", "code": code}}
    return Reply(status, json.dumps(body).encode(), headers=headers)


def no_choices() -> Reply:
    return Reply(body=json.dumps({"id": "x", "object": "chat.completion", "choices": []}).encode())


def half_json(text: str) -> Reply:
    body = _completion(text, "stop", {})
    return Reply(body=body[: len(body) // 2])


def cut(text: str, keep: float = 0.5) -> Reply:
    return Reply(body=_completion(text, "stop", {}), keep=keep)


def wrong_type(text: str) -> Reply:
    return Reply(body=f"<html><body>{text}</body></html>".encode(), kind="text/html")


def streamed(pieces: list[str], *, end: bool = True, keep: float | None = None) -> Reply:
    """A stream of chunks as servers send them; without ``end`` it stops in the middle."""
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
        for piece in pieces
    ]
    if end:
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        chunks.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
    lines = [f"data: {json.dumps({'id': 'x', 'model': 'm'} | chunk)}\n\n" for chunk in chunks]
    if end:
        lines.append("data: [DONE]\n\n")
    return Reply(body="".join(lines).encode(), kind="text/event-stream", keep=keep)


def _completion(text: str | None, finish: str, message: Mapping[str, Any]) -> bytes:
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": text, **message},
    }
    found = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return json.dumps(found).encode()
