"""Scores that a paper prints, beside scores computed here: a reference with a mark of its own.

The printed numbers come from the paper's tables (`emos.audit.published_scores`); nothing here can
recompute them, and the clips they rest on are those the paper says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from emos.score.result import Score
from emos.tables.schemas import Schema

LEADERBOARD: Schema = {
    "model": pl.String,
    "kind": pl.String,  # scored (here) or published (in a paper)
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "printed": pl.String,  # a published value as the paper prints it
    "items": pl.String,  # what it was measured on
    "source": pl.String,  # a published one's paper and table; a scored one's signature
}


@dataclass(frozen=True)
class Published:
    """One printed score.

    Attributes
    ----------
    model : the model's name, the same in all tables.
    metric : as `Score.metrics` names it.
    value : the number, and as ``printed``, so that its precision is known.
    items : the items it was measured on, in the paper's words.
    source : the paper and the table.
    """

    model: str
    metric: str
    value: float
    printed: str
    items: str
    source: str


def leaderboard(scores: Sequence[Score], published: Iterable[Published] = ()) -> pl.DataFrame:
    """Every metric of every model in rows of `LEADERBOARD`, computed ones first.

    Published values of metrics that no score has are left out.
    """
    known = dict.fromkeys(name for score in scores for name in score.metrics)
    rows: list[tuple[object, ...]] = [
        (score.name, "scored", name, *one[:3], None, f"{score.n:,} items", score.signature)
        for score in scores
        for name, one in score.metrics.items()
    ]
    for one in published:
        if one.metric in known:
            value = (one.value, None, None, one.printed)
            rows.append((one.model, "published", one.metric, *value, one.items, one.source))
    return pl.DataFrame(rows, schema=dict(LEADERBOARD), orient="row")
