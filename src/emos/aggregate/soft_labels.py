"""Soft labels: what several annotators' sets of labels add up to (EmoS paper, section 3.2.2).

For each label, ``share`` is the number of annotators who named it over the number who named any
(the paper's p = n / 3 with three), and ``probability`` the same made to sum to 1. A blank answer
is no vote: it is in no denominator and empties no intersection. ``votes`` says how many answers
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.votes import codes_of, outside_set
from emos.tables.double_votes import refuse_double_votes, where

_ITEM, _LABEL = "__item__", "__label__"


@dataclass(frozen=True)
class SoftLabels:
    """Counts behind the soft labels of n items over K labels.

    Attributes
    ----------
    item_ids : (n,) the items, in the order asked for.
    label_names : the label set in order.
    counts : (n, K) annotators who named each label.
    votes : (n,) annotators who named at least one label.
    """

    item_ids: pl.Series
    label_names: tuple[str, ...]
    counts: NDArray[np.int64]
    votes: NDArray[np.int64]

    @property
    def share(self) -> NDArray[np.float64]:
        """(n, K) counts / votes, in [0, 1]; NaN for an item without a vote."""
        return _divide(self.counts, self.votes)

    @property
    def probability(self) -> NDArray[np.float64]:
        """(n, K) counts / sum of counts, rows sum to 1; NaN for an item without a vote."""
        return _divide(self.counts, self.counts.sum(axis=1))

    @property
    def union_size(self) -> NDArray[np.int64]:
        """(n,) number of labels named by anyone."""
        return np.asarray(np.count_nonzero(self.counts, axis=1))

    @property
    def intersection_size(self) -> NDArray[np.int64]:
        """(n,) number of labels named by everyone who named any."""
        return np.asarray(np.count_nonzero(self._by_all(), axis=1))

    def table(self) -> pl.DataFrame:
        """Columns ``item_id, probability, share, union, intersection, votes``, a row per item."""
        width = len(self.label_names)
        return pl.DataFrame(
            {
                "item_id": self.item_ids,
                "probability": list_column(self.probability, width),
                "share": list_column(self.share, width),
                "union": self._names(self.counts > 0),
                "intersection": self._names(self._by_all()),
                "votes": self.votes,
            }
        )

    def _by_all(self) -> NDArray[np.bool_]:
        named: NDArray[np.bool_] = self.counts == self.votes[:, None]
        return named & (self.votes[:, None] > 0)

    def _names(self, chosen: NDArray[np.bool_]) -> pl.Series:
        """Names of each row's chosen labels, in the order of the label set."""
        item, label = np.nonzero(chosen)
        names = pl.Series(self.label_names, dtype=pl.String).gather(label)
        named = (
            pl.DataFrame({_ITEM: item, _LABEL: names})
            .group_by(_ITEM, maintain_order=True)
            .agg(_LABEL)
        )
        rows = pl.DataFrame({_ITEM: np.arange(len(chosen))})
        empty = pl.lit([], dtype=pl.List(pl.String))
        return rows.join(named, on=_ITEM, how="left", maintain_order="left").select(
            pl.col(_LABEL).fill_null(empty)
        )[_LABEL]


def soft_labels(
    votes: pl.DataFrame, label_names: Sequence[str], *, item_ids: pl.Series | None = None
) -> SoftLabels:
    """Count the labels of set-valued votes.

    Parameters
    ----------
    votes : ``item_id``, ``annotator``, ``labels`` (list of names), one row per answer; a row
        with an empty list is a blank and does not count.
    label_names : the label set in order, ``unsure`` included if it is one (K = 29 in the paper).
    item_ids : the items and their order; by default those of ``votes`` in order of appearance.

    Raises
    ------
    EmosError : for a label outside the set, an item outside ``item_ids``, or two answers by one
        annotator to one item.
    """
    ids = votes["item_id"].unique(maintain_order=True) if item_ids is None else item_ids
    given = votes.filter(pl.col("labels").list.len() > 0)
    items = item_codes(given, ids)
    row, label = label_codes(given, label_names, pl.Series(items))
    return SoftLabels(
        ids.alias("item_id"),
        tuple(label_names),
        count_cells(row, label, len(ids), len(label_names)),
        np.bincount(items, minlength=len(ids)),
    )


def label_codes(
    given: pl.DataFrame, label_names: Sequence[str], rows: pl.Series
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of every label of every answer, each once per answer: the answer's row, the label's code.

    ``rows`` names the row of each answer (its own place, or its item's).

    Raises
    ------
    EmosError : for a label outside the set.
    """
    named = (
        given.select(rows.alias(_ITEM), pl.col("labels").list.unique().alias(_LABEL))
        .explode(_LABEL)
        .drop_nulls(_LABEL)  # a blank
    )
    codes = codes_of(named[_LABEL], pl.Series(label_names, dtype=pl.String))
    if (codes < 0).any():
        stranger = named[_LABEL][int((codes < 0).argmax())]
        row = given["labels"].list.contains(stranger).arg_max() or 0
        raise outside_set("label", stranger, label_names, where(given, row))
    return named[_ITEM].to_numpy(), codes


def item_codes(votes: pl.DataFrame, item_ids: pl.Series) -> NDArray[np.int32]:
    """Place of each vote's item in ``item_ids``.

    Raises
    ------
    EmosError : for an item that is not there, or two answers by one annotator to one item.
    """
    refuse_double_votes(votes)
    codes = codes_of(votes["item_id"], item_ids)
    if (codes < 0).any():
        row = int((codes < 0).argmax())
        raise outside_set(
            "item", votes["item_id"][row], item_ids.head(31).to_list(), where(votes, row)
        )
    return codes


def count_cells(
    row: NDArray[np.integer], column: NDArray[np.integer], height: int, width: int
) -> NDArray[np.int64]:
    """(height, width) how often each pair of row and column occurs; columns of -1 are left out."""
    counted = column >= 0
    cells = np.multiply(row[counted], width, dtype=np.int64) + column[counted]
    return np.bincount(cells, minlength=height * width).reshape(height, width)


def list_column(values: NDArray[np.float64], width: int) -> pl.Series:
    """(n, K) numbers as a column of lists of K."""
    if not values.size:
        return pl.Series([[]] * len(values), dtype=pl.List(pl.Float64))
    flat = pl.Series(np.ascontiguousarray(values).ravel(), dtype=pl.Float64)
    return flat.reshape((len(values), width)).arr.to_list()


def _divide(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> NDArray[np.float64]:
    quotient = np.full(counts.shape, np.nan)
    np.divide(counts, totals[:, None], out=quotient, where=totals[:, None] > 0)
    return quotient
