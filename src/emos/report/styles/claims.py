"""What a paper says of each annotator beside what the votes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from emos.report.blocks import Block, Details, Paragraph, Shown, Table
from emos.report.places import Place
from emos.report.styles.tables import figure_number
from emos.report.styles.view import StyleView
from emos.report.words import Number

_VERDICTS = {"supported": "supported", "partly": "partly", "not supported": "not_supported"}


def claims_blocks(view: StyleView) -> Iterator[Block]:
    """How many of the paper's claims the votes support, and each of them."""
    found = view.making.results.style_claims
    if found is None:
        return
    claims = [row for row in found.to_dicts() if row["layer"] == view.layer]
    if not claims:
        return
    counts = Counter(_VERDICTS.get(row["verdict"], "unknown") for row in claims)
    told = {verdict: counts[verdict] for verdict in _VERDICTS.values()}
    yield Paragraph((view.say("claims_told", n=len(claims), **told),))
    heads = [view.say(head) for head in ("annotator", "about", "printed", "computed", "claim")]
    table = Table(view.say("claims"), heads, [_row(view, row) for row in claims], head=2)
    yield Details(view.say("claims_title"), (table,))


def _row(view: StyleView, claim: dict[str, Any]) -> list[Shown]:
    verdict = _VERDICTS.get(claim["verdict"], "unknown")
    about = claim["about"] or ""
    named = view.say(f"style_{about}") if claim["kind"] == "style" else view.label(about)
    number = "" if claim["printed"] != claim["printed"] else f"{claim['printed']:g}"
    what = view.say(f"about_{claim['kind']}", about=named, n=number)
    return [claim["annotator"], what, claim["claim"], _computed(view, claim), view.say(verdict)]


def _computed(view: StyleView, claim: dict[str, Any]) -> Number:
    """What the votes say, leading to the answers that say it."""
    place, who, value = (
        Place(claim["subset"], claim["batch"]),
        claim["annotator"],
        claim["computed"],
    )
    if value is None or value != value:
        return Number("–")
    if claim["kind"] in ("cardinality", "most"):
        return figure_number(view, place, who, "cardinality", value)
    if claim["kind"] == "share":
        labels = view.own(place, who).by_label
        label = next((one for one in labels if one.casefold() == claim["about"].casefold()), "")
        return Number(f"{value:.1%}", view.named(place, who, label))
    return Number(f"{value:+.2f}" if claim["kind"] == "style" else f"{value:.0%}")
