"""What stands first on the page: findings, one file per kind, which joins by itself.

A file holds ``find`` and ``SECTIONS``, the names of the sections that its findings lead to.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

import emos.report.findings
from emos.report.making import Making
from emos.report.words import Phrase

Weight = Literal["wrong", "careful", "good"]
_WEIGHTS: tuple[Weight, ...] = ("wrong", "careful", "good")


@dataclass(frozen=True)
class Finding:
    """One answer to the question whether this label set can be trusted.

    Attributes
    ----------
    weight : ``wrong`` (a number or label is not what it seems), ``careful`` (true, but read it
        with care), ``good`` (checked, and as it should be).
    what : what was found, in a sentence with numbers that can be followed.
    why : what it means for whoever uses the labels.
    section : where on the page there is more.
    at : an address within that section, as of a `Number`; its beginning if empty.
    place : among findings of one weight, the lowest first.
    """

    weight: Weight
    what: Phrase
    why: Phrase
    section: str
    place: float = 50
    at: str = ""


Finder = Callable[[Making], Iterable[Finding]]


@cache
def all_finders() -> tuple[tuple[Finder, frozenset[str]], ...]:
    """``find`` of every module of this package, with the ``SECTIONS`` its findings lead to."""
    modules = [
        import_module(f"emos.report.findings.{module.name}")
        for module in pkgutil.iter_modules(emos.report.findings.__path__)
    ]
    return tuple((module.find, frozenset(module.SECTIONS)) for module in modules)


def find_all(making: Making, sections: Iterable[str]) -> list[Finding]:
    """Every finding about these sections, the weightiest first."""
    shown = set(sections)
    # What leads to no section of the page is not computed: it may take long.
    wanted = [find for find, about in all_finders() if about & shown]
    found = [finding for find in wanted for finding in find(making)]
    found = [finding for finding in found if finding.section in shown]
    return sorted(found, key=lambda finding: (_WEIGHTS.index(finding.weight), finding.place))
