"""The four styles of the paper's section 3.2.3 as rules on figures, each with its margin.

Every style is two rules, and is met if both are:

``apart``   the difference has an interval (bootstrap over items) that excludes 0;
``effect``  it is large enough: Cohen's d or h of at least `StylesOptions.least_effect` (0.2).

=================  =====================================================  ==================
style              figure                                                 against
=================  =====================================================  ==================
expansive          labels per answer, above                               the group's median
parsimonious       labels per answer, below                               the group's median
neutral-fallback   share of answers that name neutral or unsure, above    the others' share
socio-cognitive    share of cognitive and social-evaluative labels in     the others' share
                   all labels given, above
=================  =====================================================  ==================

The paper gives no numbers ("significantly above", "below", "a notably higher rate", "more
sensitive"); the interval is its "significantly", the effect its "notably". With an interval alone,
any difference would count once there are items enough. The median is that of the annotators' mean
numbers of labels in the group, the annotator's own among them; d is in standard deviations of the
sizes of all answers of the group. The last style counts labels given, not answers: who gives more
labels names more of every kind.

d and h are on one scale, so margins (effect less the least that counts) can be compared across
styles: of the styles met, the leading one has the widest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from emos.agreement.coefficient import Floats, ratio
from emos.agreement.styles.effects import cohen_d, cohen_h
from emos.agreement.styles.figures import Kinds, with_interval
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.result import StylesOptions
from emos.agreement.styles.sums import Sums

STYLE_NAMES = ("expansive", "parsimonious", "neutral-fallback", "socio-cognitive")


class Bases(NamedTuple):
    """What the rules are made of: of one annotator ``[samples]``, of all with annotators first."""

    answers: Floats
    size: Floats  # labels in all answers
    squared: Floats  # sum of the squared number of labels
    fallback: Floats
    others_fallback: Floats
    cognitive_social: Floats
    others_cognitive_social: Floats


def bases(sums: Sums, kinds: Kinds) -> Bases:
    """The bases of one annotator."""
    at = kinds.cognitive_social
    return Bases(
        answers=sums["answers"],
        size=sums["size"],
        squared=sums["squared"],
        fallback=ratio(sums["fallback"], sums["said"]),
        others_fallback=ratio(sums["others_fallback"], sums["others_said"]),
        cognitive_social=ratio(sums.own[at].sum(axis=0), sums.own.sum(axis=0)),
        others_cognitive_social=ratio(sums.others[at].sum(axis=0), sums.others.sum(axis=0)),
    )


def stacked(every: Sequence[Bases]) -> Bases:
    """The bases of all annotators of a group as one."""
    return Bases(*(np.stack(part) for part in zip(*every, strict=True)))


class _Comparison(NamedTuple):
    """One style's figure against what it is compared with, each ``[annotators, samples]``."""

    figure: str
    sign: float  # 1 where the style is above
    value: Floats
    against: Floats
    effect: Floats  # in the style's direction


def _comparisons(b: Bases) -> dict[str, _Comparison]:
    cardinality = ratio(b.size, b.answers)
    median = np.broadcast_to(_median(cardinality), cardinality.shape)
    d = cohen_d(cardinality - median, np.broadcast_to(_deviation(b), median.shape))
    return {
        "expansive": _Comparison("cardinality", 1.0, cardinality, median, d),
        "parsimonious": _Comparison("cardinality", -1.0, cardinality, median, 0.0 - d),
        "neutral-fallback": _Comparison(
            "neutral-unsure",
            1.0,
            b.fallback,
            b.others_fallback,
            cohen_h(b.fallback, b.others_fallback),
        ),
        "socio-cognitive": _Comparison(
            "cognitive-social",
            1.0,
            b.cognitive_social,
            b.others_cognitive_social,
            cohen_h(b.cognitive_social, b.others_cognitive_social),
        ),
    }


def _median(cardinality: Floats) -> Floats:
    """Median over annotators in each sample; those who gave no answer are no part of it."""
    known = ~np.isnan(cardinality)
    if known.all():
        return np.asarray(np.median(cardinality, axis=0))
    some = known.any(axis=0)
    result: Floats = np.full(cardinality.shape[1], np.nan)
    result[some] = np.nanmedian(cardinality[:, some], axis=0)
    return result


def _deviation(b: Bases) -> Floats:
    """Standard deviation of the sizes of all answers of the group, in each sample."""
    answers, size, squared = (part.sum(axis=0) for part in (b.answers, b.size, b.squared))
    mean = ratio(size, answers)
    deviation = np.sqrt(np.maximum(ratio(squared, answers) - mean**2, 0.0))
    # Below this, sizes differ by rounding errors only.
    return np.where(deviation > 1e-6, deviation, 0.0)


class Judged(NamedTuple):
    """Rows of the tables of rules and styles, with the place of their annotator."""

    rules: list[dict[str, Any]]
    styles: list[dict[str, Any]]


def judge(
    point: Bases, resampled: Bases | None, panel: Panel, kinds: Kinds, options: StylesOptions
) -> Judged:
    """Every rule of every style for every annotator of a group, and the styles that follow."""
    now = _comparisons(point)
    draws = None if resampled is None else _comparisons(resampled)
    rules: list[dict[str, Any]] = []
    styles: list[dict[str, Any]] = []
    for place, annotator in enumerate(panel.annotators):
        own = []
        for style, comparison in now.items():
            drawn = None if draws is None else draws[style]
            reason = _why_not(style, point, place, panel, kinds)
            pair = _two_rules(comparison, drawn, place, reason, options)
            name = {"annotator": annotator, "style": style}
            rules += [name | rule for rule in pair]
            own.append(name | _verdict(pair, options))
        met = [row for row in own if row["met"]]
        leading = max(met, key=lambda row: row["margin"]) if met else None
        styles += [row | {"leading": row is leading} for row in own]
    return Judged(rules, styles)


def _two_rules(
    now: _Comparison,
    drawn: _Comparison | None,
    place: int,
    reason: str | None,
    options: StylesOptions,
) -> list[dict[str, Any]]:
    least = options.least_effect
    value, against, effect = float("nan"), float("nan"), float("nan")
    differences = effects = None
    if reason is None:
        value, against = float(now.value[place, 0]), float(now.against[place, 0])
        effect = float(now.effect[place, 0])
        if drawn is not None:
            differences = drawn.sign * (drawn.value - drawn.against)[place]
            effects = drawn.effect[place] - least
    margin = now.sign * (value - against)
    low, high, _ = with_interval(margin, differences, options.confidence)
    apart: dict[str, Any] = {
        "rule": "apart",
        "figure": now.figure,
        "comparison": ">" if now.sign > 0 else "<",
        "threshold": against,
        "value": value,
        "low": low,
        "high": high,
        "margin": margin,
        "met": None if np.isnan(low) else bool(low > 0),
        "reason": reason or ("no interval, as there are no resamples" if np.isnan(low) else None),
    }
    low, high, _ = with_interval(effect - least, effects, options.confidence)
    large: dict[str, Any] = {
        "rule": "effect",
        "figure": f"{now.figure}-{'d' if now.figure == 'cardinality' else 'h'}",
        "comparison": ">=",
        "threshold": least,
        "value": effect,
        "low": low,
        "high": high,
        "margin": effect - least,
        "met": None if np.isnan(effect) else bool(effect >= least),
        "reason": reason,
    }
    return [apart, large]


def _verdict(pair: list[dict[str, Any]], options: StylesOptions) -> dict[str, Any]:
    """A style's row from its two rules."""
    apart, large = pair
    told = [rule["met"] for rule in pair]
    # One rule that fails is enough to know.
    met = False if False in told else None if None in told else True
    return {
        "met": met,
        "effect": large["value"],
        "low": large["low"] + options.least_effect,
        "high": large["high"] + options.least_effect,
        "margin": large["margin"],
        "close": None if np.isnan(large["low"]) else bool(large["low"] < 0 <= large["high"]),
        "reason": apart["reason"] if met is None else None,
    }


def _why_not(style: str, point: Bases, place: int, panel: Panel, kinds: Kinds) -> str | None:
    """Why a style's rules do not apply to an annotator, or None."""
    if style == "neutral-fallback" and not kinds.fallback:
        return "the layer has no label neutral or unsure"
    if style == "socio-cognitive" and not len(kinds.cognitive_social):
        return "the layer has no cognitive or social-evaluative label"
    cardinal = style in ("expansive", "parsimonious")
    own = point.fallback[place, 0] if style == "neutral-fallback" else point.answers[place, 0]
    if np.isnan(own) or (style != "neutral-fallback" and not own):
        return "no answer"
    if cardinal and not panel.multi:
        return "answers are single labels"
    if len(panel.annotators) == 1:
        return "only one annotator"
    if cardinal:
        if not np.delete(point.answers[:, 0], place).any():
            return "nobody else answered"
        return None if _deviation(point)[0] else "all answers hold equally many labels"
    others = point.others_fallback if style == "neutral-fallback" else point.others_cognitive_social
    return "nobody else answered the same items" if np.isnan(others[place, 0]) else None
