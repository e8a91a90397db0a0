"""Every figure of an annotator is made of sums over the items; here are the sums.

Kept as one table per annotator, ``[votes, columns]``, so that one matrix product with how often
each item occurs in each resample gives the sums of all resamples (see `emos.agreement.bootstrap`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from emos.agreement.bootstrap import resampled_weights
from emos.agreement.coefficient import Floats, Ints
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.values import Values

Draws = npt.NDArray[np.uint8]

# Columns before those of the labels. ``with_`` counts the votes that the sum before it rests on.
SINGLE = (
    "answers",
    "size",
    "squared",
    "one",
    "two",
    "said",
    "fallback",
    "others_said",
    "others_fallback",
    "others_answers",
    "sure",
    "sure_size",
    "jaccard",
    "with_jaccard",
    "overlap",
    "with_overlap",
    "majority",
    "with_majority",
    "aggregate",
    "with_aggregate",
)
_ROWS = 4096


@dataclass(frozen=True)
class Sums:
    """Sums over items in every sample.

    Attributes
    ----------
    single : by name (`SINGLE`), each ``[samples]``.
    own : answers of the annotator that name a label, ``[labels, samples]``.
    others : the others' answers to the same items that name it, ``[labels, samples]``.
    """

    single: dict[str, Floats]
    own: Floats
    others: Floats

    def __getitem__(self, name: str) -> Floats:
        return self.single[name]


@dataclass(frozen=True)
class Sheet:
    """What is summed: numbers per vote of a panel. ``aggregate`` compares with the labels."""

    panel: Panel
    values: Values
    fallback: npt.NDArray[np.bool_]
    aggregate: Floats

    def sums(self, annotator: int, draws: Draws | None) -> Sums:
        """The sums over an annotator's items as they are (one sample), or in every draw.

        ``draws`` is ``[items, samples]``.
        """
        start, end = self.panel.bounds[annotator : annotator + 2]
        votes = np.arange(start, end)
        samples = 1 if draws is None else draws.shape[1]
        width = len(self.panel.labels)
        total = np.zeros((len(SINGLE) + 2 * width, samples))
        for at in range(0, len(votes), _ROWS):
            part = votes[at : at + _ROWS]
            rows = self._rows(part)
            if draws is None:
                total[:, 0] += rows.sum(axis=0)
            else:
                # Single precision is far finer than an interval, and twice as fast.
                total += rows.T.astype(np.float32) @ draws[self.panel.item[part]].astype(np.float32)
        single = dict(zip(SINGLE, total, strict=False))
        own, others = total[len(SINGLE) :][:width], total[len(SINGLE) + width :]
        return Sums(single, own, others)

    def _rows(self, votes: Ints) -> Floats:
        panel, values = self.panel, self.values
        item, held = panel.item[votes], panel.held[votes]
        answered = panel.answered[votes]
        own = panel.member[held]
        size = panel.size[held]
        # Others are counted where the annotator answered too: both then saw the same items.
        others = (values.label_counts[item] - own) * answered[:, None]
        said = panel.said[votes]
        fallback = self.fallback[votes]
        others_said = np.where(said, values.said[item] - 1, 0)
        others_fallback = np.where(said, self._fallback_of_items[item] - fallback, 0)
        sure = answered & ~panel.unsure[votes]
        columns: list[npt.NDArray[np.generic]] = [
            answered,
            size,
            size**2,
            size == 1,
            size == 2,
            said,
            fallback,
            others_said,
            others_fallback,
            np.where(answered, values.answers[item] - 1, 0),
            sure,
            np.where(sure, size, 0),
        ]
        for value in (values.jaccard, values.overlap, values.majority, self.aggregate):
            known = ~np.isnan(value[votes])
            columns += [np.where(known, value[votes], 0.0), known]
        single = np.stack([column.astype(np.float64) for column in columns], axis=1)
        return np.concatenate((single, own.astype(np.float64), others), axis=1)

    @cached_property
    def _fallback_of_items(self) -> Ints:
        return self.values.count(self.fallback)


def draw_items(panel: Panel, *, replicates: int, seed: int) -> Draws | None:
    """How often each item occurs in each resample, ``[items, replicates]``; None without any."""
    if not replicates or not panel.items:
        return None
    # An item comes up more than 255 times less than once in 10 ** 500 draws.
    draws = np.empty((panel.items, replicates), dtype=np.uint8)
    blocks = resampled_weights(
        np.ones(panel.items), replicates=replicates, seed=seed, entries=panel.items
    )
    at = 0
    for block in blocks:
        draws[:, at : at + block.shape[1]] = block
        at += block.shape[1]
    return draws
