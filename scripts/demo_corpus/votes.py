"""Votes from stated habits: a confusion matrix, set sizes, a pull towards some labels."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from demo_corpus.chance import draw
from demo_corpus.clips import Clip
from emos.taxonomy import MAPS
from emos.taxonomy.labels import GOEMOTIONS_28

SUGGESTED = (12.0, 6.0, 3.0)
IMPLIED, STRAY, FAVOURED = 1.5, 0.02, 1.0


@dataclass(frozen=True)
class Vote:
    """What one annotator answers to one clip; ``basic`` is not written for English clips."""

    basic: str
    fine: tuple[str, ...]


def vote(rng: Random, clip: Clip, habit: dict[str, Any], classes: list[str]) -> Vote:
    """One annotator's answers to one clip."""
    perceived = perceive(rng, clip.true, habit["confusion"], classes)
    aside = rng.random()
    if aside < habit["unsure"]:
        return Vote(perceived, ("unsure",))
    if aside < habit["unsure"] + habit["neutral"]:
        return Vote(perceived, ("neutral",))
    size = draw(rng, dict(enumerate(habit["sizes"], start=1)))
    weights = _weights(clip, perceived, habit["favours"])
    fine: list[str] = []
    while len(fine) < size:
        label = draw(rng, weights)
        del weights[label]
        fine.append(label)
        if label == "neutral" and len(fine) == 1:
            break
        weights.pop("neutral", None)  # neutral stands alone or not at all
    return Vote(perceived, tuple(fine))


def perceive(rng: Random, true: str, confusion: list[list[float]], classes: list[str]) -> str:
    """The class an annotator takes a clip of class ``true`` for."""
    row = confusion[classes.index(true)]
    return draw(rng, dict(zip(classes, row, strict=True)))


def _weights(clip: Clip, perceived: str, favours: list[str]) -> dict[str, float]:
    implied = MAPS["emos-first"]
    weights = {label: IMPLIED if implied(label) == perceived else STRAY for label in GOEMOTIONS_28}
    if perceived == clip.true:
        for label, weight in zip(clip.fine, SUGGESTED, strict=False):
            weights[label] += weight
    for label in favours:
        weights[label] += FAVOURED
    return weights
