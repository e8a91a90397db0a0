"""What an answer says, once read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_LABEL = 100  # characters that are kept of a label, known or not
LONGEST_TEXT = 1_000  # characters that are kept of an utterance or a summary
MOST_NOTES = 100
_LONGEST_NOTE = 200


class Note(NamedTuple):
    """One decision: its rule in kebab case, and what it was about."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}" if self.what else self.rule


class Notes:
    """Notes gathered while an answer is read; at most `MOST_NOTES`, the rest is counted."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self._more = 0

    def add(self, rule: str, what: str = "") -> None:
        """Note a decision; one that was noted before is not noted again."""
        note = Note(rule, clean(what, _LONGEST_NOTE))
        if note in self._notes:
            return
        if len(self._notes) < MOST_NOTES:
            self._notes[note] = None
        else:
            self._more += 1

    def made(self) -> tuple[Note, ...]:
        """All notes; the last one says how many more there were."""
        more = (Note("more-notes", f"{self._more} more"),) if self._more else ()
        return (*self._notes, *more)


@dataclass(frozen=True)
class Parsed:
    """The answer to one clip.

    Attributes
    ----------
    basic7 : the label. With status ``invalid`` what stood in its place, if anything did: a policy
        of the scorer decides what it counts as.
    confidence : 0 to 1; None if none was given, or none that is certain.
    goemotions : labels in the order given, each with its confidence or None; None if the answer
        has no such part, empty if it says that there is none.
    status : ``ok``, ``invalid`` or ``refused``.
    aside : what stood among the GoEmotions labels and is none; it was not guessed at.
    notes : every decision taken on the way.
    """

    basic7: str | None
    confidence: float | None
    goemotions: Mapping[str, float | None] | None
    status: str
    aside: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class ParsedUtterance:
    """One utterance of a monologue; times are seconds from its start, None if they are unreadable.

    ``basic7`` is a label, or what stood in its place. ``intensity`` is 1 to 5, ``index`` the number
    of a given segment.
    """

    start_s: float | None
    end_s: float | None
    text: str | None
    basic7: str | None
    goemotions: tuple[str, ...] | None
    intensity: float | None
    confidence: float | None
    index: int | None = None


@dataclass(frozen=True)
class ParsedStream:
    """The answer to a monologue.

    Attributes
    ----------
    summary, trajectory : as written.
    dominant : a Basic-7 label, None if there is none that is one.
    utterances : in the order answered, also those without readable times.
    status : ``ok`` if the answer has the asked form, though it may list no utterance; ``invalid``,
        ``refused``.
    notes : every decision taken on the way.
    """

    summary: str | None
    dominant: str | None
    trajectory: str | None
    utterances: tuple[ParsedUtterance, ...]
    status: str
    notes: tuple[Note, ...] = ()


def clean(text: str, longest: int) -> str:
    """``text`` cut to ``longest`` characters, without half characters, which no file can hold."""
    kept = text if len(text) <= longest else text[: longest - 1] + "…"
    return kept.encode("utf-8", "replace").decode("utf-8")
