"""Tables of styles: the annotators with their figures, the rules, drift, and bias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from emos.agreement.styles import FIGURE_NAMES
from emos.report.blocks import Shown, Table
from emos.report.order import label_order
from emos.report.places import Place
from emos.report.styles.items import Own
from emos.report.styles.view import StyleView, interval
from emos.report.words import Number

MOST_ROWS = 40  # of a table
_DOMINANT = 3  # labels that are named of an annotator
_SHARES = frozenset(("neutral-unsure", "cognitive-social", "one-label", "two-labels"))
_MAIN = (
    "cardinality",
    "neutral-unsure",
    "cognitive-social",
    "entropy",
    "jaccard-others",
    "agreement-aggregate",
)


def annotators_table(view: StyleView) -> Table:
    """A row per annotator: styles, answers, figures that lead to their items, dominant labels."""
    figures = view.table("figures")
    known = figures.filter(pl.col("value").is_not_nan())["figure"].unique()
    sizes = {"cardinality", "jaccard-others"} if view.single else set()
    names = [name for name in _MAIN if name in set(known) - sizes]
    blanks = view.everyone["blank"].sum() > 0
    rows: list[list[Shown]] = []
    for place, row in view.annotators:
        who, own = row["annotator"], view.own(place, row["annotator"])
        of = figures.filter(pl.col("annotator") == who)
        values = {one["figure"]: one["value"] for one in place.of(of).to_dicts()}
        answers = view.behind(own.answers, "answers_items", who=who, place=view.place(place))
        line: list[Shown] = [who, view.place(place), _styles(view, place, row)]
        dominant = (view.label(label) for label in row["dominant"][:_DOMINANT])
        line.append(view.say("comma").join(dominant))
        line.append(Number(f"{own.answers.len():,}", answers))
        if blanks:
            behind = view.behind(own.blank, "blank_items", who=who, place=view.place(place))
            line.append(Number(f"{row['blank']:,}", behind))
        line += [figure_number(view, place, who, name, values.get(name)) for name in names]
        rows.append(line)
    heads = ["annotator", "batch", "style", "dominant", "answers", *(["blank"] if blanks else [])]
    titles = [view.say(head) for head in (*heads, *(f"short_{name}" for name in names))]
    return Table(view.say("annotators"), titles, rows, head=2)


def figures_table(view: StyleView) -> Table:
    """Every figure with its interval, a row per figure and a column per annotator."""
    figures = view.table("figures")
    rows: list[list[Shown]] = []
    for name in FIGURE_NAMES:
        of = figures.filter(pl.col("figure") == name)
        if of["value"].drop_nans().is_empty():
            continue
        cells: list[Shown] = []
        for place, row in view.annotators:
            one = next(iter(_mine(of, place, row["annotator"])), None)
            cells.append(_with_interval(name, one))
        rows.append([view.say(f"figure_{name}"), *cells])
    heads = (view.who(place, row["annotator"]) for place, row in view.annotators)
    return Table(view.say("figures"), [view.say("figure"), *heads], rows)


def rules_table(view: StyleView) -> Table:
    """Every style that could be told: both rules with their margins, met or not."""
    rules = view.table("rules")
    rows: list[list[Shown]] = []
    for style in view.table("styles").to_dicts():
        place, who = Place(style["subset"], style["batch"]), style["annotator"]
        of = {
            one["rule"]: one
            for one in _mine(rules.filter(pl.col("style") == style["style"]), place, who)
        }
        apart, effect = of["apart"], of["effect"]
        if effect["met"] is None:  # the style cannot be told here, and a note says why
            continue
        form = ".1%" if apart["figure"] in _SHARES else ".2f"
        value = figure_number(view, place, who, apart["figure"], apart["value"])
        rows.append(
            [
                view.who(place, who),
                view.say(f"style_{style['style']}"),
                value,
                Number(f"{apart['comparison']} {apart['threshold']:{form}}"),
                interval(apart["margin"], apart["low"], apart["high"], f"+{form}"),
                _met(view, apart["met"]),
                interval(
                    effect["value"],
                    _moved(effect["low"], effect["threshold"]),
                    _moved(effect["high"], effect["threshold"]),
                    ".2f",
                ),
                interval(effect["margin"], None, None, "+.2f"),
                _met(view, effect["met"]),
                _met(view, style["met"]),
            ]
        )
    heads = ("annotator", "style", "value", "against", "difference", "apart", "effect")
    titles = [view.say(head) for head in (*heads, "margin", "enough", "verdict")]
    return Table(view.say("rules"), titles, rows, head=2)


def drift_table(view: StyleView) -> Table | None:
    """What drifts: means of both halves, the change, and its p-value; ``None`` if nothing does."""
    drift = view.table("drift")
    rows: list[list[Shown]] = []
    for place, row in view.annotators:
        who = row["annotator"]
        for what in row["drift"]:
            figure, _, label = what.partition(":")
            of = drift.filter(pl.col("figure") == figure, pl.col("label").eq_missing(label or None))
            by = {one["against"]: one for one in _mine(of, place, who)}
            told, own = by.get("others", by["self"]), by["self"]
            form = ".1%" if label else ".2f"
            name = view.label(label) if label else view.say("figure_cardinality")
            behind = view.named(place, who, label) if label else None
            rows.append(
                [
                    view.who(place, who),
                    Number(name, behind),
                    Number(f"{own['first']:{form}}"),
                    Number(f"{own['second']:{form}}"),
                    interval(told["change"], told["low"], told["high"], f"+{form}"),
                    Number(f"{told['p_adjusted']:.4f}"),
                ]
            )
    heads = ("annotator", "drifting", "first_half", "second_half", "change", "p")
    titles = [view.say(head) for head in heads]
    return Table(view.say("drift"), titles, rows[:MOST_ROWS], head=2) if rows else None


def bias_table(view: StyleView) -> Table:
    """Log-odds of each label against the others; a number leads to who named it where."""
    labels = {
        (row["subset"], row["batch"], row["annotator"], row["label"]): row
        for row in view.table("labels").to_dicts()
    }
    rows: list[list[Shown]] = []
    for label in label_order(view.making.results.dataset, view.layer)[:MOST_ROWS]:
        cells: list[Shown] = []
        for place, row in view.annotators:
            found = labels.get((*place, row["annotator"], label))
            cells.append(bias_number(view, place, row["annotator"], label, found))
        rows.append([view.label(label), *cells])
    heads = (view.who(place, row["annotator"]) for place, row in view.annotators)
    return Table(view.say("bias"), [view.say("label"), *heads], rows)


def bias_number(
    view: StyleView, place: Place, who: str, label: str, row: dict[str, Any] | None
) -> Number:
    """One log-odds with its interval, leading to the items on which the annotator named it."""
    if row is None:
        return Number("–")
    behind = view.named(place, who, label)
    return interval(row["log_odds"], row["low"], row["high"], "+.2f", behind)


def _styles(view: StyleView, place: Place, row: dict[str, Any]) -> str:
    """The styles met with their margins; without one, the nearest."""
    own = _mine(view.table("styles"), place, row["annotator"])
    margins = {one["style"]: one["margin"] for one in own}
    if row["met"]:
        return view.say("comma").join(
            view.say("with_margin", style=view.say(f"style_{one}"), margin=f"{margins[one]:+.2f}")
            for one in row["met"]
        )
    told = [one for one in own if one["met"] is not None]
    if not told:
        return view.say("untold")
    nearest = max(told, key=lambda one: one["margin"])
    style = view.say(f"style_{nearest['style']}")
    # Large enough, but with an interval that reaches no difference: still none.
    key = "nearest" if nearest["margin"] < 0 else "nearest_wide"
    return view.say(key, style=style, margin=f"{nearest['margin']:+.2f}")


def figure_number(
    view: StyleView, place: Place, who: str, name: str, value: float | None
) -> Number:
    """A figure of an annotator, leading to the answers that make it what it is."""
    form = ".1%" if name in _SHARES else ".3f" if "jaccard" in name or "agree" in name else ".2f"
    ids = _BEHIND.get(name, _nothing)(view, view.own(place, who))
    behind = view.behind(ids, f"items_{name}", who=who, place=view.place(place))
    return interval(value, None, None, form, behind)


def _nothing(view: StyleView, own: Own) -> list[str]:
    return []


_BEHIND: dict[str, Callable[[StyleView, Own], pl.Series | list[str]]] = {
    "cardinality": lambda view, own: own.several,
    "neutral-unsure": lambda view, own: own.fallback(view.found.options.neutral),
    "cognitive-social": lambda view, own: own.with_any(
        (*view.found.options.cognitive, *view.found.options.social)
    ),
    "jaccard-others": lambda view, own: own.alone,
    "agreement-aggregate": lambda view, own: own.against if view.single else [],
}


def _with_interval(name: str, row: dict[str, Any] | None) -> Number:
    if row is None:
        return Number("–")
    form = ".1%" if name in _SHARES else ".3f"
    return interval(row["value"], row["low"], row["high"], form)


def _mine(table: pl.DataFrame, place: Place, who: str) -> list[dict[str, Any]]:
    return place.of(table.filter(pl.col("annotator") == who)).to_dicts()


def _met(view: StyleView, met: bool | None) -> str:
    return view.say({True: "met", False: "not_met", None: "unknown"}[met])


def _moved(limit: float | None, by: float) -> float | None:
    return None if limit is None else limit + by
