"""What the reader of streaming monologues flags."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule

# Said by the rule invalid-json.
_ELSEWHERE = ["unreadable-json"]
_HARMLESS = frozenset(["clip-name"])


def _check(folder: Folder) -> Iterator[Hit]:
    for streams in folder.streams:
        flagged = streams.ledger.filter(
            (pl.col("kind") == "flagged") & ~pl.col("rule").is_in(_ELSEWHERE)
        )
        for row in flagged.iter_rows(named=True):
            before = f" {row['before']!r}" if row["before"] else ""
            yield Hit(
                row["file"],
                f"{row['rule']}:{before} {row['note'] or ''}".rstrip(),
                row["cell"] or "",
                severity="info" if row["rule"] in _HARMLESS else None,
            )


RULE = Rule(
    "streaming-fault",
    "warning",
    "monologues: times out of order or beyond the clip, files missing or contradicting the "
    "cross-index, advertisements of transcription services in the text",
    "mend the annotation file",
    _check,
)
