"""A paper's numbers: the verdict on each, the rule behind it, and what it was computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from emos.audit import Alternative, Audit, Cell, Verdict, parse_printed, shown
from emos.report import words as wording
from emos.report.behind import behind
from emos.report.blocks import Block, Browser, Column, Details, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.reasons import translations
from emos.report.sections import SectionMaker
from emos.report.words import Words, number_at

# What does not hold is what a reader came for.
ORDER = (Verdict.DIFFERS, Verdict.OTHER_RULE, Verdict.NOT_RECOVERABLE, Verdict.HOLDS)


def make(making: Making) -> Section | None:
    """Verdicts and what they say, a browser of all cells, verdicts by table."""
    words, audit = making.words, making.results.audit
    if audit is None or not audit.cells:
        return None
    blocks: list[Block] = [_lead(audit, words)]
    if audit.evidence.cautions:
        files = "; ".join(audit.evidence.cautions)
        blocks.append(Paragraph(words.phrase("audit.caution", files=files), "warning"))
    blocks += [_verdicts(audit, words), _browser(making, audit), _by_table(audit, words)]
    return Section("audit", words.say("audit.title"), words.say("audit.question"), blocks)


def address(**chosen: str) -> str:
    """Where the cells of a table, or of a verdict, are to be seen."""
    return "b-audit:" + "/".join(f"{key}={quote(value, safe='')}" for key, value in chosen.items())


def place_name(table: str, words: Words) -> str:
    """``Table 2``, ``Section 3.3.1``, or the name of a part of the paper."""
    if table.isdecimal():
        return words.say("audit.table_number", id=table)
    if table.replace(".", "").isdecimal():
        return words.say("audit.section_number", id=table)
    return table[:1].upper() + table[1:]


def _lead(audit: Audit, words: Words) -> Paragraph:
    checks = sum(cell.paper is None for cell in audit.cells)
    key = "audit.lead" if checks else "audit.lead_all"
    title = audit.paper.title or audit.paper.name
    printed = len(audit.cells) - checks
    return Paragraph(words.phrase(key, printed=printed, checks=checks, paper=title))


def _verdicts(audit: Audit, words: Words) -> Table:
    counts = audit.counts()
    rows: list[list[Shown]] = [
        [
            _verdict(verdict, words),
            number_at(counts[verdict], address(verdict=verdict.value)),
            words.say(f"audit.{verdict.name.lower()}_meaning"),
        ]
        for verdict in ORDER
    ]
    titles = [words.say(f"audit.{name}") for name in ("verdict", "cells", "meaning")]
    return Table(words.say("audit.verdicts"), titles, rows)


def _by_table(audit: Audit, words: Words) -> Details:
    rows: list[list[Shown]] = []
    for table, cells in audit.tables().items():
        counts = [sum(cell.verdict is verdict for cell in cells) for verdict in ORDER]
        rows.append(
            [
                place_name(table, words),
                number_at(len(cells), address(table=table)),
                *(
                    number_at(count, address(table=table, verdict=verdict.value))
                    for verdict, count in zip(ORDER, counts, strict=True)
                ),
            ]
        )
    titles = [words.say("audit.table"), words.say("audit.all")]
    titles += [_verdict(verdict, words) for verdict in ORDER]
    title = words.say("audit.tables")
    return Details(title, (Table(title, titles, rows),))


def _browser(making: Making, audit: Audit) -> Browser:
    words = making.words
    cells = sorted(audit.cells, key=lambda cell: ORDER.index(cell.verdict))
    titles = {part.table.id: part.table.title for part in audit.paper.tables}
    verdicts = {verdict.value: _verdict(verdict, words) for verdict in ORDER}
    tables = {table: place_name(table, words) for table in audit.tables()}
    say = {
        name: words.say(f"audit.{name}")
        for name in ("verdict", "table", "row", "column", "printed", "computed", "about", "rule",
                     "others")
    }  # fmt: skip
    rules = _rules(cells, words)
    english = "" if words.language == "en" else "en"
    columns = [
        Column("verdict", say["verdict"], choose="buttons", names=verdicts),
        Column("table", say["table"], choose=True, names=tables),
        Column("row", say["row"], lang=english),
        Column("column", say["column"], lang=english),
        Column("printed", say["printed"], "number", lang=english),
        Column("computed", say["computed"], "behind"),
        Column("about", say["about"], "lines", lang=english),
        Column("rule", say["rule"], "lines", lang=english, names=rules),
        Column("others", say["others"], "lines", lang=english, names=rules),
    ]
    data: dict[str, Sequence[object]] = {
        "key": [cell.key for cell in cells],
        "verdict": [cell.verdict.value for cell in cells],
        "table": [cell.table for cell in cells],
        "row": [cell.row for cell in cells],
        "column": [cell.column for cell in cells],
        "printed": [cell.paper for cell in cells],
        "computed": [_computed(making, cell, rules) for cell in cells],
        "about": [[[titles[cell.table]]] if titles.get(cell.table) else [] for cell in cells],
        "rule": [[[cell.rule]] for cell in cells],
        "others": [
            [_other(making, cell, one, rules) for one in cell.alternatives] for cell in cells
        ],
    }
    return Browser("audit", words.say("audit.caption"), columns, data, address="c")


def _rules(cells: Sequence[Cell], words: Words) -> dict[str, str]:
    """The rules in the page's language, where they are known in it."""
    rules = [cell.rule for cell in cells]
    rules += [other.rule for cell in cells for other in cell.alternatives]
    return translations(words, rules, "audit_rules")


def _computed(making: Making, cell: Cell, rules: Mapping[str, str]) -> list[object]:
    """The value as shown, and what is behind it."""
    frame = None if cell.items is None else cell.items()
    what = _what(making, cell, rules.get(cell.rule, cell.rule))
    return [_text(cell, cell.computed, making.words), behind(making, frame, what)]


def _other(
    making: Making, cell: Cell, other: Alternative, rules: Mapping[str, str]
) -> list[object]:
    """What another rule gives, as a line in which the value can be followed."""
    frame = None if other.items is None else other.items()
    there = behind(making, frame, _what(making, cell, rules.get(other.rule, other.rule)))
    colon = making.words.say("audit.colon")
    return [[_text(cell, other.value, making.words), there], colon, other.rule]


def _what(making: Making, cell: Cell, rule: str) -> str:
    place = place_name(cell.table, making.words)
    return making.words.say(
        "audit.behind", place=place, row=cell.row, column=cell.column, rule=rule
    )


def _text(cell: Cell, value: object, words: Words) -> str:
    printed = None if cell.paper is None else parse_printed(cell.paper)
    found = shown(value, printed)  # type: ignore[arg-type]
    return words.say("audit.nothing") if found is None else wording.shown(found)


def _verdict(verdict: Verdict, words: Words) -> str:
    return words.say(f"audit.{verdict.name.lower()}")


SECTION = SectionMaker("audit", 90, make)
