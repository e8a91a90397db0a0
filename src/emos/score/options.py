"""How predictions are scored: every choice that changes a number, so that the signature has all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from emos.errors import EmosError, check_whole
from emos.score.policies import POLICIES

By = Literal["item", "group"]


@dataclass(frozen=True)
class ScoreOptions:
    """Which items count, what an unusable answer counts as, and how intervals are made.

    Attributes
    ----------
    subsets, batches, tiers, languages, splits : only items of these; empty for all. An item
        without a Basic-7 label has no tier.
    draw : only clips of a named draw (`emos.score.draws`), which is made from the whole dataset
        with ``draw_seed``.
    policy : what an answer that is no label counts as (`emos.score.policies`).
    by : what the bootstrap resamples: an ``item``, or a ``group`` (dialogue or source video).
    replicates : bootstrap resamples; 0 for no intervals.
    confidence : of the intervals.
    families : only these families of metrics; empty for all whose data are present.
    settings : a family's own options by its name; its defaults where it is not named.

    Raises
    ------
    EmosError : for a value that is none of these.
    """

    subsets: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    draw: str | None = None
    draw_seed: int = 12345
    policy: str = "wrong"
    by: By = "item"
    replicates: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    families: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise EmosError(f"no policy {self.policy!r}", remedy=f"use {', '.join(POLICIES)}")
        if self.by not in get_args(By):
            raise EmosError(f"resampling by {self.by!r}", remedy="use item or group")
        if not 0 < self.confidence < 1:
            raise EmosError(f"confidence is {self.confidence:g}", remedy="use 0.95, say")
        check_whole("replicates", self.replicates, least=2, none_is=0)
        check_whole("seed", self.seed, least=0)
        check_whole("draw_seed", self.draw_seed, least=0)
