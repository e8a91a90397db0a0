"""What scoring fine labels leaves to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from emos.errors import EmosError

Unsure = Literal["left-out", "label"]

THRESHOLDS: Mapping[str, float] = {"1/3": 1 / 3, "2/3": 2 / 3, "1": 1.0}


@dataclass(frozen=True)
class GoEmotionsOptions:
    """Every choice of the family ``goemotions``.

    Attributes
    ----------
    gold : a clip has the labels that at least this share of its annotators gave: ``1/3`` (of three
        annotators any one; the default, for the paper keeps every annotator's labels instead of
        voting on them, section 3.2.2), ``2/3`` (two of three, how Demszky et al., 2020, filter
        GoEmotions), or ``1``.
    unsure : ``left-out`` of the label set, or one more ``label``. It is left out by default: it
        says that an annotator could not tell, not what the clip shows, and the paper's taxonomy
        has 28 categories (Appendix G). An annotator who was unsure still counts among those who
        did not give a label.

    Raises
    ------
    EmosError : for a value that is none of these.
    """

    gold: str = "1/3"
    unsure: Unsure = "left-out"

    def __post_init__(self) -> None:
        if self.gold not in THRESHOLDS:
            raise EmosError(f"gold is {self.gold!r}", remedy=f"use {', '.join(THRESHOLDS)}")
        if self.unsure not in get_args(Unsure):
            raise EmosError(
                f"unsure is {self.unsure!r}", remedy=f"use {', '.join(get_args(Unsure))}"
            )
