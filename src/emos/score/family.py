"""A family of metrics: what it scores, and where to find all of them.

A new family is one module (or package) of this room with::

    METRICS = (Metric("goemotions/micro_f1", family="goemotions", ...), ...)

    @dataclass(frozen=True)
    class GoEmotionsOptions:            # only if the family has choices of its own
        threshold: str = "1/3"

    def score(context: Context) -> FamilyScore | None:
        chosen = context.settings("goemotions")     # the options: the user's, or the default
        ...
        part = Part(METRICS, sample, unit, classes)
        return FamilyScore(context.estimates(part), tables={...}, notes=(...), parts=(part,))

    FAMILY = Family("goemotions", score, options=GoEmotionsOptions())

and joins by being there. ``score`` returns None where the data it needs are absent (the dataset
has no such labels, the predictions no such answers). Everything in `Context` is aligned: row i of
``items``, ``predictions.items``, ``labels()``, ``soft_labels()``, ``gold`` and ``predicted`` is
one and the same item. An item that was not answered is there, with status ``missing``.

A family whose metrics cannot be written as statistics of units may fill ``metrics`` itself with
`Estimate` values and leave ``parts`` empty; it then has no part in paired comparison.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

import emos.score
from emos.score.metric import Floats, Ints, Metric
from emos.score.options import ScoreOptions
from emos.score.policies import coded
from emos.score.resampling import UnitSums, estimates
from emos.score.result import Estimate
from emos.tables import Dataset
from emos.tables.predictions import Predictions
from emos.taxonomy import BASIC7


@dataclass(frozen=True)
class Part:
    """Metrics of one sample class, and how items reduce to its units.

    Attributes
    ----------
    metrics : of one family, all taken from one sample.
    sample : makes the family's sample of weights ``[units, samples]``.
    unit : the unit of each item of the context, ``[items]``, from 0; -1 for an item that these
        metrics are not about, whatever a model answers. An answer that a policy leaves out still
        has a unit: one that ``sample`` passes over.
    classes : names of the cells of metrics per class.
    entries : rows of the largest table that ``sample`` makes for one column of weights.
    units : how many units ``sample`` takes; by default the highest in ``unit`` is the last.
    """

    metrics: Sequence[Metric]
    sample: Callable[[Floats], object]
    unit: Ints
    classes: Sequence[str] = ()
    entries: int = 64
    units: int | None = None

    @property
    def n_units(self) -> int:
        """How many rows of weights ``sample`` takes."""
        return int(self.unit.max(initial=-1)) + 1 if self.units is None else self.units


@dataclass(frozen=True)
class FamilyScore:
    """What one family says of one model: estimates by name, tables behind them, and notes."""

    metrics: Mapping[str, Estimate]
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Context:
    """One model's answers to the expected items.

    Attributes
    ----------
    dataset : the whole dataset.
    items : the expected items in the dataset's order (columns of its items table).
    predictions : answers to exactly these items, in this order.
    options : how to score.
    gold_hash : of what the items' scores can rest on (`emos.score.hashes`), if known already.
    """

    dataset: Dataset
    items: pl.DataFrame
    predictions: Predictions
    options: ScoreOptions
    gold_hash: str | None = None

    def settings(self, family: str) -> Any:
        """The options of a family: as given, or its defaults."""
        return self.options.settings.get(family, all_families()[family].options)

    def labels(self, layer: str = "basic7") -> pl.DataFrame:
        """The dataset's labels of a layer, one row per item; nulls where an item has none."""
        return self._aligned(self.dataset.labels.filter(pl.col("layer") == layer))

    def soft_labels(self, layer: str = "goemotions") -> pl.DataFrame:
        """The dataset's soft labels of a layer, one row per item; nulls where it has none."""
        return self._aligned(self.dataset.soft_labels.filter(pl.col("layer") == layer))

    def _aligned(self, frame: pl.DataFrame) -> pl.DataFrame:
        return self.items.select("item_id").join(
            frame, on="item_id", how="left", maintain_order="left"
        )

    @cached_property
    def gold(self) -> Ints:
        """Each item's Basic-7 label as its place in the label set; -1 where it has none."""
        label = self.labels()["label"]
        codes = coded(label, label.is_not_null(), BASIC7.labels, "wrong")
        return np.where(codes < len(BASIC7), codes, -1)

    @cached_property
    def predicted(self) -> Ints:
        """Each item's Basic-7 answer under the policy; see `emos.score.policies.coded`."""
        answers = self.predictions.items
        return coded(
            answers["basic7"], answers["status"] == "ok", BASIC7.labels, self.options.policy
        )

    @cached_property
    def monologue(self) -> npt.NDArray[np.bool_]:
        """Which items are monologues (have utterances of their own)."""
        spoken = self.dataset.utterances["monologue_id"].unique()
        return self.items["item_id"].is_in(spoken.to_list()).to_numpy()

    @cached_property
    def group(self) -> Ints:
        """Each item's group, numbered from 0; an item without one is a group of its own."""
        name = pl.coalesce(pl.col("group"), pl.lit("\0") + pl.col("item_id"))
        numbers: Ints = self.items.select(name.rank("dense") - 1).to_series().to_numpy()
        return numbers.astype(np.int64)

    def estimates(self, part: Part) -> dict[str, Estimate]:
        """Every metric of a part with its bootstrap interval, as the options say."""
        about = part.unit >= 0
        unit, sample = part.unit[about], part.sample
        group = None
        count = np.bincount(unit, minlength=part.n_units).astype(np.float64)
        if self.options.by == "group":
            group = np.unique(self.group[about], return_inverse=True)[1]
            summed = UnitSums(unit, part.n_units)
            count = np.ones(len(unit))

            def sample(weights: Floats) -> object:
                return part.sample(summed(weights))

        return estimates(
            part.metrics,
            sample,
            count,
            part.classes,
            group=group,
            replicates=self.options.replicates,
            seed=self.options.seed,
            confidence=self.options.confidence,
            entries=part.entries,
        )


@dataclass(frozen=True)
class Family:
    """A named family of metrics.

    Attributes
    ----------
    name : as its metrics are named after (``goemotions/micro_f1``); ``basic7`` names are bare.
    score : scores one model's answers; None where there is nothing to score.
    options : the family's own options with their defaults, a frozen dataclass; all its fields
        stand in the signature of a score that the family takes part in. None if it has none.
    """

    name: str
    score: Callable[[Context], FamilyScore | None]
    options: Any = None


@cache
def all_families() -> Mapping[str, Family]:
    """Every ``FAMILY`` of a module of this room by its name: basic7 first, then by alphabet."""
    found = [
        family
        for module in pkgutil.walk_packages(emos.score.__path__, "emos.score.")
        if (family := getattr(import_module(module.name), "FAMILY", None)) is not None
    ]
    found.sort(key=lambda family: (family.name != "basic7", family.name))
    return {family.name: family for family in found}
