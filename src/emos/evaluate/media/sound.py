"""A clip's sound as a WAV file: mono, 16 bit, at the rate that was asked for."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

from emos.evaluate.media.decoding import MediaError, load_av, opened, track
from emos.evaluate.media.options import MediaOptions


def sound(path: Path, options: MediaOptions, span: tuple[float, float] | None = None) -> bytes:
    """The sound of ``span`` as a WAV file.

    Raises
    ------
    MediaError : if the file cannot be read or has no sound there.
    """
    rate = options.audio_rate
    with opened(path) as container:
        stream = track(container, "audio")
        if span and span[0] > 0 and stream.time_base is not None:
            container.seek(int(span[0] / stream.time_base), stream=stream, backward=True)
        samples, first = _samples(container, stream, rate, None if span is None else span[1])
    if span is not None:
        begin = max(0, round((span[0] - first) * rate))
        samples = samples[2 * begin : 2 * (begin + round((span[1] - span[0]) * rate))]
    if not samples:
        raise MediaError("no sound in it" if span is None else f"no sound at {span[0]:g} s")
    return wav(bytes(samples), rate)


def _samples(container: Any, stream: Any, rate: int, end: float | None) -> tuple[bytearray, float]:
    """16-bit samples up to ``end`` and the time of the first one."""
    resampler = load_av().AudioResampler(format="s16", layout="mono", rate=rate)
    samples, first = bytearray(), 0.0
    for frame in container.decode(stream):
        if not samples and frame.time is not None:
            first = frame.time
        for part in resampler.resample(frame):
            samples += _bytes(part)
        if end is not None and frame.time is not None and frame.time > end:
            return samples, first
    for part in resampler.resample(None):
        samples += _bytes(part)
    return samples, first


def _bytes(frame: Any) -> bytes:
    # A plane may be padded at its end.
    return bytes(frame.planes[0])[: 2 * frame.samples]


def wav(samples: bytes, rate: int) -> bytes:
    """Mono 16-bit samples as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()
