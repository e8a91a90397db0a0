"""The answers of one group (a subset and batch on one layer), item by item in row order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.agreement.ballots import BLANK, LEFT_OUT, code_votes
from emos.agreement.coefficient import Ints
from emos.agreement.label_sets import Bits, pack_sets
from emos.taxonomy import UNSURE

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """Who answered what.

    Attributes
    ----------
    annotators, labels : their names; annotators in natural order.
    member : ``[answers, labels]``: which labels an answer holds; its last row holds none.
    item, annotator, code : one entry per vote, sorted by annotator, then item. ``code`` is a row
        of ``member``, `BLANK`, or `LEFT_OUT` for "unsure" on a layer without that label.
    item_ids : the items, in row order where it is known.
    row : ``[items]`` row in the source; None where no order is known.
    """

    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: Booleans
    item: Ints
    annotator: Ints
    code: Ints
    item_ids: pl.Series
    row: Ints | None

    @property
    def items(self) -> int:
        """Items asked about."""
        return len(self.item_ids)

    @cached_property
    def sets(self) -> Bits:
        """Each answer's labels as bits."""
        return pack_sets(self.member)

    @cached_property
    def size(self) -> Ints:
        """Labels in each answer, ``[answers]``."""
        return np.asarray(self.member.sum(axis=1))

    @cached_property
    def bounds(self) -> Ints:
        """Where each annotator's votes start, and the end: ``[annotators + 1]``."""
        return np.asarray(np.searchsorted(self.annotator, np.arange(len(self.annotators) + 1)))

    @cached_property
    def answered(self) -> Booleans:
        """Whether a vote is an answer with labels, ``[votes]``."""
        return np.asarray(self.code >= 0)

    @cached_property
    def held(self) -> Ints:
        """Each vote's row of ``member``, ``[votes]``; that without labels for what is no answer."""
        return np.where(self.answered, self.code, len(self.member) - 1)

    @cached_property
    def said(self) -> Booleans:
        """Whether a vote is an answer: with labels, or "unsure" where that is no label."""
        return np.asarray(self.code != BLANK)

    @cached_property
    def unsure(self) -> Booleans:
        """Whether a vote is "unsure" and nothing else, ``[votes]``."""
        alone: Booleans = np.zeros(len(self.member), dtype=np.bool_)
        if UNSURE in self.labels:
            alone = self.member[:, self.labels.index(UNSURE)] & (self.size == 1)
        return np.asarray((self.code == LEFT_OUT) | alone[self.held])

    @cached_property
    def multi(self) -> bool:
        """Whether an answer holds more than one label."""
        return bool((self.size[self.held] > 1).any())

    def places(self, names: tuple[str, ...]) -> Ints:
        """Where labels of these names stand, whatever their case; those missing are left out."""
        wanted = {name.casefold() for name in names}
        found = [at for at, label in enumerate(self.labels) if label.casefold() in wanted]
        return np.array(found, dtype=np.int64)


def read_panel(votes: pl.DataFrame, items: pl.DataFrame, labels: tuple[str, ...]) -> Panel:
    """The votes of one group as a panel; ``items`` gives rows by ``item_id`` and ``position``.

    Raises
    ------
    EmosError : as `code_votes`.
    """
    # "unsure" is a label where the layer has it. Elsewhere its answers hold none: left out.
    coded = code_votes(votes, labels)
    order = _row_order(votes, items)
    place = order.with_row_index("item").select("item_id", pl.col("item").cast(pl.Int64))
    table = coded.table.join(place, on="item_id", maintain_order="left").sort("annotator", "item")
    rows = order["row"]
    none = np.zeros((1, len(coded.labels)), dtype=np.bool_)
    return Panel(
        annotators=coded.annotators,
        labels=coded.labels,
        member=np.concatenate((coded.member, none)),
        item=table["item"].to_numpy(),
        annotator=table["annotator"].to_numpy(),
        code=table["code"].to_numpy(),
        item_ids=order["item_id"],
        row=None if rows.null_count() else rows.to_numpy(),
    )


def _row_order(votes: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """``item_id, row`` of the items voted on, by row; ``row`` is null if no order is known.

    The row is the item's ``position``; without one, the first row of a sheet or file in which the
    item has a vote.
    """
    asked = votes.select("item_id").unique(maintain_order=True)
    by_item = asked.join(items.select("item_id", row="position"), "item_id", "left")
    if by_item["row"].null_count() and "cell" in votes.columns:
        number = pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64, strict=False)
        first = votes.group_by("item_id").agg(row=number.min())
        by_item = asked.join(first, "item_id", "left")
    if by_item["row"].null_count():
        return asked.with_columns(row=pl.lit(None, dtype=pl.Int64))
    return by_item.sort("row", maintain_order=True)
