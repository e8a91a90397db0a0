"""PyAV, loaded when a clip is first opened, and what goes wrong with a clip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from emos.errors import MissingExtraError

# Demuxers that read one file and nothing that the file names: no playlists, no network.
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "wav",
    "mp3",
    "ogg",
    "flac",
    "aac",
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
    MediaError : if the file is missing, broken or of a form that may lead to other files.
    """
    av = load_av()
    if not path.is_file():
        raise MediaError("no such file" if not path.exists() else "no regular file")
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            if container.format.name not in _FORMATS:
                raise MediaError(f"files of form {container.format.name} are not read")
            yield container
    except av.FFmpegError as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(f"cannot be read ({why})") from error
    except OSError as error:
        raise MediaError(f"cannot be read ({error.strerror or error})") from error


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
