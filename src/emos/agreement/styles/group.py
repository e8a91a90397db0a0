"""Figures, labels, rules and drift of the annotators of one group."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from emos.agreement.coefficient import Floats
from emos.agreement.styles.drift import Drift, measure_drift
from emos.agreement.styles.figures import Kinds, figure_rows
from emos.agreement.styles.found import Found, Place
from emos.agreement.styles.label_table import label_table
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.result import StylesOptions
from emos.agreement.styles.rules import STYLE_NAMES, Bases, bases, judge, stacked
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
    figures: list[dict[str, Any]] = []
    labels: dict[str, pl.DataFrame] = {}
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
        figures += [{"annotator": annotator} | row for row in rows]
        labels[annotator] = label_table(
            sums, drawn, panel.labels, prior, top=options.top, confidence=options.confidence
        )
        point.append(bases(sums, kinds))
        if drawn is not None:
            resampled.append(bases(drawn, kinds))
    judged = judge(stacked(point), stacked(resampled) if resampled else None, panel, kinds, options)
    found.add("figures", place, figures)
    found.add_frames("labels", place, labels)
    found.add("rules", place, judged.rules)
    found.add("styles", place, judged.styles)
    drift = [measure_drift(values, at, options) for at in range(len(panel.annotators))]
    people = panel.annotators
    found.add_frames("drift", place, dict(zip(people, (d.drift for d in drift), strict=True)))
    found.add_frames("blocks", place, dict(zip(people, (d.blocks for d in drift), strict=True)))
    _annotators(place, panel, labels, judged.styles, drift, options, found)
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
    panel: Panel,
    labels: dict[str, pl.DataFrame],
    styles: list[dict[str, Any]],
    drift: list[Drift],
    options: StylesOptions,
    found: Found,
) -> None:
    """One row per annotator: what was asked, dominant labels, styles, drift."""
    rows = []
    for at, annotator in enumerate(panel.annotators):
        votes = slice(*panel.bounds[at : at + 2])
        said, unsure = int(panel.said[votes].sum()), int(panel.unsure[votes].sum())
        own = styles[at * len(STYLE_NAMES) : (at + 1) * len(STYLE_NAMES)]
        met = sorted((row for row in own if row["met"]), key=lambda row: -row["margin"])
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
                "dominant": _dominant(labels[annotator]),
                "met": [row["style"] for row in met],
                "style": met[0]["style"] if met else None,
                "margin": met[0]["margin"] if met else float("nan"),
                "drift": list(drift[at].what),
                "reason": None if met else _why_none(own, options),
            }
        )
    found.add("annotators", place, rows)


def _dominant(labels: pl.DataFrame) -> list[str]:
    """The dominant labels, most frequent first; those of one rank in the layer's order."""
    columns = (labels[name].to_list() for name in ("rank", "label", "dominant"))
    chosen = [(rank, label) for rank, label, dominant in zip(*columns, strict=True) if dominant]
    return [label for _, label in sorted(chosen, key=lambda pair: pair[0])]


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
