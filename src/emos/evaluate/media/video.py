"""Videos as they are sent: whole, without their sound, or a piece of them."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

from emos.evaluate.media.decoding import MediaError, load_av, opened, track
from emos.evaluate.media.frames import fitted
from emos.evaluate.media.options import MediaOptions

_TICK = Fraction(1, 90000)


def whole(path: Path) -> bytes:
    """The file as it is.

    Raises
    ------
    MediaError : if it cannot be read.
    """
    if not path.is_file():
        raise MediaError("no such file" if not path.exists() else "no regular file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(f"cannot be read ({error.strerror})") from error


def muted(path: Path) -> bytes:
    """The file's picture track as an MP4, not encoded anew, and no sound.

    Raises
    ------
    MediaError : if it cannot be read or has no picture.
    """
    av = load_av()
    file = io.BytesIO()
    with opened(path) as container:
        stream = track(container, "video")
        with av.open(file, "w", format="mp4") as out:
            copy = out.add_stream_from_template(stream)
            for packet in container.demux(stream):
                if packet.dts is not None:
                    packet.stream = copy
                    out.mux(packet)
    return file.getvalue()


def piece(
    path: Path, options: MediaOptions, span: tuple[float, float], *, with_sound: bool
) -> bytes:
    """``span`` of the file as an MP4 from time 0: H.264 of at most ``size`` pixels, AAC mono.

    Raises
    ------
    MediaError : if it cannot be read or has no picture there.
    """
    av = load_av()
    file = io.BytesIO()
    with opened(path) as pictures, opened(path) as sounds:
        shown = track(pictures, "video")
        heard = track(sounds, "audio") if with_sound and sounds.streams.audio else None
        with av.open(file, "w", format="mp4") as out:
            # Every track is declared before the first packet is written.
            video = _declare_video(out, shown, options)
            audio = None if heard is None else _declare_audio(out, options)
            count = _encode_pictures(out, video, pictures, shown, span)
            if audio is not None:
                _encode_sound(out, audio, sounds, heard, span)
    if not count:
        raise MediaError(f"no picture from {span[0]:g} to {span[1]:g} s")
    return file.getvalue()


def _declare_video(out: Any, source: Any, options: MediaOptions) -> Any:
    made = out.add_stream("libx264", rate=source.average_rate or Fraction(25))
    context = source.codec_context
    made.width, made.height = fitted(context.width, context.height, options.size)
    made.pix_fmt = "yuv420p"
    made.codec_context.time_base = _TICK
    made.options = {"crf": "23", "preset": "veryfast", "threads": "1"}
    return made


def _declare_audio(out: Any, options: MediaOptions) -> Any:
    return out.add_stream("aac", rate=options.audio_rate, layout="mono")


def _encode_pictures(
    out: Any, made: Any, container: Any, source: Any, span: tuple[float, float]
) -> int:
    count = 0
    _seek(container, source, span[0])
    for frame in container.decode(source):
        if frame.time is None or frame.time < span[0] - 1e-6:
            continue
        if frame.time >= span[1]:
            break
        scaled = frame.reformat(width=made.width, height=made.height, format="yuv420p")
        scaled.pts, scaled.time_base = round((frame.time - span[0]) / _TICK), _TICK
        scaled.pict_type = 0  # the encoder decides anew which are key frames
        out.mux(made.encode(scaled))
        count += 1
    out.mux(made.encode(None))
    return count


def _encode_sound(
    out: Any, made: Any, container: Any, source: Any, span: tuple[float, float]
) -> None:
    rate = made.codec_context.sample_rate
    resampler = load_av().AudioResampler(format="fltp", layout="mono", rate=rate)
    _seek(container, source, span[0])
    for frame in container.decode(source):
        if frame.time is None or frame.time + frame.samples / frame.sample_rate <= span[0]:
            continue
        if frame.time >= span[1]:
            break
        at = round((frame.time - span[0]) * frame.sample_rate)
        frame.pts, frame.time_base = max(0, at), Fraction(1, frame.sample_rate)
        for part in resampler.resample(frame):
            out.mux(made.encode(part))
    for part in resampler.resample(None):
        out.mux(made.encode(part))
    out.mux(made.encode(None))


def _seek(container: Any, source: Any, begin: float) -> None:
    if begin > 0 and source.time_base is not None:
        container.seek(int(begin / source.time_base), stream=source, backward=True)
