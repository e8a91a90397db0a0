"""The figures of one annotator, each a function of sums over items."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from emos.agreement.bootstrap import percentile_interval
from emos.agreement.coefficient import Floats, Ints, ratio
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.sums import Sums

FIGURE_NAMES: dict[str, str] = {
    "cardinality": "Labels per answer; unsure counts as a label where the layer has it",
    "cardinality-sure": "Labels per answer, without answers that are unsure alone",
    "one-label": "Share of answers of exactly one label",
    "two-labels": "Share of answers of exactly two labels",
    "neutral-unsure": "Share of answers that name neutral or unsure",
    "cognitive-social": "Share of cognitive and social-evaluative labels in all labels given",
    "entropy": "Entropy of the labels given, in bits",
    "entropy-normalised": "The same over its largest value, log2 of the number of labels",
    "jaccard-others": "Mean Jaccard similarity with the others' answers",
    "agreement-others": "Agreement with the others: with their most frequent label where answers "
    "are single labels (1/t if it is one of t), else overlap with their soft label",
    "agreement-aggregate": "Agreement with the aggregate, which holds the annotator's own vote: "
    "with the aggregated label, or overlap with the aggregated soft label",
}

_NO_ANSWER = "no answer"
_ALONE = "only one annotator"
_NOBODY = "nobody else answered the same items"


class Kinds(NamedTuple):
    """Where the labels of a kind stand in a panel's labels, and whether it has any.

    ``fallback`` says whether one can fall back at all: a neutral label, or answers "unsure".
    """

    neutral: Ints
    cognitive_social: Ints
    fallback: bool


def entropy(counts: Floats) -> Floats:
    """Entropy in bits of counts ``[labels, ...]``; NaN where there are none."""
    share = ratio(counts, counts.sum(axis=0, keepdims=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(share > 0, share * np.log2(share), share * 0)
    total: Floats = -parts.sum(axis=0)
    return total + 0.0  # no -0


def figures(sums: Sums, panel: Panel, kinds: Kinds) -> dict[str, Floats]:
    """Every figure by name, each ``[samples]``; NaN where undefined."""
    answers, size = sums["answers"], sums["size"]
    given = sums.own.sum(axis=0)
    bits = entropy(sums.own)
    largest = np.log2(len(panel.labels)) if len(panel.labels) > 1 else np.nan
    others = "overlap" if panel.multi else "majority"
    undefined = np.full_like(answers, np.nan)
    return {
        "cardinality": ratio(size, answers),
        "cardinality-sure": ratio(sums["sure_size"], sums["sure"]),
        "one-label": ratio(sums["one"], answers),
        "two-labels": ratio(sums["two"], answers),
        "neutral-unsure": (ratio(sums["fallback"], sums["said"]) if kinds.fallback else undefined),
        "cognitive-social": (
            ratio(sums.own[kinds.cognitive_social].sum(axis=0), given)
            if len(kinds.cognitive_social)
            else undefined
        ),
        "entropy": bits,
        "entropy-normalised": bits / largest,
        "jaccard-others": ratio(sums["jaccard"], sums["with_jaccard"]),
        "agreement-others": ratio(sums[others], sums[f"with_{others}"]),
        "agreement-aggregate": ratio(sums["aggregate"], sums["with_aggregate"]),
    }


def rests_on(name: str, sums: Sums, panel: Panel) -> int:
    """Answers a figure rests on."""
    others = "with_overlap" if panel.multi else "with_majority"
    column = {
        "cardinality-sure": "sure",
        "neutral-unsure": "said",
        "jaccard-others": "with_jaccard",
        "agreement-others": others,
        "agreement-aggregate": "with_aggregate",
    }.get(name, "answers")
    return int(sums[column][0])


def why_undefined(name: str, sums: Sums, panel: Panel, kinds: Kinds, *, labelled: bool) -> str:
    """Why a figure is NaN."""
    if name == "neutral-unsure" and not kinds.fallback:
        return "the layer has no label neutral or unsure"
    if name == "cognitive-social" and not len(kinds.cognitive_social):
        return "the layer has no cognitive or social-evaluative label"
    if name == "cardinality-sure" and sums["answers"][0]:
        return "every answer is unsure"
    if not sums["said" if name == "neutral-unsure" else "answers"][0]:
        return _NO_ANSWER
    if name == "entropy-normalised":
        return "the layer has one label"
    if name == "agreement-aggregate":
        return "none of the items has one" if labelled else "no labels yet: emos aggregate"
    return _ALONE if len(panel.annotators) == 1 else _NOBODY


def with_interval(
    value: float, replicates: Floats | None, confidence: float, *, centred: bool = False
) -> tuple[float, float, str | None]:
    """Limits of the percentile interval of ``value``, and a remark if resamples are undefined.

    ``centred``: the replicates are moved so that their mean is the value. The entropy of a
    resample is on average too low by as much as that of a sample, so that its percentiles would
    miss the value.
    """
    if replicates is None or np.isnan(value):
        return float("nan"), float("nan"), None
    low, high, undefined = (float(v[0]) for v in percentile_interval(replicates[None], confidence))
    if centred and undefined < len(replicates):
        moved = value - float(np.nanmean(replicates))
        low, high = low + moved, high + moved
    remark = None
    if undefined:
        remark = (
            f"undefined in {int(undefined):,} of {len(replicates):,} resamples, "
            "which the interval leaves out"
        )
    return low, high, remark


def figure_rows(
    point: Sums,
    resampled: Sums | None,
    panel: Panel,
    kinds: Kinds,
    *,
    confidence: float,
    labelled: bool,
) -> list[dict[str, Any]]:
    """One row per figure, without the columns that say whose it is."""
    values = figures(point, panel, kinds)
    draws = None if resampled is None else figures(resampled, panel, kinds)
    rows = []
    for name, found in values.items():
        value = float(found[0])
        low, high, remark = with_interval(
            value,
            None if draws is None else draws[name],
            confidence,
            centred=name.startswith("entropy"),
        )
        reason = remark
        if np.isnan(value):
            reason = why_undefined(name, point, panel, kinds, labelled=labelled)
        rows.append(
            {
                "figure": name,
                "value": value,
                "low": low,
                "high": high,
                "answers": rests_on(name, point, panel),
                "reason": reason,
            }
        )
    return rows
