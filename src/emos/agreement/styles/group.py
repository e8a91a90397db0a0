"""Figures, labels, rules and drift of the annotators of one group."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from emos.agreement.coefficient import Floats
from emos.agreement.styles.drift import measure_drift
from emos.agreement.styles.figures import Kinds, figure_rows
from emos.agreement.styles.found import Found, Place
from emos.agreement.styles.label_table import label_table
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.result import StylesOptions
from emos.agreement.styles.rules import Bases, bases, judge, stacked
from emos.agreement.styles.sums import Sheet, draw_items
from emos.agreement.styles.values import Values
from emos.readers.wording import counted
from emos.tables import Dataset
from emos.taxonomy import UNSURE


def measure_group(
    place: Place, panel: Panel, dataset: Dataset, options: StylesOptions, found: Found
) -> None:
    """Measure one group and add its rows to ``found``."""
    values = Values(panel)
    kinds = label_kinds(panel, options)
    aggregate = _aggregate(place, values, dataset)
    fallback = values.names(kinds.neutral) | panel.unsure
    blank = np.full(len(panel.code), np.nan)
    sheet = Sheet(panel, values, fallback, blank if aggregate is None else aggregate)
    prior = options.prior * len(panel.labels) * _pooled(values)
    draws = draw_items(panel, replicates=options.replicates, seed=options.seed)
    point: list[Bases] = []
    resampled: list[Bases] = []
    for at, annotator in enumerate(panel.annotators):
        sums = sheet.sums(at, None)
        drawn = None if draws is None else sheet.sums(at, draws)
        rows = figure_rows(
            sums,
            drawn,
            panel,
            kinds,
            confidence=options.confidence,
            labelled=aggregate is not None,
        )
        found.add("figures", place, ({"annotator": annotator} | row for row in rows))
        table = label_table(
            sums, drawn, panel.labels, prior, top=options.top, confidence=options.confidence
        )
        found.add_frame("labels", place, annotator, table)
        point.append(bases(sums, kinds))
        if drawn is not None:
            resampled.append(bases(drawn, kinds))
    judged = judge(stacked(point), stacked(resampled) if resampled else None, panel, kinds, options)
    found.add("rules", place, judged.rules)
    found.add("styles", place, judged.styles)
    _annotators(place, values, judged.styles, options, found)
    found.notes += _notes(place, panel, kinds)


def label_kinds(panel: Panel, options: StylesOptions) -> Kinds:
    """Where a panel's neutral, cognitive and social labels stand."""
    neutral = panel.places(options.neutral)
    both = panel.places((*options.cognitive, *options.social))
    return Kinds(neutral, both, bool(len(neutral) or panel.unsure.any()))


def _aggregate(place: Place, values: Values, dataset: Dataset) -> Floats | None:
    """Each vote's agreement with the aggregate of its layer; None where there is no aggregate."""
    here = pl.col("layer") == place.layer
    labels = dataset.labels.filter(here, pl.col("label").is_not_null())
    soft = dataset.soft_labels.filter(here)
    names = dataset.info.label_sets.get(place.layer, ())
    fits = soft.height and set(names) <= set(values.panel.labels)
    if fits and (values.panel.multi or not labels.height):
        return values.against_soft(soft, names)
    return values.against_labels(labels) if labels.height else None


def _pooled(values: Values) -> Floats:
    """Share of each label in all labels given by the group."""
    counts = values.label_counts.sum(axis=0)
    share: Floats = counts / max(counts.sum(), 1.0)
    return share


def _annotators(
    place: Place,
    values: Values,
    styles: list[dict[str, Any]],
    options: StylesOptions,
    found: Found,
) -> None:
    """One row per annotator: what was asked, dominant labels, styles, drift."""
    panel = values.panel
    labels = found.table("labels").filter(
        *(pl.col(name) == value for name, value in place._asdict().items()), pl.col("dominant")
    )
    rows = []
    for at, annotator in enumerate(panel.annotators):
        votes = slice(*panel.bounds[at : at + 2])
        said, unsure = int(panel.said[votes].sum()), int(panel.unsure[votes].sum())
        own = [row for row in styles if row["annotator"] == annotator]
        met = sorted((row for row in own if row["met"]), key=lambda row: -row["margin"])
        most = labels.filter(pl.col("annotator") == annotator).sort("rank", maintain_order=True)
        if met:
            found.leading.setdefault(place, {})[annotator] = met[0]["style"]
        if any(row["style"] == "expansive" for row in met):
            found.expansive.setdefault(place, set()).add(annotator)
        rows.append(
            {
                "annotator": annotator,
                "asked": len(panel.code[votes]),
                "given": said - unsure,
                "unsure": unsure,
                "blank": len(panel.code[votes]) - said,
                "dominant": most["label"].to_list(),
                "met": [row["style"] for row in met],
                "style": met[0]["style"] if met else None,
                "margin": met[0]["margin"] if met else float("nan"),
                "drift": _drift(place, values, at, options, found),
                "reason": None if met else _why_none(own, options),
            }
        )
    found.add("annotators", place, rows)


def _drift(
    place: Place, values: Values, at: int, options: StylesOptions, found: Found
) -> list[str]:
    """What drifts, as ``cardinality`` or ``share:LABEL``; adds the rows behind it."""
    annotator = values.panel.annotators[at]
    measured = measure_drift(values, at, options)
    if isinstance(measured, str):
        names = {"annotator": annotator, "figure": "cardinality", "against": "self"}
        numbers = ("first", "second", "change", "low", "high", "rho", "p", "p_adjusted")
        unknown: dict[str, Any] = dict.fromkeys(numbers, float("nan"))
        found.add("drift", place, [names | unknown | {"reason": measured}])
        return []
    found.add_frame("drift", place, annotator, measured.drift)
    found.add_frame("blocks", place, annotator, measured.blocks)
    return list(measured.what)


def _why_none(own: list[dict[str, Any]], options: StylesOptions) -> str:
    """Why an annotator has no style: none can be told, or how near the nearest is."""
    told = [row for row in own if row["met"] is not None]
    if not told:
        return "; ".join(dict.fromkeys(row["reason"] for row in own))
    nearest = max(told, key=lambda row: row["margin"])
    if nearest["margin"] < 0:
        return (
            f"no style's rules are met; nearest {nearest['style']}, whose effect is "
            f"{nearest['effect']:.2f} where {options.least_effect:g} is needed"
        )
    return (
        f"no style's rules are met; nearest {nearest['style']}, large enough "
        f"({nearest['effect']:.2f}) but with an interval that reaches no difference"
    )


def _notes(place: Place, panel: Panel, kinds: Kinds) -> list[str]:
    notes = []
    blank = int((~panel.said).sum())
    if blank:
        notes.append(f"{place}: {counted(blank, 'blank')}, in no figure an answer")
    if UNSURE in panel.labels and panel.unsure.any():
        notes.append(
            f"{UNSURE} counts as a label of the answer (one label, where it stands alone); "
            "cardinality-sure leaves such answers out"
        )
    elif panel.unsure.any():
        notes.append(
            f"{place}: {counted(int(panel.unsure.sum()), 'answer')} {UNSURE}, which is no label of "
            "the layer: counted as falling back, and in no other figure"
        )
    if not panel.multi:
        notes.append(
            f"{place}: answers are single labels, so that nobody can be expansive or parsimonious"
        )
    if not kinds.fallback:
        notes.append(
            f"{place.layer}: no label neutral or unsure, so that nobody can fall back on it"
        )
    if not len(kinds.cognitive_social):
        notes.append(
            f"{place.layer}: no cognitive or social-evaluative label, so that nobody can be "
            "socio-cognitive"
        )
    if panel.row is None:
        notes.append(f"{place}: no row order is known, so that no drift can be told")
    return notes
