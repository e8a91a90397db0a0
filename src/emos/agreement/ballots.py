"""From the votes table to response patterns: what was asked, answered and left blank.

Items with the same answers by the same annotators are one *unit* that counts several times. Three
annotators and seven labels give at most 343, so that cost follows patterns, not items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from emos.agreement.coefficient import Floats, Ints
from emos.errors import EmosError
from emos.tables.double_votes import refuse_double_votes
from emos.tables.natural_order import natural_key
from emos.taxonomy import UNSURE

BLANK = -1  # asked, no label given (or none that could be read)
LEFT_OUT = -2  # answered "unsure" where that is left out
Unsure = Literal["label", "leave-out"]

_JOIN = "\x1f"


@dataclass(frozen=True)
class Ballots:
    """Response patterns of one group of items on one layer.

    Attributes
    ----------
    annotators : names in natural order (A2 before A10).
    labels : names of the layer's labels; `member` says which an answer holds,
        ``[answers, labels]``.
    unit, annotator, code : one entry per annotator and unit that was asked, sorted by annotator,
        then unit; ``code`` is a row of ``member``, `BLANK` or `LEFT_OUT`.
    count : items that have the pattern, ``[units]``.
    """

    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: npt.NDArray[np.bool_]
    unit: Ints
    annotator: Ints
    code: Ints
    count: Floats

    @property
    def items(self) -> int:
        """Items asked about."""
        return int(self.count.sum())

    @property
    def multi(self) -> bool:
        """Whether an answer holds more than one label."""
        return bool((self.member.sum(axis=1) > 1).any())

    def votes(self, code: int | None = None) -> int:
        """Votes with this code (`BLANK`, `LEFT_OUT`), or all that were asked for."""
        weight = self.count[self.unit]
        return int(weight.sum() if code is None else weight[self.code == code].sum())

    def blank_rows(self, *, of_all: bool = False) -> int:
        """Items that anybody (or everybody) asked left blank."""
        asked = np.bincount(self.unit, minlength=len(self.count))
        blank = np.bincount(self.unit[self.code == BLANK], minlength=len(self.count))
        return int(self.count[(blank == asked) & (asked > 0) if of_all else blank > 0].sum())


def read_ballots(
    votes: pl.DataFrame, labels: tuple[str, ...] = (), *, unsure: Unsure = "label"
) -> Ballots:
    """Reduce votes (of one group and layer) to response patterns; arguments as `code_votes`."""
    return _patterns(code_votes(votes, labels, unsure=unsure))


class CodedVotes(NamedTuple):
    """Votes as numbers.

    Attributes
    ----------
    table : columns ``item_id``, ``annotator`` (a place in ``annotators``), ``code`` (a row of
        ``member``, `BLANK` or `LEFT_OUT`); one row per vote.
    annotators, labels, member : as in `Ballots`.
    """

    table: pl.DataFrame
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    member: npt.NDArray[np.bool_]


def code_votes(
    votes: pl.DataFrame, labels: tuple[str, ...] = (), *, unsure: Unsure = "label"
) -> CodedVotes:
    """Read votes (of one group and layer) as answers.

    A vote's labels are a set: order and repetition say nothing. A vote without a label is blank,
    be it that the cell was empty or that nothing in it could be read. ``unsure`` is a label like
    another, or left out: it is taken from every set, and a vote with nothing else is no vote.

    Parameters
    ----------
    votes : columns ``item_id``, ``annotator``, ``labels`` of the votes table.
    labels : the label set; labels found in votes beyond it are added after it.

    Raises
    ------
    EmosError : if an annotator voted twice on an item, or item or annotator is missing.
    """
    _check(votes)
    sets = pl.col("labels").list.drop_nulls().list.unique().list.sort().fill_null([])
    # Unsure on a layer without that label is an answer, and no vote.
    none = sets.list.len() == 0
    without = (pl.col("status") == "unsure") & none if "status" in votes.columns else pl.lit(False)
    told = votes.select("item_id", "annotator", labels=sets, left_out=without)
    if unsure == "leave-out":
        labels = tuple(label for label in labels if label != UNSURE)
        is_unsure = pl.element() == UNSURE
        told = told.with_columns(
            left_out=pl.col("left_out")
            | (pl.col("labels").list.len() > 0) & pl.col("labels").list.eval(is_unsure).list.all(),
            labels=pl.col("labels").list.eval(pl.element().filter(~is_unsure)),
        )
    told = told.with_columns(key=pl.col("labels").list.join(_JOIN))
    answered = told.filter(~pl.col("left_out") & (pl.col("key") != ""))
    keys = answered["key"].unique().sort().to_list()
    people = tuple(sorted(told["annotator"].unique().to_list(), key=natural_key))
    place = pl.col("key").cast(pl.Enum(keys), strict=False).to_physical().cast(pl.Int64)
    coded = told.select(
        "item_id",
        annotator=pl.col("annotator").cast(pl.Enum(people)).to_physical().cast(pl.Int64),
        code=pl.when("left_out").then(LEFT_OUT).otherwise(place.fill_null(BLANK)),
    )
    return CodedVotes(coded, people, *_members([key.split(_JOIN) for key in keys], labels))


def _check(votes: pl.DataFrame) -> None:
    for column in ("item_id", "annotator"):
        if votes[column].null_count():
            raise EmosError(f"a vote has no {column}", remedy="import the votes again")
    refuse_double_votes(votes)


def _members(
    answers: list[list[str]], labels: tuple[str, ...]
) -> tuple[tuple[str, ...], npt.NDArray[np.bool_]]:
    """All labels, and which of them each answer holds."""
    found = {label for answer in answers for label in answer}
    labels = (*labels, *sorted(found - set(labels)))
    place = {label: index for index, label in enumerate(labels)}
    member = np.zeros((len(answers), len(labels)), dtype=np.bool_)
    for row, answer in enumerate(answers):
        member[row, [place[label] for label in answer]] = True
    return labels, member


def _patterns(coded: CodedVotes) -> Ballots:
    width = len(coded.member) - LEFT_OUT  # codes from LEFT_OUT on, shifted to start at 0
    ballot = pl.col("annotator") * width + pl.col("code") - LEFT_OUT
    patterns = (
        coded.table.group_by("item_id")
        .agg(ballot.sort().alias("ballot"))
        .group_by("ballot")
        .len("count")
        .sort("ballot")
    )
    ballots = patterns["ballot"].explode(empty_as_null=False).to_numpy().astype(np.int64)
    size = patterns["ballot"].list.len().to_numpy().astype(np.int64)
    unit = np.repeat(np.arange(len(size)), size)
    annotator = ballots // width
    order = np.lexsort((unit, annotator))
    return Ballots(
        annotators=coded.annotators,
        labels=coded.labels,
        member=coded.member,
        unit=unit[order],
        annotator=annotator[order],
        code=(ballots % width + LEFT_OUT)[order],
        count=patterns["count"].to_numpy().astype(np.float64),
    )
