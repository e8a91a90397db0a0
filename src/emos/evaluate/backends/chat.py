"""Requests and answers of the OpenAI chat protocol, apart from how they are carried."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from emos.evaluate.backends.backend import Answer, FailedError
from emos.evaluate.backends.profile import Profile
from emos.evaluate.media.sending import Part

MOST_BYTES = 8_000_000  # of one answer; a monologue's is a few thousand
_REFUSAL_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "data_inspection_failed",
        "responsibleaipolicyviolation",
        "datainspectionfailed",
    }
)


def content_of(text: str, parts: Sequence[Part], video_url: str | None, profile: Profile) -> Any:
    """The content of the user's message: media first, then the text; plain text if that is all."""
    pieces = [_piece(part, profile) for part in parts]
    if video_url is not None:
        pieces.insert(0, {"type": "video_url", "video_url": {"url": video_url}})
    if not pieces:
        return text
    return [*pieces, {"type": "text", "text": text}]


def _piece(part: Part, profile: Profile) -> dict[str, Any]:
    coded = base64.b64encode(part.content).decode("ascii")
    url = profile.data_url.replace("{mime}", part.mime) + coded
    if part.kind == "audio" and profile.audio == "input_audio":
        data = coded if "{mime}" in profile.data_url else url
        return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
    if part.kind == "image":
        # Pictures need their type everywhere, also where other media go without.
        return {"type": "image_url", "image_url": {"url": f"data:{part.mime};base64,{coded}"}}
    return {"type": f"{part.kind}_url", f"{part.kind}_url": {"url": url}}


def media_address(prefix: str, media: str) -> str:
    """Where a server fetches a clip itself."""
    return prefix.rstrip("/") + "/" + quote(media)


def sent_sizes(text: str, parts: Sequence[Part]) -> dict[str, int]:
    """Characters, and bytes and number of each kind of media, for the record."""
    sizes = {"characters": len(text)}
    for kind in ("image", "audio", "video"):
        found = [len(part.content) for part in parts if part.kind == kind]
        if found:
            sizes[f"{kind}s"] = len(found)
            sizes[f"{kind}_bytes"] = sum(found)
    return sizes


def read_completion(body: bytes, content_type: str) -> Answer:
    """The answer in the body of a response that was no stream.

    Raises
    ------
    FailedError : if it is no completion; asking again may help.
    """
    if "json" not in content_type.lower():
        begin = body[:80].decode("utf-8", "replace")
        raise FailedError(f"answered {content_type or 'without a type'}: {begin}", again=True)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FailedError("answered broken JSON", again=True) from error
    choice = _choice(found)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise FailedError("answered a choice without a message", again=True)
    return Answer(
        text=_text(message.get("content")),
        finish=_word(choice.get("finish_reason")),
        refusal=_refusal(message, choice),
        usage=usage_of(found),
    )


def _choice(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise FailedError("answered no JSON object", again=True)
    if found.get("error"):
        message, code = error_of(found)
        raise FailedError(f"answered an error: {message or code}", again=True)
    choices = found.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise FailedError("answered no choices", again=True)
    return choices[0]


class StreamReader:
    """Puts the pieces of a streamed answer together, one line of the stream at a time."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._refusals: list[str] = []
        self._finish: str | None = None
        self._usage: dict[str, int] = {}
        self._done = False

    def line(self, line: str) -> None:
        """Take a line.

        Raises
        ------
        FailedError : for a line of data that is no chunk.
        """
        if not line.startswith("data:"):
            return
        data = line[5:].strip()
        if data == "[DONE]":
            self._done = True
            return
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise FailedError("streamed broken JSON", again=True) from error
        if not isinstance(found, Mapping) or found.get("error"):
            message, code = error_of(found)
            raise FailedError(f"streamed an error: {message or code}", again=True)
        self._usage = usage_of(found) or self._usage
        for choice in found.get("choices") or ():
            delta = choice.get("delta") or {}
            self._pieces.append(_text(delta.get("content")))
            if isinstance(delta.get("refusal"), str):
                self._refusals.append(delta["refusal"])
            self._finish = _word(choice.get("finish_reason")) or self._finish

    def answer(self) -> Answer:
        """The whole answer.

        Raises
        ------
        FailedError : if the stream ended before the answer did.
        """
        if not (self._done or self._finish):
            raise FailedError("the stream was cut", again=True)
        refusal = "".join(self._refusals) or None
        if self._finish == "content_filter":
            refusal = refusal or "stopped by the server's content filter"
        return Answer("".join(self._pieces), None, self._finish, refusal, self._usage)


def _refusal(message: Mapping[str, Any], choice: Mapping[str, Any]) -> str | None:
    said = message.get("refusal")
    if isinstance(said, str) and said:
        return said
    if choice.get("finish_reason") == "content_filter":
        return "stopped by the server's content filter"
    return None


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # some servers answer in parts, as they are asked
        parts = (part.get("text") for part in content if isinstance(part, Mapping))
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def _word(value: Any) -> str | None:
    return value[:40] if isinstance(value, str) and value else None


def usage_of(found: Mapping[str, Any]) -> dict[str, int]:
    """Tokens in and out, as the server counts them; empty if it does not."""
    usage = found.get("usage")
    if not isinstance(usage, Mapping):
        return {}
    counts = {"input": usage.get("prompt_tokens"), "output": usage.get("completion_tokens")}
    return {key: count for key, count in counts.items() if isinstance(count, int)}


def error_of(body: object) -> tuple[str, str]:
    """Message and code in the body of an error response, empty where it has none."""
    found = body.get("error", body) if isinstance(body, Mapping) else None
    if isinstance(found, str):
        return found, ""
    if not isinstance(found, Mapping):
        return "", ""
    code = found.get("code") or found.get("type") or ""
    message = found.get("message") or found.get("detail") or ""
    return str(message), str(code)


def is_refusal(code: str) -> bool:
    """Whether an error's code means that the content was refused, not the request."""
    return code.lower() in _REFUSAL_CODES
