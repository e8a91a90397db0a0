"""GoEmotions label sets of a batch: clips by annotators by labels.

Three readings of a cell: ``drop`` (labels that are no label are dropped, as in the release's own
derived files), ``full`` (repaired) and ``typed`` (every distinct token counts, right or wrong).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
HALVES = {"first-2499": "first", "latter-1904": "last"}

DROPPED = "misspelt labels dropped as in the release's own tables, which repaired anoyance alone"
REPAIRED = "The same after repair of misspelt labels."
OUTSIDE = "outside the batch"


@dataclass(frozen=True)
class LabelSets:
    """Who gave which labels.

    Attributes
    ----------
    item_ids : the clips in the order of their sheet.
    annotators : the batch's three.
    labels : what the last axis of ``member`` stands for.
    member : booleans ``[clips, annotators, labels]``.
    reading : how labels were read.
    half : which half of the sheet the clips are the rows of; empty for the clips of a batch.
    """

    item_ids: list[str]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: Booleans
    reading: str = "drop"
    half: str = ""

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

    def having(self, label: str) -> Booleans:
        """Whether any annotator gave ``label``, ``[clips]``."""
        return np.asarray(self.union[:, self.labels.index(label)])

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
    evidence: Evidence,
    parts: Iterable[LabelSets],
    chosen: Callable[[LabelSets], Booleans] | None = None,
    *,
    annotator: str | None = None,
) -> Callable[[], pl.DataFrame]:
    """Makes the list of fine votes on the clips that ``chosen`` marks, or of one annotator's.

    Labels are as the parts read them (``drop`` for ``typed``: what was typed stands beside). Of
    sheet rows every annotator's cell is listed, those outside the batch marked so.
    """
    listed = tuple(parts)

    def trace() -> pl.DataFrame:
        found = []
        for sets in listed:
            item_ids = sets.item_ids if chosen is None else sets.where(chosen(sets))
            reading = "full" if sets.reading == "full" else "drop"
            votes = evidence.trace(item_ids, layer="goemotions", reading=reading)
            votes = _with_outside(evidence, sets, item_ids, votes) if sets.half else votes
            if annotator is not None:
                votes = votes.filter(pl.col("annotator") == annotator)
            found.append(votes)
        return pl.concat(found, how="diagonal")

    return trace


def _with_outside(
    evidence: Evidence, sets: LabelSets, item_ids: list[str], votes: pl.DataFrame
) -> pl.DataFrame:
    """One row per sheet row and annotator: a vote, or a cell outside the batch, blank or not."""
    cells = pl.concat([votes, strays(evidence)], how="diagonal")
    rows = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String)})
    people = pl.DataFrame({"annotator": sets.annotators})
    return (
        rows.join(people, how="cross")
        .join(cells, on=["item_id", "annotator"], how="left", maintain_order="left")
        .with_columns(
            pl.col("layer").fill_null("goemotions"),
            pl.col("labels").fill_null([]),
            pl.col("status").fill_null(f"blank, {OUTSIDE}"),
            rows=pl.lit(f"of the {sets.half} {len(sets):,}"),
        )
        .select(*votes.columns, "rows")
    )


def identical(sets: LabelSets) -> Booleans:
    """The clips on which all annotators gave the same set."""
    return sets.identical


def union_from(size: int) -> Callable[[LabelSets], Booleans]:
    """Marks the clips with at least ``size`` distinct labels."""
    return lambda sets: np.asarray(sets.union_sizes >= size)


def having(label: str) -> Callable[[LabelSets], Booleans]:
    """Marks the clips to which any annotator gave ``label``."""
    return lambda sets: sets.having(label)


def count(chosen: Callable[[LabelSets], Booleans], *parts: LabelSets) -> int:
    """How many clips are marked."""
    return sum(int(chosen(sets).sum()) for sets in parts)


def mean_union(*parts: LabelSets) -> Fraction | None:
    """Mean number of distinct labels per clip; ``None`` without a clip."""
    clips = sum(map(len, parts))
    return Fraction(sum(int(part.union_sizes.sum()) for part in parts), clips) if clips else None


def label_sets(evidence: Evidence, batch: str, reading: str) -> LabelSets:
    """The sets of a batch under a reading (``drop``, ``full``, ``typed``)."""
    votes = evidence.drop if reading == "drop" else evidence.full
    votes = votes.filter((pl.col("batch") == batch) & (pl.col("layer") == "goemotions"))
    if reading == "typed":
        votes = votes.with_columns(labels=tokens(pl.col("raw")))
    items = evidence.dataset.items.filter(pl.col("batch") == batch)
    return _fill(items, BATCHES[batch], votes, reading)


def sheet_rows(evidence: Evidence, batch: str) -> LabelSets:
    """The first or last 2,500 rows of the CH-SIMS v2 sheet as a batch's annotators filled them.

    Rows outside the batch are blank, but for cells that the ledger lists as ``outside-batch``.
    """
    items = evidence.dataset.items.filter(pl.col("subset") == "ch-sims-v2").sort("position")
    half = HALVES[batch]
    items = items.head(SHEET_ROWS) if half == "first" else items.tail(SHEET_ROWS)
    columns = ("item_id", "annotator", "labels")
    votes = evidence.drop.filter(pl.col("layer") == "goemotions").select(columns)
    filled = pl.concat([votes, strays(evidence).select(columns)])
    return replace(_fill(items, BATCHES[batch], filled, "drop"), half=half)


def strays(evidence: Evidence) -> pl.DataFrame:
    """Cells filled in outside their annotator's batch, from the ledger, as `Evidence.trace` has
    votes."""
    key = ["item_id", "annotator", "layer"]
    places = evidence.dataset.ledger.filter(pl.col("rule") == "outside-batch").select(
        *key, "file", "sheet", "cell", raw="before"
    )
    return (
        outside_batch_votes(evidence.dropped, "goemotions")
        .join(places, on=key, how="left")
        .with_columns(status=pl.lit(OUTSIDE))
    )


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


def _fill(
    items: pl.DataFrame, annotators: tuple[str, ...], votes: pl.DataFrame, reading: str
) -> LabelSets:
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
    return LabelSets(item_ids.to_list(), annotators, labels, member, reading)


def _codes(names: Iterable[str] | pl.Series, name: str, code: str) -> pl.DataFrame:
    """A table from each name to its place."""
    return pl.DataFrame({name: pl.Series(names, dtype=pl.String)}).with_row_index(code)
