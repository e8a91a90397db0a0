"""One number per vote: how it compares with the others' answers to the item, and the aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from emos.agreement.coefficient import Floats, Ints
from emos.agreement.label_sets import jaccard_similarity
from emos.agreement.pairs import cells_of_a_unit
from emos.agreement.styles.panel import Booleans, Panel
from emos.agreement.tally import tally_votes

_ROWS = 100_000  # votes handled at once where a table of votes x labels is needed


@dataclass(frozen=True)
class Values:
    """Figures of single votes; NaN where a vote has none (blank, or nobody else answered)."""

    panel: Panel

    @cached_property
    def label_counts(self) -> Floats:
        """Answers to an item that name a label, ``[items, labels]``."""
        panel, width = self.panel, len(self.panel.labels)
        vote, label = self.tokens
        cell = panel.item[vote] * width + label
        counts = np.bincount(cell, minlength=panel.items * width)
        return counts.reshape(panel.items, width).astype(np.float64)

    @cached_property
    def answers(self) -> Ints:
        """Answers with labels to an item, ``[items]``."""
        return self.count(self.panel.answered)

    @cached_property
    def said(self) -> Ints:
        """Answers to an item, those included that are "unsure" on a layer without that label."""
        return self.count(self.panel.said)

    @cached_property
    def tokens(self) -> tuple[Ints, Ints]:
        """Every label of every answer: the vote's place and the label's."""
        panel = self.panel
        votes = np.flatnonzero(panel.answered)
        code, label = np.nonzero(panel.member)
        start = np.searchsorted(code, np.arange(len(panel.member)))
        size = panel.size[panel.code[votes]]
        vote = np.repeat(votes, size)
        within = np.arange(len(vote)) - np.repeat(np.cumsum(size) - size, size)
        return vote, label[start[panel.held[vote]] + within]

    @cached_property
    def jaccard(self) -> Floats:
        """Mean Jaccard similarity of a vote with the others' answers to its item."""
        panel = self.panel
        value = np.full(len(panel.code), np.nan)
        votes = np.flatnonzero(panel.answered)
        tally = tally_votes(panel.item[votes], panel.code[votes], panel.items)
        first, second = cells_of_a_unit(tally)
        alike = jaccard_similarity(
            panel.sets[tally.answer[first]], panel.sets[tally.answer[second]]
        )
        with_all = np.bincount(first, tally.votes[second] * alike, minlength=len(tally.unit))
        keys = tally.answer * panel.items + tally.unit  # in ascending order
        cell = np.searchsorted(keys, panel.code[votes] * panel.items + panel.item[votes])
        others = tally.size[panel.item[votes]] - 1
        some = others > 0
        value[votes[some]] = (with_all[cell] - 1)[some] / others[some]
        return value

    @cached_property
    def overlap(self) -> Floats:
        """Overlap of a vote with the others' soft label: sum over labels of the smaller share.

        Both are distributions: 1 / size on each label of the answer, and the others' labels
        counted and made to sum to 1. It is 1 less their total variation distance.
        """
        vote, label = self.tokens
        panel = self.panel
        total = self.label_counts.sum(axis=1)
        size = panel.size[panel.held[vote]].astype(np.float64)
        rest = total[panel.item[vote]] - size
        named = self.label_counts[panel.item[vote], label] - 1
        with np.errstate(invalid="ignore", divide="ignore"):
            least = np.minimum(1 / size, named / rest)
        return self._per_vote(vote, least, self.answers[panel.item] > 1)

    @cached_property
    def majority(self) -> Floats:
        """Whether a single-label vote is the others' most frequent label; 1/t if it is one of t."""
        panel = self.panel
        value = np.full(len(panel.code), np.nan)
        votes = np.flatnonzero(panel.answered & (self.answers[panel.item] > 1))
        for start in range(0, len(votes), _ROWS):
            part = votes[start : start + _ROWS]
            own = panel.member[panel.code[part]]
            others = self.label_counts[panel.item[part]] - own
            top: Booleans = np.equal(others, others.max(axis=1, keepdims=True))
            value[part] = (top & own).any(axis=1) / top.sum(axis=1)
        return value

    def names(self, places: Ints) -> Booleans:
        """Whether a vote names any of the labels at ``places``, ``[votes]``."""
        holds: Booleans = np.any(self.panel.member[:, places], axis=1)
        return holds[self.panel.held]

    def against_labels(self, labels: pl.DataFrame) -> Floats:
        """Whether a vote is the aggregated label; ``labels`` has ``item_id, label`` of the layer.

        A vote that holds it among others has 1 / size. NaN where the item has no label.
        """
        panel = self.panel
        place = {label: at for at, label in enumerate(panel.labels)}
        joined = panel.item_ids.to_frame("item_id").join(
            labels.select("item_id", "label"), "item_id", "left", maintain_order="left"
        )
        code = joined["label"].replace_strict(place, default=-1, return_dtype=pl.Int64)
        decided = code.fill_null(-1).to_numpy()
        vote, label = self.tokens
        hit = (decided[panel.item[vote]] == label) / panel.size[panel.held[vote]]
        return self._per_vote(vote, hit, (decided >= 0)[panel.item])

    def against_soft(self, soft: pl.DataFrame, names: tuple[str, ...]) -> Floats:
        """Overlap of a vote with the aggregated soft label, which the vote itself is a part of.

        ``soft`` has ``item_id, probability`` of the layer, over ``names``.
        """
        panel = self.panel
        joined = panel.item_ids.to_frame("item_id").join(
            soft.select("item_id", "probability"), "item_id", "left", maintain_order="left"
        )
        has = (joined["probability"].list.len() == len(names)).fill_null(False)
        table = np.zeros((panel.items, len(panel.labels)))
        columns = np.array([panel.labels.index(name) for name in names], dtype=np.int64)
        rows = joined.filter(has)["probability"].explode(empty_as_null=False).to_numpy()
        table[np.ix_(np.flatnonzero(has.to_numpy()), columns)] = rows.reshape(-1, len(names))
        known = has.to_numpy() & ~np.isnan(table).any(axis=1)
        vote, label = self.tokens
        size = panel.size[panel.held[vote]]
        least = np.minimum(1 / size, table[panel.item[vote], label])
        return self._per_vote(vote, least, known[panel.item])

    def count(self, which: Booleans) -> Ints:
        """How many of the chosen votes each item has, ``[items]``."""
        return np.bincount(self.panel.item[which], minlength=self.panel.items)

    def _per_vote(self, vote: Ints, values: Floats, counted: Booleans) -> Floats:
        """Sum of ``values`` over each vote's labels; NaN for blanks and what is not ``counted``."""
        total = np.bincount(vote, values, minlength=len(self.panel.code)).astype(np.float64)
        total[~(counted & self.panel.answered)] = np.nan
        return total
