"""Columns and types of every table of a dataset folder.

Times are seconds (float64), probabilities float64, ids strings. ``file`` is the path of the
source file relative to the imported folder with the annotator's part of its name replaced by
A1, A2, ...; ``cell`` is the sheet's own address (``K17``), a line (``line 17``) or a JSON pointer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from emos.errors import EmosError

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

_STRINGS = pl.List(pl.String)

ITEMS: Schema = {
    "item_id": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "language": pl.String,
    "transcript": pl.String,
    "speaker": pl.String,  # a character, never an annotator
    "group": pl.String,  # dialogue or source video: never on both sides of a split
    "source_id": pl.String,  # the id as the source writes it
    "source_label": pl.String,  # the source's own label; canonical where it is a Basic-7 class
    "source_url": pl.String,
    "media": pl.String,  # relative to the declared media root
    "recording": pl.String,  # what start_s and end_s are counted in (an episode, a film)
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "split": pl.String,
    "position": pl.Int64,  # 0-based row in the source file's own order
}

VOTES: Schema = {
    "item_id": pl.String,
    "annotator": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "labels": _STRINGS,  # canonical, distinct, in the order given; [] if blank
    "status": pl.String,  # given, blank, unsure
    "aside": _STRINGS,  # tokens that are no label and were not guessed at
    "raw": pl.String,  # the cell as typed, null if empty
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
}

LABELS: Schema = {
    "item_id": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "label": pl.String,
    "confidence": pl.Float64,
    "tier": pl.String,  # high, medium, low
    "posterior": pl.List(pl.Float64),  # over dataset.toml's label set of the layer
    "unique_labels": pl.Int64,  # distinct labels given; null where no single-label vote exists
    "votes": pl.Int64,  # answers that counted
    "low": pl.Float64,  # bootstrap interval of the confidence, null if not asked for
    "high": pl.Float64,
    "original": pl.String,  # the label before correction, null where nothing is corrected
    "reason": pl.String,  # how the label was decided
    "majority": pl.String,  # plurality vote, ties in alphabetical order
    "majority_share": pl.Float64,
}

SOFT_LABELS: Schema = {
    "item_id": pl.String,
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "probability": pl.List(pl.Float64),  # share of annotators naming each label, normalised to 1
    "share": pl.List(pl.Float64),  # n/3 of the paper: the same before normalising
    "union": _STRINGS,
    "intersection": _STRINGS,
    "votes": pl.Int64,
}

MONOLOGUES: Schema = {
    "monologue_id": pl.String,
    "summary": pl.String,
    "dominant": pl.String,
    "dominant_raw": pl.String,
    "trajectory": pl.String,
    "transcript": pl.String,
    "origin": pl.String,
    "file": pl.String,
}

UTTERANCES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,  # 1-based within the monologue
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "speaker": pl.String,
    "transcript_zh": pl.String,
    "transcript_en": pl.String,
    "primary": pl.String,
    "secondary": _STRINGS,
    "secondary_aside": _STRINGS,
    "primary_raw": pl.String,
    "secondary_raw": _STRINGS,
    "intensity": pl.Int64,  # 1-5
    "audio_cues": pl.String,
    "visual_cues": pl.String,
    "evidence": pl.String,
    "note": pl.String,
    "origin": pl.String,  # who or what wrote it
    "file": pl.String,
    "place": pl.String,
}

SENTENCES: Schema = {
    "monologue_id": pl.String,
    "index": pl.Int64,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "text": pl.String,
    "media": pl.String,
    "flag": pl.String,  # null, or why the text is not speech (advertisement)
    "file": pl.String,
}

LEDGER: Schema = {
    "kind": pl.String,  # repaired, aside, flagged
    "rule": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "cell": pl.String,
    "item_id": pl.String,
    "annotator": pl.String,
    "layer": pl.String,
    "before": pl.String,
    "after": pl.String,
    "note": pl.String,
}

TABLES: dict[str, Schema] = {
    "items": ITEMS,
    "votes": VOTES,
    "labels": LABELS,
    "soft_labels": SOFT_LABELS,
    "monologues": MONOLOGUES,
    "utterances": UTTERANCES,
    "sentences": SENTENCES,
    "ledger": LEDGER,
}


def empty(table: str) -> pl.DataFrame:
    """A table with its columns and no row."""
    return pl.DataFrame(schema=dict(TABLES[table]))


def conform(table: str, frame: pl.DataFrame, *, file: str | Path | None = None) -> pl.DataFrame:
    """``frame`` with exactly the columns of ``table``, in order; absent columns become null.

    Raises
    ------
    EmosError : for a column the table does not have, or one of another type.
    """
    schema = TABLES[table]
    unknown = [name for name in frame.columns if name not in schema]
    if unknown:
        raise EmosError(
            f"table {table} has no column {unknown[0]!r}",
            file=file,
            remedy=f"its columns are {', '.join(schema)}",
        )
    columns = []
    for name, dtype in schema.items():
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype=dtype).alias(name))
        elif frame.schema[name] == dtype:
            columns.append(pl.col(name))
        elif frame.schema[name] == pl.Null or _widens(frame.schema[name], dtype):
            columns.append(pl.col(name).cast(dtype))
        else:
            raise EmosError(
                f"column {name!r} of table {table} holds {frame.schema[name]}, not {dtype}",
                file=file,
                remedy="write it with emos or cast it",
            )
    return frame.select(columns)


def _widens(have: pl.DataType, want: pl.DataType | type[pl.DataType]) -> bool:
    """Whether a cast loses nothing: an integer column read where another width is kept."""
    if have.is_integer():
        return want in (pl.Int64, pl.Float64)
    if isinstance(have, pl.List) and isinstance(want, pl.List):
        return have.inner == pl.Null or _widens(have.inner, want.inner)  # type: ignore[arg-type]
    return have == pl.Float32 and want == pl.Float64
