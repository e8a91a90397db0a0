"""The sections of the page: one file each, which joins by itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import emos.report.sections
from emos.report.blocks import Section
from emos.report.making import Making


@dataclass(frozen=True)
class SectionMaker:
    """A file of this package.

    Attributes
    ----------
    name : as for ``emos report --only`` and in the page's address.
    place : where it stands on the page, the lowest first.
    make : its part of the page, or ``None`` where the dataset has nothing of the kind.
    """

    name: str
    place: int
    make: Callable[[Making], Section | None]


@cache
def all_sections() -> tuple[SectionMaker, ...]:
    """Every ``SECTION`` of a module of this package, in the page's order."""
    found = [
        import_module(f"emos.report.sections.{module.name}").SECTION
        for module in pkgutil.iter_modules(emos.report.sections.__path__)
    ]
    return tuple(sorted(found, key=lambda section: section.place))
