"""One file over HTTPS: resumed where it stopped, checked, and put in place by a rename.

The standard library's client is used: it verifies certificates, follows proxies from the
environment and needs no dependency. What it lacks for this task (resuming, retrying, refusing a
redirect to plain HTTP) is below; connections kept alive would save little, as several files are
fetched at a time.
"""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO
from urllib.parse import urlsplit

import emos
from emos.errors import EmosError

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_UNKNOWN_BYTES = 64 * 1024 * 1024  # of a file whose size no manifest tells

_CHUNK = 256 * 1024
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 60.0
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


class DownloadError(Exception):
    """A file that did not come, and why.

    ``kind`` is ``missing`` (not on the server), ``wrong-size``, ``refused`` (an address that is
    not used), ``unreachable``, ``failed`` (another answer), ``disk`` or ``not-tried``.
    """

    def __init__(self, kind: str, why: str) -> None:
        self.kind = kind
        self.why = why
        super().__init__(why)


class _AgainError(Exception):
    """This attempt failed, another may not; ``pause_s`` if the server said how long to wait."""

    def __init__(self, why: str, *, pause_s: float | None = None, reached: bool = True) -> None:
        self.pause_s = pause_s
        self.reached = reached
        super().__init__(why)


def check_url(url: str, *, local_allowed: bool) -> None:
    """Refuse a URL that is neither HTTPS nor, if ``local_allowed``, HTTP to this machine.

    Raises
    ------
    DownloadError : kind ``refused``.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and host in LOCAL_HOSTS and local_allowed:
        return
    raise DownloadError("refused", f"{url[:200]} is not HTTPS")


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where the first request might have gone."""

    def __init__(self, local_allowed: bool) -> None:
        self.local_allowed = local_allowed

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        check_url(newurl, local_allowed=self.local_allowed)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def make_opener(base_url: str) -> urllib.request.OpenerDirector:
    """An opener for the files under ``base_url``.

    Raises
    ------
    EmosError : if ``base_url`` is neither HTTPS nor HTTP to this machine.
    """
    try:
        check_url(base_url, local_allowed=True)
    except DownloadError as error:
        raise EmosError(error.why, remedy="give an https:// address as --base-url") from error
    local = urlsplit(base_url).hostname in LOCAL_HOSTS
    handlers: list[urllib.request.BaseHandler] = [_CheckedRedirects(local)]
    if local:
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


@dataclass
class Downloader:
    """Downloads files with one opener.

    Attributes
    ----------
    attempts : how often a file is tried before it is given up.
    timeout_s : without a byte for so long, an attempt has failed.
    wait : called with the seconds to wait before the next attempt (1, 2, 4, ... or what the
        server asks for, at most a minute); by default waits for them or for ``stop``.
    on_wait : called with the file's name, what went wrong and the seconds to the next attempt.
    on_bytes : called with each number of bytes that arrived; negative when a file starts again.
    stop : when set, downloads end at the next chunk and keep what they have for next time.
    """

    opener: urllib.request.OpenerDirector
    attempts: int = 5
    timeout_s: float = 30.0
    wait: Callable[[float], object] | None = None
    on_wait: Callable[[str, str, float], object] = lambda name, why, seconds: None
    on_bytes: Callable[[int], object] = lambda count: None
    stop: Event = field(default_factory=Event)

    def get(self, url: str, target: Path, size: int | None) -> None:
        """Download ``url`` to ``target``, going on with what is in ``target`` + ``.part``.

        The finished file has ``size`` bytes (what the server says if None) and takes its name by
        a rename.

        Raises
        ------
        DownloadError : with its kind. What has arrived stays for the next run, unless it is
            known to be wrong.
        """
        part = Partial.of(target)
        for attempt in range(1, self.attempts + 1):
            try:
                if size is None or part.size() != size:
                    self._attempt(url, part, size)
                return part.finish(target)
            except _AgainError as again:
                if attempt == self.attempts:
                    kind = "failed" if again.reached else "unreachable"
                    raise DownloadError(kind, f"{again} ({attempt} attempts)") from again
                pause = again.pause_s if again.pause_s is not None else 2.0 ** (attempt - 1)
                pause = min(pause, _LONGEST_WAIT_S)
                self.on_wait(target.name, str(again), pause)
                (self.wait or self.stop.wait)(pause)
                if self.stop.is_set():
                    raise DownloadError("not-tried", "stopped") from again
        raise AssertionError("attempts is at least 1")

    def _attempt(self, url: str, part: Partial, size: int | None) -> None:
        if size is not None and part.size() > size:
            self._restart(part)
        headers = {"User-Agent": f"emos/{emos.__version__}", "Accept-Encoding": "identity"}
        if part.size():
            headers["Range"] = f"bytes={part.size()}-"
        request = urllib.request.Request(url, headers=headers)
        try:
            with self.opener.open(request, timeout=self.timeout_s) as response:
                self._receive(response, part, size)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 416:  # what we have is no part of the file any more
                    self._restart(part)
                    raise _AgainError("it changed on the server") from error
                if error.code in _TRANSIENT:
                    pause = _retry_after(error.headers.get("Retry-After"))
                    raise _AgainError(f"HTTP {error.code}", pause_s=pause) from error
                kind = "missing" if error.code in (404, 410) else "failed"
                raise DownloadError(kind, f"HTTP {error.code}") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise DownloadError("refused", f"certificate: {error.reason}") from error
            raise _AgainError(f"no connection ({error.reason})", reached=False) from error
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise _AgainError(f"connection lost ({why})") from error
        except ValueError as error:  # urllib's word for a redirect to no address
            raise DownloadError("refused", f"a malformed address ({error})") from error

    def _receive(self, response: http.client.HTTPResponse, part: Partial, size: int | None) -> None:
        """Write the response's body behind what is there, or over it if it is the whole file."""
        tag = response.headers.get("ETag")
        if response.status == 206:
            if not _continues(response.headers.get("Content-Range"), part.size()) or (
                tag and part.tag() and tag != part.tag()
            ):
                self._restart(part)
                raise _AgainError("it changed on the server")
        elif part.size():  # the server ignores ranges
            self._restart(part)
        part.set_tag(tag)
        length = response.headers.get("Content-Length")
        announced = part.size() + int(length) if length and length.isdecimal() else None
        limit = MAX_UNKNOWN_BYTES if size is None else size
        with part.open() as file:
            while True:
                chunk = response.read(_CHUNK)
                if self.stop.is_set():
                    raise DownloadError("not-tried", "stopped")
                if not chunk:
                    break
                try:
                    file.write(chunk)
                    file.flush()
                except OSError as error:
                    raise DownloadError("disk", f"{error.strerror}") from error
                self.on_bytes(len(chunk))
                if file.tell() > limit:
                    break
        if part.size() < (announced or 0) and part.size() <= limit:
            raise _AgainError("connection ended early")
        if part.size() > limit or (size is not None and part.size() != size):
            why = f"{announced or part.size():,} bytes, {limit:,} expected"
            if part.starts_with(_LFS_POINTER):
                why = "a Git LFS pointer instead of the file"
            self._restart(part)
            raise DownloadError("wrong-size", why)

    def _restart(self, part: Partial) -> None:
        self.on_bytes(-part.size())
        part.discard()


@dataclass(frozen=True)
class Partial:
    """An unfinished file, and beside it the server's tag of the version it is a part of."""

    path: Path
    tag_path: Path

    @classmethod
    def of(cls, target: Path) -> Partial:
        """The unfinished file of ``target``; a link in its place is removed, never followed."""
        partial = cls(
            target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.tag")
        )
        for path in (partial.path, partial.tag_path):
            if path.is_symlink():
                path.unlink()
        return partial

    def size(self) -> int:
        """Bytes that have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def tag(self) -> str | None:
        """The tag noted, None if there is none."""
        try:
            return self.tag_path.read_text(encoding="latin-1") or None
        except FileNotFoundError:
            return None

    def set_tag(self, tag: str | None) -> None:
        """Note the tag."""
        self.tag_path.write_text(tag or "", encoding="latin-1", errors="replace")

    def open(self) -> IO[bytes]:
        """The file, to write behind what is there."""
        return self.path.open("ab")

    def starts_with(self, start: bytes) -> bool:
        """Whether the file begins so."""
        with self.path.open("rb") as file:
            return file.read(len(start)) == start

    def finish(self, target: Path) -> None:
        """Give the file its name."""
        self.path.touch()  # an empty file has had nothing to write
        self.path.replace(target)
        self.tag_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)
        self.tag_path.unlink(missing_ok=True)


def _continues(content_range: str | None, have: int) -> bool:
    """Whether a partial response begins where the file ends (RFC 9110, section 14.4)."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(?:\d+|\*)", content_range or "")
    return match is not None and int(match.group(1)) == have


def _retry_after(value: str | None) -> float | None:
    """Seconds a server asks to wait; its other form, a date, is not worth the clock."""
    return float(value) if value and re.fullmatch(r"\d{1,6}", value) else None
