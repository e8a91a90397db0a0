"""Score one model's predictions: every family of metrics whose data are present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from emos.errors import EmosError
from emos.readers.predictions import read_predictions
from emos.score.basic7 import NO_CLASS
from emos.score.expected import Expected, expected_items
from emos.score.family import Context, FamilyScore, all_families
from emos.score.hashes import gold_hash, predictions_hash
from emos.score.options import ScoreOptions
from emos.score.policies import POLICIES
from emos.score.result import Score
from emos.score.scope import Scope, narrowed
from emos.tables import Dataset
from emos.tables.predictions import STATUSES, Predictions
from emos.tables.signature import signature
from emos.taxonomy import BASIC7


def score_predictions(
    dataset: Dataset | str | Path,
    predictions: Predictions | str | Path,
    options: ScoreOptions | None = None,
) -> Score:
    """Hold a model's answers against a dataset's labels.

    Parameters
    ----------
    dataset : a dataset or its folder.
    predictions : answers, or the file or run's folder to read them from.
    options : which items, under which policy, with which intervals; the defaults otherwise.

    Raises
    ------
    EmosError : if something cannot be read, a name is unknown, or nothing can be scored.
    """
    return score_all(dataset, [predictions], options)[0]


def score_all(
    dataset: Dataset | str | Path,
    predictions: Sequence[Predictions | str | Path],
    options: ScoreOptions | None = None,
) -> list[Score]:
    """Each one of several by itself; what is expected of one does not depend on the others."""
    options = options or ScoreOptions()
    data = dataset if isinstance(dataset, Dataset) else Dataset.load(dataset)
    scores = []
    for one in predictions:
        given = read(one)
        scope = narrowed(data, [given], options)
        expected = expected_items(data, [given], scope.options)
        scores.append(score_context(make_context(data, given, expected, scope)))
    return scores


def read(predictions: Predictions | str | Path) -> Predictions:
    """The predictions, read if they are a path."""
    return predictions if isinstance(predictions, Predictions) else read_predictions(predictions)


def make_context(
    dataset: Dataset, predictions: Predictions, expected: Expected, scope: Scope
) -> Context:
    """The answers to the expected items; what is worth saying of them joins their notes."""
    answers = predictions.complete(expected.items["item_id"])
    return Context(
        dataset,
        expected.items,
        replace(answers, notes=(*predictions.notes, *scope.notes, *expected.notes)),
        scope.options,
        expected.gold_hash,
    )


def score_context(context: Context, found: Mapping[str, FamilyScore] | None = None) -> Score:
    """The score that the families' results make together.

    Parameters
    ----------
    found : the families' results if they are there already (`families_of`).
    """
    found = families_of(context) if found is None else found
    counted = _counted(context)
    rates, notes = _rates(context, counted, "basic7" in found)
    notes += [note for one in found.values() for note in one.notes]
    return Score(
        name=context.predictions.name,
        metrics={name: value for one in found.values() for name, value in one.metrics.items()},
        n=int(counted.sum()),
        rates=rates,
        signature=signature("score", parameters_of(context, tuple(found))),
        tables={"answers": _answers(context)}
        | {name: table for one in found.values() for name, table in one.tables.items()},
        notes=(*context.predictions.notes, *notes),
    )


def families_of(context: Context) -> dict[str, FamilyScore]:
    """What each family that the options ask for and the data allow says.

    Raises
    ------
    EmosError : for an unknown family, or if none has anything to score.
    """
    known = all_families()
    asked = context.options.families or tuple(known)
    unknown = [name for name in (*asked, *context.options.settings) if name not in known]
    if unknown:
        raise EmosError(
            f"no family of metrics {unknown[0]!r}", remedy=f"there are {', '.join(known)}"
        )
    found = {
        name: result
        for name, family in known.items()
        if name in asked and (result := family.score(context)) is not None
    }
    if not found:
        raise EmosError(
            f"nothing can be scored by {', '.join(asked)}",
            file=context.predictions.file or None,
            remedy="the dataset needs labels of the layer that the predictions answer",
        )
    return found


def _counted(context: Context) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The items that ``n`` and the rates are about: the clips, or else the monologues."""
    clips = ~context.monologue
    return clips if clips.any() else context.monologue


def _rates(
    context: Context, counted: np.ndarray[Any, np.dtype[np.bool_]], basic7: bool
) -> tuple[dict[str, float], list[str]]:
    """The share of each status, and notes on what was not usable.

    An answer that says ``ok`` and is no label of the set is ``invalid``.
    """
    answers = context.predictions.items.filter(pl.Series(counted))
    status = answers["status"]
    notes = []
    if basic7:
        no_label = (status == "ok") & ~answers["basic7"].is_in(BASIC7.labels).fill_null(False)
        status = answers.select(
            pl.when(no_label).then(pl.lit("invalid")).otherwise(status).alias("status")
        ).to_series()
        strange = answers.filter(no_label)["basic7"].drop_nulls()
        if len(strange):
            common = strange.value_counts(sort=True, name="n").sort(
                "n", "basic7", descending=[True, False]
            )
            examples = ", ".join(
                f"{label[:40]!r} ({n:,})" for label, n in common.head(3).iter_rows()
            )
            notes.append(f"{len(strange):,} answers are no Basic-7 label: {examples}")
    counts = dict(status.value_counts().iter_rows())
    rates = {name: counts.get(name, 0) / len(status) for name in STATUSES}
    if rates["ok"] < 1:
        each = [f"{name} {rates[name]:.1%}" for name in STATUSES[1:] if rates[name]]
        notes.append(
            f"{1 - rates['ok']:.1%} of items have no usable answer ({', '.join(each)}); each "
            f"{POLICIES[context.options.policy]}"
        )
    return rates, notes


def _answers(context: Context) -> pl.DataFrame:
    """Each item with its label, its answer, and what that counted as (null if left out)."""
    counts_as = np.array([*BASIC7.labels, NO_CLASS, None], dtype=object)[context.predicted]
    return (
        context.labels()
        .select("item_id", "label", "tier")
        .with_columns(
            context.predictions.items["basic7"].alias("answer"),
            context.predictions.items["status"],
            context.predictions.items["confidence"],
            counts_as=pl.Series(counts_as, dtype=pl.String),
        )
    )


def parameters_of(context: Context, families: tuple[str, ...]) -> dict[str, Any]:
    """What a signature names: every option, the settings of the families, and the data."""
    options = context.options
    parameters: dict[str, Any] = {"families": families, "n": int(_counted(context).sum())}
    for one in fields(options):
        value = getattr(options, one.name)
        if one.name not in ("families", "settings"):
            parameters[one.name] = "all" if value == () else value
    for family in families:
        chosen = context.settings(family)
        for one in fields(chosen) if chosen is not None else ():
            parameters[f"{family}.{one.name}"] = getattr(chosen, one.name)
    parameters["gold"] = context.gold_hash or gold_hash(context.dataset, context.items)
    parameters["predictions"] = predictions_hash(context.predictions)
    return parameters
