"""A measure of agreement as the tables know it, and where to find all of them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

import emos.agreement
from emos.agreement.answers import Answers
from emos.agreement.coefficient import Weighted


@dataclass(frozen=True)
class Measure:
    """One row, or one row per pair or label, of the table of agreement.

    Attributes
    ----------
    name : as in the table and on the command line (``fleiss-kappa``).
    title : as shown to a reader.
    per : what a row is: ``all`` annotators, a ``pair`` of them, or a ``label``.
    prepare : reduces answers to what the measure needs. It returns functions of unit weights
        whose cells, one after the other, are the rows: a single cell, one function per pair, or
        one function with a cell per label.
    chance_corrected : whether 0 stands for agreement by chance.
    sets_only : whether it says nothing new where every answer is a single label.
    """

    name: str
    title: str
    per: Literal["all", "pair", "label"]
    prepare: Callable[[Answers], list[Weighted]]
    chance_corrected: bool = False
    sets_only: bool = False

    def rows(self, answers: Answers) -> list[tuple[str, str | None]]:
        """Who and which label each cell is about."""
        if self.per == "pair":
            return [(pair.name, None) for pair in answers.pairs]
        if self.per == "label":
            return [("all", label) for label in answers.labels]
        return [("all", None)]


@cache
def all_measures() -> tuple[Measure, ...]:
    """Every measure that a module of this package lists under ``MEASURES``, in table order."""
    found = [
        measure
        for module in pkgutil.iter_modules(emos.agreement.__path__)
        for measure in getattr(import_module(f"emos.agreement.{module.name}"), "MEASURES", ())
    ]
    order = ("all", "pair", "label")
    return tuple(sorted(found, key=lambda m: (order.index(m.per), not m.chance_corrected, m.name)))
