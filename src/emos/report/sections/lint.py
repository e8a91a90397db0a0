"""What `emos.readers.lint` finds in the source files: by rule, and each finding with its remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from emos.readers.lint import SEVERITIES
from emos.readers.lint import Finding as Fault
from emos.report.blocks import Block, Browser, Column, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.reasons import translations
from emos.report.sections import SectionMaker
from emos.report.words import Words, number_at


def make(making: Making) -> Section | None:
    """A table of rules and a browser of findings; nothing where no folder was looked over."""
    words, faults = making.words, making.results.faults
    if faults is None:
        return None
    blocks: list[Block] = [Paragraph(words.phrase("lint.clean"))]
    if faults:
        blocks = [_lead(faults, words), _rules(faults, words), _browser(faults, words)]
    return Section("lint", words.say("lint.title"), words.say("lint.question"), blocks)


def _lead(faults: Sequence[Fault], words: Words) -> Paragraph:
    found = Counter(fault.severity for fault in faults)
    counts = {name: number_at(found[name], f"b-lint:severity={name}") for name in SEVERITIES}
    return Paragraph(words.phrase("lint.lead", **counts))


def _rules(faults: Sequence[Fault], words: Words) -> Table:
    found = Counter((fault.severity, fault.rule) for fault in faults)
    rows: list[list[Shown]] = []
    for severity, rule in sorted(found, key=lambda one: (SEVERITIES.index(one[0]), one[1])):
        key = f"lint_rules.{rule}"
        finds = words.say(key) if words.has(key) else rule
        at = f"b-lint:severity={severity}/rule={rule}"
        number = number_at(found[severity, rule], at)
        rows.append([words.say(f"lint.{severity}"), rule, finds[:1].upper() + finds[1:], number])
    titles = [words.say(f"lint.{name}") for name in ("severity", "rule", "finds", "found")]
    return Table(words.say("lint.rules"), titles, rows, head=2)


def _browser(faults: Sequence[Fault], words: Words) -> Browser:
    say = {
        name: words.say(f"lint.{name}")
        for name in ("severity", "rule", "file", "place", "message", "remedy")
    }
    english = "" if words.language == "en" else "en"
    severities = {one: words.say(f"lint.{one}") for one in SEVERITIES}
    remedies = translations(words, (fault.remedy for fault in faults), "lint_remedies")
    columns = [
        Column("severity", say["severity"], choose="buttons", names=severities),
        Column("rule", say["rule"], choose=True),
        Column("file", say["file"]),
        Column("place", say["place"]),
        Column("message", say["message"], lang=english),
        Column("remedy", say["remedy"], lang=english, names=remedies),
    ]
    data = {name: [getattr(fault, name) for fault in faults] for name in say}
    return Browser("lint", words.say("lint.caption"), columns, data)


SECTION = SectionMaker("lint", 80, make)
