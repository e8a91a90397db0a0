"""Rows of all tables as they are found, group by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from emos.agreement.styles import tables
from emos.tables.schemas import Schema

SCHEMAS: dict[str, Schema] = {
    "annotators": tables.ANNOTATORS,
    "figures": tables.FIGURES,
    "labels": tables.LABELS,
    "rules": tables.RULES,
    "styles": tables.STYLES,
    "drift": tables.DRIFT,
    "blocks": tables.BLOCKS,
    "composition": tables.COMPOSITION,
    "mixing": tables.MIXING,
    "findings": tables.FINDINGS,
}


class Place(NamedTuple):
    """What a group is of."""

    subset: str
    batch: str
    layer: str

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


@dataclass
class Found:
    """Everything found so far.

    Attributes
    ----------
    parts : frames of each table, in order.
    notes : what a reader must know.
    leading, expansive : each group's annotators with their leading style, and those of them whose
        rules of the expansive style are met.
    """

    parts: dict[str, list[pl.DataFrame]] = field(
        default_factory=lambda: {name: [] for name in SCHEMAS}
    )
    notes: list[str] = field(default_factory=list)
    leading: dict[Place, dict[str, str]] = field(default_factory=dict)
    expansive: dict[Place, set[str]] = field(default_factory=dict)

    def add(self, name: str, place: Place, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows of a group to a table."""
        full = [place._asdict() | dict(row) for row in rows]
        self.parts[name].append(pl.DataFrame(full, schema=dict(SCHEMAS[name]), orient="row"))

    def add_frames(self, name: str, place: Place, frames: Mapping[str, pl.DataFrame]) -> None:
        """Add frames of several annotators of a group to a table."""
        if not frames:
            return
        heights = [frame.height for frame in frames.values()]
        names = pl.Series(list(frames), dtype=pl.String)
        whose = names.gather(np.repeat(np.arange(len(heights)), heights))
        group = {key: pl.lit(value) for key, value in place._asdict().items()}
        full = pl.concat(frames.values()).with_columns(annotator=whose, **group)
        self.parts[name].append(full.select(pl.col(c).cast(t) for c, t in SCHEMAS[name].items()))

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table."""
        return pl.concat([pl.DataFrame(schema=dict(SCHEMAS[name])), *self.parts[name]])
