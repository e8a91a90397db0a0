"""What `measure_styles` was asked and what it found."""

from __future__ import annotations

from dataclasses import dataclass, fields
from numbers import Real
from pathlib import Path
from typing import Any

import polars as pl

from emos.agreement.styles.label_groups import COGNITIVE, NEUTRAL, SOCIAL
from emos.errors import EmosError, check_whole
from emos.tables.writing import json_text, write_text

LEAST_EFFECT = 0.2  # Cohen (1988, sections 2.2.3 and 6.2.3): a small effect of d or h


@dataclass(frozen=True)
class StylesOptions:
    """Everything the figures depend on beside the votes; it is their signature.

    Attributes
    ----------
    layers : layers to measure; None for all that have votes.
    replicates : bootstrap resamples of the items, 2 or more; 0 for no intervals.
    seed : of the bootstrap, the permutations and the simulation.
    confidence : of every interval; 1 - confidence is the level of the test for drift.
    top : labels that are dominant: the ``top`` given most often, ties included.
    least_effect : Cohen's d or h that a style needs at least.
    prior : pseudo-labels per label in the prior of the log-odds.
    blocks : at most so many blocks of consecutive items for drift.
    groups : at most so many simulated groups per batch and number of expansive members;
        0 for no simulation.
    neutral, cognitive, social : names of the labels that the rules call so
        (`emos.agreement.styles.label_groups`), whatever their case.
    """

    layers: tuple[str, ...] | None = None
    replicates: int = 1000
    seed: int = 12345
    confidence: float = 0.95
    top: int = 5
    least_effect: float = LEAST_EFFECT
    prior: float = 1.0
    blocks: int = 20
    groups: int = 8
    neutral: tuple[str, ...] = NEUTRAL
    cognitive: tuple[str, ...] = COGNITIVE
    social: tuple[str, ...] = SOCIAL

    def __post_init__(self) -> None:
        check_whole("replicates", self.replicates, least=2, none_is=0)
        check_whole("seed", self.seed, least=0)
        check_whole("top", self.top, least=1)
        check_whole("blocks", self.blocks, least=8)
        check_whole("groups", self.groups, least=0)
        if not (isinstance(self.confidence, Real) and 0 < self.confidence < 1):
            raise EmosError(f"confidence {self.confidence!r} is not between 0 and 1")
        for name in ("least_effect", "prior"):
            value = getattr(self, name)
            if not (isinstance(value, Real) and 0 < value < float("inf")):
                raise EmosError(f"{name} is {value!r}", remedy="use a number above 0")


@dataclass(frozen=True)
class Styles:
    """Annotators' styles in a dataset. Schemas of the tables: `emos.agreement.styles.tables`.

    Attributes
    ----------
    annotators : one row per annotator: counts, dominant labels, leading style, what drifts.
    figures : cardinality, entropy, agreement with others and aggregate, each with its interval.
    labels : per label: shares, lift, dominance, bias against the group.
    rules : every rule of every style: figure, comparison, threshold, value, margin, met.
    styles : per style: whether its rules are met, and by what margin.
    radar : the eight axes of the paper's Figure 3.
    drift : change over row order, by itself and against the others.
    blocks : the series behind ``drift``.
    composition : union, exact match and Jaccard of groups of annotators, observed and simulated.
    mixing : the same by the number of expansive members.
    findings : what that says of the paper's claim about mixing styles.
    notes : what a reader must know of the rules that applied.
    options : what it was computed under.
    signature : what was computed, on which tables, under which options.
    """

    annotators: pl.DataFrame
    figures: pl.DataFrame
    labels: pl.DataFrame
    rules: pl.DataFrame
    styles: pl.DataFrame
    radar: pl.DataFrame
    drift: pl.DataFrame
    blocks: pl.DataFrame
    composition: pl.DataFrame
    mixing: pl.DataFrame
    findings: pl.DataFrame
    notes: tuple[str, ...]
    options: StylesOptions
    signature: str

    def value(self, figure: str, annotator: str, **at: str) -> float:
        """One figure; ``at`` narrows by ``subset``, ``batch``, ``layer``.

        Raises
        ------
        EmosError : if none or several rows fit.
        """
        want = {"figure": figure, "annotator": annotator, **at}
        rows = self.figures.filter(*(pl.col(name) == value for name, value in want.items()))
        if rows.height != 1:
            raise EmosError(f"{rows.height} figures fit {want}", remedy="name one of them")
        return float(rows["value"][0])

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table by its name."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in every.items() if isinstance(table, pl.DataFrame)}

    def to_json(self) -> dict[str, Any]:
        """``signature``, ``notes`` and every table as a list of rows. An undefined number is
        ``null``; its ``reason`` says why.
        """
        rows = {name: table.to_dicts() for name, table in self.tables().items()}
        return {"signature": self.signature, "notes": list(self.notes), **rows}

    def json_text(self) -> str:
        """`to_json` as text."""
        return json_text(self.to_json())

    def write_json(self, path: str | Path) -> None:
        """Write `to_json` to a file; an `EmosError` says why if it cannot be written."""
        write_text(self.json_text(), path)


def csv_text(table: pl.DataFrame) -> str:
    """A table as CSV: undefined numbers as empty fields, lists with `` | `` between their parts."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    return table.fill_nan(None).with_columns(pl.col(lists).list.join(" | ")).write_csv()
