"""What scoring a stream leaves to choose."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, get_args

from emos.aggregate.turning_points import DEFINITIONS, VALENCE
from emos.errors import EmosError, check_whole
from emos.taxonomy import BASIC7

Matching = Literal["auto", "overlap", "index"]

ALIASES = {"any-layer": "either"}  # other names of definitions of a turning point


@dataclass(frozen=True)
class StreamingOptions:
    """Every choice of the family ``streaming``.

    Attributes
    ----------
    matching : how predicted utterances find the gold ones: by ``overlap`` in time, by ``index``
        (the model labelled given segments), or ``auto``: by index in a monologue all of whose
        predicted utterances have one.
    tolerance_s : predicted utterances are widened by this much at both ends before it is asked
        which gold ones they may belong to. Half a second is what whole seconds leave open.
    minimum_overlap : share of the shorter of the two utterances that both must cover, 0 to 1.
    definitions : of a turning point (`emos.aggregate.turning_points`); ``any-layer`` is ``either``.
    turn_tolerance_s : how far a predicted turning point may be from the gold one.
    curve_s : the same, for the table of tolerances; delays are taken at the widest.
    hold_s : how long a predicted state lasts after its utterance, unless another begins.
    warning_classes : the classes that a warning is about.
    warning_least_utterances, warning_least_s : how many gold utterances in a row, and how many
        seconds from the first one's start to the last one's end, make a sustained state (both).

    Raises
    ------
    EmosError : for a value that is none of these.
    """

    matching: Matching = "auto"
    tolerance_s: float = 0.5
    minimum_overlap: float = 0.5
    definitions: tuple[str, ...] = ("primary", "either", "valence", "boundary")
    turn_tolerance_s: float = 1.0
    curve_s: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
    hold_s: float = 0.0
    warning_classes: tuple[str, ...] = tuple(
        label for label in BASIC7.labels if VALENCE[label] == "negative"
    )
    warning_least_utterances: int = 2
    warning_least_s: float = 0.0

    def __post_init__(self) -> None:
        if self.matching not in get_args(Matching):
            raise EmosError(
                f"matching is {self.matching!r}", remedy=f"use {', '.join(get_args(Matching))}"
            )
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name.endswith("_s"):
                for seconds in value if isinstance(value, tuple) else (value,):
                    if not 0 <= seconds < math.inf:
                        raise EmosError(f"{one.name} is {seconds!r}", remedy="use seconds, from 0")
        if not 0 <= self.minimum_overlap <= 1:
            raise EmosError(f"minimum_overlap is {self.minimum_overlap!r}", remedy="use 0 to 1")
        check_whole("warning_least_utterances", self.warning_least_utterances, least=1)
        named = tuple(dict.fromkeys(ALIASES.get(name, name) for name in self.definitions))
        object.__setattr__(self, "definitions", named)
        _known("definition of a turning point", named, (*DEFINITIONS, *ALIASES))
        _known("Basic-7 class", self.warning_classes, BASIC7.labels)
        if not self.curve_s:
            raise EmosError("curve_s has no tolerance", remedy="give seconds, as 0,1,2")


def _known(what: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown or not given:
        raise EmosError(
            f"no {what} {unknown[0]!r}" if unknown else f"no {what} at all",
            remedy=f"there are {', '.join(known)}",
        )
