"""GoEmotions label sets of a batch: clips by annotators by labels.

Three readings of a cell: ``drop`` (labels that are no label are dropped, as in the release's own
derived files), ``full`` (repaired) and ``typed`` (every distinct token counts, right or wrong).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.agreement import outside_batch_votes, pairwise_jaccard
from emos.audit import Evidence
from emos.taxonomy import GOEMOTIONS

Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

CH_SIMS = {"first-2499": ("A1", "A2", "A3"), "latter-1904": ("A4", "A5", "A6")}
MELD = {"first-3000": ("A7", "A8", "A9"), "last-2000": ("A10", "A11", "A12")}
BATCHES = CH_SIMS | MELD

# The release compared CH-SIMS v2 by halves of this many sheet rows, not by the rows annotated.
SHEET_ROWS = 2500


@dataclass(frozen=True)
class LabelSets:
    """Who gave which labels.

    Attributes
    ----------
    item_ids : the clips in the order of their sheet.
    annotators : the batch's three.
    labels : what the last axis of ``member`` stands for.
    member : booleans ``[clips, annotators, labels]``.
    """

    item_ids: list[str]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: Booleans

    def __len__(self) -> int:
        return len(self.item_ids)

    @cached_property
    def sizes(self) -> Integers:
        """Labels per clip and annotator, ``[clips, annotators]``."""
        return np.asarray(self.member.sum(axis=2))

    @cached_property
    def union(self) -> Booleans:
        """Whether any annotator gave the label, ``[clips, labels]``."""
        return np.asarray(self.member.any(axis=1))

    @cached_property
    def union_sizes(self) -> Integers:
        """Distinct labels per clip."""
        return np.asarray(self.union.sum(axis=1))

    @cached_property
    def identical(self) -> Booleans:
        """Whether all annotators gave the same set; three blanks are the same."""
        return np.asarray((self.member == self.member[:, :1]).all(axis=(1, 2)))

    def total(self, annotator: str) -> int:
        """Labels that an annotator gave."""
        return int(self.sizes[:, self.annotators.index(annotator)].sum())

    def blanks(self, annotator: str) -> int:
        """Clips on which an annotator's set is empty."""
        return int((self.sizes[:, self.annotators.index(annotator)] == 0).sum())

    def counts(self, annotator: str) -> dict[str, int]:
        """How often an annotator gave each label."""
        given = self.member[:, self.annotators.index(annotator)].sum(axis=0)
        return dict(zip(self.labels, given.tolist(), strict=True))

    def clips_with(self, label: str) -> int:
        """Clips to which any annotator gave ``label``."""
        return int(self.union[:, self.labels.index(label)].sum())

    def jaccard(self, first: str, second: str) -> float:
        """Mean Jaccard similarity over all clips: 0 beside one blank, 1 for two; NaN for none."""
        if not len(self):
            return float("nan")
        a, b = (self.member[:, self.annotators.index(name)] for name in (first, second))
        return pairwise_jaccard(a, b).value

    def where(self, chosen: Booleans) -> list[str]:
        """The clips that ``chosen`` marks."""
        return [self.item_ids[place] for place in np.flatnonzero(chosen)]


def traced(
    evidence: Evidence, item_ids: list[str], annotator: str | None = None
) -> Callable[[], pl.DataFrame]:
    """Makes the list of fine votes on some clips, or of one annotator's, with their cells."""

    def trace() -> pl.DataFrame:
        votes = evidence.trace(item_ids, layer="goemotions")
        return votes if annotator is None else votes.filter(pl.col("annotator") == annotator)

    return trace


def mean_union(*parts: LabelSets) -> Fraction | None:
    """Mean number of distinct labels per clip; ``None`` without a clip."""
    clips = sum(map(len, parts))
    return Fraction(sum(int(part.union_sizes.sum()) for part in parts), clips) if clips else None


def unions_from(size: int, *parts: LabelSets) -> int:
    """Clips with at least ``size`` distinct labels."""
    return sum(int((part.union_sizes >= size).sum()) for part in parts)


def exact_matches(*parts: LabelSets) -> int:
    """Clips on which all annotators gave the same set."""
    return sum(int(part.identical.sum()) for part in parts)


def label_sets(evidence: Evidence, batch: str, reading: str) -> LabelSets:
    """The sets of a batch under a reading (``drop``, ``full``, ``typed``)."""
    votes = evidence.drop if reading == "drop" else evidence.full
    votes = votes.filter((pl.col("batch") == batch) & (pl.col("layer") == "goemotions"))
    if reading == "typed":
        votes = votes.with_columns(labels=tokens(pl.col("raw")))
    items = evidence.dataset.items.filter(pl.col("batch") == batch)
    return _fill(items, BATCHES[batch], votes)


def sheet_rows(evidence: Evidence, batch: str) -> LabelSets:
    """The first or last 2,500 rows of the CH-SIMS v2 sheet as a batch's annotators filled them.

    Rows outside the batch are blank, but for cells that the ledger lists as ``outside-batch``.
    """
    items = evidence.dataset.items.filter(pl.col("subset") == "ch-sims-v2").sort("position")
    items = items.head(SHEET_ROWS) if batch == "first-2499" else items.tail(SHEET_ROWS)
    columns = ("item_id", "annotator", "labels")
    votes = evidence.drop.filter(pl.col("layer") == "goemotions").select(columns)
    strays = outside_batch_votes(evidence.dataset, "goemotions").select(columns)
    return _fill(items, BATCHES[batch], pl.concat([votes, strays]))


def tokens(raw: pl.Expr) -> pl.Expr:
    """The distinct tokens of a cell as typed, blanks around them aside."""
    return (
        raw.fill_null("")
        .str.split(";")
        .list.eval(pl.element().str.strip_chars())
        .list.eval(pl.element().filter(pl.element() != ""))
        .list.unique(maintain_order=True)
    )


class BlankSplit(NamedTuple):
    """Parts of an annotator's cells if every blank separates, empty ones counted, and blanks."""

    parts: int
    blanks: int


def tokens_between_blanks(evidence: Evidence, batch: str, annotator: str) -> BlankSplit:
    """Count what a split at every blank would find in an annotator's cells."""
    raw = evidence.dataset.votes.filter(
        (pl.col("batch") == batch)
        & (pl.col("layer") == "goemotions")
        & (pl.col("annotator") == annotator)
    )["raw"].drop_nulls()
    blanks = int(raw.str.count_matches(r"\s").sum())
    return BlankSplit(len(raw) + int(raw.str.count_matches(";").sum()) + blanks, blanks)


def _fill(items: pl.DataFrame, annotators: tuple[str, ...], votes: pl.DataFrame) -> LabelSets:
    """Label sets of ``items``: what ``votes`` say, blank where they say nothing."""
    item_ids = items.sort("position")["item_id"]
    given = (
        votes.select("item_id", "annotator", label="labels")
        .explode("label")
        .drop_nulls()
        .join(_codes(item_ids, "item_id", "clip"), on="item_id")
        .join(_codes(annotators, "annotator", "who"), on="annotator")
    )
    extra = sorted(set(given["label"].unique()) - set(GOEMOTIONS.labels))
    labels = (*GOEMOTIONS.labels, *extra)
    given = given.join(_codes(labels, "label", "what"), on="label")
    member = np.zeros((len(item_ids), len(annotators), len(labels)), dtype=np.bool_)
    member[given["clip"].to_numpy(), given["who"].to_numpy(), given["what"].to_numpy()] = True
    return LabelSets(item_ids.to_list(), annotators, labels, member)


def _codes(names: Iterable[str] | pl.Series, name: str, code: str) -> pl.DataFrame:
    """A table from each name to its place."""
    return pl.DataFrame({name: pl.Series(names, dtype=pl.String)}).with_row_index(code)
