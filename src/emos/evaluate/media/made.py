"""A clip made on the spot: a coloured shape on white, and a number of beeps."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

from emos.evaluate.media.decoding import load_av

COLOURS = {
    "red": (220, 30, 30),
    "green": (20, 150, 40),
    "blue": (30, 60, 220),
    "yellow": (245, 215, 20),
    "black": (15, 15, 15),
}
SHAPES = ("circle", "square", "triangle")
_SIDE = 256
_FPS = 10
_RATE = 16000
_LEAD_S, _BEEP_S, _GAP_S = 0.4, 0.25, 0.4
_PITCH_HZ = 880.0


def make_clip(path: Path, shape: str, colour: str, beeps: int, *, most_beeps: int) -> None:
    """Write an MP4 with the shape in its picture and the beeps in its sound.

    Parameters
    ----------
    most_beeps : the clip is as long as with so many, so that its length tells nothing.

    Raises
    ------
    MissingExtraError : if PyAV is not installed.
    """
    av = load_av()
    samples = beep_samples(beeps, most_beeps)
    seconds = len(samples) / 2 / _RATE
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=_FPS)
        video.width = video.height = _SIDE
        video.pix_fmt = "yuv420p"
        audio = out.add_stream("aac", rate=_RATE, layout="mono")
        picture = av.VideoFrame(_SIDE, _SIDE, "rgb24")
        picture.planes[0].update(shape_pixels(shape, colour))
        for number in range(math.ceil(seconds * _FPS)):
            frame = picture.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, _FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for frame in _audio_frames(av, samples):
            out.mux(audio.encode(frame))
        out.mux(audio.encode(None))


def _audio_frames(av: Any, samples: bytes) -> list[Any]:
    made = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    made.planes[0].update(samples)
    made.sample_rate = _RATE
    made.pts = 0
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=_RATE)
    return [*resampler.resample(made), *resampler.resample(None)]


def shape_pixels(shape: str, colour: str) -> bytes:
    """RGB pixels, row by row, of a shape in the middle of a white square."""
    ink, paper = bytes(COLOURS[colour]), b"\xff\xff\xff"
    middle, reach = _SIDE / 2, _SIDE * 0.36
    rows = []
    for y in range(_SIDE):
        down = (y + 0.5 - middle) / reach  # -1 at the shape's top, 1 at its bottom
        half = 0.0
        if -1 <= down <= 1:
            half = {
                "circle": math.sqrt(1 - down * down),
                "square": 1.0,
                "triangle": (down + 1) / 2,
            }[shape] * reach
        left = round(middle - half)
        inked = round(2 * half)
        rows.append(paper * left + ink * inked + paper * (_SIDE - left - inked))
    return b"".join(rows)


def beep_samples(beeps: int, most_beeps: int) -> bytes:
    """16-bit samples of so many beeps, then silence up to the length of ``most_beeps``."""
    total = round((_LEAD_S + most_beeps * (_BEEP_S + _GAP_S)) * _RATE)
    length = round(_BEEP_S * _RATE)
    edge = _RATE // 100
    beep = [
        round(
            14000
            * min(1.0, place / edge, (length - place) / edge)
            * math.sin(2 * math.pi * _PITCH_HZ * place / _RATE)
        )
        for place in range(length)
    ]
    samples = [0] * total
    for number in range(beeps):
        begin = round((_LEAD_S + number * (_BEEP_S + _GAP_S)) * _RATE)
        samples[begin : begin + length] = beep
    return struct.pack(f"<{total}h", *samples)
