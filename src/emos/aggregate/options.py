"""Everything that decides how votes are aggregated, in one value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

from emos.aggregate.dawid_skene import check_options
from emos.aggregate.tiers import THRESHOLDS, check_thresholds
from emos.errors import EmosError, check_whole

MAX_ITER = 1000
TOLERANCE = 1e-6

# The early stop behind every confidence of the public EmoS release.
PRESETS = {"emos-paper": (50, 1e-6)}

DAWID_SKENE, MAJORITY = "dawid-skene", "majority"
CROWD_KIT = "crowd-kit:"


@dataclass(frozen=True)
class AggregateOptions:
    """How `aggregate_dataset` aggregates.

    Attributes
    ----------
    preset : ``emos-paper`` (at most 50 iterations, tolerance 1e-6), or None to run to convergence.
    method : ``dawid-skene``, ``majority`` (the posterior is the soft vote), or ``crowd-kit:NAME``.
    max_iter, tolerance : when EM stops; None takes the preset's, else 1000 and 1e-6.
    smoothing : pseudo-votes per cell (see `dawid_skene`). These three and the preset are
        Dawid-Skene's; other methods refuse them.
    pool : one model for all batches that share a layer, instead of one per batch.
    bootstrap : replicates, 2 or more, 0 for no intervals; Dawid-Skene's too.
    seed : of the bootstrap and of crowd-kit's random starts.
    level : of the bootstrap's intervals.
    tiers : lowest confidence of High and of Medium.
    """

    preset: str | None = None
    method: str = DAWID_SKENE
    max_iter: int | None = None
    tolerance: float | None = None
    smoothing: float = 0.0
    pool: bool = False
    bootstrap: int = 0
    seed: int = 12345
    level: float = 0.95
    tiers: tuple[float, float] = THRESHOLDS

    def resolved(self) -> AggregateOptions:
        """The same with every number that the method uses stated.

        Raises
        ------
        EmosError : for an unknown preset or method, an option that the method does not use, a
            preset together with the numbers it fixes, or a number outside its range.
        """
        self._check_method()
        if self.method != DAWID_SKENE:
            self._refuse_unused()
            self._check()
            return self
        max_iter, tolerance = MAX_ITER, TOLERANCE
        if self.preset is not None:
            if self.preset not in tuple(PRESETS):
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

    def used(self) -> dict[str, Any]:
        """The options that the method's labels depend on, by name: what a signature states."""
        names = ["method", "pool", "tiers"]
        if self.method == DAWID_SKENE:
            names = ["preset", "method", "max_iter", "tolerance", "smoothing", "pool", "bootstrap"]
            names += ["seed", "level", "tiers"] if self.bootstrap else ["tiers"]
        elif self.method.startswith(CROWD_KIT):
            names.insert(2, "seed")
        return {name: getattr(self, name) for name in names}

    def _check_method(self) -> None:
        known = isinstance(self.method, str) and (
            self.method in (DAWID_SKENE, MAJORITY) or self.method.startswith(CROWD_KIT)
        )
        if not known:
            raise EmosError(
                f"unknown method {self.method!r}",
                remedy="known are dawid-skene, majority and crowd-kit:NAME",
            )

    def _refuse_unused(self) -> None:
        given = {
            "preset": self.preset is not None,
            "max_iter": self.max_iter is not None,
            "tolerance": self.tolerance is not None,
            "smoothing": self.smoothing != 0,
            "bootstrap": self.bootstrap != 0,
        }
        for name, is_given in given.items():
            if is_given:
                raise EmosError(
                    f"no {name} for method {self.method}", remedy="leave it out or use dawid-skene"
                )

    def _check(self) -> None:
        if self.max_iter is not None and self.tolerance is not None:
            check_options(self.max_iter, self.tolerance, self.smoothing)
        if not isinstance(self.tiers, tuple | list) or len(self.tiers) != 2:
            raise EmosError(
                f"tiers are {self.tiers!r}", remedy="give the two thresholds, as (0.9, 0.8)"
            )
        check_thresholds(*self.tiers)
        check_whole("bootstrap", self.bootstrap, least=2, none_is=0)
        check_whole("seed", self.seed, least=0)
        if not (isinstance(self.level, Real) and 0 < self.level < 1):
            raise EmosError(f"bootstrap level {self.level!r} is not between 0 and 1")
