"""A metric as every table knows it, and where to find all of them.

Conventions of this room. Predictions and labels are reduced to *units*: items, or groups of items
that no metric tells apart. ``weights`` of shape ``[units, samples]`` says how often each unit is in
each sample: one column of counts gives the score itself, columns of resampled counts its bootstrap.
A family of metrics (``basic7``, ``goemotions``, ...) has one *sample* class, which turns weights
into what its metrics share (a confusion matrix, say) once for all of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

import emos.score

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """One number, or one per class.

    Attributes
    ----------
    name : as in JSON and tables (``macro_f1``); per class it is followed by the class
        (``f1/Anger``). Families other than basic7 put their own name first
        (``goemotions/micro_f1``).
    family : whose sample class ``value`` takes.
    definition : one sentence with the formula.
    source : where it is defined.
    value : from a sample to an array ``[cells, samples]``; one cell, or one per class. NaN where
        the metric is undefined.
    undefined : when that is.
    per : ``all``, or ``class`` for one cell per class.
    low, high : the least and the greatest value possible.
    better : which end is good.
    """

    name: str
    family: str
    definition: str
    source: str
    value: Callable[[Any], Floats]
    undefined: str = "never"
    per: Literal["all", "class"] = "all"
    low: float = 0.0
    high: float = 1.0
    better: Literal["high", "low", "neither"] = "high"


@cache
def all_metrics() -> tuple[Metric, ...]:
    """Every metric that a module of this package lists under ``METRICS``, families together."""
    found = [
        metric
        for module in pkgutil.walk_packages(emos.score.__path__, "emos.score.")
        for metric in getattr(import_module(module.name), "METRICS", ())
    ]
    return tuple(sorted(found, key=lambda metric: (metric.family, metric.per)))


def family_metrics(family: str) -> tuple[Metric, ...]:
    """The metrics of one family, those over all classes first."""
    return tuple(metric for metric in all_metrics() if metric.family == family)


def cell_names(metric: Metric, classes: Sequence[str]) -> list[str]:
    """What the cells of a metric are called: its name, or one name per class."""
    return [f"{metric.name}/{c}" for c in classes] if metric.per == "class" else [metric.name]
