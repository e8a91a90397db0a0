"""``openai:NAME``: any server that speaks the OpenAI chat protocol, through the openai client."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal
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
from emos.evaluate.backends.chat import (
    MOST_BYTES,
    StreamReader,
    content_of,
    error_of,
    is_refusal,
    media_address,
    read_completion,
    sent_sizes,
)
from emos.evaluate.backends.profile import Profile, load_profile
from emos.evaluate.backends.transport import is_transport, retry_after, shown_address
from emos.evaluate.media.decoding import MediaError
from emos.evaluate.media.sending import Part, Ways, parts_of

_NO_KEY = "EMPTY"  # what servers without keys are usually sent
_OVERLOADED = frozenset({408, 429, 502, 503, 504, 529})


class OpenAIBackend(Backend):
    """A model behind an OpenAI-compatible server; see `Backend` for the attributes."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._profile = load_profile(setup.profile or "openai")
        self._ways = ways(self._profile, setup)
        address, key = _address(setup), _key(setup, self._profile)
        self._openai = _client_library()
        # No total time here: a server that sends a byte now and then never exceeds it. See `ask`.
        self._client = self._openai.AsyncOpenAI(
            api_key=key, base_url=address, max_retries=0, timeout=setup.timeout_s
        )
        self._answered = False
        password = urlsplit(address or "").password
        self.secrets = [text for text in (key, password) if text and text != _NO_KEY]
        self.settings = {"profile": self._profile.name, **_sampling(setup)}
        self.sent = _sent(self._profile, self._ways, setup)
        self.session = {"server": shown_address(str(self._client.base_url))}

    async def ask(self, request: Request) -> Answer:
        """The server's answer to one request."""
        parts = await self._media(request)
        body = self._body(request, parts)
        sizes = sent_sizes(request.text, parts)
        del parts
        try:
            async with asyncio.timeout(self._setup.timeout_s):
                answer = await self._post(body)
        except TimeoutError as error:
            raise FailedError(
                f"no answer within {self._setup.timeout_s:g} s", again=True, overloaded=True
            ) from error
        except self._openai.APIStatusError as error:
            answer = self._refused(error)
        except self._openai.APITimeoutError as error:
            raise FailedError("timed out", again=True, overloaded=True) from error
        except self._openai.APIConnectionError as error:
            why = error.__cause__ or error
            raise FailedError(
                f"no connection ({type(why).__name__}: {why})", again=True, overloaded=True
            ) from error
        self._answered = True
        return Answer(answer.text, None, answer.finish, answer.refusal, answer.usage, sent=sizes)

    async def measure(self, request: Request) -> Mapping[str, Any]:
        """Sizes of what `ask` would send."""
        return sent_sizes(request.text, await self._media(request))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _media(self, request: Request) -> list[Part]:
        if request.path is None or self._ways == Ways(None, False):
            return []
        fetched = self._fetched(request)
        chosen = Ways(None, self._ways.audio) if fetched else self._ways
        options = self._setup.media
        try:
            return await asyncio.to_thread(parts_of, request.path, chosen, options, request.span)
        except MediaError as error:
            raise FailedError(f"{request.item.media}: {error}", again=False, local=True) from error

    def _fetched(self, request: Request) -> str | None:
        """The address from which the server is to fetch the video, if it is."""
        whole = request.span is None and self._ways.video == "video"
        if self._setup.media_url is None or not whole or request.item.media is None:
            return None
        return media_address(self._setup.media_url, request.item.media)

    def _body(self, request: Request, parts: list[Part]) -> dict[str, Any]:
        address = self._fetched(request) if request.path is not None else None
        content = content_of(request.text, parts, address, self._profile)
        body = {
            "model": self._setup.model,
            "messages": [{"role": "user", "content": content}],
            **self._profile.body,
        }
        sampling = self._setup.sampling
        if sampling.temperature is not None:
            body["temperature"] = sampling.temperature
        if sampling.max_tokens is not None:
            body[self._profile.answer_limit] = sampling.max_tokens
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if self._profile.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body | dict(sampling.extra)

    async def _post(self, body: dict[str, Any]) -> Answer:
        create = self._client.chat.completions.with_streaming_response.create
        messages, model = body.pop("messages"), body.pop("model")
        async with create(messages=messages, model=model, extra_body=body) as response:
            kind = response.headers.get("content-type", "")
            try:
                if self._profile.stream and "event-stream" in kind:
                    return await _read_stream(response)
                return read_completion(await _read(response), kind)
            except Exception as error:
                if not is_transport(error):  # the client translates no error while it reads
                    raise
                raise FailedError(
                    f"the answer was cut ({type(error).__name__}: {error})", again=True
                ) from error

    def _refused(self, error: Any) -> Answer:
        """What an error response means: an answer that is a refusal, or an error of ours."""
        status = int(error.status_code)
        message, code = error_of(error.body)
        said = message or code or "no reason given"
        if is_refusal(code):
            return Answer(refusal=said)
        if status == 401 or (status in (403, 404) and not self._answered):
            raise StopRunError(f"the server says {status}: {said}", _remedy(status)) from error
        if code == "insufficient_quota":
            raise StopRunError(f"the server says {status}: {said}", "raise the quota") from error
        raise FailedError(
            f"{status}: {said}",
            again=status >= 500 or status in (408, 409, 425, 429),
            overloaded=status in _OVERLOADED,
            after=retry_after(error.response.headers),
            status=status,
        ) from error


async def _read(response: Any) -> bytes:
    pieces, size = [], 0
    async for piece in response.iter_bytes():
        size += len(piece)
        if size > MOST_BYTES:
            raise FailedError(f"answered more than {MOST_BYTES:,} bytes", again=False)
        pieces.append(piece)
    return b"".join(pieces)


async def _read_stream(response: Any) -> Answer:
    reader, size = StreamReader(), 0
    async for line in response.iter_lines():
        size += len(line)
        if size > MOST_BYTES:
            raise FailedError(f"streamed more than {MOST_BYTES:,} characters", again=False)
        reader.line(line)
    return reader.answer()


def ways(profile: Profile, setup: Setup) -> Ways:
    """How this profile carries the modalities of the run.

    Raises
    ------
    EmosError : if it cannot carry one of them, or not together.
    """
    see, hear = ("video" in setup.modalities), ("audio" in setup.modalities)
    for wanted, how, what in ((see, profile.video, "video"), (hear, profile.audio, "audio")):
        if wanted and how == "none":
            raise EmosError(
                f"profile {profile.name} carries no {what}",
                remedy="choose other --modalities or another --profile",
            )
    video: Literal["video", "frames"] | None = None
    if see:
        video = "frames" if profile.video == "frames" else "video"
    inside = see and hear and video == "video" and profile.sound_in_video
    apart = hear and not inside
    if setup.media_url and video == "video" and profile.sound_in_video and not hear:
        raise EmosError(
            "an address gives the video with its sound, which was not asked for",
            remedy="leave --media-url out, or add audio to --modalities",
        )
    if profile.one_modality and video is not None and apart:
        raise EmosError(
            f"profile {profile.name} takes one modality beside text in a request",
            remedy="choose --modalities text,video or text,audio",
        )
    return Ways(video, apart, inside)


def _sent(profile: Profile, chosen: Ways, setup: Setup) -> dict[str, Any]:
    sent: dict[str, Any] = {"text": "prompt and transcript as the user's message"}
    if "text" not in setup.modalities:
        sent["text"] = "prompt as the user's message, transcript withheld"
    if chosen.video == "frames":
        sent["picture"] = "sampled frames as JPEG pictures, base64"
    elif chosen.video == "video" and setup.media_url:
        sent["picture"] = "video_url, fetched by the server; pieces of a video in base64"
    elif chosen.video == "video":
        how = "with its sound" if chosen.sound_in_video else "without its sound"
        sent["picture"] = f"video_url, {how}, base64"
    if chosen.sound_in_video:
        sent["sound"] = "in the video"
    elif chosen.audio:
        sent["sound"] = f"WAV as {profile.audio}, base64"
    if chosen.video or chosen.audio:
        sent["media"] = setup.media.to_json()
    return sent | {"profile": profile.to_json()}


def _sampling(setup: Setup) -> dict[str, Any]:
    chosen = setup.sampling
    found = {
        "temperature": chosen.temperature,
        "max_tokens": chosen.max_tokens,
        "seed": chosen.seed,
    }
    extra = {"extra": dict(chosen.extra)} if chosen.extra else {}
    return {key: value for key, value in found.items() if value is not None} | extra


def _address(setup: Setup) -> str | None:
    address = setup.base_url or setup.environment.get("OPENAI_BASE_URL") or None
    if address is not None and urlsplit(address).scheme not in ("http", "https"):
        raise EmosError(
            f"{shown_address(address)!r} is no address of a server",
            remedy="give one such as --base-url http://localhost:8000/v1",
        )
    return address


def _key(setup: Setup, profile: Profile) -> str:
    for name in profile.keys:
        if setup.environment.get(name):
            return setup.environment[name]
    if profile.key_optional or _address(setup) is not None:
        return _NO_KEY
    raise EmosError(
        f"no key in the environment ({', '.join(profile.keys)})",
        remedy=f"export {profile.keys[0]}=..., or give your own server's --base-url",
    )


def _remedy(status: int) -> str:
    if status == 404:
        return "check the model's name and --base-url (most servers' ends in /v1)"
    return "check the key in the environment, and that it may use this model"


def _client_library() -> Any:
    try:
        return import_module("openai")
    except ImportError as error:
        raise MissingExtraError("the openai client", "evaluate") from error


def make(setup: Setup) -> OpenAIBackend:
    """The backend for ``openai:NAME``."""
    return OpenAIBackend(setup)


BACKEND = BackendKind("openai", make)
