"""What the metrics of fine labels share: sums over clips, and rankings of clips by confidence.

All but average precision comes from sums over clips, one matrix product per block of resamples.
Average precision needs each label's clips in order of confidence. Only clips that were answered
with the label have a place in that order; all others tie at its end, where two sums are enough. A
resample costs as much as there are labels answered, not labels times clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from emos.score.basic7 import ratio
from emos.score.goemotions.clips import Bools, Clips
from emos.score.metric import Floats, Ints

PER_CLIP = (
    "clips",
    "samples_f1",
    "jaccard",
    "exact",
    "hamming",
    "brier",
    "overlap",
    "masses",
    "with_distribution",
    "js_distance",
)


class Ranking(NamedTuple):
    """The clips answered with one label, the most confident first.

    ``clip`` ``[n]`` are clips, ``has`` ``[n]`` whether each has the label, ``first`` where clips of
    another confidence begin.
    """

    clip: Ints
    has: Floats
    first: Ints


@dataclass(frozen=True)
class Sums:
    """What is summed over I clips with K labels.

    Attributes
    ----------
    additive : ``[3 K + len(PER_CLIP), I]``: whether a clip has each label, was answered with it,
        both; then one row per name of `PER_CLIP`. A clip that is left out has 0 everywhere.
    rankings : one per label.
    rated : whether any label was answered with a confidence.
    """

    additive: Floats
    rankings: Sequence[Ranking]
    rated: bool

    @property
    def labels(self) -> int:
        """K."""
        return len(self.rankings)


def sums_of(clips: Clips) -> Sums:
    """The sums' terms of every clip."""
    gold, named = clips.gold, clips.named
    per_label = np.concatenate([gold.T, named.T, (gold & named).T]).astype(np.float64)
    distances = js_distance(clips.share, clips.strength)
    distribution = ~np.isnan(distances)
    per_clip = np.stack(
        [
            np.ones(len(gold)),
            *_set_scores(gold, named, clips.answered),
            (gold != named).mean(axis=1),
            ((clips.share - clips.strength) ** 2).mean(axis=1),
            np.minimum(clips.share, clips.strength).sum(axis=1),
            (clips.share + clips.strength).sum(axis=1),
            distribution.astype(np.float64),
            np.nan_to_num(distances),
        ]
    )
    additive = np.concatenate([per_label, per_clip]) * clips.counted
    rankings = [
        _ranking(clips.strength[:, k], gold[:, k], clips.counted) for k in range(len(clips.labels))
    ]
    return Sums(np.ascontiguousarray(additive), rankings, clips.with_confidence > 0)


def _set_scores(gold: Bools, named: Bools, answered: Bools) -> tuple[Floats, Floats, Floats]:
    """F1, Jaccard and equality of the two sets of each clip, ``[I]``.

    Two empty sets are equal: 1, unless there was no answer, which is right about nothing.
    """
    both = (gold & named).sum(axis=1).astype(np.float64)
    either = (gold | named).sum(axis=1).astype(np.float64)
    none = answered.astype(np.float64)
    f1 = np.where(either > 0, 2 * both / np.maximum(either + both, 1), none)
    jaccard = np.where(either > 0, both / np.maximum(either, 1), none)
    return f1, jaccard, (both == either) * none


def js_distance(share: Floats, strength: Floats) -> Floats:
    """Jensen-Shannon distance (base 2) of rows normalised to 1, ``[I]``, from 0 to 1.

    The square root of the divergence (Endres and Schindelin, 2003). NaN where ``share`` is 0
    throughout: there is no distribution to compare with. 1, the greatest, where ``strength`` is.
    """
    total, mass = share.sum(axis=1, keepdims=True), strength.sum(axis=1, keepdims=True)
    p, q = np.nan_to_num(ratio2(share, total)), np.nan_to_num(ratio2(strength, mass))
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    distance = np.where(mass[:, 0] > 0, np.sqrt(np.clip(divergence, 0.0, 1.0)), 1.0)
    return np.where(total[:, 0] > 0, distance, np.nan)


def ratio2(part: Floats, whole: Floats) -> Floats:
    """`emos.score.basic7.ratio` with ``whole`` of one column."""
    return ratio(part, np.broadcast_to(whole, part.shape))


def _relative_entropy(p: Floats, of: Floats) -> Floats:
    logs = np.log2(np.divide(p, of, out=np.ones(p.shape), where=p > 0))
    entropy: Floats = (p * logs).sum(axis=1)
    return entropy


def _ranking(strength: Floats, has: Bools, counted: Bools) -> Ranking:
    """A label's ranking; a confidence of 0 ties with clips not answered with the label."""
    clip = np.flatnonzero(counted & (strength > 0))
    clip = clip[np.argsort(-strength[clip], kind="stable")]
    levels = strength[clip]
    first = np.flatnonzero(np.diff(levels, prepend=np.inf))
    return Ranking(clip, has[clip].astype(np.float64), first)


@dataclass(frozen=True)
class GoEmotionsSample:
    """Sums over the clips of each resample.

    Attributes
    ----------
    of : the terms.
    weights : ``[I, samples]``, how often each clip is in each sample.
    """

    of: Sums
    weights: Floats

    @cached_property
    def sums(self) -> Floats:
        """Every row of the additive terms, summed, ``[3 K + len(PER_CLIP), samples]``."""
        summed: Floats = self.of.additive @ self.weights
        return summed

    @property
    def support(self) -> Floats:
        """Clips that have each label, ``[K, samples]``."""
        return self.sums[: self.of.labels]

    @property
    def answered(self) -> Floats:
        """Clips answered with each label, ``[K, samples]``."""
        return self.sums[self.of.labels : 2 * self.of.labels]

    @property
    def right(self) -> Floats:
        """Clips that have each label and were answered with it, ``[K, samples]``."""
        return self.sums[2 * self.of.labels : 3 * self.of.labels]

    def total(self, name: str) -> Floats:
        """The sum over clips of one of `PER_CLIP`, ``[1, samples]``."""
        row = 3 * self.of.labels + PER_CLIP.index(name)
        return self.sums[row : row + 1]

    def mean(self, name: str, over: str = "clips") -> Floats:
        """The mean over clips of one of `PER_CLIP`, ``[1, samples]``; NaN without any."""
        return ratio(self.total(name), self.total(over))

    @cached_property
    def f1(self) -> Floats:
        """F1 per label ``[K, samples]``, NaN for one that no clip has and none was answered."""
        return ratio(2 * self.right, self.support + self.answered)

    @cached_property
    def average_precision(self) -> Floats:
        """Average precision per label ``[K, samples]``; NaN for a label that no clip has."""
        found = np.full(self.support.shape, np.nan)
        if self.of.rated:
            for k, ranking in enumerate(self.of.rankings):
                found[k] = self._average_precision(ranking, self.support[k])
        return found

    def _average_precision(self, ranking: Ranking, support: Floats) -> Floats:
        clips = self.total("clips")[0]
        base = np.nan_to_num(ratio(support, clips))  # the precision of all clips
        if not len(ranking.clip):
            return np.where(support > 0, base, np.nan)
        drawn = self.weights[ranking.clip]
        level = np.add.reduceat(drawn, ranking.first, axis=0)
        hits = np.add.reduceat(drawn * ranking.has[:, None], ranking.first, axis=0)
        precision = np.nan_to_num(ratio(np.cumsum(hits, axis=0), np.cumsum(level, axis=0)))
        ranked = (hits * precision).sum(axis=0) + (support - hits.sum(axis=0)) * base
        return ratio(ranked, support)
