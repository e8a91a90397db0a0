"""Other aggregators, through crowd-kit (Ustalov et al., 2024): an extra, not rewritten here."""

from __future__ import annotations

import inspect
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


class CrowdKitResult(NamedTuple):
    """Labels (n,) as codes, -1 for an item without a vote, and posteriors.

    ``posterior`` is (n, K), NaN for such items, or None: some methods give labels only.
    """

    label: NDArray[np.int64]
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
        return _run(aggregator, frame, len(votes.item_ids), len(votes.label_names))
    except Exception as error:  # whatever a third party's method raises about these votes
        raise EmosError(
            f"crowd-kit's {name} cannot aggregate these votes ({type(error).__name__}: {error})",
            remedy="use another method",
        ) from error


def _run(aggregator: Any, frame: Any, n_items: int, n_labels: int) -> CrowdKitResult:
    label = np.full(n_items, -1, dtype=np.int64)
    if not hasattr(aggregator, "fit_predict_proba"):
        chosen = aggregator.fit_predict(frame)
        label[chosen.index.to_numpy()] = chosen.to_numpy()
        return CrowdKitResult(label, None)
    given = aggregator.fit_predict_proba(frame)
    voted = given.index.to_numpy()
    posterior = np.full((n_items, n_labels), np.nan)
    posterior[voted] = 0.0  # labels nobody gave have no column
    posterior[np.ix_(voted, given.columns.to_numpy().astype(np.int64))] = given.to_numpy()
    label[voted] = posterior[voted].argmax(axis=1)
    return CrowdKitResult(label, posterior)
