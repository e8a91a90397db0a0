"""How much a Dawid-Skene confidence depends on which items happened to be in the batch.

Nonparametric bootstrap over items (Efron, 1979): a replicate draws n items with replacement, which
for patterns is one multinomial draw, fits the model as the original was fitted, and gives every
pattern its posterior under that fit. All patterns' posteriors follow from the parameters, so items
not drawn have one too. Replicates are fitted side by side, and cost follows the patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emos.aggregate.dawid_skene import (
    LOG_ZERO,
    check_options,
    e_step,
    m_step,
    mean_change,
    soft_start,
    with_confusion,
)
from emos.aggregate.incidence import Incidence
from emos.aggregate.majority import soft_vote
from emos.aggregate.patterns import Patterns
from emos.aggregate.tiers import tiers
from emos.aggregate.ties import POSTERIOR_TIE, largest
from emos.errors import EmosError

Floats = NDArray[np.float64]

# Posterior entries of the replicates fitted side by side: small enough to stay in the cache.
_BATCH_ENTRIES = 50_000


@dataclass(frozen=True)
class Bootstrap:
    """Spread of P patterns' labels over the replicates.

    Attributes
    ----------
    low, high : (P,) percentile interval of the posterior of the label that the original fit
        decided on; NaN where no replicate gives the pattern a probability.
    label_flips, tier_flips : (P,) share of replicates in which the label, or the tier of that
        replicate's own confidence, is another one; in [0, 1], or NaN.
    replicates, level : how it was made.
    not_converged : replicates that stopped at ``max_iter``.
    """

    low: Floats
    high: Floats
    label_flips: Floats
    tier_flips: Floats
    replicates: int
    level: float
    not_converged: int


def bootstrap_confidence(
    patterns: Patterns,
    posterior: Floats,
    label_names: Sequence[str],
    *,
    n_annotators: int,
    replicates: int,
    seed: int,
    level: float = 0.95,
    thresholds: tuple[float, float] = (0.9, 0.8),
    max_iter: int = 1000,
    tolerance: float = 1e-6,
    smoothing: float = 0.0,
    initial_confusion: ArrayLike | None = None,
) -> Bootstrap:
    """Resample items, refit, and see what each pattern's label and tier do.

    ``posterior`` (P, K) is the original fit's, made with the same options.

    Raises
    ------
    EmosError : for fewer than 2 replicates or a level outside (0, 1).
    """
    check_options(max_iter, tolerance, smoothing)
    if replicates < 2:
        raise EmosError(f"{replicates} bootstrap replicates", remedy="use 2 or more")
    if not 0 < level < 1:
        raise EmosError(f"bootstrap level {level} is not between 0 and 1")
    label = largest(posterior, label_names, within=POSTERIOR_TIE).label
    vote = soft_vote(patterns, len(label_names))
    high, medium = thresholds

    def tier_of(confidence: Floats) -> NDArray[np.int8]:
        return tiers(confidence, vote.unique_labels, votes=vote.votes, high=high, medium=medium)

    rows = np.arange(len(patterns))
    tier = tier_of(posterior[rows, label])
    confidence = np.empty((replicates, len(patterns)))
    label_flips = np.zeros(len(patterns))
    tier_flips = np.zeros(len(patterns))
    defined = np.zeros(len(patterns))
    not_converged = done = 0
    for fitted, stopped in _replicate_fits(
        patterns,
        len(label_names),
        n_annotators,
        replicates,
        np.random.default_rng(seed),
        max_iter=max_iter,
        tolerance=tolerance,
        smoothing=smoothing,
        initial_confusion=initial_confusion,
    ):
        not_converged += stopped
        for replicate in fitted:
            confidence[done] = replicate[rows, label]
            found = ~np.isnan(confidence[done])
            chosen = largest(replicate, label_names, within=POSTERIOR_TIE).label
            defined += found
            label_flips += found & (chosen != label)
            tier_flips += found & (tier_of(replicate[rows, chosen]) != tier)
            done += 1
    low, upper = _interval(confidence, level)
    with np.errstate(invalid="ignore"):
        return Bootstrap(
            low=low,
            high=upper,
            label_flips=label_flips / defined,
            tier_flips=tier_flips / defined,
            replicates=replicates,
            level=level,
            not_converged=not_converged,
        )


def _replicate_fits(
    patterns: Patterns,
    n_labels: int,
    n_annotators: int,
    replicates: int,
    generator: np.random.Generator,
    *,
    max_iter: int,
    tolerance: float,
    smoothing: float,
    initial_confusion: ArrayLike | None,
) -> Iterator[tuple[Floats, int]]:
    """Posteriors (B, P, K) of some replicates at a time, and how many did not converge."""
    incidence = Incidence(patterns, n_annotators * n_labels)
    start = soft_start(patterns, n_labels)
    n_items = int(patterns.items.sum())
    size = max(1, min(replicates, _BATCH_ENTRIES // start.size))
    for first in range(0, replicates, size):
        count = min(size, replicates - first)
        drawn = generator.multinomial(n_items, patterns.items / n_items, size=count)
        weights = drawn.astype(np.float64)
        posterior = np.repeat(start[None], count, axis=0)
        result = np.full_like(posterior, np.nan)
        running = np.arange(count)
        for iteration in range(max_iter):
            parameters = m_step(incidence, weights, posterior, n_annotators, smoothing)
            if not iteration and initial_confusion is not None:
                parameters = with_confusion(parameters, initial_confusion)
            updated, evidence = e_step(incidence, patterns.gold, parameters)
            # A pattern a replicate did not draw may be impossible under its fit: no posterior.
            impossible = (evidence < LOG_ZERO / 2) & (patterns.gold < 0)
            converged = mean_change(updated, posterior, weights) < tolerance
            stopped = converged | (impossible & (weights > 0)).any(axis=1)
            if iteration == max_iter - 1:
                stopped[:] = True
            if stopped.any():
                final = updated[stopped].transpose(0, 2, 1)
                final[impossible[stopped]] = np.nan
                result[running[stopped]] = final.transpose(0, 2, 1)
                updated, weights, running = updated[~stopped], weights[~stopped], running[~stopped]
            posterior = updated
            if not len(running):
                break
        yield result.transpose(0, 2, 1), int((~converged).sum())


def _interval(values: Floats, level: float) -> tuple[Floats, Floats]:
    """Percentiles (linear interpolation) of each column, NaN left out; columns without any: NaN."""
    low = np.full(values.shape[1], np.nan)
    high = low.copy()
    edges = [(1 - level) / 2, (1 + level) / 2]
    missing = np.isnan(values)
    whole = ~missing.any(axis=0)
    low[whole], high[whole] = np.quantile(values[:, whole], edges, axis=0)
    partly = ~whole & ~missing.all(axis=0)
    if partly.any():
        low[partly], high[partly] = np.nanquantile(values[:, partly], edges, axis=0)
    return low, high
