"""What is common to all that is carried over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "anyio", "aiohttp", "ssl"})


def is_transport(error: BaseException) -> bool:
    """Whether an error is the connection's, not the program's."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in _LIBRARIES


def shown_address(address: str) -> str:
    """An address without what may be secret in it: a name and password, a query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a response asks to wait (a number or a date); None if it does not say."""
    try:
        return max(0.0, float(headers.get("retry-after-ms", "")) / 1000)
    except ValueError:
        pass
    text = headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if seconds == seconds else None
