"""A clip's frames as JPEG pictures at equal distances in time."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from emos.evaluate.media.decoding import MediaError, load_av, opened, seconds_of, track
from emos.evaluate.media.options import MediaOptions

_QUALITY = 3  # of the JPEG encoder, 2 (best) to 31


class Frame(NamedTuple):
    """A picture and when it stands in the file, in seconds."""

    at_s: float
    jpeg: bytes


def frames(
    path: Path, options: MediaOptions, span: tuple[float, float] | None = None
) -> list[Frame]:
    """``options.fps`` frames per second of ``span``, at least one, at most ``most_frames``.

    The frame at a time t is the last one shown at or before t, as a player would show it.

    Raises
    ------
    MediaError : if the file cannot be read or has no picture there.
    """
    with opened(path) as container:
        stream = track(container, "video")
        begin, end = span or (0.0, seconds_of(container, stream))
        wanted = sample_times(begin, end, options.fps, options.most_frames)
        _seek(container, stream, begin)
        found: list[Frame] = []
        shown: Any = None
        for frame in container.decode(stream):
            if frame.time is None:
                continue
            while len(found) < len(wanted) and frame.time > wanted[len(found)]:
                found.append(_picture(wanted[len(found)], shown or frame, options.size))
            if len(found) == len(wanted):
                break
            shown = frame
        if shown is None and not found:
            raise MediaError(f"no picture from {begin:g} to {end:g} s")
        found += [_picture(at, shown, options.size) for at in wanted[len(found) :]]
    return found


def sample_times(begin: float, end: float, fps: float, most: int) -> list[float]:
    """The middles of equal intervals that fill begin to end."""
    seconds = max(0.0, end - begin)
    count = max(1, min(most, math.ceil(seconds * fps - 1e-9)))
    return [begin + seconds * (place + 0.5) / count for place in range(count)]


def fitted(width: int, height: int, size: int) -> tuple[int, int]:
    """Width and height with a longest side of at most ``size``, both even as codecs need."""
    scale = min(1.0, size / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _seek(container: Any, stream: Any, begin: float) -> None:
    if begin > 0 and stream.time_base is not None:
        container.seek(int(begin / stream.time_base), stream=stream, backward=True)


def _picture(at: float, frame: Any, size: int) -> Frame:
    av = load_av()
    width, height = fitted(frame.width, frame.height, size)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.qmin = encoder.qmax = _QUALITY
    scaled = frame.reformat(width=width, height=height, format="yuvj420p")
    scaled.pts = 0
    packets = [*encoder.encode(scaled), *encoder.encode(None)]
    return Frame(at, b"".join(bytes(packet) for packet in packets))
