"""Agreement as tables to print: coefficients as rows, blank policies as columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from emos.agreement.agreement import Agreement
from emos.agreement.measure import all_measures
from emos.readers.wording import counted

_TITLES: dict[tuple[str, str], str] = {
    (measure.name, measure.per): measure.title for measure in all_measures()
}


MOST_PAIRS = 15  # with more, only the lowest and the highest are shown
MOST_LABELS = 60


class Grid(NamedTuple):
    """A table as shown."""

    title: str
    columns: list[str]
    rows: list[list[object]]


def group_table(result: Agreement, group: dict[str, Any], *, labels: bool = False) -> Grid:
    """One group (a row of ``result.groups``): a row per coefficient, a column per policy.

    The interval and the items are those of the first policy. Where no answer is missing all
    policies are one column. ``labels`` shows the figures of every label too.
    """
    gaps = group["blank"] > 0 or group["left_out"] > 0
    policies = list(result.options.policies) if gaps else list(result.options.policies[:1])
    wide = _figures(result, group)
    if not labels:
        wide = wide.filter(pl.col("label").is_null())
    by_policy = [wide.filter(pl.col("policy") == policy).to_dicts() for policy in policies]
    interval = f"{100 * result.options.confidence:g}% interval"
    rows: list[list[object]] = []
    for title, place in _lines(by_policy[0]):
        first = by_policy[0][place]
        row = [title, _short(first["value"])]
        if result.options.replicates:
            row.append(_limits(first["low"], first["high"]))
        others = (_short(figures[place]["value"]) for figures in by_policy[1:])
        rows.append([*row, *others, first["items"]])
    columns = ["", policies[0] if gaps else "value"]
    columns += [interval] if result.options.replicates else []
    return Grid(_heading(group, gaps), [*columns, *policies[1:], "items"], rows)


def label_table(result: Agreement) -> list[Grid]:
    """Per layer, the kappa of each label in each group under the first policy."""
    policy = result.options.policies[0]
    kappa = result.table.filter(pl.col("measure") == "label-kappa", pl.col("policy") == policy)
    grids = []
    for (layer,), frame in kappa.partition_by("layer", as_dict=True, maintain_order=True).items():
        groups = result.groups.filter(pl.col("layer") == layer)
        batches = groups["batch"].to_list()
        places = [_place(group) for group in groups.iter_rows(named=True)]
        # A batch's name is enough where no two are the same.
        columns = batches if all(batches) and len(set(batches)) == len(batches) else places
        values = {(row["label"], _place(row)): row["value"] for row in frame.iter_rows(named=True)}
        labels = frame["label"].unique(maintain_order=True)
        rows: list[list[object]] = [
            [label, *(_short(values.get((label, place))) for place in places)]
            for label in labels[:MOST_LABELS]
        ]
        head = f"{layer}: kappa of each label" + (
            f" (blanks: {policy})" if len(result.options.policies) > 1 else ""
        )
        if len(labels) > MOST_LABELS:
            head += f", the first {MOST_LABELS} of {len(labels):,}"
        grids.append(Grid(head, ["", *columns], rows))
    return grids


def reasons(result: Agreement, group: dict[str, Any]) -> list[str]:
    """Why figures of a group are undefined under the first policy, one line per reason."""
    first = _figures(result, group).filter(
        pl.col("policy") == result.options.policies[0], pl.col("label").is_null()
    )
    figures = first.to_dicts()
    lines: dict[str, list[str]] = {}
    for title, place in _lines(figures):
        if figures[place]["reason"] is not None:
            lines.setdefault(figures[place]["reason"], []).append(title)
    return [f"– {reason}: {', '.join(titles)}" for reason, titles in lines.items()]


def _lines(figures: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Title and place of each figure to show; of many pairs, the lowest and the highest."""
    lines: list[tuple[str, int]] = []
    pairs: dict[str, list[int]] = {}
    for place, row in enumerate(figures):
        if row["label"] is None and row["who"] != "all":
            pairs.setdefault(row["measure"], []).append(place)
        else:
            lines.append((_title(row), place))
    for places in pairs.values():
        chosen = [(_title(figures[place]), place) for place in places]
        defined = [place for place in places if figures[place]["value"] == figures[place]["value"]]
        if len(places) > MOST_PAIRS and defined:
            ranked = sorted(defined, key=lambda place: figures[place]["value"])
            chosen = [
                (f"{_title(figures[place])}, {what} of {len(defined)}", place)
                for what, place in (("lowest", ranked[0]), ("highest", ranked[-1]))
            ]
        lines += chosen
    return lines


def _figures(result: Agreement, group: dict[str, Any]) -> pl.DataFrame:
    return result.table.filter(
        *(pl.col(name) == group[name] for name in ("subset", "batch", "layer"))
    )


def _title(row: dict[str, Any]) -> str:
    per = "label" if row["label"] is not None else "all" if row["who"] == "all" else "pair"
    about = row["label"] or (row["who"] if per == "pair" else "")
    return f"{_TITLES[row['measure'], per]} {about}".rstrip()


def _place(group: dict[str, Any]) -> str:
    return "/".join(part for part in (group["subset"], group["batch"]) if part) or "all"


def _heading(group: dict[str, Any], gaps: bool) -> str:
    people = group["annotators"]
    names = ", ".join(people) if len(people) <= 12 else f"{len(people):,} annotators"
    head = f"{_place(group)}, {group['layer']}: {counted(group['items'], 'item')} by {names}"
    if not gaps:
        return head + "; nothing blank, so all policies are one"
    blank = f"{group['blank']:,} of {counted(group['votes'], 'answer')} blank or unread"
    left_out = f", {group['left_out']:,} unsure left out" if group["left_out"] else ""
    return f"{head}; {blank}{left_out}"


def _short(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.3f}"


def _limits(low: float, high: float) -> str:
    return "–" if low != low else f"{low:.3f} to {high:.3f}"
