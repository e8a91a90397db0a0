"""What of a clip a request carries, made just before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from emos.evaluate.media.frames import frames
from emos.evaluate.media.options import MediaOptions
from emos.evaluate.media.sound import sound
from emos.evaluate.media.video import muted, piece, whole

_MIME = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".avi": "video/x-msvideo",
}


class Part(NamedTuple):
    """One picture, sound or video."""

    kind: Literal["image", "audio", "video"]
    mime: str
    content: bytes


@dataclass(frozen=True)
class Ways:
    """How pictures and sound travel.

    Attributes
    ----------
    video : ``video`` for a file, ``frames`` for sampled pictures, None for no picture.
    audio : whether the sound goes in a part of its own.
    sound_in_video : whether a video carries its sound.
    """

    video: Literal["video", "frames"] | None
    audio: bool
    sound_in_video: bool = False


def parts_of(
    path: Path, ways: Ways, options: MediaOptions, span: tuple[float, float] | None
) -> list[Part]:
    """The parts of one request.

    Raises
    ------
    MediaError : if the clip cannot be read or lacks what is asked of it.
    MissingExtraError : if it must be decoded and PyAV is not installed.
    """
    parts = []
    if ways.video == "frames":
        shown = frames(path, options, span)
        parts += [Part("image", "image/jpeg", frame.jpeg) for frame in shown]
    elif ways.video == "video":
        parts.append(_video(path, ways, options, span))
    if ways.audio:
        parts.append(Part("audio", "audio/wav", sound(path, options, span)))
    return parts


def mime_of(path: Path) -> str:
    """The type of a video file, by its name."""
    return _MIME.get(path.suffix.lower(), "video/mp4")


def _video(path: Path, ways: Ways, options: MediaOptions, span: tuple[float, float] | None) -> Part:
    if span is not None:
        cut = piece(path, options, span, with_sound=ways.sound_in_video)
        return Part("video", "video/mp4", cut)
    if ways.sound_in_video:
        return Part("video", mime_of(path), whole(path))
    return Part("video", "video/mp4", muted(path))
