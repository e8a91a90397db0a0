"""From posteriors to rows of the labels table: label, confidence, tier, reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from emos.aggregate.majority import SoftVote, majority
from emos.aggregate.soft_labels import list_column
from emos.aggregate.tiers import THRESHOLDS, TIERS, tiers
from emos.aggregate.ties import POSTERIOR_TIE, Largest, largest, value_of

Floats = NDArray[np.float64]

# Why a label is what it is, beside the method's own name.
TIE = "posterior_tie"  # two classes are equally probable: the first in alphabetical order
GOLD = "gold"  # the class was known
NO_VOTES = "no_votes"  # no label
# The vote itself; nothing tells how far to trust it.
ONE_ANNOTATOR = "one_annotator"
ISOLATED = "isolated_annotator"  # who shares no item with anybody
UNDECIDED = (NO_VOTES, GOLD, ONE_ANNOTATOR, ISOLATED)  # by no method


def decide(
    label_names: Sequence[str],
    posterior: Floats,
    vote: SoftVote,
    *,
    gold: NDArray[np.int64],
    thresholds: tuple[float, float],
    method: str,
    unjudged: NDArray[np.bool_],
    alone: str = ISOLATED,
    chosen: NDArray[np.int64] | None = None,
    low: Floats | None = None,
    high: Floats | None = None,
) -> pl.DataFrame:
    """Rows of the labels table, without item columns, for m patterns or items.

    Parameters
    ----------
    label_names : the K labels in the order of ``posterior``.
    posterior : (m, K); a row of NaN is undefined.
    vote : the same m rows' votes.
    gold : (m,) known class, -1 where unknown.
    thresholds : of the High and the Medium tier.
    method : the reason of a label that nothing else explains.
    unjudged : (m,) the only vote is by an annotator whom nothing tells about (see `find_overlap`):
        the label is that vote, its confidence undefined.
    alone : the reason given for these.
    chosen : (m,) labels by a method that gives no posterior.
    low, high : (m,) bootstrap interval.
    """
    top = largest(posterior, label_names, within=POSTERIOR_TIE)
    if chosen is not None:
        top = Largest(chosen, np.zeros(len(chosen), dtype=np.bool_))
    unvoted = (vote.votes == 0) & (gold < 0)
    label = np.where(unvoted, -1, top.label)
    plain = majority(vote.share, label_names)
    label = np.where(unjudged, plain.label, label)
    posterior = np.where(unjudged[:, None], np.nan, posterior)
    confidence = value_of(posterior, label)
    tier = tiers(
        confidence,
        vote.unique_labels,
        votes=vote.votes,
        high=thresholds[0],
        medium=thresholds[1],
    )
    reason = np.select(
        [unvoted, gold >= 0, unjudged, top.tied],
        [NO_VOTES, GOLD, alone, TIE],
        default=method,
    )
    return pl.DataFrame(
        {
            "label": names_of(label, label_names),
            "confidence": confidence,
            "tier": names_of(tier, TIERS),
            "posterior": list_column(posterior, len(label_names)),
            "unique_labels": vote.unique_labels,
            "votes": vote.votes,
            "low": _interval_end(low, unjudged),
            "high": _interval_end(high, unjudged),
            "reason": reason,
            "majority": names_of(plain.label, label_names),
            "majority_share": plain.share,
        }
    )


def over_items(
    items: pl.DataFrame,
    layer: str,
    label_names: Sequence[str],
    rows: pl.DataFrame | None,
    row_of_item: NDArray[np.integer],
) -> pl.DataFrame:
    """The labels table: every item with its decided row, one without a vote stated as such.

    ``items`` has ``item_id, subset, batch`` (and columns that are left out), ``row_of_item`` its
    place in ``rows`` (see `decide`), -1 for an item without a vote.
    """
    none = _no_votes(label_names)
    rows = none if rows is None else pl.concat([rows, none], how="vertical_relaxed")
    places = np.where(row_of_item < 0, rows.height - 1, row_of_item)
    return items.select("item_id", "subset", "batch", pl.lit(layer).alias("layer")).hstack(
        rows[places]
    )


def _no_votes(label_names: Sequence[str]) -> pl.DataFrame:
    undefined = np.full((1, len(label_names)), np.nan)
    none = np.zeros(1, dtype=np.int64)
    return decide(
        label_names,
        undefined,
        SoftVote(undefined, none, none),
        gold=np.full(1, -1, dtype=np.int64),
        thresholds=THRESHOLDS,
        method=NO_VOTES,
        unjudged=np.zeros(1, dtype=np.bool_),
    )


def names_of(codes: NDArray[np.integer], names: Sequence[str]) -> pl.Series:
    """The name of each code, null for -1."""
    column = pl.Series(names, dtype=pl.String)
    return column.gather(pl.Series(codes, dtype=pl.Int64).replace(-1, None))


def _interval_end(values: Floats | None, unjudged: NDArray[np.bool_]) -> pl.Series:
    if values is None:
        return pl.repeat(None, len(unjudged), dtype=pl.Float64, eager=True)
    return pl.Series(np.where(unjudged, np.nan, values), dtype=pl.Float64)
