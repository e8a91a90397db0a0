"""What a model is asked about, without the tables it came from.

Nothing here imports Polars, so that a run of many hours holds no more than texts and times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from sys import intern
from typing import Any, Literal

Kind = Literal["clip", "monologue"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A given piece of a monologue: its number (from 1), seconds in the monologue, and words."""

    index: int
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A clip or a monologue.

    Attributes
    ----------
    media : path below the media root, as the dataset has it; None where it has none.
    seconds : how long a monologue is; None for a clip.
    segments : a monologue's utterances, without their labels.
    lines : its words as a transcript with times, for models that are given text.
    """

    item_id: str
    subset: str
    language: str | None
    transcript: str | None
    media: str | None
    kind: Kind = "clip"
    seconds: float | None = None
    segments: tuple[Segment, ...] = ()
    lines: tuple[Segment, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The item as a JSON object; what is empty is left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "", ())}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Item:
        """The item that `to_json` wrote."""
        language = found.get("language")
        return cls(
            item_id=found["item_id"],
            subset=intern(found.get("subset", "")),
            language=None if language is None else intern(language),
            transcript=found.get("transcript"),
            media=found.get("media"),
            kind="monologue" if found.get("kind") == "monologue" else "clip",
            seconds=found.get("seconds"),
            segments=_segments(found.get("segments", ())),
            lines=_segments(found.get("lines", ())),
        )


def _segments(found: Iterable[Mapping[str, Any]]) -> tuple[Segment, ...]:
    return tuple(Segment(**one) for one in found)


@dataclass(frozen=True)
class Chosen:
    """The items of a run, and what tells that they are still the same.

    Attributes
    ----------
    data : name and version of the dataset, the subsets, counts and hashes, as in ``run.toml``.
    """

    items: tuple[Item, ...]
    data: Mapping[str, Any]
