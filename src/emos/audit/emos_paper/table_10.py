"""Table 10: fine labels of the streaming utterances.

Every cell holds: the share of utterances whose list has the label spelt exactly so. Labels followed
by an emoji (`grief` with a crying face) were left out; with them the shares stand as alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from emos.audit import Cell, Evidence, Table
from emos.audit.emos_paper.streaming import PLACE
from emos.audit.emos_paper.values import others, reason, share


def cells(table: Table, evidence: Evidence) -> Iterator[Cell]:
    """Every cell of Table 10."""
    utterances = evidence.dataset.utterances
    for label in table.rows:
        exact = utterances.filter(pl.col("secondary_raw").list.contains(label))
        merged = utterances.filter(pl.col("secondary").list.contains(label))
        yield table.cell(
            label,
            "share",
            share(exact.height, utterances.height),
            reason(
                utterances.height,
                f"Utterances with the label in exactly this spelling: {exact.height} of "
                f"{utterances.height}.",
            ),
            alternatives=others(
                (
                    share(merged.height, utterances.height),
                    f"Labels with an emoji or in two languages counted too: {merged.height}.",
                    partial(merged.select, PLACE),
                ),
            ),
            items=partial(exact.select, PLACE),
        )
