"""Styles as tables to print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from emos.agreement.report import Grid
from emos.agreement.styles.composition import MEASURES
from emos.agreement.styles.mixing import FINDING_NAMES
from emos.agreement.styles.result import Styles
from emos.agreement.styles.rules import STYLE_NAMES
from emos.agreement.styles.tables import GROUP
from emos.readers.wording import counted

MOST_ANNOTATORS = 30  # shown of a group
_FAVOURED = 3  # labels shown on each side

_COLUMNS = {  # figures shown, with their headings
    "cardinality": "labels/answer",
    "one-label": "one label",
    "neutral-unsure": "neutral/unsure",
    "cognitive-social": "cogn./social",
    "entropy": "entropy (bits)",
    "jaccard-others": "Jaccard",
    "agreement-others": "with others",
    "agreement-aggregate": "with aggregate",
}


def groups_of(styles: Styles) -> Iterator[dict[str, str]]:
    """Every group: subset, batch, layer."""
    yield from styles.annotators.select(list(GROUP)).unique(maintain_order=True).to_dicts()


def group_grids(styles: Styles, group: dict[str, str], *, labels: bool = False) -> list[Grid]:
    """The tables of one group: figures, styles, labels; ``labels`` shows every label."""
    people = _of(styles.annotators, group)
    shown = people.head(MOST_ANNOTATORS)
    names = shown["annotator"].to_list()
    head = f"{place_name(group)}, {group['layer']}: {counted(people.height, 'annotator')}"
    if people.height > len(names):
        head += f", the first {len(names)}"
    effects = "Effect of each style (Cohen's d or h); * where its rules are met, ~ where close"
    most = "Labels given most often, and those given more or less often than by the others"
    grids = [
        Grid(f"{head}; figures", *_figures(styles, group, shown)),
        Grid(effects, *_styles(styles, group, names)),
        Grid(most, *_most(styles, group, shown)),
    ]
    if labels:
        grids += [_every_label(styles, group, name) for name in names]
    return grids


def place_name(group: dict[str, str]) -> str:
    """A group without its layer, as shown."""
    return "/".join(part for part in (group["subset"], group["batch"]) if part) or "all"


def reasons(styles: Styles, group: dict[str, str]) -> list[str]:
    """Why annotators have no style, and why figures are undefined; one line per reason."""
    lines: dict[str, list[str]] = {}
    for row in _of(styles.annotators, group).head(MOST_ANNOTATORS).iter_rows(named=True):
        if row["reason"]:
            lines.setdefault(row["reason"], []).append(row["annotator"])
    undefined = _of(styles.figures, group).filter(
        pl.col("value").is_nan(), pl.col("figure").is_in(list(_COLUMNS))
    )
    for figure, reason in undefined.select("figure", "reason").unique(maintain_order=True).rows():
        lines.setdefault(reason, []).append(_COLUMNS[figure])
    return [f"– {', '.join(what)}: {reason}" for reason, what in lines.items()]


def _of(table: pl.DataFrame, group: dict[str, str]) -> pl.DataFrame:
    return table.filter(*(pl.col(name) == value for name, value in group.items()))


def _figures(
    styles: Styles, group: dict[str, str], shown: pl.DataFrame
) -> tuple[list[str], list[list[object]]]:
    table = _of(styles.figures, group)
    found = {(r["annotator"], r["figure"]): r for r in table.iter_rows(named=True)}
    # A column in which nobody has a number, or everybody one label, says nothing.
    single = table.filter(pl.col("figure") == "one-label")["value"].fill_nan(1.0).min() == 1.0
    used = [
        name
        for name in _COLUMNS
        if not table.filter(pl.col("figure") == name)["value"].is_nan().all()
        and not (single and name in ("cardinality", "one-label"))
    ]
    rows: list[list[object]] = []
    for person in shown.iter_rows(named=True):
        name = person["annotator"]
        cells = [_cell(found[name, figure], figure) for figure in used]
        drift = ", ".join(person["drift"]) or "–"
        rows.append([name, person["asked"] - person["blank"], *cells, drift])
    return ["", "answers", *(_COLUMNS[name] for name in used), "drift"], rows


def _cell(row: dict[str, Any], figure: str) -> str:
    percent = figure not in ("cardinality", "entropy")
    if row["value"] != row["value"]:
        return "–"
    form = "{:.1f}" if percent else "{:.2f}"
    scale = 100 if percent else 1
    value, low, high = (form.format(scale * row[key]) for key in ("value", "low", "high"))
    limits = "" if row["low"] != row["low"] else f" ({low}-{high})"
    return f"{value}{' %' if percent else ''}{limits}"


def _styles(
    styles: Styles, group: dict[str, str], names: list[str]
) -> tuple[list[str], list[list[object]]]:
    table = _of(styles.styles, group)
    found = {(r["annotator"], r["style"]): r for r in table.iter_rows(named=True)}
    rows: list[list[object]] = []
    for name in names:
        own = [found[name, style] for style in STYLE_NAMES]
        leading = next((row for row in own if row["leading"]), None)
        first = "none" if leading is None else leading["style"]
        margin = "–" if leading is None else f"{leading['margin']:+.2f}"
        rows.append([name, first, margin, *(_effect(row) for row in own)])
    return ["", "leading style", "margin", *STYLE_NAMES], rows


def _effect(row: dict[str, Any]) -> str:
    if row["effect"] != row["effect"]:
        return "–"
    limits = "" if row["low"] != row["low"] else f" ({row['low']:+.2f} to {row['high']:+.2f})"
    marks = ("*" if row["met"] else "") + ("~" if row["close"] else "")
    return f"{row['effect']:+.2f}{marks}{limits}"


def _most(
    styles: Styles, group: dict[str, str], shown: pl.DataFrame
) -> tuple[list[str], list[list[object]]]:
    table = _of(styles.labels, group)
    rows: list[list[object]] = []
    for name in shown["annotator"]:
        own = table.filter(pl.col("annotator") == name)
        most = own.filter("dominant").sort("rank", maintain_order=True)
        said = ", ".join(f"{r['label']} {r['share']:.1%}" for r in most.iter_rows(named=True))
        sure = own.filter(pl.col("low") > 0).sort("log_odds", descending=True)
        less = own.filter(pl.col("high") < 0).sort("log_odds")
        rows.append([name, said or "–", _odds(sure), _odds(less)])
    return ["", "most often (of answers)", "more (log-odds)", "less (log-odds)"], rows


def _odds(table: pl.DataFrame) -> str:
    shown = table.head(_FAVOURED).iter_rows(named=True)
    return ", ".join(f"{row['label']} {row['log_odds']:+.2f}" for row in shown) or "–"


def _every_label(styles: Styles, group: dict[str, str], name: str) -> Grid:
    own = _of(styles.labels, group).filter(pl.col("annotator") == name).sort("rank", "label")
    rows: list[list[object]] = [
        [
            row["label"],
            row["count"],
            row["share"],
            row["token_share"],
            row["others"],
            row["lift"],
            row["log_odds"],
            _limits(row["low"], row["high"]),
            row["plain"],
        ]
        for row in own.iter_rows(named=True)
    ]
    columns = ["", "answers", "share", "of labels", "others", "lift", "log-odds", "interval"]
    return Grid(f"{name}, every label", [*columns, "plain log odds"], rows)


def _limits(low: float, high: float) -> str:
    return "–" if low != low else f"{low:+.2f} to {high:+.2f}"


def composition_grids(styles: Styles, layer: str) -> list[Grid]:
    """Groups of annotators by expansive members, batch by batch, and what they say."""
    rows: list[list[object]] = [
        [
            place_name(row),
            row["size"],
            row["expansive"],
            row["kind"],
            row["groups"],
            f"{row['union']:.2f}",
            f"{row['exact']:.1%}",
            f"{row['jaccard']:.3f}",
        ]
        for row in styles.mixing.filter(pl.col("layer") == layer).iter_rows(named=True)
    ]
    columns = ["", "size", "expansive", "", "groups", "union", "exact match", "Jaccard"]
    grids = [Grid(f"{layer}: groups of annotators by expansive members", columns, rows)]
    found = styles.findings.filter(pl.col("layer") == layer)
    table: dict[tuple[str, str], dict[str, str]] = {}
    for row in found.iter_rows(named=True):
        name, _, measure = str(row["finding"]).rpartition("-")
        if name in FINDING_NAMES:
            table.setdefault((place_name(row), name), {})[measure] = _difference(row)
    rows = [
        [place, FINDING_NAMES[name], *(cells.get(measure, "–") for measure in MEASURES)]
        for (place, name), cells in table.items()
    ]
    if rows:
        title = "Differences; yes: as the paper says of mixed styles, no: not so"
        grids.append(Grid(title, ["", "", "union", "exact match", "Jaccard"], rows))
    return grids


def _difference(row: dict[str, Any]) -> str:
    if row["finding"] == "kept-exact":
        return f"{row['value']:.1%}"
    answer = {True: " yes", False: " no", None: ""}[row["supported"]]
    return f"{row['value']:+.3f}{answer}"


def claims_grid(claims: pl.DataFrame, paper: str) -> Grid:
    """A paper's claims with what the votes say."""
    rows: list[list[object]] = [
        [row["annotator"], row["kind"], row["claim"], row["verdict"], row["sentence"]]
        for row in claims.iter_rows(named=True)
    ]
    return Grid(f"Claims of {paper}", ["", "on", "claim", "verdict", "votes"], rows)
