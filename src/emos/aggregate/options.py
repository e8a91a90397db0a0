"""Everything that decides how votes are aggregated, in one value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emos.aggregate.dawid_skene import check_options
from emos.aggregate.tiers import THRESHOLDS, check_thresholds
from emos.errors import EmosError

MAX_ITER = 1000
TOLERANCE = 1e-6

# The early stop behind every confidence of the public EmoS release.
PRESETS = {"emos-paper": (50, 1e-6)}

CROWD_KIT = "crowd-kit:"


@dataclass(frozen=True)
class AggregateOptions:
    """How `aggregate_dataset` aggregates.

    Attributes
    ----------
    preset : ``emos-paper`` (at most 50 iterations, tolerance 1e-6), or None to run to convergence.
    method : ``dawid-skene``, ``majority`` (the posterior is the soft vote), or ``crowd-kit:NAME``.
    max_iter, tolerance : when EM stops; None takes the preset's, else 1000 and 1e-6.
    smoothing : pseudo-votes per cell (see `dawid_skene`).
    pool : one model for all batches that share a layer, instead of one per batch.
    bootstrap : replicates, 0 for no intervals.
    seed : of the bootstrap and of crowd-kit's random starts.
    level : of the bootstrap's intervals.
    tiers : lowest confidence of High and of Medium.
    """

    preset: str | None = None
    method: str = "dawid-skene"
    max_iter: int | None = None
    tolerance: float | None = None
    smoothing: float = 0.0
    pool: bool = False
    bootstrap: int = 0
    seed: int = 12345
    level: float = 0.95
    tiers: tuple[float, float] = THRESHOLDS

    def resolved(self) -> AggregateOptions:
        """The same with every number stated.

        Raises
        ------
        EmosError : for an unknown preset or method, a preset together with the numbers it fixes,
            or a number outside its range.
        """
        max_iter, tolerance = MAX_ITER, TOLERANCE
        if self.preset is not None:
            if self.preset not in PRESETS:
                raise EmosError(
                    f"unknown preset {self.preset!r}", remedy=f"known are {', '.join(PRESETS)}"
                )
            if self.max_iter is not None or self.tolerance is not None:
                raise EmosError(
                    f"preset {self.preset} fixes max_iter and tolerance",
                    remedy="leave out the preset or the two numbers",
                )
            max_iter, tolerance = PRESETS[self.preset]
        options = replace(
            self,
            max_iter=max_iter if self.max_iter is None else self.max_iter,
            tolerance=tolerance if self.tolerance is None else self.tolerance,
        )
        options._check()
        return options

    def _check(self) -> None:
        assert self.max_iter is not None and self.tolerance is not None
        check_options(self.max_iter, self.tolerance, self.smoothing)
        check_thresholds(*self.tiers)
        if self.bootstrap < 0 or self.bootstrap == 1:
            raise EmosError(f"{self.bootstrap} bootstrap replicates", remedy="use 0, or 2 or more")
        if not 0 < self.level < 1:
            raise EmosError(f"bootstrap level {self.level} is not between 0 and 1")
        if self.seed < 0:
            raise EmosError(f"seed {self.seed} is negative", remedy="use 0 or more")
        known = self.method in ("dawid-skene", "majority") or self.method.startswith(CROWD_KIT)
        if not known:
            raise EmosError(
                f"unknown method {self.method!r}",
                remedy="known are dawid-skene, majority and crowd-kit:NAME",
            )
        if self.bootstrap and self.method != "dawid-skene":
            raise EmosError(
                f"no bootstrap for method {self.method}", remedy="use dawid-skene or --bootstrap 0"
            )
