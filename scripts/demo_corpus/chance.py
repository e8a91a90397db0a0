"""Draws that come out the same on every Python: only ``Random.random`` is promised to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def draw(rng: Random, weights: Mapping[T, float]) -> T:
    """One key, with probability in proportion to its weight."""
    place = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        place -= weight
        if place < 0:
            return key
    return key


def choice(rng: Random, values: Sequence[T]) -> T:
    return values[int(rng.random() * len(values))]


def shuffled(rng: Random, values: Sequence[T]) -> list[T]:
    keys = [rng.random() for _ in values]
    return [values[place] for place in sorted(range(len(values)), key=keys.__getitem__)]
