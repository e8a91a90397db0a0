"""What is asked about one item: the requests that its protocol makes, and the words they add.

A clip is one request. A monologue is, by protocol,

``whole``      one request on all of it
``windowed``   overlapping windows one after the other, each with the summary of those before it
``causal``     a request per given utterance, with nothing after that utterance's end
``segments``   a request per given utterance, with that utterance alone

The first two ask a prompt for utterances (Prompt B), the last two a prompt for labels (Prompt A).
Sentences that a protocol adds to a prompt stand in ``ADDED``; the run records their hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from emos.errors import EmosError
from emos.evaluate.prompts import Prompt
from emos.evaluate.runner.items import Item, Segment

PROTOCOLS = ("whole", "windowed", "causal", "segments")
GIVEN_SEGMENTS = ("causal", "segments")

ADDED = {
    "transcript": "\n\nTranscript with times (MM:SS):\n{lines}",
    "window": "\n\nThe video is the part from {begin} to {end} of a longer one of {length}. "
    "Count all timestamps from the start of this part.",
    "summary": "\nSummary of the parts before it: {summary}",
    "before": "\n\nWhat was said before it, as context only:\n{lines}",
    "last": "\n\nThe clip ends with the utterance in question, its last {seconds} s. What is "
    "before is context only.",
}
ADDED_HASH = hashlib.sha256("\0".join(ADDED.values()).encode()).hexdigest()[:16]
_LONGEST_SUMMARY = 2000


@dataclass(frozen=True)
class Protocol:
    """How monologues are asked about, and with which prompts.

    Attributes
    ----------
    labels : the prompt for clips and given segments; None if there are none of them.
    stream : the prompt for utterances; None as above.
    window_s, overlap_s : of ``windowed``, in seconds.
    context_s : of ``causal``: at most so many seconds before the utterance; None for all.
    with_text : whether the model is given what was said.
    """

    name: str
    labels: Prompt | None
    stream: Prompt | None
    window_s: float = 30.0
    overlap_s: float = 5.0
    context_s: float | None = None
    with_text: bool = True

    def __post_init__(self) -> None:
        if self.name not in PROTOCOLS:
            raise EmosError(
                f"no protocol is called {self.name!r}", remedy=f"use {', '.join(PROTOCOLS)}"
            )
        if not 0 <= self.overlap_s < self.window_s:
            raise EmosError(
                f"windows of {self.window_s:g} s with an overlap of {self.overlap_s:g} s",
                remedy="the overlap is shorter than the window",
            )

    def prompt(self, item: Item) -> Prompt:
        """The prompt that this item is asked with."""
        given = item.kind == "clip" or self.name in GIVEN_SEGMENTS
        prompt = self.labels if given else self.stream
        if prompt is None:
            raise EmosError(f"no prompt for {item.item_id}", remedy="give a second --prompt")
        return prompt

    def parts(self, item: Item) -> tuple[Part, ...]:
        """The requests of an item in order; none for a monologue without given segments."""
        if item.kind == "clip" or self.name == "whole":
            return (Part(None),)
        if self.name == "windowed":
            return windows(item.seconds, self.window_s, self.overlap_s)
        parts = []
        for one in item.segments:
            begin = one.start_s
            if self.name == "causal":
                begin = 0.0 if self.context_s is None else max(0.0, one.end_s - self.context_s)
                begin = min(begin, one.start_s)
            parts.append(Part(one.index, (begin, one.end_s), segment=one))
        return tuple(parts)

    @property
    def chained(self) -> bool:
        """Whether a request of a monologue needs the answer to the one before."""
        return self.name == "windowed"

    def text(self, item: Item, part: Part, *, summary: str | None, with_media: bool) -> str:
        """The text of one request.

        Parameters
        ----------
        summary : of the windows before this one.
        with_media : whether the request carries picture or sound.
        """
        prompt = self.prompt(item)
        said = part.segment.text if part.segment else item.transcript
        values: Mapping[str, object] = {
            "language": item.language,
            "transcript": said if self.with_text else None,
        }
        text = prompt.render(values)
        if item.kind == "clip":
            return text
        if part.segment is None:
            return text + self._around_window(item, part, prompt, summary)
        if self.name == "causal":
            text += self._before(item, part, part.segment, with_media)
        return text

    def _around_window(self, item: Item, part: Part, prompt: Prompt, summary: str | None) -> str:
        begin, end = part.span or (0.0, float("inf"))
        text = ""
        if part.span is not None:
            length = clock(item.seconds or end)
            text += ADDED["window"].format(begin=clock(begin), end=clock(end), length=length)
            if summary:
                text += ADDED["summary"].format(summary=summary[:_LONGEST_SUMMARY])
        if self.with_text and "transcript" not in prompt.placeholders:
            spoken = [one for one in item.lines if one.end_s > begin and one.start_s < end]
            if spoken:
                text += ADDED["transcript"].format(lines=timed(spoken, begin))
        return text

    def _before(self, item: Item, part: Part, segment: Segment, with_media: bool) -> str:
        begin = part.span[0] if part.span else 0.0
        text = ""
        if with_media and begin < segment.start_s:
            text += ADDED["last"].format(seconds=f"{segment.end_s - segment.start_s:.1f}")
        earlier = [one for one in item.segments if one.index < segment.index and one.end_s > begin]
        if self.with_text and earlier:
            text += ADDED["before"].format(lines=timed(earlier, begin))
        return text


@dataclass(frozen=True, slots=True)
class Part:
    """One request of an item.

    Attributes
    ----------
    number : None where it is the only one; a window's number from 1; a given segment's index.
    span : seconds of the monologue that it may see; None for all.
    kept : of a window, the seconds whose utterances are taken from it.
    """

    number: int | None
    span: tuple[float, float] | None = None
    kept: tuple[float, float] = (float("-inf"), float("inf"))
    segment: Segment | None = None


def windows(seconds: float | None, window: float, overlap: float) -> tuple[Part, ...]:
    """Windows over a monologue. Where two overlap, each is believed up to the middle of it."""
    if seconds is None or seconds <= window:
        return (Part(1, None if seconds is None else (0.0, seconds)),)
    starts = [0.0]
    while starts[-1] + window < seconds:
        starts.append(starts[-1] + window - overlap)
    cuts = [float("-inf"), *(start + overlap / 2 for start in starts[1:]), float("inf")]
    return tuple(
        Part(number + 1, (start, min(start + window, seconds)), (cuts[number], cuts[number + 1]))
        for number, start in enumerate(starts)
    )


def timed(lines: list[Segment], begin: float) -> str:
    """A transcript with times counted from ``begin``."""
    return "\n".join(
        f"[{clock(max(0.0, one.start_s - begin))}-{clock(max(0.0, one.end_s - begin))}] {one.text}"
        for one in lines
    )


def clock(seconds: float) -> str:
    """Seconds as MM:SS."""
    whole = int(seconds)
    return f"{whole // 60:02d}:{whole % 60:02d}"
