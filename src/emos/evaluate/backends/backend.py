"""What a backend is: it takes a request to a model and brings back an answer or a failure.

A new backend is one module of this package with::

    def make(setup: Setup) -> Backend: ...

    BACKEND = BackendKind("name", make)

A model that runs in this process answers in a thread (``asyncio.to_thread``) and says with
``at_once`` how many requests it takes at a time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from emos.evaluate.media.options import MediaOptions
from emos.evaluate.runner.items import Item


@dataclass(frozen=True)
class Sampling:
    """How the model draws its answer; None leaves it to the server.

    Attributes
    ----------
    max_tokens : longest answer.
    extra : more fields of the request, as the server takes them.
    """

    temperature: float | None = 0.0
    max_tokens: int | None = None
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes
    ----------
    text : the prompt, ready to be sent.
    path : the media file, resolved and known to lie under the media root; None for text alone.
    modalities : what of the file the model may have: ``audio``, ``video``.
    span : seconds of the file; None for all of it.
    """

    item: Item
    part: int | None
    text: str
    path: Path | None = None
    modalities: tuple[str, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes
    ----------
    text : the model's words.
    record : labels of a model that has no words (a baseline): fields of ``predictions.jsonl``.
    finish : why the model stopped (``stop``, ``length``, ...), if it says so.
    refusal : its own words where the server marks an answer as refused.
    usage : tokens in and out, as the server counts them.
    sent : what was sent: characters of text, images, bytes of each kind of media.
    """

    text: str = ""
    record: Mapping[str, Any] | None = None
    finish: str | None = None
    refusal: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)


def plain(text: str) -> str:
    """A server's words as one short line that does nothing to a terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text[:2000])
    return " ".join(shown.split())[:500]


class FailedError(Exception):
    """A request that brought no answer.

    Parameters
    ----------
    reason : one line for the record.
    again : whether asking again may help.
    overloaded : whether the server has too much to do.
    after : seconds that the server asks to wait.
    status : of HTTP, where there is one.
    local : whether nothing was sent (a clip that cannot be read), which says nothing of the server.
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool,
        overloaded: bool = False,
        after: float | None = None,
        status: int | None = None,
        local: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = plain(reason)
        self.again = again
        self.overloaded = overloaded
        self.after = after
        self.status = status
        self.local = local


class StopRunError(Exception):
    """Something that every request would meet (a wrong key, an unknown model): the run stops."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = plain(problem)
        self.remedy = remedy


class Backend(ABC):
    """A model that can be asked.

    Attributes
    ----------
    settings : what decides its answers; compared when a run goes on.
    sent : how text, pictures and sound travel; compared too.
    session : where and how this time (the server's address); recorded, not compared.
    secrets : texts that must appear in no file and no message.
    at_once : most requests under way; None for no bound of its own.
    asks : whether it reads prompts; a baseline or a replay does not.
    """

    settings: Mapping[str, Any]
    sent: Mapping[str, Any]
    session: Mapping[str, Any] = MappingProxyType({})
    secrets: Sequence[str] = ()
    at_once: int | None = None
    asks: bool = True

    @abstractmethod
    async def ask(self, request: Request) -> Answer:
        """The model's answer.

        Raises
        ------
        FailedError : if there is none.
        StopRunError : if there will never be one.
        """

    async def measure(self, request: Request) -> Mapping[str, Any]:
        """What ``ask`` would send, as `Answer.sent`; FailedError for a clip that cannot be read."""
        return {"characters": len(request.text)}

    async def close(self) -> None:  # noqa: B027  most backends hold nothing open
        """Let go of connections and files."""


@dataclass(frozen=True)
class Setup:
    """What a backend is made from.

    Attributes
    ----------
    model : the part after the colon.
    dataset : folder of the dataset; None where there is none (the canary).
    items : the items of the run, for models that look at all of them first.
    modalities : of ``text``, ``audio``, ``video``.
    profile : name or file of a server's profile.
    base_url : the server's address, if given.
    timeout_s : longest time of a request.
    cache : folder that the backend may keep things in between sessions.
    environment : where keys come from.
    """

    model: str
    dataset: Path | None = None
    items: Sequence[Item] = ()
    modalities: tuple[str, ...] = ("text",)
    media: MediaOptions = field(default_factory=MediaOptions)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 12345
    profile: str | None = None
    base_url: str | None = None
    media_url: str | None = None
    timeout_s: float = 300.0
    cache: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BackendKind:
    """A backend by name: ``make`` raises an `EmosError` for settings it cannot work with."""

    name: str
    make: Callable[[Setup], Backend]
