"""A stand-in for a model that sees and hears: it decodes what it was sent, and says what it finds.

It knows a clip's dominant colour and shape from its pixels and counts beeps in its samples, so a
test with it shows that pictures and sound arrived whole, not merely that bytes did.
"""

from __future__ import annotations

import array
import base64
import io
import itertools
import json
import wave
from collections.abc import Iterator
from typing import Any

import av

from serving.replies import Reply, completion
from serving.server import Asked

INKS = {
    "red": (220, 30, 30),
    "green": (20, 150, 40),
    "blue": (30, 60, 220),
    "yellow": (245, 215, 20),
    "black": (15, 15, 15),
}


def looks_and_listens(asked: Asked, *, blind: bool = False, deaf: bool = False) -> Reply:
    seen: dict[str, Any] = {"shape": "none", "colour": "none", "beeps": 0}
    for kind, content in media_of(asked):
        if kind in ("image", "video") and not blind:
            seen |= picture(content)
        if kind == "audio" and not deaf:
            seen["beeps"] = beeps(samples_of_wav(content))
        if kind == "video" and not deaf and (heard := samples_of_video(content)):
            seen["beeps"] = beeps(heard)
    return completion(f"Here it is:\n```json\n{json.dumps(seen)}\n```")


def media_of(asked: Asked) -> Iterator[tuple[str, bytes]]:
    """Kind and content of every part that is no text."""
    for part in asked.parts:
        if part["type"] == "input_audio":
            yield "audio", base64.b64decode(part["input_audio"]["data"].rpartition(",")[2])
        elif part["type"].endswith("_url"):
            url = part[part["type"]]["url"]
            assert url.startswith("data:")
            yield part["type"].removesuffix("_url"), base64.b64decode(url.rpartition(",")[2])


def picture(content: bytes) -> dict[str, str]:
    """Colour and shape of what stands on white in the first picture."""
    with av.open(io.BytesIO(content), "r") as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
    plane = frame.planes[0]
    pixels, stride = bytes(plane), plane.line_size
    inked: list[int] = []
    votes: dict[str, int] = dict.fromkeys(INKS, 0)
    for y in range(frame.height):
        row = pixels[y * stride : y * stride + 3 * frame.width]
        dark = [
            row[3 * x : 3 * x + 3] for x in range(frame.width) if min(row[3 * x : 3 * x + 3]) < 140
        ]
        inked.append(len(dark))
        for pixel in dark[::8]:
            votes[min(INKS, key=lambda name: _distance(pixel, INKS[name]))] += 1
    rows = [n for n in inked if n > 4]
    if not rows:
        return {"shape": "none", "colour": "none"}
    filled = sum(rows) / (len(rows) * max(rows))  # of the box around it: 1, pi / 4, 1 / 2
    shape = "square" if filled > 0.9 else "circle" if filled > 0.65 else "triangle"
    return {"shape": shape, "colour": max(votes, key=lambda name: votes[name])}


def _distance(pixel: bytes, ink: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(pixel, ink, strict=True))


def samples_of_wav(content: bytes) -> list[int]:
    with wave.open(io.BytesIO(content)) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        return list(array.array("h", file.readframes(file.getnframes())))


def samples_of_video(content: bytes) -> list[int]:
    with av.open(io.BytesIO(content), "r") as container:
        if not container.streams.audio:
            return []
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
        samples: list[int] = []
        for frame in itertools.chain(container.decode(audio=0), [None]):
            for part in resampler.resample(frame):
                samples += array.array("h", bytes(part.planes[0])[: 2 * part.samples])
        return samples


def beeps(samples: list[int]) -> int:
    """How often the sound rises from silence, in steps of 20 ms at 16 kHz."""
    loud = [
        sum(map(abs, samples[begin : begin + 320])) / 320 > 1000
        for begin in range(0, len(samples), 320)
    ]
    return sum(now and not before for before, now in zip([False, *loud], loud, strict=False))
