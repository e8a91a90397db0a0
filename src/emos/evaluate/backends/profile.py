"""How one kind of server takes text, pictures and sound: a TOML file, shipped or one's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from emos.errors import EmosError

VIDEO = ("video_url", "frames", "none")
AUDIO = ("input_audio", "audio_url", "none")


@dataclass(frozen=True)
class Profile:
    """What a server takes.

    Attributes
    ----------
    says : one line for people.
    video : how a clip's picture travels: as a file (``video_url``), as sampled pictures
        (``frames``), or not at all.
    audio : how its sound travels: ``input_audio``, ``audio_url``, or not at all.
    sound_in_video : whether a video carries its sound; otherwise it is sent muted and the sound
        beside it.
    one_modality : whether a request may have only one of pictures, sound and video beside its text.
    stream : whether answers come as a stream.
    data_url : what precedes base64 in the place of a URL; ``{mime}`` is the type. In
        ``input_audio`` the base64 stands alone, unless this has no ``{mime}``.
    answer_limit : name of the field with the longest answer.
    body : more fields of every request.
    keys : environment variables that may hold the key, the first that is set.
    key_optional : whether the server may do without one.
    """

    name: str
    says: str = ""
    video: str = "frames"
    audio: str = "none"
    sound_in_video: bool = False
    one_modality: bool = False
    stream: bool = False
    data_url: str = "data:{mime};base64,"
    answer_limit: str = "max_tokens"
    body: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ("OPENAI_API_KEY",)
    key_optional: bool = False

    def to_json(self) -> dict[str, Any]:
        """Everything it says, as it is written in the run."""
        return asdict(self) | {"keys": list(self.keys)}


def profile_names() -> tuple[str, ...]:
    """The shipped profiles."""
    folder = files("emos.evaluate.backends.profiles")
    names = (Path(entry.name) for entry in folder.iterdir())
    return tuple(sorted(path.stem for path in names if path.suffix == ".toml"))


def load_profile(name: str) -> Profile:
    """The shipped profile of this name, or the one in this file.

    Raises
    ------
    EmosError : for a name that is neither, and for a file that is no profile.
    """
    if name in profile_names():
        resource = files("emos.evaluate.backends.profiles").joinpath(f"{name}.toml")
        return _profile(name, resource.read_text(encoding="utf-8"), f"{name}.toml")
    path = Path(name)
    if not path.is_file():
        raise EmosError(
            f"no profile is called {name!r}",
            remedy=f"use {', '.join(profile_names())}, or a file's path",
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EmosError("cannot be read as UTF-8", file=path) from error
    return _profile(path.stem, text, str(path))


def _profile(name: str, text: str, file: str) -> Profile:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EmosError(f"not valid TOML ({error})", file=file) from error
    known = {f.name: f.type for f in fields(Profile) if f.name != "name"}
    for key, value in found.items():
        if key not in known:
            raise EmosError(
                f"unknown key {key!r}", file=file, remedy=f"the keys are {', '.join(known)}"
            )
        if not _fits(key, value):
            raise EmosError(f"{key!r} cannot be {str(value)[:40]!r}", file=file)
    if "keys" in found:
        found["keys"] = tuple(found["keys"])
    return Profile(name, **found)


def _fits(key: str, value: Any) -> bool:
    if key in ("sound_in_video", "one_modality", "stream", "key_optional"):
        return isinstance(value, bool)
    if key == "body":
        return isinstance(value, dict)
    if key == "keys":
        return isinstance(value, list) and all(isinstance(name, str) for name in value)
    choices = {"video": VIDEO, "audio": AUDIO}.get(key)
    return isinstance(value, str) and (choices is None or value in choices)
