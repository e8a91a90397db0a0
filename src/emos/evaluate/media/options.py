"""How a clip is sampled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class MediaOptions:
    """What is taken of a clip.

    Attributes
    ----------
    fps : frames per second, where frames are sent as pictures.
    most_frames : of a longer clip so many at equal distances.
    size : longest side of a frame or a cut video in pixels; smaller ones stay as they are.
    audio_rate : samples per second of the sound, which is sent as mono.
    """

    fps: float = 2.0
    most_frames: int = 64
    size: int = 448
    audio_rate: int = 16000

    def to_json(self) -> dict[str, Any]:
        """The options by name."""
        return asdict(self)
