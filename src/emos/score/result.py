"""What scoring one predictions file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from emos.tables.schemas import Schema

TABLE: Schema = {
    "metric": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,  # why the value is undefined, else null
    "n": pl.Int64,
    "signature": pl.String,
}


class Estimate(NamedTuple):
    """A number with its percentile interval; NaN, with ``reason``, where it is undefined."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    reason: str | None = None


@dataclass(frozen=True)
class Score:
    """How well one set of predictions fits the labels.

    Attributes
    ----------
    name : of the predictions (a run's or a file's).
    metrics : every estimate by name, in the order they are shown.
    n : items scored: every expected item, answered or not.
    rates : share of these that were ``ok``, ``invalid``, ``refused``, ``error``, ``missing``.
    tables : what stands behind the numbers (``confusion``, ``calibration``, ``strata``, ...).
    notes : what a reader must know of the policies that applied.
    signature : what was computed, on which data, under which rules.
    """

    name: str
    metrics: Mapping[str, Estimate]
    n: int
    rates: Mapping[str, float]
    signature: str
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def invalid_rate(self) -> float:
        """Share of items without a usable answer, whatever the reason."""
        return 1.0 - self.rates.get("ok", 0.0)

    def table(self) -> pl.DataFrame:
        """A row per metric: ``metric, value, low, high, reason, n, signature``."""
        rows = [(name, *one, self.n, self.signature) for name, one in self.metrics.items()]
        return pl.DataFrame(rows, schema=dict(TABLE), orient="row")

    def to_json(self) -> dict[str, Any]:
        """``signature, name, n, invalid_rate, rates, metrics, notes``; undefined is ``null``."""
        return {
            "signature": self.signature,
            "name": self.name,
            "n": self.n,
            "invalid_rate": self.invalid_rate,
            "rates": dict(self.rates),
            "metrics": {
                name: {"value": one.value, "low": one.low, "high": one.high}
                | ({} if one.reason is None else {"reason": one.reason})
                for name, one in self.metrics.items()
            },
            "notes": list(self.notes),
        }
