"""Tables of compositions: union and exact match of groups, and what they say of mixing styles."""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.report.blocks import Shown, Table
from emos.report.places import Place
from emos.report.styles.tables import MOST_ROWS
from emos.report.styles.view import StyleView, interval
from emos.report.words import Number, Phrase

_COMPARED = ("mixed-pairs", "mixed-groups", "all-expansive", "kept", "check", "stranger")
_MEASURES = ("union", "exact", "jaccard")


def mixing_table(view: StyleView) -> Table | None:
    """Groups of annotators by size and number of expansive members, observed and simulated."""
    rows: list[list[Shown]] = []
    for row in view.table("mixing").head(MOST_ROWS).to_dicts():
        place = view.place(Place(row["subset"], row["batch"]))
        kind = row["kind"] if row["seen"] else "unseen"
        line: list[Shown] = [place, view.say(f"kind_{kind}")]
        line += [row[name] for name in ("size", "expansive", "groups")]
        forms = zip(_MEASURES, (".2f", ".1%", ".3f"), strict=True)
        rows.append([*line, *(interval(row[name], None, None, form) for name, form in forms)])
    if not rows:
        return None
    heads = ("batch", "kind", "size", "expansive_members", "groups", *_MEASURES)
    titles = [view.say(f"mix_{head}" if head in _MEASURES else head) for head in heads]
    return Table(view.say("mixing"), titles, rows, head=2)


def findings_table(view: StyleView) -> Table | None:
    """Differences between kinds of groups, and whether they are what the paper says."""
    by = _by_comparison(view)
    rows: list[list[Shown]] = []
    for compared in _COMPARED:
        for (name, place), found in by.items():
            if name != compared:
                continue
            line: list[Shown] = [view.say(f"compared_{compared}"), view.place(place)]
            line += [_difference(compared, found.get(measure), measure) for measure in _MEASURES]
            rows.append([*line, _verdicts(view, compared, found)])
    heads = ("compared", "batch", *(f"mix_{measure}" for measure in _MEASURES), "paper_says")
    titles = [view.say(head) for head in heads]
    return Table(view.say("compositions"), titles, rows[:MOST_ROWS], head=2) if rows else None


def composed(view: StyleView) -> Phrase:
    """In how many batches the paper's finding holds, and whether the mixture is what does it."""
    verdicts: dict[str, list[set[str]]] = {}
    for (compared, _), found in _by_comparison(view).items():
        told = {_verdict(compared, measure, row) for measure, row in found.items()}
        verdicts.setdefault(compared, []).append(told)
    parts: list[str] = []
    for compared, verdict in (("mixed-pairs", "as_said"), ("all-expansive", "members")):
        batches = verdicts.get(compared, [])
        if batches:
            n = sum(told == {verdict} for told in batches)
            if n or compared == "mixed-pairs":
                parts.append(view.say(f"told_{compared}", count=n, batches=len(batches)))
    return tuple(parts) or (view.say("mixing_told"),)


def correlation(view: StyleView) -> Number | None:
    """Rank correlation of the conservative pair's Jaccard with the whole group's exact match."""
    found = view.table("findings").filter(pl.col("finding") == "shared-rules")
    return Number(f"{found['value'][0]:+.2f}") if found.height else None


def _by_comparison(view: StyleView) -> dict[tuple[str, Place], dict[str, dict[str, Any]]]:
    """Rows of the table of findings by measure, for each comparison and place."""
    by: dict[tuple[str, Place], dict[str, dict[str, Any]]] = {}
    for row in view.table("findings").to_dicts():
        compared, _, measure = row["finding"].rpartition("-")
        by.setdefault((compared, Place(row["subset"], row["batch"])), {})[measure] = row
    return by


def _difference(compared: str, row: dict[str, Any] | None, measure: str) -> Number:
    form = ".1%" if compared == "kept" else "+.1%" if measure == "exact" else "+.3f"
    return Number("–") if row is None else interval(row["value"], row["low"], row["high"], form)


def _verdicts(view: StyleView, compared: str, found: dict[str, dict[str, Any]]) -> str:
    """Whether the measures go where the paper says: one word if all do the same."""
    if compared in ("kept", "check", "stranger"):  # not a claim of the paper's
        return "–"
    told: dict[str, list[str]] = {}
    for measure, row in found.items():
        told.setdefault(_verdict(compared, measure, row), []).append(view.say(f"mix_{measure}"))
    if len(told) == 1:
        return view.say(next(iter(told)))
    comma = view.say("comma")
    parts = (
        view.say("of_measures", verdict=view.say(verdict), measures=comma.join(measures))
        for verdict, measures in told.items()
    )
    return view.say("semicolon").join(parts)


def _verdict(compared: str, measure: str, row: dict[str, Any]) -> str:
    supported = row["supported"]
    if supported is None:
        return "unknown" if row["low"] != row["low"] else _UNTOLD.get(compared, "unknown")
    if compared != "all-expansive":
        return "as_said" if supported else "not_as_said"
    # Mixing is said to widen the union and to lower the rest. Where expansive members alone go
    # further that way than mixed groups, it is they who do it.
    further = row["low"] > 0 if measure == "union" else row["high"] < 0
    return "mixture" if supported else "members" if further else "neither"


# Why a simulated difference decides nothing (`emos.agreement.styles.mixing`).
_UNTOLD = {"mixed-groups": "within_error", "all-expansive": "unseen"}
