"""What stopping early does: the same model with and without the paper's early stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emos.aggregate.dawid_skene import DawidSkene
from emos.aggregate.majority import SoftVote
from emos.aggregate.tiers import tiers
from emos.aggregate.ties import POSTERIOR_TIE, largest
from emos.readers.wording import counted


@dataclass(frozen=True)
class Comparison:
    """How a model's labels differ from the same model stopped elsewhere.

    Attributes
    ----------
    iterations, converged : of the model.
    against : ``emos-paper`` or ``convergence``: how the other one was stopped.
    other_iterations, other_converged : of the other one.
    labels, tiers : number of items whose label, or tier, is another one.
    largest : largest absolute difference of a posterior entry.
    """

    iterations: int
    converged: bool
    against: str
    other_iterations: int
    other_converged: bool
    labels: int
    tiers: int
    largest: float

    def sentence(self, name: str) -> str:
        """What to tell the reader of the labels of batch ``name``."""
        ended = "converged" if self.converged else "stopped, not converged,"
        mine = f"{name}: {ended} after {counted(self.iterations, 'iteration')}"
        if self.iterations == self.other_iterations and not self.largest:
            return f"{mine}; {self.against} gives the same"
        other = "the emos-paper stop" if self.against == "emos-paper" else "convergence"
        if self.against == "convergence" and not self.other_converged:
            other = "a longer run, not converged either"
        return (
            f"{mine}; against {other} ({self.other_iterations:,}), {counted(self.labels, 'label')} "
            f"and {counted(self.tiers, 'tier')} differ, posteriors by up to {self.largest:.3g}"
        )


def compare(
    against: str,
    items: NDArray[np.int64],
    vote: SoftVote,
    fit: DawidSkene,
    other: DawidSkene,
    label_names: Sequence[str],
    thresholds: tuple[float, float],
) -> Comparison:
    """Count the differences; ``items`` (P,) is how many have each pattern, 0 to leave it out."""
    high, medium = thresholds
    label, tier = [], []
    for posterior in (fit.posterior, other.posterior):
        label.append(largest(posterior, label_names, within=POSTERIOR_TIE).label)
        confidence = posterior.max(axis=1)
        tier.append(
            tiers(confidence, vote.unique_labels, votes=vote.votes, high=high, medium=medium)
        )
    return Comparison(
        iterations=fit.iterations,
        converged=fit.converged,
        against=against,
        other_iterations=other.iterations,
        other_converged=other.converged,
        labels=int(items[label[0] != label[1]].sum()),
        tiers=int(items[tier[0] != tier[1]].sum()),
        largest=float(np.abs(fit.posterior - other.posterior)[items > 0].max(initial=0.0)),
    )
