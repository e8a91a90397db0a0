"""The methods of ``--method``: from prepared votes to decided labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.bootstrap import Bootstrap, bootstrap_confidence
from emos.aggregate.comparison import Comparison, compare
from emos.aggregate.crowdkit import aggregate_by_crowd_kit
from emos.aggregate.dawid_skene import DawidSkene, fit_patterns
from emos.aggregate.decisions import decide
from emos.aggregate.majority import SoftVote
from emos.aggregate.options import (
    CROWD_KIT,
    DAWID_SKENE,
    MAJORITY,
    MAX_ITER,
    PRESETS,
    TOLERANCE,
    AggregateOptions,
)
from emos.aggregate.patterns import Patterns
from emos.aggregate.votes import VoteCodes
from emos.readers.wording import counted


@dataclass(frozen=True)
class Prepared:
    """Votes as codes and patterns, with what is known beforehand.

    ``confusion`` is the initial (R, K, K) confusion or None. ``unjudged`` (P,) are the patterns
    whose confidence is undefined, and ``alone`` the reason (see `decide`).
    """

    name: str
    codes: VoteCodes
    patterns: Patterns
    vote: SoftVote
    confusion: NDArray[np.float64] | None
    unjudged: NDArray[np.bool_]
    alone: str

    @property
    def judged_items(self) -> NDArray[np.int64]:
        """(P,) items of each pattern, 0 for those whose confidence is undefined."""
        return np.where(self.unjudged, 0, self.patterns.items)


@dataclass(frozen=True)
class Flips:
    """Bootstrap of one model: shares of (item, replicate) pairs, in [0, 1].

    ``tiers``, ``labels``: the tier, or the label, is another one than in the fit to all items.
    ``not_converged`` counts replicates stopped at the most iterations.
    """

    replicates: int
    seed: int
    level: float
    tiers: float
    labels: float
    not_converged: int


@dataclass(frozen=True)
class Estimate:
    """Decided rows (see `decide`) and the row of each item, -1 for one without a vote."""

    rows: pl.DataFrame
    row_of_item: NDArray[np.int32]
    fit: DawidSkene | None = None
    comparison: Comparison | None = None
    flips: Flips | None = None
    warnings: tuple[str, ...] = ()


def estimate(ready: Prepared, options: AggregateOptions) -> Estimate:
    """Labels by the method that ``options`` name.

    Raises
    ------
    EmosError : for options or votes that the method cannot use.
    """
    if options.method == DAWID_SKENE:
        return _by_dawid_skene(ready, options)
    if options.method == MAJORITY:
        return _by_majority(ready, options)
    return _by_crowd_kit(ready, options)


def _by_dawid_skene(ready: Prepared, options: AggregateOptions) -> Estimate:
    assert options.max_iter is not None and options.tolerance is not None
    fit = _fit(ready, options, options.max_iter, options.tolerance)
    spread = None
    judged = bool(ready.judged_items.any())
    if options.bootstrap and judged:
        spread = _bootstrap(ready, options, fit)
    rows = decide(
        ready.codes.label_names,
        fit.posterior,
        ready.vote,
        gold=ready.patterns.gold,
        thresholds=options.tiers,
        method="dawid_skene",
        unjudged=ready.unjudged,
        alone=ready.alone,
        low=None if spread is None else spread.low,
        high=None if spread is None else spread.high,
    )
    warnings: tuple[str, ...] = ()
    if not fit.converged and options.preset is None:
        warnings = (
            f"{ready.name}: not converged after {counted(fit.iterations, 'iteration')}; "
            "raise --max-iter",
        )
    return Estimate(
        rows,
        ready.patterns.of_item,
        fit=fit,
        comparison=_compare(ready, options, fit) if judged else None,
        flips=None if spread is None else _flips(spread, ready.judged_items, options.seed),
        warnings=warnings,
    )


def _fit(ready: Prepared, options: AggregateOptions, max_iter: int, tolerance: float) -> DawidSkene:
    return fit_patterns(
        ready.patterns,
        n_annotators=len(ready.codes.annotator_names),
        n_labels=len(ready.codes.label_names),
        max_iter=max_iter,
        tolerance=tolerance,
        smoothing=options.smoothing,
        initial_confusion=ready.confusion,
    )


def _compare(ready: Prepared, options: AggregateOptions, fit: DawidSkene) -> Comparison:
    """Against the paper's early stop; a run that is the early stop, against convergence."""
    against, stop = "emos-paper", PRESETS["emos-paper"]
    if (options.max_iter, options.tolerance) == stop:
        against, stop = "convergence", (MAX_ITER, TOLERANCE)
    max_iter, tolerance = stop
    # A run that converged under the same tolerance before the other stop is the other run.
    same = fit.converged and options.tolerance == tolerance and fit.iterations <= max_iter
    other = fit if same else _fit(ready, options, max_iter, tolerance)
    return compare(
        against,
        ready.judged_items,
        ready.vote,
        fit,
        other,
        ready.codes.label_names,
        options.tiers,
    )


def _bootstrap(ready: Prepared, options: AggregateOptions, fit: DawidSkene) -> Bootstrap:
    assert options.max_iter is not None and options.tolerance is not None
    return bootstrap_confidence(
        ready.patterns,
        fit.posterior,
        ready.codes.label_names,
        n_annotators=len(ready.codes.annotator_names),
        replicates=options.bootstrap,
        seed=options.seed,
        level=options.level,
        thresholds=options.tiers,
        max_iter=options.max_iter,
        tolerance=options.tolerance,
        smoothing=options.smoothing,
        initial_confusion=ready.confusion,
    )


def _flips(spread: Bootstrap, items: NDArray[np.int64], seed: int) -> Flips:
    defined = ~np.isnan(spread.tier_flips) & (items > 0)
    share = items[defined] / items[defined].sum()
    return Flips(
        replicates=spread.replicates,
        seed=seed,
        level=spread.level,
        tiers=float(spread.tier_flips[defined] @ share),
        labels=float(spread.label_flips[defined] @ share),
        not_converged=spread.not_converged,
    )


def _by_majority(ready: Prepared, options: AggregateOptions) -> Estimate:
    posterior = ready.vote.share.copy()
    known = np.flatnonzero(ready.patterns.gold >= 0)
    posterior[known] = np.eye(posterior.shape[1])[ready.patterns.gold[known]]
    rows = decide(
        ready.codes.label_names,
        posterior,
        ready.vote,
        gold=ready.patterns.gold,
        thresholds=options.tiers,
        method="majority",
        unjudged=ready.unjudged,
        alone=ready.alone,
    )
    return Estimate(rows, ready.patterns.of_item)


def _by_crowd_kit(ready: Prepared, options: AggregateOptions) -> Estimate:
    name = options.method.removeprefix(CROWD_KIT)
    found = aggregate_by_crowd_kit(name, ready.codes, seed=options.seed)
    voted = np.flatnonzero(ready.patterns.of_item >= 0)
    of_voted = ready.patterns.of_item[voted]
    share, votes, unique_labels = ready.vote
    vote = SoftVote(share[of_voted], votes[of_voted], unique_labels[of_voted])
    posterior = None if found.posterior is None else found.posterior[voted]
    rows = decide(
        ready.codes.label_names,
        np.full(vote.share.shape, np.nan) if posterior is None else posterior,
        vote,
        gold=np.full(len(voted), -1, dtype=np.int64),
        thresholds=options.tiers,
        method=options.method,
        unjudged=ready.unjudged[of_voted],
        alone=ready.alone,
        chosen=None if found.label is None else found.label[voted],
    )
    row_of_item = np.full(len(ready.patterns.of_item), -1, dtype=np.int32)
    row_of_item[voted] = np.arange(len(voted))
    warnings: tuple[str, ...] = ()
    if posterior is None:
        warnings = (f"{ready.name}: {options.method} gives labels without a confidence",)
    return Estimate(rows, row_of_item, warnings=warnings)
