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
    MELD,
    LabelSets,
    label_sets,
    sheet_rows,
    traced,
)
from emos.audit.emos_paper.values import others, reason, share

REPAIRED = "The same after repair of misspelt labels."


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
    for label in table.rows:
        for column, parts in counted.items():
            total = sum(map(len, parts))
            computed = _share(label, parts)
            every = annotated[column]
            yield table.cell(
                label,
                column,
                computed,
                reason(total, _rule(column, total)),
                alternatives=others(
                    computed,
                    (_share(label, every), f"Over all {sum(map(len, every)):,} clips annotated."),
                    (_share(label, mended[column]), REPAIRED),
                ),
                items=traced(evidence, _clips(label, parts)),
            )


def _rule(column: str, total: int) -> str:
    base = {
        "cn": f"{total:,} rows, CH-SIMS v2's sheet taken as two halves and blank rows included",
        "en": f"the first {total:,} clips of MELD, misspelt labels dropped",
        "all": f"the {total:,} of the columns CN and EN",
    }[column]
    return f"Clips to which any annotator gave the label, over {base}."


def _share(label: str, parts: list[LabelSets]) -> Fraction | None:
    return share(sum(part.clips_with(label) for part in parts), sum(map(len, parts)))


def _clips(label: str, parts: list[LabelSets]) -> list[str]:
    return [item for part in parts for item in part.where(part.union[:, part.labels.index(label)])]
