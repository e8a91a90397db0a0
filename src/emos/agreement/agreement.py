"""What `measure_agreement` was asked and what it found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, get_args

import polars as pl

from emos.agreement.ballots import Unsure
from emos.agreement.blanks import BlankEffect
from emos.agreement.policies import MAX_PAIRS, POLICIES
from emos.errors import EmosError, check_whole
from emos.tables.schemas import Schema
from emos.tables.writing import json_text, write_text

TABLE: Schema = {
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "policy": pl.String,
    "measure": pl.String,
    "who": pl.String,  # all, or a pair (A1-A2)
    "label": pl.String,  # null unless the measure is about one label
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "items": pl.Int64,
    "reason": pl.String,  # why the value or a part of its interval is undefined, else null
}
GROUPS: Schema = {
    "subset": pl.String,
    "batch": pl.String,
    "layer": pl.String,
    "annotators": pl.List(pl.String),
    "items": pl.Int64,
    "votes": pl.Int64,  # answers asked for
    "blank": pl.Int64,  # of these without a label
    "left_out": pl.Int64,  # of these unsure and left out
    "blank_rows": pl.Int64,  # items with a blank
    "blank_for_all": pl.Int64,  # items nobody answered
}


@dataclass(frozen=True)
class AgreementOptions:
    """Everything the figures depend on beside the votes; it is their signature."""

    layers: tuple[str, ...] | None = None
    policies: tuple[str, ...] = tuple(POLICIES)
    unsure: Unsure = "label"
    replicates: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    max_pairs: int = MAX_PAIRS

    def __post_init__(self) -> None:
        for policy in self.policies:
            if policy not in POLICIES:
                raise EmosError(
                    f"unknown blank policy {policy!r}", remedy=f"known are {', '.join(POLICIES)}"
                )
        if not self.policies:
            raise EmosError("no blank policy", remedy=f"known are {', '.join(POLICIES)}")
        if self.unsure not in get_args(Unsure):
            raise EmosError(
                f"unsure={self.unsure!r}", remedy=f"known are {', '.join(get_args(Unsure))}"
            )
        check_whole("replicates", self.replicates, least=2, none_is=0)
        check_whole("seed", self.seed, least=0)
        check_whole("max_pairs", self.max_pairs, least=0)
        if not (isinstance(self.confidence, Real) and 0 < self.confidence < 1):
            raise EmosError(f"confidence {self.confidence!r} is not between 0 and 1")


def as_names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Names as given, each once; a single one need not be in a list."""
    return (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))


@dataclass(frozen=True)
class Agreement:
    """Agreement of a dataset.

    Attributes
    ----------
    table : one row per group, layer, policy, measure, and pair or label (columns: `TABLE`).
    groups : one row per group and layer: how much was asked, answered and blank (`GROUPS`).
    warnings : a `BlankEffect` per group and layer in which blanks would change a figure.
    notes : what a reader must know of the rules that applied.
    options : what it was computed under.
    signature : what was computed, on which votes, under which options.
    """

    table: pl.DataFrame
    groups: pl.DataFrame
    warnings: tuple[BlankEffect, ...]
    notes: tuple[str, ...]
    options: AgreementOptions
    signature: str

    def value(self, measure: str, *, who: str = "all", policy: str = "skip", **at: str) -> float:
        """One figure; ``at`` narrows by ``subset``, ``batch``, ``layer``, ``label``.

        Raises
        ------
        EmosError : if none or several rows fit.
        """
        want = {"measure": measure, "who": who, "policy": policy, **at}
        rows = self.table.filter(*(pl.col(name) == value for name, value in want.items()))
        if rows.height != 1:
            raise EmosError(f"{rows.height} figures fit {want}", remedy="name one of them")
        return float(rows["value"][0])

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values: ``signature``, ``warnings``, ``notes``, ``groups``,
        ``figures``. An undefined number is ``null``; its ``reason`` says why.
        """
        return {
            "signature": self.signature,
            "warnings": [
                warning._asdict() | {"figures": [figure._asdict() for figure in warning.figures]}
                for warning in self.warnings
            ],
            "notes": list(self.notes),
            "groups": self.groups.to_dicts(),
            "figures": self.table.to_dicts(),
        }

    def json_text(self) -> str:
        """`to_json` as text."""
        return json_text(self.to_json())

    def write_json(self, path: str | Path) -> None:
        """Write `to_json` to a file; an `EmosError` says why if it cannot be written."""
        write_text(self.json_text(), path)

    def csv_text(self) -> str:
        """``table`` as CSV, undefined numbers as empty fields."""
        return self.table.fill_nan(None).write_csv()

    def write_csv(self, path: str | Path) -> None:
        """Write `csv_text` to a file; errors as above."""
        write_text(self.csv_text(), path)
