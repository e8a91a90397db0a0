"""Options narrowed to what runs were asked about, where their ``run.toml`` says so.

An item that a run was never asked about is no missing answer. What a run says it is about was
written before its first answer, so that no answer decides on it; a choice of subsets or languages
by whoever scores goes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.score.options import ScoreOptions
from emos.tables import Dataset
from emos.tables.predictions import Predictions


class Scope(NamedTuple):
    """The options as they apply, and a note on each that was narrowed."""

    options: ScoreOptions
    notes: tuple[str, ...]


def narrowed(dataset: Dataset, predictions: Sequence[Predictions], options: ScoreOptions) -> Scope:
    """The subsets and languages that all of ``predictions`` were asked about.

    Raises
    ------
    EmosError : if there is none.
    """
    notes = []
    items = dataset.items
    for field, column in (("subsets", "subset"), ("languages", "language")):
        chosen = getattr(options, field)
        if not chosen:
            known = set(items[column].drop_nulls())
            common = known.intersection(
                *(getattr(one.asked, field) for one in predictions if one.asked is not None)
            )
            if not common and known:
                raise EmosError(
                    f"no {column} of this dataset is one that all runs were asked about",
                    file=predictions[0].file or None,
                    remedy="score each run by itself, or on its own dataset",
                )
            if common != known:
                chosen = tuple(sorted(common))
                narrower: dict[str, Any] = {field: chosen}
                options = replace(options, **narrower)
                notes.append(
                    f"only {column} {', '.join(chosen)}: what the run was asked about (run.toml); "
                    f"--{column} chooses otherwise"
                )
        if chosen:
            items = items.filter(pl.col(column).is_in(list(chosen)))
    return Scope(options, tuple(notes))
