"""Rows of all tables as they are found, group by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
        schema = SCHEMAS[name]
        full = [place._asdict() | dict(row) for row in rows]
        self.parts[name].append(pl.DataFrame(full, schema=dict(schema), orient="row"))

    def add_frame(self, name: str, place: Place, annotator: str, frame: pl.DataFrame) -> None:
        """Add a frame of one annotator to a table."""
        whose = {key: pl.lit(value) for key, value in place._asdict().items()}
        full = frame.with_columns(annotator=pl.lit(annotator), **whose)
        schema = SCHEMAS[name]
        self.parts[name].append(full.select(pl.col(c).cast(t) for c, t in schema.items()))

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table."""
        return pl.concat([pl.DataFrame(schema=dict(SCHEMAS[name])), *self.parts[name]])
