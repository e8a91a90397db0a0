"""Several models on the same items: each score, and every pair's difference with its interval.

All models are resampled together: one draw of items (or groups) gives a replicate of every metric
of every model, so that the interval of a difference allows for what is hard for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from emos.agreement.bootstrap import percentile_interval
from emos.errors import EmosError
from emos.score.basic7 import outcomes
from emos.score.expected import expected_items
from emos.score.family import Context, FamilyScore, Part
from emos.score.metric import Floats, cell_names
from emos.score.options import ScoreOptions
from emos.score.paired import bootstrap_p, holm, mcnemar
from emos.score.resampling import UnitSums, draws
from emos.score.result import Score
from emos.score.scope import narrowed
from emos.score.score import families_of, make_context, parameters_of, read, score_context
from emos.tables import Dataset
from emos.tables.predictions import Predictions
from emos.tables.schemas import Schema
from emos.tables.signature import signature

DIFFERENCES: Schema = {
    "metric": pl.String,
    "a": pl.String,
    "b": pl.String,
    "value_a": pl.Float64,
    "value_b": pl.Float64,
    "difference": pl.Float64,  # a - b
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "p_holm": pl.Float64,  # corrected over the pairs of this metric
}
MCNEMAR: Schema = {
    "a": pl.String,
    "b": pl.String,
    "both": pl.Int64,
    "only_a": pl.Int64,
    "only_b": pl.Int64,
    "neither": pl.Int64,
    "p_exact": pl.Float64,
    "chi2": pl.Float64,
    "p_chi2": pl.Float64,
    "p_holm": pl.Float64,  # of p_exact, over all pairs
}


@dataclass(frozen=True)
class Comparison:
    """Several models held against the same labels and against each other.

    Attributes
    ----------
    scores : one per model, in the order given.
    differences : a row per metric and pair (`DIFFERENCES`).
    mcnemar : a row per pair (`MCNEMAR`); none unless Basic-7 was answered.
    notes : what a reader must know.
    signature : what was computed, on which data, under which rules.
    """

    scores: tuple[Score, ...]
    differences: pl.DataFrame
    mcnemar: pl.DataFrame
    notes: tuple[str, ...]
    signature: str

    def to_json(self) -> dict[str, Any]:
        """``signature, scores, differences, mcnemar, notes``; undefined is ``null``."""
        return {
            "signature": self.signature,
            "scores": [score.to_json() for score in self.scores],
            "differences": self.differences.to_dicts(),
            "mcnemar": self.mcnemar.to_dicts(),
            "notes": list(self.notes),
        }


class _Replicates(NamedTuple):
    """One metric cell of all models: values ``[models]``, replicates ``[models, replicates]``.

    Without replicates one column of NaN.
    """

    values: Floats
    replicates: Floats


def compare_predictions(
    dataset: Dataset | str | Path,
    predictions: Sequence[Predictions | str | Path],
    options: ScoreOptions | None = None,
) -> Comparison:
    """Score two models or more on the items that are expected of all of them, and compare.

    Parameters
    ----------
    dataset, options : as for `score_predictions`.
    predictions : answers, or files or run folders to read them from; equal names are numbered.

    Raises
    ------
    EmosError : for fewer than two, or as `score_predictions`.
    """
    options = options or ScoreOptions()
    if len(predictions) < 2:
        raise EmosError("one set of predictions", remedy="give two or more to compare")
    data = dataset if isinstance(dataset, Dataset) else Dataset.load(dataset)
    given = _named_apart([read(one) for one in predictions])
    scope = narrowed(data, given, options)
    expected = expected_items(data, given, scope.options)
    contexts = [make_context(data, one, expected, scope) for one in given]
    found = [families_of(context) for context in contexts]
    scores = tuple(
        score_context(context, families) for context, families in zip(contexts, found, strict=True)
    )
    cells, notes = _cells(contexts, found)
    names = [score.name for score in scores]
    return Comparison(
        scores,
        _differences(names, cells, options.confidence),
        _mcnemar_table(names, contexts) if all("basic7" in one for one in found) else _empty(),
        tuple(notes),
        _signature(contexts, found),
    )


def _named_apart(predictions: Sequence[Predictions]) -> list[Predictions]:
    """Each name once, so that a row says which run it means: ``run``, ``run (2)``."""
    taken: set[str] = set()
    apart = []
    for one in predictions:
        name, number = one.name, 1
        while name in taken:
            number += 1
            name = f"{one.name} ({number})"
        taken.add(name)
        apart.append(replace(one, name=name))
    return apart


def _cells(
    contexts: Sequence[Context], found: Sequence[Mapping[str, FamilyScore]]
) -> tuple[dict[str, _Replicates], list[str]]:
    """Every metric that all models have, resampled together."""
    cells: dict[str, _Replicates] = {}
    notes = []
    for family in dict.fromkeys(name for one in found for name in one):
        parts = [one[family].parts if family in one else () for one in found]
        if not any(parts):
            continue
        if len({len(one) for one in parts}) > 1:
            notes.append(f"{family} is not compared: not every run has answers for it")
            continue
        for each in zip(*parts, strict=True):
            cells |= _resampled(contexts[0], each)
    return cells, notes


def _resampled(context: Context, parts: Sequence[Part]) -> dict[str, _Replicates]:
    """The cells of one part, of each model on the same draws."""
    about = parts[0].unit >= 0
    sums = [UnitSums(part.unit[about], part.n_units) for part in parts]

    def values(weights: Floats) -> Floats:
        """``[models, cells, samples]``."""
        samples = [part.sample(add(weights)) for part, add in zip(parts, sums, strict=True)]
        return np.stack(
            [
                np.concatenate([metric.value(sample) for metric in part.metrics])
                for part, sample in zip(parts, samples, strict=True)
            ]
        )

    n = int(about.sum())
    by_group = context.options.by == "group"
    blocks = draws(
        np.ones(n),
        group=np.unique(context.group[about], return_inverse=True)[1] if by_group else None,
        replicates=context.options.replicates,
        seed=context.options.seed,
        entries=max(n, *(part.entries for part in parts)),
    )
    points = values(np.ones((n, 1)))
    replicates = [values(weights) for weights in blocks]
    none = np.full((*points.shape[:2], 1), np.nan)
    whole = np.concatenate(replicates, axis=2) if replicates else none
    names = [name for metric in parts[0].metrics for name in cell_names(metric, parts[0].classes)]
    return {
        name: _Replicates(points[:, cell, 0], whole[:, cell]) for cell, name in enumerate(names)
    }


def _differences(
    names: Sequence[str], cells: Mapping[str, _Replicates], confidence: float
) -> pl.DataFrame:
    pairs = list(combinations(range(len(names)), 2))
    first, second = (list(part) for part in zip(*pairs, strict=True))
    frames = []
    for metric, cell in cells.items():
        difference = cell.values[first] - cell.values[second]
        replicates = cell.replicates[first] - cell.replicates[second]
        limits = percentile_interval(replicates, confidence)
        p = bootstrap_p(difference, replicates)
        frames.append(
            pl.DataFrame(
                {
                    "metric": [metric] * len(pairs),
                    "a": [names[place] for place in first],
                    "b": [names[place] for place in second],
                    "value_a": cell.values[first],
                    "value_b": cell.values[second],
                    "difference": difference,
                    "low": limits.low,
                    "high": limits.high,
                    "p": p,
                    "p_holm": holm(p),
                },
                schema=dict(DIFFERENCES),
            )
        )
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(DIFFERENCES))


def _mcnemar_table(names: Sequence[str], contexts: Sequence[Context]) -> pl.DataFrame:
    """Each pair's test over the items that count for both."""
    counted, right = zip(*map(outcomes, contexts), strict=True)
    pairs = list(combinations(range(len(names)), 2))
    tests = []
    for a, b in pairs:
        both = counted[a] & counted[b]
        tests.append(mcnemar(right[a][both], right[b][both]))
    return pl.DataFrame(
        [
            {"a": names[a], "b": names[b], **test._asdict()}
            for (a, b), test in zip(pairs, tests, strict=True)
        ],
        schema={name: kind for name, kind in MCNEMAR.items() if name != "p_holm"},
    ).with_columns(p_holm=pl.Series(holm(np.array([test.p_exact for test in tests]))))


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema=dict(MCNEMAR))


def _signature(contexts: Sequence[Context], found: Sequence[Mapping[str, FamilyScore]]) -> str:
    each = [
        parameters_of(context, tuple(families))
        for context, families in zip(contexts, found, strict=True)
    ]
    hashes = tuple(parameters["predictions"] for parameters in each)
    return signature("compare", each[0] | {"predictions": hashes})
