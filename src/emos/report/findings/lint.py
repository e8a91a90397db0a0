"""Whether the source files could be given to others as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from emos.readers.lint import SEVERITIES
from emos.report.findings import Finding
from emos.report.making import Making
from emos.report.words import number_at

SECTIONS = ("lint",)


def find(making: Making) -> Iterator[Finding]:
    """How many errors and warnings a linter has, where it was asked."""
    faults, words = making.results.faults, making.words
    if faults is None:
        return
    counts = Counter(fault.severity for fault in faults)
    values = {name: number_at(counts[name], f"b-lint:severity={name}") for name in SEVERITIES}
    clean = not (counts["error"] or counts["warning"])
    yield Finding(
        "good" if clean else "careful",
        words.phrase("findings.lint_clean" if clean else "findings.lint", **values),
        words.phrase("findings.lint_why"),
        "lint",
        place=50,
    )
