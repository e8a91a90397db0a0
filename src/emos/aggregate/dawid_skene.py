"""Dawid-Skene: the true class of every item and each annotator's confusion matrix, by EM.

A. P. Dawid and A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM
algorithm", Applied Statistics 28 (1979), 20-28; EmoS paper, section 3.2.2, equation 1.

Model: item i has class c with probability ``prior[c]``; annotator r answers l to an item of class c
with probability ``confusion[r, c, l]``; answers are independent given the class. EM starts from
the soft majority vote (each item's shares of votes), then alternates

- M-step: prior = mean posterior; confusion[r, c, l] = share of l among r's votes, each weighted by
  the item's posterior of c;
- E-step: posterior proportional to prior times the confusion of every vote, in logarithms.

One iteration is one M-step and one E-step. It stops when the mean absolute change over all n x K
posterior entries falls below ``tolerance``, or after ``max_iter`` iterations. Without smoothing a
probability may be exactly 0, and is then a factor 0: nothing is clipped. With ``smoothing`` s every
cell of the prior and of the confusion matrices gets s pseudo-votes: the mode under Dirichlet(1 + s)
priors, so that the likelihood penalised by ``s * (sum of log prior + sum of log confusion)`` never
falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emos.aggregate.incidence import Incidence
from emos.aggregate.majority import soft_vote
from emos.aggregate.patterns import Patterns, find_patterns
from emos.errors import EmosError, check_whole

Floats = NDArray[np.float64]

# log 0 as a number: sums of it stay finite, products with 0 are 0, and exp() of it is exactly 0.
LOG_ZERO = -1e200


@dataclass(frozen=True)
class Parameters:
    """Logarithms of a model's probabilities, for B models at once.

    ``prior`` is (B, K); ``confusion`` is (B, K, R * K), true class by vote code. An annotator
    without a vote on any item that may be of class c has no row there: `LOG_ZERO` throughout, and
    nothing depends on it. ``defined`` (B, K, R) is False for such rows.
    """

    prior: Floats
    confusion: Floats
    defined: NDArray[np.bool_]


@dataclass(frozen=True)
class DawidSkene:
    """A fitted model of n items, R annotators and K labels.

    Attributes
    ----------
    posterior : (n, K) probability of each class, rows sum to 1; an item with neither a vote nor a
        known class is undefined: a row of NaN.
    confusion : (R, K, K) probability that annotator r answers l (last axis) when the class is c;
        rows sum to 1; NaN where r voted on no item that may be of class c.
    prior : (K,) class probabilities, summing to 1.
    log_likelihood : (iterations,) natural logarithm of the likelihood (penalised if smoothed) of
        the parameters of each iteration; it never falls. ``-inf`` if an ``initial_confusion``
        rules a vote out.
    iterations, converged : E-steps made, and whether the last one moved less than ``tolerance``.

    ``posterior`` follows from ``confusion`` and ``prior``: those of the last M-step.
    """

    posterior: Floats
    confusion: Floats
    prior: Floats
    log_likelihood: Floats
    iterations: int
    converged: bool


def dawid_skene(
    items: ArrayLike,
    annotators: ArrayLike,
    labels: ArrayLike,
    *,
    n_items: int,
    n_annotators: int,
    n_labels: int,
    max_iter: int = 1000,
    tolerance: float = 1e-6,
    smoothing: float = 0.0,
    initial_confusion: ArrayLike | None = None,
    gold: ArrayLike | None = None,
) -> DawidSkene:
    """Fit the model to votes given as codes.

    Parameters
    ----------
    items, annotators, labels : (V,) integer codes of every vote, in any order; an item may have
        any number of votes, at most one by each annotator.
    max_iter : most iterations, at least 1.
    tolerance : mean absolute change of a posterior entry that counts as converged; 0 never stops.
    smoothing : pseudo-votes per cell, 0 or more.
    initial_confusion : (R, K, K) probabilities that replace the first M-step's; a matrix of NaN
        leaves that annotator to the votes. For votes it rules out there is no posterior.
    gold : (n_items,) known class of each item, -1 where unknown; it stays its posterior.

    An annotator who shares no item with another, has no item of known class and no stated
    confusion, agrees with nobody but the start: the posterior 1 of such votes means nothing
    (`aggregate_dataset` calls it undefined).

    Raises
    ------
    EmosError : for codes, options or an initial confusion that cannot be used (see
        `find_patterns`), and if there is no vote at all.
    """
    patterns = find_patterns(
        items,
        annotators,
        labels,
        n_items=n_items,
        n_annotators=n_annotators,
        n_labels=n_labels,
        gold=gold,
    )
    return expand(
        patterns,
        fit_patterns(
            patterns,
            n_annotators=n_annotators,
            n_labels=n_labels,
            max_iter=max_iter,
            tolerance=tolerance,
            smoothing=smoothing,
            initial_confusion=initial_confusion,
        ),
    )


def fit_patterns(
    patterns: Patterns,
    *,
    n_annotators: int,
    n_labels: int,
    max_iter: int = 1000,
    tolerance: float = 1e-6,
    smoothing: float = 0.0,
    initial_confusion: ArrayLike | None = None,
) -> DawidSkene:
    """`dawid_skene` on patterns: ``posterior`` has a row per pattern, not per item.

    Raises
    ------
    EmosError : as `dawid_skene`, but for the codes, which `find_patterns` has checked.
    """
    check_options(max_iter, tolerance, smoothing)
    if not patterns.slots:
        raise EmosError("there is no vote to aggregate")
    incidence = Incidence(patterns, n_annotators * n_labels)
    weights = patterns.items[None].astype(np.float64)
    posterior = soft_start(patterns, n_labels)[None]
    parameters = m_step(incidence, weights, posterior, n_annotators, smoothing)
    if initial_confusion is not None:
        parameters = with_confusion(parameters, initial_confusion)
    history = []
    converged = False
    for iteration in range(max_iter):
        if iteration:
            parameters = m_step(incidence, weights, posterior, n_annotators, smoothing)
        updated, evidence = e_step(incidence, patterns.gold, parameters)
        if evidence.min() < LOG_ZERO / 2 and (evidence[0, patterns.gold < 0] < LOG_ZERO / 2).any():
            raise EmosError(
                "the initial confusion gives some item's votes probability 0 under every class",
                remedy="give every cell that can occur a small probability",
            )
        history.append(float(evidence[0] @ weights[0]) + penalty(parameters, smoothing))
        change = mean_change(updated, posterior, weights)[0]
        posterior = updated
        if change < tolerance:
            converged = True
            break
    log_likelihood = np.array(history)
    log_likelihood[log_likelihood < LOG_ZERO / 2] = -np.inf
    confusion = np.exp(parameters.confusion[0]).reshape(n_labels, n_annotators, n_labels)
    confusion[~parameters.defined[0]] = np.nan
    return DawidSkene(
        posterior=np.ascontiguousarray(posterior[0].T),
        confusion=np.ascontiguousarray(confusion.transpose(1, 0, 2)),
        prior=np.exp(parameters.prior[0]),
        log_likelihood=log_likelihood,
        iterations=len(history),
        converged=converged,
    )


def expand(patterns: Patterns, model: DawidSkene) -> DawidSkene:
    """The model of patterns with a posterior row for every item."""
    posterior = model.posterior.take(patterns.of_item, axis=0)
    posterior[patterns.of_item < 0] = np.nan
    return DawidSkene(
        posterior,
        model.confusion,
        model.prior,
        model.log_likelihood,
        model.iterations,
        model.converged,
    )


def check_options(max_iter: int, tolerance: float, smoothing: float) -> None:
    """Refuse options outside their range with an `EmosError`."""
    check_whole("max_iter", max_iter, least=1)
    for name, value in (("tolerance", tolerance), ("smoothing", smoothing)):
        if not (isinstance(value, Real) and math.isfinite(value) and value >= 0):
            raise EmosError(f"{name} is {value!r}", remedy="use a number of 0 or more")


def soft_start(patterns: Patterns, n_labels: int) -> Floats:
    """(K, P) shares of each pattern's votes; its known class where there is one."""
    shares = np.ascontiguousarray(soft_vote(patterns, n_labels).share.T)
    _pin(shares[None], patterns.gold)
    return shares


def m_step(
    incidence: Incidence, weights: Floats, posterior: Floats, n_annotators: int, smoothing: float
) -> Parameters:
    """Parameters from posteriors: ``weights`` (B, P) items, ``posterior`` (B, K, P)."""
    models, n_labels, n_patterns = posterior.shape
    mass = posterior * weights[:, None, :]
    prior = mass.sum(axis=2) + smoothing
    counts = incidence.over_patterns(mass.reshape(-1, n_patterns))
    counts = counts.reshape(models, n_labels, n_annotators, n_labels) + smoothing
    totals = counts.sum(axis=3, keepdims=True)
    defined = totals > 0
    np.divide(counts, totals, out=counts, where=defined)
    return Parameters(
        _log(prior / prior.sum(axis=1, keepdims=True)),
        _log(counts).reshape(models, n_labels, -1),
        defined[..., 0],
    )


def e_step(
    incidence: Incidence, gold: NDArray[np.int64], parameters: Parameters
) -> tuple[Floats, Floats]:
    """Posteriors (B, K, P) and each pattern's log-likelihood (B, P) under the parameters.

    A pattern that is impossible under every class has a log-likelihood below ``LOG_ZERO / 2``, and
    a posterior without meaning.
    """
    models, n_labels, n_codes = parameters.confusion.shape
    joint = incidence.over_votes(parameters.confusion.reshape(-1, n_codes))
    joint = joint.reshape(models, n_labels, -1)
    joint += parameters.prior[:, :, None]
    known = np.flatnonzero(gold >= 0)
    known_evidence = joint[:, gold[known], known]
    top = joint.max(axis=1)
    joint -= top[:, None, :]
    np.exp(joint, out=joint)
    total = joint.sum(axis=1)
    joint /= total[:, None, :]
    evidence = top + np.log(total)
    if len(known):
        evidence[:, known] = known_evidence
        _pin(joint, gold)
    return joint, evidence


def mean_change(updated: Floats, before: Floats, weights: Floats) -> Floats:
    """(B,) mean absolute change over the items' n x K posterior entries."""
    moved = np.abs(updated - before).sum(axis=1)
    change: Floats = (moved * weights).sum(axis=1) / (weights.sum(axis=1) * updated.shape[1])
    return change


def penalty(parameters: Parameters, smoothing: float) -> float:
    """What smoothing adds to the log-likelihood: the log density of its Dirichlet priors."""
    if not smoothing:
        return 0.0
    return smoothing * float(parameters.prior.sum() + parameters.confusion.sum())


def with_confusion(parameters: Parameters, given: ArrayLike) -> Parameters:
    """Parameters with (R, K, K) stated confusion matrices; those of NaN stay as they were.

    Raises
    ------
    EmosError : for another shape or a row that is no probability distribution.
    """
    models, n_labels, n_annotators = parameters.defined.shape
    confusion = np.array(given, dtype=np.float64)
    shape = (n_annotators, n_labels, n_labels)
    if confusion.shape != shape:
        raise EmosError(f"initial confusion has shape {confusion.shape}, not {shape}")
    stated = ~np.isnan(confusion).all(axis=(1, 2))
    matrices = confusion[stated]
    sums = matrices.sum(axis=2)
    if not ((matrices >= 0).all() and np.allclose(sums, 1.0, rtol=0, atol=1e-6)):
        raise EmosError(
            "initial confusion holds a row that is no probability distribution",
            remedy="each true class of an annotator needs probabilities that sum to 1",
        )
    logs = parameters.confusion.copy().reshape(models, n_labels, n_annotators, n_labels)
    logs[:, :, stated] = _log(matrices / sums[..., None]).transpose(1, 0, 2)
    defined = parameters.defined.copy()
    defined[:, :, stated] = True
    return Parameters(parameters.prior, logs.reshape(models, n_labels, -1), defined)


def _pin(posterior: Floats, gold: NDArray[np.int64]) -> None:
    known = np.flatnonzero(gold >= 0)
    posterior[:, :, known] = 0.0
    posterior[:, gold[known], known] = 1.0


def _log(probability: Floats) -> Floats:
    logarithm = np.full_like(probability, LOG_ZERO)
    np.log(probability, out=logarithm, where=probability > 0)
    return logarithm
