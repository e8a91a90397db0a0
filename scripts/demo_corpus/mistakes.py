"""Plant stated mistakes in answers, and keep the list of what was planted where."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from demo_corpus.chance import choice

Place = tuple[str, int, str]  # annotator, clip's place in its language, layer


@dataclass
class Answers:
    """The text of every cell by place, with what it would say without a mistake."""

    cells: dict[Place, str] = field(default_factory=dict)
    clean: dict[Place, str] = field(default_factory=dict)
    kinds: dict[Place, str] = field(default_factory=dict)

    def put(self, place: Place, labels: tuple[str, ...]) -> None:
        self.cells[place] = self.clean[place] = ";".join(labels)

    def spoil(self, place: Place, kind: str, typed: str) -> None:
        self.cells[place], self.kinds[place] = typed, kind


def plant(rng: Random, answers: Answers, mistakes: list[dict[str, Any]]) -> None:
    """Plant every mistake in a cell that fits it and has none yet."""
    for entry in mistakes:
        kind, layer = entry["kind"], entry["layer"]

        def pick(annotator: str, *, label: str = "", size: int = 1, layer: str = layer) -> Place:
            fitting = [
                place
                for place, text in answers.clean.items()
                if place[0] == annotator
                and place[2] == layer
                and place not in answers.kinds
                and len(labels := text.split(";")) >= size
                and (not label or label in labels)
            ]
            return choice(rng, fitting)

        for annotator, label, typed in entry.get("typed", ()):
            place = pick(annotator, label=label)
            labels = answers.clean[place].split(";")
            answers.spoil(place, kind, ";".join(typed if x == label else x for x in labels))
        for annotator, mark in entry.get("joined_by", ()):
            place = pick(annotator, size=2)
            answers.spoil(place, kind, answers.clean[place].replace(";", mark))
        for annotator, mark in entry.get("ends_with", ()):
            place = pick(annotator)
            answers.spoil(place, kind, answers.clean[place] + mark)
        for annotator, token in entry.get("adds", ()):
            place = pick(annotator)
            answers.spoil(place, kind, f"{answers.clean[place]};{token}")
        for annotator in entry.get("glued", ()):
            place = pick(annotator, size=2)
            answers.spoil(place, kind, answers.clean[place].replace(";", "", 1))
        for annotator in entry.get("blank", ()):
            answers.spoil(pick(annotator), kind, "")
