"""PyAV, loaded when a clip is first opened, and what goes wrong with a clip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from emos.errors import MissingExtraError

# The forms that are read, by their first bytes. The reader is told which it is: one that guesses
# may take a clip for a playlist and open the files, or the addresses, that it names.
_FORMS = (
    (b"....(?:ftyp|moov|mdat|free|skip|wide)", "mp4"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"RIFF....AVI ", "avi"),
    (b"RIFF....WAVE", "wav"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x47.{187}\x47", "mpegts"),
    (b"ID3|\xff[\xe2-\xff]", "mp3"),
)


class MediaError(Exception):
    """A clip that cannot be read or has not what is asked of it; the message is one line."""


def load_av() -> Any:
    """PyAV.

    Raises
    ------
    MissingExtraError : if it is not installed.
    """
    try:
        return import_module("av")
    except ImportError as error:
        raise MissingExtraError("PyAV, which reads clips,", "media") from error


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """An open container.

    Raises
    ------
    MediaError : if the file is missing, broken or of no form that is read.
    """
    av = load_av()
    if not path.is_file():
        raise MediaError("no such file" if not path.exists() else "no regular file")
    try:
        form, options = _form(path), {"protocol_whitelist": "file"}
        with av.open(str(path), format=form, options=options) as container:
            yield container
    except av.FFmpegError as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(f"cannot be read ({why})") from error
    except OSError as error:
        raise MediaError(f"cannot be read ({error.strerror or error})") from error


def _form(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(200)
    for pattern, form in _FORMS:
        if re.match(pattern, begin, re.DOTALL):
            return form
    raise MediaError("cannot be read (no form of video or sound that is known)")


def track(container: Any, kind: str) -> Any:
    """The first video or audio track.

    Raises
    ------
    MediaError : if there is none.
    """
    found = getattr(container.streams, kind)
    if not found:
        raise MediaError("no picture in it" if kind == "video" else "no sound in it")
    found[0].thread_type = "NONE"  # a request's clips are few seconds; threads would cost more
    return found[0]


def seconds_of(container: Any, stream: Any) -> float:
    """How long a track is; 0 if nothing says so."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else 0.0
