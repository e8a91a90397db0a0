"""A real HTTP server on the loopback address that speaks the OpenAI protocol, badly on request.

    with Server(lambda asked: completion("Joy")) as server:
        ... server.url ... server.asked ...

Its script decides on every request. It takes a bounded number of connections and bytes, and stops
when its block ends.
"""

from serving.replies import (
    Reply,
    completion,
    cut,
    error,
    half_json,
    no_choices,
    refusal,
    streamed,
    wrong_type,
)
from serving.server import Asked, Server

__all__ = [
    "Asked",
    "Reply",
    "Server",
    "completion",
    "cut",
    "error",
    "half_json",
    "no_choices",
    "refusal",
    "streamed",
    "wrong_type",
]
