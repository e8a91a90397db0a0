"""Every measure of agreement of a dataset, under every blank policy, with intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import NamedTuple, get_args

import numpy as np
import polars as pl

from emos.agreement.ballots import BLANK, LEFT_OUT, Ballots, Unsure, natural, read_ballots
from emos.agreement.blanks import BlankEffect, Figure, changed
from emos.agreement.bootstrap import percentile_interval, resampled_weights
from emos.agreement.coefficient import Floats, Weighted
from emos.agreement.measure import Measure, all_measures
from emos.agreement.policies import MAX_PAIRS, POLICIES, apply_policy
from emos.errors import EmosError
from emos.tables import Dataset, signature
from emos.tables.schemas import Schema

TABLE: Schema = {
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "policy": pl.String,
    "measure": pl.String,
    "who": pl.String,  # all, or a pair (A1-A2)
    "label": pl.String,  # null unless the measure is about one label
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "items": pl.Int64,
    "reason": pl.String,  # why the value or a part of its interval is undefined, else null
}
GROUPS: Schema = {
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "annotators": pl.List(pl.String),
    "items": pl.Int64,
    "votes": pl.Int64,  # answers asked for
    "blank": pl.Int64,  # of these without a label
    "left_out": pl.Int64,  # of these unsure and left out
    "blank_rows": pl.Int64,  # items with a blank
    "blank_for_all": pl.Int64,  # items nobody answered
}


@dataclass(frozen=True)
class AgreementOptions:
    """Everything the figures depend on beside the votes; it is their signature."""

    layers: tuple[str, ...] | None = None
    policies: tuple[str, ...] = tuple(POLICIES)
    unsure: Unsure = "label"
    replicates: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    max_pairs: int = MAX_PAIRS

    def __post_init__(self) -> None:
        for policy in self.policies:
            if policy not in POLICIES:
                raise EmosError(
                    f"unknown blank policy {policy!r}", remedy=f"known are {', '.join(POLICIES)}"
                )
        if not self.policies:
            raise EmosError("no blank policy", remedy=f"known are {', '.join(POLICIES)}")
        if self.unsure not in get_args(Unsure):
            raise EmosError(
                f"unsure={self.unsure!r}", remedy=f"known are {', '.join(get_args(Unsure))}"
            )
        if self.replicates < 0 or self.seed < 0:
            raise EmosError("replicates and seed must be 0 or more")
        if not 0 < self.confidence < 1:
            raise EmosError(f"confidence {self.confidence} is not between 0 and 1")


@dataclass(frozen=True)
class Agreement:
    """Agreement of a dataset.

    Attributes
    ----------
    table : one row per group, layer, policy, measure, and pair or label (columns: `TABLE`).
    groups : one row per group and layer: how much was asked, answered and blank (`GROUPS`).
    warnings : a `BlankEffect` per group and layer in which blanks would change a figure.
    notes : what a reader must know of the rules that applied.
    signature : what was computed, on which votes, under which options.
    """

    table: pl.DataFrame
    groups: pl.DataFrame
    warnings: tuple[BlankEffect, ...]
    notes: tuple[str, ...]
    signature: str

    def value(self, measure: str, *, who: str = "all", policy: str = "skip", **at: str) -> float:
        """One figure; ``at`` narrows by ``subset``, ``batch``, ``layer``, ``label``.

        Raises
        ------
        EmosError : if none or several rows fit.
        """
        want = {"measure": measure, "who": who, "policy": policy, **at}
        rows = self.table.filter(*(pl.col(name) == value for name, value in want.items()))
        if rows.height != 1:
            raise EmosError(f"{rows.height} figures fit {want}", remedy="name one of them")
        return float(rows["value"][0])


def measure_agreement(
    dataset: Dataset,
    *,
    layers: Iterable[str] | None = None,
    policies: Iterable[str] = tuple(POLICIES),
    unsure: Unsure = "label",
    replicates: int = 1000,
    seed: int = 12345,
    confidence: float = 0.95,
    max_pairs: int = MAX_PAIRS,
) -> Agreement:
    """Agreement of every batch and layer of ``dataset`` under every blank policy.

    Parameters
    ----------
    layers : layers to measure; all that have votes if not given.
    policies : blank policies (`emos.agreement.policies`).
    unsure : ``unsure`` is a label like another, or left out with ``leave-out``.
    replicates : bootstrap resamples of the items; 0 for no intervals.
    seed : of the bootstrap; the same in every group and layer.
    confidence : of the percentile intervals.
    max_pairs : with more pairs of annotators in a batch, pairs are left out, and said to be.

    Raises
    ------
    EmosError : without votes, for an unknown layer or policy, or for two votes by one annotator
        on an item.
    """
    options = AgreementOptions(
        layers=None if layers is None else tuple(layers),
        policies=tuple(policies),
        unsure=unsure,
        replicates=replicates,
        seed=seed,
        confidence=confidence,
        max_pairs=max_pairs,
    )
    votes = dataset.votes
    if not votes.height:
        raise EmosError(
            "this dataset has no votes", remedy="import annotators' workbooks or a votes file"
        )
    have = votes["layer"].unique().drop_nulls().sort().to_list()
    for layer in options.layers or ():
        if layer not in have:
            raise EmosError(f"no votes on layer {layer!r}", remedy=f"layers: {', '.join(have)}")
    if options.layers is not None:
        votes = votes.filter(pl.col("layer").is_in(options.layers))
    key = ("subset", "batch", "layer")
    groups = votes.with_columns(pl.col(key).fill_null("")).partition_by(key, as_dict=True)
    ballots = {
        place: read_ballots(groups[place], _labels(dataset, str(place[2])), unsure=unsure)
        for place in sorted(groups, key=lambda place: [natural(str(part)) for part in place])
    }
    return measure_ballots(ballots, options, votes)


def _labels(dataset: Dataset, layer: str) -> tuple[str, ...]:
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
        notes += [f"{'/'.join(filter(None, map(str, place)))}: {note}" for note in figures.notes]
    return Agreement(
        table=pl.DataFrame(table, schema=dict(TABLE)),
        groups=pl.DataFrame(groups, schema=dict(GROUPS)),
        warnings=tuple(warnings),
        notes=tuple(notes),
        signature=signature("agreement", asdict(options), votes=votes),
    )


class _Group(NamedTuple):
    rows: list[dict[str, object]]
    changed: tuple[Figure, ...]
    notes: list[str]


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
    return _Group(rows, changed(figures), _notes(ballots, options))


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


def _notes(ballots: Ballots, options: AgreementOptions) -> list[str]:
    notes = []
    people = len(ballots.annotators)
    pairs = people * (people - 1) // 2
    if pairs > options.max_pairs:
        notes.append(f"{pairs:,} pairs of annotators are not listed (max_pairs)")
    left_out = ballots.votes(LEFT_OUT)
    if left_out:
        notes.append(f"{left_out:,} unsure answers are left out")
    elif "unsure" in ballots.labels:
        notes.append("unsure counts as a label like another (unsure='leave-out' leaves it out)")
    return notes
