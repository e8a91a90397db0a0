"""Table 9: how many clips carry each fine label.

Every cell holds under one rule, of which the paper states nothing: a label counts for a clip if any
annotator gave it; CN is over 5,000 sheet rows (4,403 clips annotated, 596 rows blank for all three,
and a row outside its batch that one annotator filled), EN over MELD's first 3,000 clips with
misspelt labels dropped, ALL over both. Over the clips annotated every CN share is 13.6 % higher.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.label_sets import (
    CH_SIMS,
    DROPPED,
    MELD,
    REPAIRED,
    LabelSets,
    count,
    having,
    label_sets,
    sheet_rows,
    strays,
    traced,
)
from emos.audit.emos_paper.values import others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 9."""
    rows = [sheet_rows(evidence, batch) for batch in CH_SIMS]
    chinese = [label_sets(evidence, batch, "drop") for batch in CH_SIMS]
    english = [label_sets(evidence, batch, "drop") for batch in MELD]
    repaired = [label_sets(evidence, batch, "full") for batch in MELD]
    if not any(map(len, chinese)):
        rows = chinese  # no sheet to count the rows of
    counted = {"cn": rows, "en": english[:1], "all": [*rows, *english[:1]]}
    annotated = {"cn": chinese, "en": english, "all": [*chinese, *english]}
    mended = {"cn": rows, "en": repaired[:1], "all": [*rows, *repaired[:1]]}
    bases = _bases(evidence, rows, english[0])
    for label in table.rows:
        for column, parts in counted.items():
            every = annotated[column]
            yield table.cell(
                label,
                column,
                _share(label, parts),
                reason(
                    sum(map(len, parts)),
                    f"Clips to which any annotator gave the label, over {bases[column]}.",
                ),
                alternatives=others(
                    (
                        _share(label, every),
                        f"Over all {sum(map(len, every)):,} clips annotated.",
                        traced(evidence, every, having(label)),
                    ),
                    (
                        _share(label, mended[column]),
                        REPAIRED,
                        traced(evidence, mended[column], having(label)),
                    ),
                ),
                items=traced(evidence, parts, having(label)),
            )


def _bases(evidence: Evidence, rows: list[LabelSets], english: LabelSets) -> dict[str, str]:
    """What the shares of each column are over."""
    first, last = (set(half.item_ids) for half in rows)
    total = sum(map(len, rows))
    outside = ", ".join(f"{a} {cell}" for a, cell in strays(evidence)["annotator", "cell"].rows())
    cn = (
        f"{total:,} rows, the first {len(first):,} and the last {len(last):,} of CH-SIMS v2's "
        f"{len(first | last):,}, {len(first & last):,} of them in both, with blank rows"
        + (f" and an answer outside its annotator's batch ({outside})" if outside else "")
    )
    en = f"the first {len(english):,} clips of MELD, {DROPPED}"
    return {"cn": cn, "en": en, "all": f"{total + len(english):,} rows: {cn}; {en}"}


def _share(label: str, parts: list[LabelSets]) -> Fraction | None:
    return share(count(having(label), *parts), sum(map(len, parts)))
