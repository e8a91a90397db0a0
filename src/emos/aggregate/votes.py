"""Votes of a table as integer codes: what every aggregator here starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.patterns import DoubleVoteError, Patterns, find_patterns
from emos.errors import EmosError
from emos.tables.double_votes import Where, double_vote, where
from emos.tables.natural_order import natural_key

_ROW, _NAME = "__row__", "__name__"
_FEW_NAMES = 100_000  # up to here a cast to an enumeration is faster than a join, beyond it slower

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class VoteCodes:
    """Single-label votes by code.

    Attributes
    ----------
    items, annotators, labels : (V,) codes of each vote.
    item_ids : (n,) the item of each code, also those without a vote.
    annotator_names, label_names : the names behind the codes.
    """

    items: Codes
    annotators: Codes
    labels: Codes
    item_ids: pl.Series
    annotator_names: tuple[str, ...]
    label_names: tuple[str, ...]

    def patterns(self, gold: NDArray[np.int64] | None = None) -> Patterns:
        """The items' distinct response patterns (see `find_patterns`).

        ``gold`` is (n,), the known class of each item, -1 where unknown.

        Raises
        ------
        EmosError : for an item voted on twice by the same annotator, by their names.
        """
        try:
            return find_patterns(
                self.items,
                self.annotators,
                self.labels,
                n_items=len(self.item_ids),
                n_annotators=len(self.annotator_names),
                n_labels=len(self.label_names),
                gold=gold,
            )
        except DoubleVoteError as error:
            item, annotator = self.item_ids[error.item], self.annotator_names[error.annotator]
            raise double_vote(annotator, item) from error


def code_votes(
    votes: pl.DataFrame,
    *,
    item: str = "item_id",
    annotator: str = "annotator",
    label: str = "label",
    label_names: Sequence[str] | None = None,
    item_ids: pl.Series | None = None,
) -> VoteCodes:
    """Codes of a long votes table, one row per vote.

    Parameters
    ----------
    item, annotator, label : the columns to use. If ``votes`` also has ``file`` and ``cell``, an
        error says where the vote stands.
    label_names : the label set in order; by default the labels found, in alphabetical order.
    item_ids : all items, in order; by default those voted on, in order of appearance.

    Raises
    ------
    EmosError : for a missing column, an empty value (null or NaN), a label outside
        ``label_names`` or an item outside ``item_ids``.
    """
    _refuse_empty(votes, item, annotator, label)
    if votes.schema[label] != pl.String:
        votes = votes.with_columns(pl.col(label).cast(pl.String))
    if label_names is None:
        label_names = sorted(votes[label].unique().to_list())
    ids = item_ids
    if ids is None:  # lazily, which takes half the memory
        ids = votes.lazy().select(pl.col(item).unique(maintain_order=True)).collect()[item]
    annotators = annotator_order(votes[annotator])
    return VoteCodes(
        _codes(votes, item, ids),
        _codes(votes, annotator, pl.Series(annotators, dtype=votes.schema[annotator])),
        _codes(votes, label, pl.Series(label_names, dtype=pl.String)),
        ids.alias("item_id"),
        tuple(str(name) for name in annotators),
        tuple(label_names),
    )


def annotator_order(names: pl.Series) -> list[str]:
    """Distinct annotators with A2 before A10."""
    return sorted(names.unique().to_list(), key=lambda name: natural_key(str(name)))


def codes_of(values: pl.Series, names: pl.Series) -> Codes:
    """Place of each value in ``names``, -1 for one that is not there.

    Raises
    ------
    EmosError : if a name is listed twice.
    """
    if names.n_unique() != len(names):
        twice = names.filter(names.is_duplicated())[0]
        raise EmosError(f"{str(twice)[:60]!r} is listed twice", remedy="names must differ")
    if values.dtype == pl.String and len(names) <= _FEW_NAMES:
        places = values.cast(pl.Enum(names), strict=False).to_physical()
        return places.cast(pl.Int32).fill_null(-1).to_numpy()
    known = pl.LazyFrame({_NAME: names}).with_row_index(_ROW)
    joined = pl.LazyFrame({_NAME: values}).join(known, on=_NAME, how="left", maintain_order="left")
    return joined.select(pl.col(_ROW).cast(pl.Int32).fill_null(-1)).collect()[_ROW].to_numpy()


def outside_set(what: str, name: object, names: Sequence[object], place: Where) -> EmosError:
    """The error for a label, annotator or item that is not in its set."""
    shown = ", ".join(str(known) for known in names[:30]) + (", ..." if len(names) > 30 else "")
    return EmosError(
        f"{what} {str(name)[:60]!r} is outside the set", remedy=f"it holds {shown}", **place
    )


def _refuse_empty(votes: pl.DataFrame, *columns: str) -> None:
    for name in columns:
        if name not in votes.columns:
            raise EmosError(
                f"votes have no column {name!r}",
                remedy=f"their columns are {', '.join(votes.columns)}",
            )
        empty = votes[name].is_null()
        if votes.schema[name].is_float():
            empty |= votes[name].is_nan()
        if empty.any():
            place = where(votes, empty.arg_max() or 0)
            raise EmosError(f"a vote's {name} is empty", remedy="fill it in", **place)


def _codes(votes: pl.DataFrame, column: str, names: pl.Series) -> Codes:
    codes = codes_of(votes[column], names)
    unknown = codes < 0
    if unknown.any():
        row = int(unknown.argmax())
        raise outside_set(column, votes[column][row], names.head(31).to_list(), where(votes, row))
    return codes
