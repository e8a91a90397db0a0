"""What the paper's numbers come to when they are made again from the votes."""

from __future__ import annotations

from collections.abc import Iterator

from emos.audit import Audit, Cell, Verdict, parse_printed, shown
from emos.audit.highlights import Highlight
from emos.report.behind import behind, item_ids
from emos.report.findings import Finding
from emos.report.making import Making
from emos.report.reasons import said
from emos.report.sections.audit import address
from emos.report.words import Number, filled, number_at

SECTIONS = ("audit",)


def find(making: Making) -> Iterator[Finding]:
    """The verdicts in one sentence, and the paper's own highlights that do not hold."""
    audit = making.results.audit
    if audit is None:
        return
    yield _verdicts(making, audit)
    for place, highlight in enumerate(audit.paper.highlights):
        cell = audit.find(highlight.key)
        if cell.verdict in (Verdict.DIFFERS, Verdict.OTHER_RULE) and cell.computed is not None:
            yield _highlight(making, highlight, cell, place)


def _verdicts(making: Making, audit: Audit) -> Finding:
    counts = {verdict: number for verdict, number in audit.counts().items() if number}
    values: dict[str, object] = {
        verdict.name.lower(): number_at(audit.counts()[verdict], address(verdict=verdict.value))
        for verdict in Verdict
    }
    wrong = {Verdict.DIFFERS, Verdict.OTHER_RULE} & set(counts)
    return Finding(
        "wrong" if wrong else "good",
        making.words.phrase("findings.paper", cells=len(audit.cells), **values),
        making.words.phrase("findings.paper_why", title=audit.paper.title),
        "audit",
        place=10,
    )


def _short(cell: Cell) -> int | float | str:
    printed = None if cell.paper is None else parse_printed(cell.paper)
    found = shown(cell.computed, printed)
    return "–" if found is None else found


def _highlight(making: Making, highlight: Highlight, cell: Cell, place: int) -> Finding:
    what, why = highlight.said(making.words.language)
    values = _values(making, cell)
    return Finding(
        "wrong",
        filled(what, values),
        filled(why, values),
        "audit",
        at=f"c-{highlight.key}",
        # The first highlight stands before the count of verdicts: it is what a reader remembers.
        place=place if place == 0 else 10 + place,
    )


def _values(making: Making, cell: Cell) -> dict[str, object]:
    """The numbers of a highlight's sentences, each leading to what is behind it."""
    printed = None if cell.paper is None else parse_printed(cell.paper)
    frame = cell.items() if cell.items else None
    computed = Number(str(_short(cell)), behind(making, frame, _rule(making, cell.rule)))
    values: dict[str, object] = {"computed": computed, "paper": cell.paper or "–", "other": "–"}
    values["apart"] = 0
    if cell.alternatives:
        other = cell.alternatives[0]
        beyond = other.items() if other.items else None
        there = behind(making, beyond, _rule(making, other.rule))
        values["other"] = Number(str(shown(other.value, printed)), there)
        if cell.paper is not None and cell.verdict is Verdict.OTHER_RULE:
            values["paper"] = Number(cell.paper, there)
        known = set(item_ids(frame))
        apart = [one for one in item_ids(beyond) if one not in known]
        values["apart"] = making.counted(apart, _rule(making, other.rule))
    return values


def _rule(making: Making, rule: str) -> str:
    return said(making.words, rule, "audit_rules")
