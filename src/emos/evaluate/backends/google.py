"""``google:NAME``: Gemini models through google-genai (extra ``google``).

A video carries its own sound. What is too large for a request is uploaded first, once per content
and run: uploads go side by side as requests do, and their addresses are kept in the run's folder
until they expire.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emos.errors import EmosError, MissingExtraError
from emos.evaluate.backends.backend import (
    Answer,
    Backend,
    BackendKind,
    FailedError,
    Request,
    Setup,
    StopRunError,
)
from emos.evaluate.backends.chat import sent_sizes
from emos.evaluate.backends.transport import is_transport, shown_address
from emos.evaluate.media.decoding import MediaError
from emos.evaluate.media.sending import Part, Ways, parts_of

KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
CACHE_FILE = "google_files.json"
INLINE_BYTES = 14_000_000  # a request may have 20 MB, of which base64 takes a third
_POLL_S = 1.0
_KEPT_S = 47 * 3600.0  # an upload is kept for 48 hours
_REFUSED = frozenset(
    {"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "RECITATION", "IMAGE_SAFETY"}
)


class GoogleBackend(Backend):
    """A Gemini model; see `Backend` for the attributes."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._ways = _ways(setup.modalities)
        if setup.media_url:
            raise EmosError("Gemini is sent files, not addresses", remedy="leave --media-url out")
        self._genai = _library()
        key = next((setup.environment[n] for n in KEYS if setup.environment.get(n)), None)
        if key is None:
            raise EmosError(
                f"no key in the environment ({', '.join(KEYS)})",
                remedy=f"export {KEYS[0]}=...",
            )
        address = setup.base_url or setup.environment.get("GOOGLE_GEMINI_BASE_URL") or None
        if address is not None and urlsplit(address).scheme not in ("http", "https"):
            raise EmosError(f"{shown_address(address)!r} is no address of a server")
        types = self._genai.types
        options = types.HttpOptions(
            base_url=address,
            timeout=int(setup.timeout_s * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
        )
        self._client = self._genai.Client(api_key=key, vertexai=False, http_options=options)
        self._uploads = _Uploads(self._client, None if setup.cache is None else setup.cache)
        self._answered = False
        self.secrets = [key]
        self.settings = _settings(setup)
        self.sent = _sent(self._ways, setup)
        self.session = {"server": shown_address(address) if address else "Google's own"}

    async def ask(self, request: Request) -> Answer:
        """The model's answer to one request."""
        parts = await self._media(request)
        sizes = sent_sizes(request.text, parts)
        try:
            async with asyncio.timeout(self._setup.timeout_s):
                contents = [await self._content(part, parts) for part in parts]
                del parts
                response = await self._client.aio.models.generate_content(
                    model=self._setup.model,
                    contents=[*contents, request.text],
                    config=self._config(),
                )
        except TimeoutError as error:
            raise FailedError(
                f"no answer within {self._setup.timeout_s:g} s", again=True, overloaded=True
            ) from error
        except self._genai.errors.APIError as error:
            raise self._refused(error) from error
        except Exception as error:
            if not is_transport(error) and not isinstance(error, ValueError):
                raise
            raise FailedError(
                f"no usable answer ({type(error).__name__}: {error})", again=True, overloaded=True
            ) from error
        self._answered = True
        return read_response(response, sizes)

    async def measure(self, request: Request) -> Mapping[str, Any]:
        """Sizes of what `ask` would send."""
        return sent_sizes(request.text, await self._media(request))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aio.aclose()

    async def _media(self, request: Request) -> list[Part]:
        if request.path is None or self._ways == Ways(None, False):
            return []
        try:
            return await asyncio.to_thread(
                parts_of, request.path, self._ways, self._setup.media, request.span
            )
        except MediaError as error:
            reason = f"{request.item.media}: {error}"
            raise FailedError(reason, again=False, local=True) from error

    async def _content(self, part: Part, parts: list[Part]) -> Any:
        types = self._genai.types
        if sum(len(one.content) for one in parts) <= INLINE_BYTES:
            made = types.Part.from_bytes(data=part.content, mime_type=part.mime)
        else:
            address = await self._uploads.address(part)
            made = types.Part.from_uri(file_uri=address, mime_type=part.mime)
        if part.kind == "video":
            made.video_metadata = types.VideoMetadata(fps=self._setup.media.fps)
        return made

    def _config(self) -> Any:
        sampling = self._setup.sampling
        return self._genai.types.GenerateContentConfig(
            temperature=sampling.temperature,
            max_output_tokens=sampling.max_tokens,
            seed=sampling.seed,
            **dict(sampling.extra),
        )

    def _refused(self, error: Any) -> Exception:
        """What an error response means."""
        status, said = int(error.code or 0), str(error.message or error.status or "")
        wrong_key = status == 401 or "API_KEY_INVALID" in str(error.details)
        if wrong_key or (status in (403, 404) and not self._answered):
            return StopRunError(
                f"the server says {status}: {said}", "check the key and the model's name"
            )
        return FailedError(
            f"{status}: {said}",
            again=status >= 500 or status in (408, 429),
            overloaded=status in (408, 429, 502, 503, 504),
            after=_delay(error.details),
            status=status or None,
        )


class _Uploads:
    """Files at the server by the hash of their content."""

    def __init__(self, client: Any, folder: Path | None) -> None:
        self._client = client
        self._path = None if folder is None else folder / CACHE_FILE
        self._known: dict[str, dict[str, Any]] | None = None
        self._locks: dict[str, asyncio.Lock] = {}

    async def address(self, part: Part) -> str:
        """Where the server has this content; it is uploaded if it has not."""
        digest = hashlib.sha256(part.content).hexdigest()
        async with self._locks.setdefault(digest, asyncio.Lock()):
            if self._known is None:
                self._known = self._read()
            found = self._known.get(digest)
            if found is None or found["until"] < time.time():
                found = {"uri": await self._upload(part), "until": time.time() + _KEPT_S}
                self._known[digest] = found
                self._write()
            return str(found["uri"])

    async def _upload(self, part: Part) -> str:
        file = await self._client.aio.files.upload(
            file=io.BytesIO(part.content), config={"mime_type": part.mime}
        )
        while _state(file) == "PROCESSING":
            await asyncio.sleep(_POLL_S)
            file = await self._client.aio.files.get(name=file.name)
        if _state(file) == "FAILED" or not file.uri:
            raise FailedError("the server could not use the uploaded file", again=False)
        return str(file.uri)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(self._path.read_text()) if self._path else {}
        except (OSError, ValueError):  # a cache: what cannot be read is uploaded again
            return {}
        return {
            digest: entry
            for digest, entry in found.items()
            if isinstance(entry, dict)
            and isinstance(entry.get("uri"), str)
            and isinstance(entry.get("until"), int | float)
        }

    def _write(self) -> None:
        if self._path is not None and self._path.parent.is_dir():
            part = self._path.with_name(f".{CACHE_FILE}.part")
            part.write_text(json.dumps(self._known))
            part.replace(self._path)


def read_response(response: Any, sizes: Mapping[str, Any]) -> Answer:
    """The answer in a response.

    Raises
    ------
    FailedError : if it has none; asking again may help.
    """
    usage = _usage(response.usage_metadata)
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason:
        said = feedback.block_reason_message or f"blocked: {_name(feedback.block_reason)}"
        return Answer(refusal=said, usage=usage, sent=sizes)
    if not response.candidates:
        raise FailedError("answered no candidates", again=True)
    candidate = response.candidates[0]
    finish = _name(candidate.finish_reason) or None
    pieces = (candidate.content.parts or ()) if candidate.content else ()
    text = "".join(piece.text or "" for piece in pieces if not piece.thought)
    refused = finish in _REFUSED
    refusal = (candidate.finish_message or f"stopped: {finish}") if refused else None
    return Answer(text, None, finish, refusal, usage, sizes)


def _usage(counts: Any) -> dict[str, int]:
    if counts is None:
        return {}
    output = (counts.candidates_token_count or 0) + (counts.thoughts_token_count or 0)
    return {"input": counts.prompt_token_count or 0, "output": output}


def _name(value: Any) -> str:
    return str(getattr(value, "value", value) or "")


def _state(file: Any) -> str:
    return _name(file.state)


def _delay(details: Any) -> float | None:
    """Seconds to wait, from the RetryInfo of an error ("retryDelay": "17s")."""
    found = re.search(r"retryDelay['\"]?: ['\"](\d+(?:\.\d+)?)s", str(details))
    return float(found[1]) if found else None


def _ways(modalities: tuple[str, ...]) -> Ways:
    see, hear = "video" in modalities, "audio" in modalities
    return Ways("video" if see else None, hear and not see, see and hear)


def _settings(setup: Setup) -> dict[str, Any]:
    chosen = setup.sampling
    found = {
        "temperature": chosen.temperature,
        "max_tokens": chosen.max_tokens,
        "seed": chosen.seed,
        "extra": dict(chosen.extra) or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _sent(ways: Ways, setup: Setup) -> dict[str, Any]:
    sent: dict[str, Any] = {"text": "prompt and transcript as the user's message"}
    if "text" not in setup.modalities:
        sent["text"] = "prompt as the user's message, transcript withheld"
    if ways.video:
        how = "with its sound" if ways.sound_in_video else "without its sound"
        sent["picture"] = f"video {how}, read at {setup.media.fps:g} frames per second"
    if ways.sound_in_video:
        sent["sound"] = "in the video"
    elif ways.audio:
        sent["sound"] = "WAV"
    if ways.video or ways.audio:
        sent["inline_below"] = f"{INLINE_BYTES} bytes; larger ones are uploaded first"
        sent["media"] = setup.media.to_json()
    return sent


def _library() -> Any:
    try:
        import_module("google.genai.errors")
        return import_module("google.genai")
    except ImportError as error:
        raise MissingExtraError("google-genai", "google") from error


def make(setup: Setup) -> GoogleBackend:
    """The backend for ``google:NAME``."""
    return GoogleBackend(setup)


BACKEND = BackendKind("google", make)
