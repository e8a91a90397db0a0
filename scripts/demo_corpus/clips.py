"""The clips: what is said, which class it truly has, where in which recording it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from demo_corpus.chance import choice, shuffled

SPEAKERS = ("Mara", "Jonas", "Lily", "Omar", "Grace")
RECORDED_PER_DIALOGUE = 6
SCENE_LENGTH = 8


@dataclass(frozen=True)
class Clip:
    """One clip. ``fine`` lists the GoEmotions labels its event suggests, strongest first."""

    item_id: str
    group: int
    number: int
    text: str
    true: str
    fine: tuple[str, ...]
    speaker: str = ""
    season: int = 0
    episode: int = 0
    start: float = 0.0
    end: float = 0.0


def chinese_clips(rng: Random, texts: dict[str, Any], counts: dict[str, int]) -> list[Clip]:
    """Clips of scenes of eight, as a video-based source numbers them."""
    clips = []
    for place, (true, fine, text) in enumerate(_sentences(rng, texts, counts, "，")):
        scene, number = place // SCENE_LENGTH + 1, place % SCENE_LENGTH + 1
        clips.append(
            Clip(f"zh-daily/scene_{scene:03}/{number:04}", scene, number, text, true, fine)
        )
    return clips


def english_clips(rng: Random, texts: dict[str, Any], counts: dict[str, int]) -> list[Clip]:
    """Clips of dialogues with speaker, season, episode and times, as a series numbers them."""
    clips = []
    clock: dict[tuple[int, int], float] = {}
    for place, (true, fine, text) in enumerate(_sentences(rng, texts, counts, " ")):
        dialogue, number = divmod(place, RECORDED_PER_DIALOGUE)
        recording = (dialogue // 20 + 1, dialogue % 20 // 4 + 1)
        start = clock.get(recording, 60.0) + 0.4 + 3 * rng.random()
        start = round(start, 3)
        end = round(start + 0.6 + 0.055 * len(text), 3)
        clock[recording] = end
        clips.append(
            Clip(
                f"en-daily/dia{dialogue}_utt{number}",
                dialogue,
                number,
                text,
                true,
                fine,
                choice(rng, SPEAKERS),
                *recording,
                start,
                end,
            )
        )
    return clips


def with_duplicate(clips: list[Clip], within: range) -> list[Clip]:
    """Enter one surprising clip a second time in place of a joyful one, which keeps its votes.

    The result is one stretch of one recording under two ids whose labels disagree.
    """
    clips = list(clips)
    first = next(n for n in within if clips[n].true == "Surprise")
    again = next(n for n in within if n > first + 9 and clips[n].true == "Joy")
    one = clips[first]
    clips[again] = replace(
        clips[again],
        text=one.text,
        speaker=one.speaker,
        season=one.season,
        episode=one.episode,
        start=one.start,
        end=one.end,
    )
    return clips


def with_short(clips: list[Clip], places: tuple[int, ...]) -> list[Clip]:
    """Cut some clips to under a second, too short to judge."""
    clips = list(clips)
    for place in places:
        clips[place] = replace(clips[place], end=round(clips[place].start + 0.72, 3))
    return clips


def _sentences(
    rng: Random, texts: dict[str, Any], counts: dict[str, int], joint: str
) -> list[tuple[str, tuple[str, ...], str]]:
    """Distinct sentences of every class in a random order; events are used equally often."""
    found = []
    for true, count in counts.items():
        events, reactions = texts[true], texts["reactions"][true]
        seen: set[str] = set()
        pairs = [(e, r) for r in range(len(reactions)) for e in range(len(events))]
        if count > len(pairs):
            raise ValueError(f"{true}: {count} clips of {len(pairs)} sentences")
        for event, turn in pairs[:count]:
            # Moving the reaction on with the event spreads reactions over events.
            reaction = reactions[(turn + event) % len(reactions)]
            said = _filled(rng, events[event]["text"], texts["slots"])
            if said + reaction in seen:
                raise ValueError(f"twice: {said}")
            seen.add(said + reaction)
            found.append((true, tuple(events[event]["fine"]), said + joint + reaction))
    return shuffled(rng, found)


def _filled(rng: Random, template: str, slots: dict[str, list[str]]) -> str:
    values = {}
    for name, words in slots.items():
        word = choice(rng, words)
        values[name] = word
        values[name.capitalize()] = word[0].upper() + word[1:]
    return template.format(**values)
