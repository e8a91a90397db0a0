"""A clip whose picture tells the second it is in, and whose sound has one beep at a known time."""

from __future__ import annotations

import io
import math
import struct
from fractions import Fraction
from pathlib import Path

import av

FPS = 10
RATE = 48000


def grey(second: int) -> int:
    """How bright the picture is in a second of the clip."""
    return 30 + 25 * second


def write_clip(
    path: Path, seconds: int = 6, *, beep: tuple[float, float] = (2.5, 3.0), sound: bool = True
) -> None:
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        audio = out.add_stream("aac", rate=RATE, layout="stereo") if sound else None
        for number in range(seconds * FPS):
            frame = av.VideoFrame(320, 180, "rgb24")
            plane = frame.planes[0]
            plane.update(bytes([grey(number // FPS)]) * plane.buffer_size)
            shown = frame.reformat(format="yuv420p")
            shown.pts, shown.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(shown))
        out.mux(video.encode(None))
        if audio is not None:
            samples = [
                round(9000 * math.sin(2 * math.pi * 440 * n / RATE))
                if beep[0] <= n / RATE < beep[1]
                else 0
                for n in range(seconds * RATE)
            ]
            made = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
            made.planes[0].update(struct.pack(f"<{len(samples)}h", *samples))
            made.sample_rate, made.pts = RATE, 0
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
            for part in [*resampler.resample(made), *resampler.resample(None)]:
                out.mux(audio.encode(part))
            out.mux(audio.encode(None))


def brightness(content: bytes) -> list[tuple[float, float]]:
    """Time and mean brightness of every frame of a picture or video."""
    found = []
    with av.open(io.BytesIO(content), "r") as container:
        for frame in container.decode(video=0):
            plane = frame.reformat(format="gray").planes[0]
            rows = [
                bytes(plane)[y * plane.line_size :][: frame.width]
                for y in range(0, frame.height, 9)
            ]
            mean = sum(map(sum, rows)) / sum(map(len, rows))
            found.append((float(frame.time or 0), mean))
    return found


def second_of(mean: float) -> int:
    """Which second of the clip a brightness belongs to."""
    return min(range(10), key=lambda second: abs(grey(second) - mean))


def loud(samples: list[int], rate: int) -> tuple[float, float]:
    """When the sound begins and ends, in seconds."""
    over = [place for place, value in enumerate(samples) if abs(value) > 2000]
    return over[0] / rate, over[-1] / rate


def tracks(content: bytes) -> tuple[int, int]:
    """How many tracks of picture and of sound there are."""
    with av.open(io.BytesIO(content), "r") as container:
        return len(container.streams.video), len(container.streams.audio)
