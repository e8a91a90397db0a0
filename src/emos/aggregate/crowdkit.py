"""Other aggregators, through crowd-kit (Ustalov et al., 2024): an extra, not rewritten here."""

from __future__ import annotations

import inspect
import warnings
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emos.aggregate.votes import VoteCodes
from emos.errors import EmosError, MissingExtraError

# crowd-kit's aggregators of single labels that need votes and nothing else.
METHODS = (
    "DawidSkene",
    "GLAD",
    "KOS",
    "MACE",
    "MMSR",
    "MajorityVote",
    "OneCoinDawidSkene",
    "Wawa",
    "ZeroBasedSkill",
)
# These are a majority vote weighted by skills. Their own predict() fails under scikit-learn 1.7+.
_WEIGHTED_VOTES = ("Wawa", "ZeroBasedSkill")


class CrowdKitResult(NamedTuple):
    """Posteriors (n, K), NaN for an item without a vote, or labels alone.

    Some methods give no posterior; it is then None and ``label`` is (n,) codes, -1 for such items.
    """

    label: NDArray[np.int64] | None
    posterior: NDArray[np.float64] | None


def aggregate_by_crowd_kit(name: str, votes: VoteCodes, *, seed: int) -> CrowdKitResult:
    """Aggregate with crowd-kit's class ``name`` under its own defaults.

    Raises
    ------
    MissingExtraError : if crowd-kit is not installed.
    EmosError : for an unknown name, or votes that the method cannot work with.
    """
    if name not in METHODS:
        raise EmosError(f"unknown crowd-kit method {name!r}", remedy=f"known: {', '.join(METHODS)}")
    try:
        pandas = import_module("pandas")
        aggregators = import_module("crowdkit.aggregation")
    except ImportError as error:
        raise MissingExtraError("crowd-kit", "crowd-kit") from error
    make = getattr(aggregators, name)
    seeded = "random_state" in inspect.signature(make).parameters
    aggregator = make(random_state=seed) if seeded else make()
    frame = pandas.DataFrame(
        {
            "task": votes.items.astype(np.int64),
            "worker": votes.annotators.astype(np.int64),
            "label": votes.labels.astype(np.int64),
        }
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about crowd-kit's use of pandas, not these votes
            labels, posterior = _run(aggregator, aggregators, frame)
    except Exception as error:  # whatever a third party's method raises about these votes
        raise EmosError(
            f"crowd-kit's {name} cannot aggregate these votes "
            f"({type(error).__name__}: {str(error)[:200]})",
            remedy="use another method",
        ) from error
    return _by_code(labels, posterior, len(votes.item_ids), len(votes.label_names))


def _run(aggregator: Any, aggregators: Any, frame: Any) -> tuple[Any, Any]:
    """Labels or posteriors as crowd-kit gives them, the other one None."""
    if not hasattr(aggregator, "fit_predict_proba"):
        return aggregator.fit_predict(frame), None
    if type(aggregator).__name__ in _WEIGHTED_VOTES:
        skills = aggregator.fit(frame).skills_
        return None, aggregators.MajorityVote().fit_predict_proba(frame, skills=skills)
    return None, aggregator.fit_predict_proba(frame)


def _by_code(labels: Any, given: Any, n_items: int, n_labels: int) -> CrowdKitResult:
    if given is None:
        label = np.full(n_items, -1, dtype=np.int64)
        label[labels.index.to_numpy()] = labels.to_numpy()
        return CrowdKitResult(label, None)
    voted = given.index.to_numpy()
    posterior = np.full((n_items, n_labels), np.nan)
    posterior[voted] = 0.0  # labels nobody gave have no column
    posterior[np.ix_(voted, given.columns.to_numpy().astype(np.int64))] = given.to_numpy()
    return CrowdKitResult(None, posterior)
