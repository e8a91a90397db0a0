"""The rules of ``emos lint``: one module each in ``rules/``, found because it stands there.

A module holds ``RULE``, a `Rule`. Nothing else has to be told about it; the table in
``docs/lint.md`` is checked against the rules by a test.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from emos.readers.lint.finding import Finding
from emos.readers.lint.folder import Folder


@dataclass(frozen=True)
class Hit:
    """A rule's finding before it carries the rule's name; None takes the rule's default."""

    file: str
    message: str
    place: str = ""
    severity: str | None = None
    remedy: str | None = None


@dataclass(frozen=True)
class Rule:
    """One thing that ``emos lint`` looks for.

    Attributes
    ----------
    name : short, in kebab case.
    severity : of its findings, unless one says otherwise.
    finds : what it finds, as a line of the documentation.
    remedy : what to do about it, unless a finding says otherwise.
    check : yields what it finds in a folder.
    """

    name: str
    severity: str
    finds: str
    remedy: str
    check: Callable[[Folder], Iterator[Hit]]

    def findings(self, folder: Folder) -> list[Finding]:
        """Everything the rule finds in ``folder``."""
        return [
            Finding(
                self.name,
                hit.severity or self.severity,
                hit.file,
                hit.place,
                hit.message,
                hit.remedy or self.remedy,
            )
            for hit in self.check(folder)
        ]


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by name, in alphabetical order."""
    package = import_module("emos.readers.lint.rules")
    found = (
        import_module(f"{package.__name__}.{module.name}").RULE
        for module in pkgutil.iter_modules(package.__path__)
    )
    return {rule.name: rule for rule in sorted(found, key=lambda rule: rule.name)}
