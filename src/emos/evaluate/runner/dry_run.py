"""What a run would send, without sending anything."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emos.evaluate.backends.backend import FailedError, Request
from emos.evaluate.runner.items import Item
from emos.evaluate.runner.prices import Price
from emos.evaluate.runner.protocols import Part
from emos.evaluate.runner.session import Plan

SAMPLES = 8  # requests whose clips are made ready to learn their size
_ANSWER_TOKENS = {False: 300, True: 3000}  # assumed of labels and of utterances


@dataclass(frozen=True)
class Estimate:
    """What would be sent.

    Attributes
    ----------
    items, requests : to be asked about, and made.
    text_bytes : of all prompts together, exactly (but for summaries that windows carry).
    media_bytes : of all media in base64, from ``sampled`` requests; None without media.
    text_tokens : a rough count: a token for four letters or one Chinese character.
    media_tokens : by the price file's rates; None where it gives none or there are no media.
    answer_tokens : the longest answer allowed, or what is assumed of an answer, per request.
    faults : what was wrong with sampled clips.
    cost : by the price file, None without one.
    """

    items: int
    requests: int
    text_bytes: int
    media_bytes: int | None
    text_tokens: int
    media_tokens: int | None
    answer_tokens: int
    sampled: int
    faults: tuple[str, ...]
    cost: float | None


def estimate(plan: Plan, items: tuple[Item, ...], price: Price | None = None) -> Estimate:
    """Count the requests about ``items``, and make a few of them ready.

    Raises
    ------
    EmosError : as the run itself would.
    """
    wanted: list[tuple[Item, Part]] = []
    text_bytes = text_tokens = answers = 0
    for item, part, text in _texts(plan, items):
        wanted.append((item, part))
        text_bytes += len(text.encode("utf-8", "replace"))
        text_tokens += rough_tokens(text)
        answers += _ANSWER_TOKENS["utterances" in plan.protocol.prompt(item).asks]
    longest = plan.backend.settings.get("max_tokens")
    if isinstance(longest, int):
        answers = longest * len(wanted)
    media_bytes = media_tokens = None
    sizes: list[dict[str, Any]] = []
    faults: tuple[str, ...] = ()
    if plan.sees_media and wanted:
        sizes, faults = _sampled(plan, wanted)
    if sizes:
        scale = len(wanted) / len(sizes)
        media_bytes = round(4 / 3 * scale * sum(map(_media_bytes, sizes)))
        tokens = [_media_tokens(one, price, plan) for one in sizes]
        known = [count for count in tokens if count is not None]
        media_tokens = round(scale * sum(known)) if len(known) == len(tokens) else None
    into = text_tokens + (media_tokens or 0)
    return Estimate(
        len(items),
        len(wanted),
        text_bytes,
        media_bytes,
        text_tokens,
        media_tokens,
        answers,
        len(sizes),
        faults,
        None if price is None else price.cost({"input": into, "output": answers}),
    )


def _texts(plan: Plan, items: tuple[Item, ...]) -> Iterator[tuple[Item, Part, str]]:
    if not plan.backend.asks:
        return
    media = bool(plan.sees_media)
    for item in items:
        for part in plan.protocol.parts(item):
            yield item, part, plan.protocol.text(item, part, summary=None, with_media=media)


def _sampled(
    plan: Plan, wanted: list[tuple[Item, Part]]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Sizes of requests at equal distances, and what was wrong with clips."""
    count = min(SAMPLES, len(wanted))
    sizes, faults = [], []
    for item, part in (wanted[n * len(wanted) // count] for n in range(count)):
        path = plan.find(item)
        request = Request(item, part.number, "", path, plan.sees_media, part.span)
        try:
            sizes.append(dict(asyncio.run(plan.backend.measure(request))))
        except FailedError as failure:
            faults.append(failure.reason)
    return sizes, tuple(faults)


def _media_bytes(sizes: dict[str, Any]) -> int:
    return sum(size for name, size in sizes.items() if name.endswith("_bytes"))


def _media_tokens(sizes: dict[str, Any], price: Price | None, plan: Plan) -> float | None:
    """By the price file; None if the request has media that it says nothing of."""
    if price is None or "videos" in sizes:
        return None
    tokens = 0.0
    if "images" in sizes:
        if price.tokens_per_image is None:
            return None
        tokens += price.tokens_per_image * sizes["images"]
    if "audios" in sizes:
        if price.tokens_per_audio_second is None:
            return None
        rate = plan.backend.sent["media"]["audio_rate"]
        tokens += price.tokens_per_audio_second * sizes["audio_bytes"] / (2 * rate)
    return tokens


def rough_tokens(text: str) -> int:
    """A token for four letters or one wide (Chinese, Japanese, Korean) character."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return wide + -(-(len(text) - wide) // 4)
