"""What a baseline is, and where to find all of them.

A new baseline is one module of this package with::

    def answers(dataset: Dataset, item_ids: Sequence[str], seed: int) -> Mapping[str, Answer]: ...

    BASELINE = Baseline("name", "one line", answers)

An answer has the fields of ``predictions.jsonl`` (docs/predictions.md): ``basic7``, ``confidence``,
``goemotions``; for a monologue ``utterances`` with ``index``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import emos.evaluate.baselines as package
from emos.errors import EmosError

if TYPE_CHECKING:
    from emos.tables import Dataset

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Baseline:
    """A baseline by name.

    Attributes
    ----------
    says : one line: what it answers.
    answers : from the dataset, the items to be answered (in the dataset's order) and a seed to an
        answer for each of them. Modules import what they compute with inside this function.
    """

    name: str
    says: str
    answers: Callable[[Dataset, Sequence[str], int], Mapping[str, Answer]]


@cache
def _all() -> Mapping[str, Baseline]:
    modules = [module.name for module in pkgutil.iter_modules(package.__path__)]
    found = [getattr(import_module(f"{package.__name__}.{m}"), "BASELINE", None) for m in modules]
    return {one.name: one for one in found if isinstance(one, Baseline)}


def baseline_names() -> tuple[str, ...]:
    """Every baseline's name."""
    return tuple(sorted(_all()))


def find_baseline(name: str) -> Baseline:
    """The baseline called ``name``.

    Raises
    ------
    EmosError : for an unknown name, with the known ones.
    """
    if name not in _all():
        raise EmosError(
            f"no baseline is called {name!r}", remedy=f"there are {', '.join(baseline_names())}"
        )
    return _all()[name]
