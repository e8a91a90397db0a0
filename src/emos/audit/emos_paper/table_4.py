"""Table 4: how many and which fine labels each annotator gives, and how well they agree.

Held: the label counts of A1-A3 and A7, Jaccard and exact match of CH-SIMS v2's first batch. A4-A6
and their agreement are those of the sheet's last 2,500 rows with blank cells counted (see
`table_2`). A10's 2.31 counts the 1,713 blanks inside one cell as separators. MELD's first Jaccard
range starts at the first pair listed, though another is lower. The other MELD figures differ.
"Dominant emotion tendencies" are compared as sets with the labels given most often; they hold for
A5, A8 and A11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import (
    BATCHES,
    CH_SIMS,
    DROPPED,
    REPAIRED,
    LabelSets,
    count,
    identical,
    label_sets,
    sheet_rows,
    tokens_between_blanks,
    traced,
)
from emos.audit.emos_paper.table_2 import blank_as_label, exact_match_cell
from emos.audit.emos_paper.values import mean, others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 4."""
    for batch, annotators in BATCHES.items():
        sets = label_sets(evidence, batch, "drop")
        # What the release compared instead: halves of the CH-SIMS v2 sheet, repaired labels.
        other = (
            sheet_rows(evidence, batch) if batch in CH_SIMS else label_sets(evidence, batch, "full")
        )
        for annotator in annotators:
            yield _cardinality(table, evidence, batch, annotator, sets, other)
            yield _dominant(table, evidence, batch, annotator, sets)
            if (annotator.lower(), "neutral") in table.values:
                yield _neutral(table, evidence, annotator, sets, other)
        yield from _jaccard(table, evidence, batch, sets, other)
        yield _exact_match(table, evidence, batch, sets, other)


def _read(batch: str) -> str:
    """How a batch's labels were read, at the end of a sentence."""
    return "" if batch in CH_SIMS else f", {DROPPED}"


def _cardinality(
    table: Table,
    evidence: Evidence,
    batch: str,
    annotator: str,
    sets: LabelSets,
    other: LabelSets,
) -> Cell:
    items = traced(evidence, [sets], annotator=annotator)
    if batch in CH_SIMS:
        tried = [blank_as_label(evidence, other, annotator)]
    else:
        parts, blanks = tokens_between_blanks(evidence, batch, annotator)
        repaired = traced(evidence, [other], annotator=annotator)
        tried = [(mean(other.total(annotator), len(other)), REPAIRED, repaired)]
        if blanks:
            rule = (
                f"Parts of {annotator}'s cells, each of the {blanks:,} blanks in them a separator."
            )
            tried.append((mean(parts, len(sets)), rule, items))
    return table.cell(
        annotator.lower(),
        "cardinality",
        mean(sets.total(annotator), len(sets)),
        reason(len(sets), f"Mean number of labels that {annotator} gave to a clip{_read(batch)}."),
        alternatives=others(*tried),
        items=items,
    )


def _dominant(
    table: Table, evidence: Evidence, batch: str, annotator: str, sets: LabelSets
) -> Cell:
    """The labels named, against as many of those the annotator gave most often."""
    printed = table.printed(annotator.lower(), "dominant").text
    named = [word for word in re.findall("[a-z]+", printed.lower()) if word != "vs"]
    counts = sets.counts(annotator)
    ranked = sorted(counts, key=lambda label: (-counts[label], label))
    most = [label for label in ranked[: len(named)] if counts[label]]
    hits = len(set(named) & set(most))
    return table.cell(
        annotator.lower(),
        "dominant",
        _as_printed(most, named, printed) if most else None,
        reason(
            len(most),
            f"The labels that {annotator} gave most often, as many as the paper names: {hits} of "
            f"the {len(named)} named are among them{_read(batch)}.",
        ),
        items=traced(evidence, [sets], annotator=annotator),
        recoverable=False,
    )


def _as_printed(labels: list[str], named: list[str], printed: str) -> str:
    """The paper's own words where the set is the same, for order and punctuation do not count."""
    same = set(labels) == set(named)
    return printed if same else ", ".join(label.capitalize() for label in labels)


def _neutral(
    table: Table, evidence: Evidence, annotator: str, sets: LabelSets, repaired: LabelSets
) -> Cell:
    given, total = sets.counts(annotator)["neutral"], sets.total(annotator)
    items = traced(evidence, [sets], annotator=annotator)
    return table.cell(
        annotator.lower(),
        "neutral",
        share(given, total),
        reason(total, f"Neutral in the {total:,} labels that {annotator} gave, {DROPPED}."),
        alternatives=others(
            (
                share(repaired.counts(annotator)["neutral"], repaired.total(annotator)),
                REPAIRED,
                traced(evidence, [repaired], annotator=annotator),
            ),
            (
                share(given, len(sets)),
                f"Clips that {annotator} called neutral, alone or with others.",
                items,
            ),
        ),
        items=items,
    )


def _jaccard(
    table: Table, evidence: Evidence, batch: str, sets: LabelSets, other: LabelSets
) -> Iterator[Cell]:
    if not len(sets):
        for column in ("jaccard-low", "jaccard-high"):
            yield table.cell(batch, column, None, reason(0, ""))
        return
    pairs = list(combinations(sets.annotators, 2))
    values, tried = ([part.jaccard(*pair) for pair in pairs] for part in (sets, other))
    if batch in CH_SIMS:
        rule = (
            f"Over the sheet's {other.half} {len(other):,} rows, with two blank cells counted as "
            "equal."
        )
    else:
        rule = REPAIRED
    for column, pick, which, end in (
        ("jaccard-low", min, "smallest", 0),
        ("jaccard-high", max, "largest", -1),
    ):
        a, b = pairs[end]
        yield table.cell(
            batch,
            column,
            pick(values),
            f"The {which} of the three pairs' mean Jaccard similarities over {len(sets):,} "
            f"clips{_read(batch)}.",
            alternatives=others(
                (pick(tried), rule, traced(evidence, [other])),
                (values[end], f"The {'first' if end == 0 else 'last'} pair listed, {a} and {b}."),
            ),
            items=traced(evidence, [sets]),
        )


def _exact_match(
    table: Table, evidence: Evidence, batch: str, sets: LabelSets, other: LabelSets
) -> Cell:
    if batch in CH_SIMS:
        return exact_match_cell(table, batch, "exact-match", evidence, sets, other)
    same = count(identical, sets)
    return table.cell(
        batch,
        "exact-match",
        share(same, len(sets)),
        reason(
            len(sets),
            f"Clips on which all three gave the same set: {same} of {len(sets):,}, {DROPPED}.",
        ),
        alternatives=others(
            (
                share(count(identical, other), len(other)),
                REPAIRED,
                traced(evidence, [other], identical),
            )
        ),
        items=traced(evidence, [sets], identical),
    )
