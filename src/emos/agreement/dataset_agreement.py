"""Every measure of agreement of a dataset, under every blank policy, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from emos.agreement.agreement import GROUPS, TABLE, Agreement, AgreementOptions, as_names
from emos.agreement.ballots import BLANK, LEFT_OUT, Ballots, Unsure, read_ballots
from emos.agreement.blanks import BlankEffect, Figure, changed
from emos.agreement.bootstrap import percentile_interval, resampled_weights
from emos.agreement.coefficient import Floats, Weighted
from emos.agreement.measure import Measure, all_measures
from emos.agreement.policies import MAX_PAIRS, POLICIES, apply_policy
from emos.errors import EmosError
from emos.readers.opening import open_votes
from emos.readers.wording import counted
from emos.tables import Dataset, signature
from emos.tables.natural_order import natural_key
from emos.taxonomy import UNSURE


def measure_agreement(
    dataset: Dataset | str | Path,
    *,
    layers: str | Iterable[str] | None = None,
    policies: str | Iterable[str] = tuple(POLICIES),
    unsure: Unsure = "label",
    replicates: int = 1000,
    seed: int = 12345,
    confidence: float = 0.95,
    max_pairs: int = MAX_PAIRS,
) -> Agreement:
    """Agreement of every batch and layer of ``dataset`` under every blank policy.

    Parameters
    ----------
    dataset : a dataset, its folder, or a file of votes.
    layers : layers to measure (or one); all that have votes if not given.
    policies : blank policies (`emos.agreement.policies`), or one.
    unsure : ``unsure`` is a label like another, or left out with ``leave-out``.
    replicates : bootstrap resamples of the items, 2 or more; 0 for no intervals.
    seed : of the bootstrap; the same in every group and layer.
    confidence : of the percentile intervals.
    max_pairs : with more pairs of annotators in a batch, pairs are left out, and said to be.

    Raises
    ------
    EmosError : without votes, for an unknown layer or policy, for two votes by one annotator on
        an item, or for a number outside its range.
    """
    options = AgreementOptions(
        layers=None if layers is None else as_names(layers),
        policies=as_names(policies),
        unsure=unsure,
        replicates=replicates,
        seed=seed,
        confidence=confidence,
        max_pairs=max_pairs,
    )
    dataset = open_votes(dataset)
    votes = chosen_votes(dataset, options.layers)
    key = ("subset", "batch", "layer")
    groups = votes.with_columns(pl.col(key).fill_null("")).partition_by(key, as_dict=True)
    ballots = {
        place: read_ballots(groups[place], layer_labels(dataset, str(place[2])), unsure=unsure)
        for place in sorted(groups, key=lambda place: [natural_key(str(part)) for part in place])
    }
    return measure_ballots(ballots, options, votes)


def chosen_votes(dataset: Dataset, layers: tuple[str, ...] | None) -> pl.DataFrame:
    """The votes on some layers, or on all.

    Raises
    ------
    EmosError : without votes, or for a layer without any.
    """
    votes = dataset.votes
    if not votes.height:
        raise EmosError(
            "this dataset has no votes", remedy="import annotators' workbooks or a votes file"
        )
    have = votes["layer"].unique().drop_nulls().sort().to_list()
    for layer in layers or ():
        if layer not in have:
            raise EmosError(f"no votes on layer {layer!r}", remedy=f"layers: {', '.join(have)}")
    return votes if layers is None else votes.filter(pl.col("layer").is_in(layers))


def layer_labels(dataset: Dataset, layer: str) -> tuple[str, ...]:
    """The labels of a layer in order; none where only its votes can tell."""
    known = layer in dataset.info.label_sets or layer in ("basic7", "goemotions")
    return dataset.label_set(layer).labels if known else ()


def measure_ballots(
    ballots: dict[tuple[object, ...], Ballots], options: AgreementOptions, votes: pl.DataFrame
) -> Agreement:
    """Agreement of groups given as response patterns by (subset, batch, layer)."""
    table, groups, warnings, notes = [], [], [], []
    for place, group in ballots.items():
        subset, batch, layer = map(str, place)
        at = {"subset": subset, "batch": batch, "layer": layer}
        figures = _measure_group(group, options)
        table += [at | row for row in figures.rows]
        groups.append(at | _group_row(group))
        if figures.changed:
            counts = group.items, group.blank_rows(), group.blank_rows(of_all=True)
            warnings.append(BlankEffect(subset, batch, layer, *counts, figures.changed))
        notes += _notes("/".join(filter(None, (subset, batch, layer))), group, options)
    return Agreement(
        table=pl.DataFrame(table, schema=dict(TABLE)),
        groups=pl.DataFrame(groups, schema=dict(GROUPS)),
        warnings=tuple(warnings),
        notes=tuple(dict.fromkeys(notes)),
        options=options,
        signature=signature("agreement", asdict(options), votes=votes),
    )


class _Group(NamedTuple):
    rows: list[dict[str, object]]
    changed: tuple[Figure, ...]


class _Prepared(NamedTuple):
    """One measure under one policy: its rows' names and what gives their values."""

    measure: Measure
    rows: list[tuple[str, str | None]]
    weighted: list[Weighted]

    def values(self, weights: Floats) -> Floats:
        if not self.weighted:
            return np.zeros((0, weights.shape[1]))
        return np.concatenate([weighted(weights).values() for weighted in self.weighted])


def _measure_group(ballots: Ballots, options: AgreementOptions) -> _Group:
    blank = bool((ballots.code == BLANK).any())
    gaps = blank or bool((ballots.code == LEFT_OUT).any())
    # Without a gap in the answers all policies are the same; measure once.
    asked = options.policies if gaps else ("skip",)
    compared = {"skip", "agree"} if blank else set()
    prepared = {
        policy: _prepare(ballots, policy, options)
        for policy in POLICIES
        if policy in compared | set(asked)
    }
    points = {policy: _points(ballots, measures) for policy, measures in prepared.items()}
    if options.replicates:
        _add_intervals(ballots, {p: prepared[p] for p in asked}, points, options)
    rows = [
        {"policy": policy} | row
        for policy in options.policies
        for row in points[policy if gaps else "skip"]
    ]
    figures = []
    if compared:
        figures = [
            Figure(a["measure"], a["who"], a["label"], a["value"], b["value"])  # type: ignore[arg-type]
            for a, b in zip(points["skip"], points["agree"], strict=True)
        ]
    return _Group(rows, changed(figures))


def _prepare(ballots: Ballots, policy: str, options: AgreementOptions) -> list[_Prepared]:
    answers = apply_policy(ballots, policy, max_pairs=options.max_pairs)
    return [
        _Prepared(measure, measure.rows(answers), measure.prepare(answers))
        for measure in all_measures()
        if ballots.multi or not measure.sets_only
    ]


def _points(ballots: Ballots, prepared: list[_Prepared]) -> list[dict[str, object]]:
    weights = ballots.count[:, None]
    alone = "only one annotator" if len(ballots.annotators) == 1 else None
    rows: list[dict[str, object]] = []
    for measure, names, weighted in prepared:
        cells = [
            (float(value), int(parts.items[cell, 0]), parts.reason(cell))
            for parts in (function(weights) for function in weighted)
            for cell, value in enumerate(parts.values()[:, 0])
        ]
        for (who, label), (value, items, reason) in zip(names, cells, strict=True):
            rows.append(
                {
                    "measure": measure.name,
                    "who": who,
                    "label": label,
                    "value": value,
                    "low": float("nan"),
                    "high": float("nan"),
                    "items": items,
                    "reason": reason and (alone or reason),
                }
            )
    return rows


def _add_intervals(
    ballots: Ballots,
    prepared: dict[str, list[_Prepared]],
    points: dict[str, list[dict[str, object]]],
    options: AgreementOptions,
) -> None:
    """Draw items once and write every policy's limits into its rows."""
    blocks: dict[str, list[Floats]] = {policy: [] for policy in prepared}
    draws = resampled_weights(
        ballots.count,
        replicates=options.replicates,
        seed=options.seed,
        entries=len(ballots.unit),
    )
    for weights in draws:
        for policy, measures in prepared.items():
            blocks[policy].append(np.concatenate([m.values(weights) for m in measures]))
    for policy, parts in blocks.items():
        if not parts:
            continue
        limits = percentile_interval(np.concatenate(parts, axis=1), options.confidence)
        for row, low, high, undefined in zip(points[policy], *limits, strict=True):
            if row["reason"] is None:
                row["low"], row["high"] = float(low), float(high)
                if undefined:
                    row["reason"] = (
                        f"undefined in {int(undefined):,} of {options.replicates:,} resamples, "
                        "which the interval leaves out"
                    )


def _group_row(ballots: Ballots) -> dict[str, object]:
    return {
        "annotators": list(ballots.annotators),
        "items": ballots.items,
        "votes": ballots.votes(),
        "blank": ballots.votes(BLANK),
        "left_out": ballots.votes(LEFT_OUT),
        "blank_rows": ballots.blank_rows(),
        "blank_for_all": ballots.blank_rows(of_all=True),
    }


def _notes(where: str, ballots: Ballots, options: AgreementOptions) -> list[str]:
    notes = []
    people = len(ballots.annotators)
    pairs = people * (people - 1) // 2
    if pairs > options.max_pairs:
        notes.append(f"{where}: {pairs:,} pairs of annotators are not listed (max_pairs)")
    left_out = ballots.votes(LEFT_OUT)
    if left_out:
        notes.append(f"{where}: {counted(left_out, 'unsure answer')} left out")
    elif UNSURE in ballots.labels:
        notes.append("unsure counts as a label like another")
    if ballots.multi:
        notes.append(
            "where answers are sets of labels, kappa, alpha and exact match take a whole set as "
            "one answer; Jaccard and MASI say how alike two sets are"
        )
    return notes
