"""What a paper claims of annotators, and whether the votes support it.

The claims are data of the paper; `emos.audit` reads them (``emos styles --paper``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from emos.agreement.styles.result import Styles
from emos.agreement.styles.rules import STYLE_NAMES
from emos.agreement.styles.tables import CLAIMS
from emos.errors import EmosError

SUPPORTED, PARTLY, NOT_SUPPORTED, UNTOLD = (
    "supported",
    "partly",
    "not supported",
    "cannot be told",
)


@dataclass(frozen=True)
class Claim:
    """One claim about one annotator.

    Attributes
    ----------
    annotator, layer : whom and which layer it is about.
    kind : ``cardinality`` (labels per answer are ``number``), ``labels`` (``labels`` are those
        given most often), ``share`` (``about`` is ``number`` of all labels given), ``style``
        (``about`` is met), ``most`` (most labels per answer of all annotators on the layer),
        ``size`` (most answers hold ``number`` labels, 1 or 2).
    words : as printed.
    about : a style, or a label.
    number : as a number (a share from 0 to 1).
    digits : decimals that ``number`` was rounded to.
    labels : labels named.
    """

    annotator: str
    layer: str
    kind: str
    words: str
    about: str | None = None
    number: float = float("nan")
    digits: int = 0
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise EmosError(
                f"unknown kind of claim {self.kind!r}", remedy=f"known are {', '.join(_KINDS)}"
            )
        if self.kind == "style" and self.about not in STYLE_NAMES:
            raise EmosError(
                f"unknown style {self.about!r}", remedy=f"known are {', '.join(STYLE_NAMES)}"
            )
        if self.kind == "size" and self.number not in (1, 2):
            raise EmosError(f"a claim on answers of {self.number:g} labels", remedy="use 1 or 2")


def compare_claims(styles: Styles, claims: Iterable[Claim]) -> pl.DataFrame:
    """Every claim with the figures for or against it (columns: `CLAIMS`).

    A claim on somebody without votes on the layer cannot be told; one on somebody in several
    batches is compared in each.
    """
    rows: list[dict[str, Any]] = []
    for claim in claims:
        at = styles.annotators.filter(
            pl.col("annotator") == claim.annotator, pl.col("layer") == claim.layer
        ).select("subset", "batch", "layer")
        common: dict[str, Any] = {
            "annotator": claim.annotator,
            "kind": claim.kind,
            "claim": claim.words,
            "about": claim.about,
            "printed": claim.number,
        }
        if not at.height:
            found = _Found(UNTOLD, f"{claim.annotator} has no votes on layer {claim.layer}")
            rows.append({"layer": claim.layer} | common | found._asdict())
        for place in at.iter_rows(named=True):
            own = _Own(styles, claim.annotator, place)
            rows.append(place | common | _KINDS[claim.kind](claim, own)._asdict())
    return pl.DataFrame(rows, schema=dict(CLAIMS))


class _Found(NamedTuple):
    verdict: str
    sentence: str
    computed: float = float("nan")


class _Own(NamedTuple):
    """The tables of one annotator in one group."""

    styles: Styles
    annotator: str
    place: dict[str, str]

    def rows(self, table: pl.DataFrame, **at: str) -> pl.DataFrame:
        want = self.place | {"annotator": self.annotator} | at
        return table.filter(*(pl.col(name) == value for name, value in want.items()))

    def figure(self, name: str) -> dict[str, Any]:
        return self.rows(self.styles.figures, figure=name).row(0, named=True)


def _cardinality(claim: Claim, own: _Own) -> _Found:
    row = own.figure("cardinality")
    return _number(claim, row, f"{claim.annotator} gives", "labels per answer", "{:.2f}")


def _share(claim: Claim, own: _Own) -> _Found:
    label = str(claim.about)
    found = own.rows(own.styles.labels).filter(pl.col("label").str.to_lowercase() == label.lower())
    if not found.height:
        return _Found(UNTOLD, f"the layer has no label {label}")
    row = found.row(0, named=True)
    row |= {"value": row["token_share"], "low": row["token_low"], "high": row["token_high"]}
    return _number(
        claim, row, f"{label} is", f"of the labels that {claim.annotator} gave", "{:.1%}"
    )


def _number(claim: Claim, row: dict[str, Any], before: str, after: str, form: str) -> _Found:
    value = row["value"]
    if value != value:
        return _Found(UNTOLD, str(row["reason"]))
    said, printed = form.format(value), form.format(claim.number)
    sentence = f"{before} {said} {after}"
    # Half a unit of the last digit, and a little for what floats do to the border.
    if abs(value - claim.number) <= 0.5 * 10.0**-claim.digits + 1e-9:
        return _Found(SUPPORTED, sentence, value)
    if row["low"] <= claim.number <= row["high"]:
        inside = f"{form.format(row['low'])} to {form.format(row['high'])}"
        return _Found(SUPPORTED, f"{sentence}; {printed} is in its interval {inside}", value)
    return _Found(NOT_SUPPORTED, f"{sentence}, not {printed}", value)


def _labels(claim: Claim, own: _Own) -> _Found:
    table = own.rows(own.styles.labels).filter(pl.col("count") > 0).sort("rank", "label")
    if not table.height:
        return _Found(UNTOLD, "no answer")
    most = table.filter(pl.col("rank") <= len(claim.labels))
    frequent = {label.casefold() for label in most["label"]}
    hits = [name for name in claim.labels if name.casefold() in frequent]
    verdict = SUPPORTED if len(hits) == len(claim.labels) else PARTLY if hits else NOT_SUPPORTED
    shares = ", ".join(f"{row['label']} {row['share']:.1%}" for row in most.iter_rows(named=True))
    who = claim.annotator
    if len(claim.labels) == 1:
        is_it = "is" if hits else "is not"
        sentence = f"{claim.labels[0]} {is_it} what {who} gives most often ({shares} of answers)"
    else:
        sentence = (
            f"{len(hits)} of the {len(claim.labels)} named are among the {most.height} that {who} "
            f"gives most often ({shares} of answers)"
        )
    rest = [name for name in claim.labels if name not in hits]
    return _Found(verdict, sentence + _rare(table, rest), len(hits) / len(claim.labels))


def _rare(table: pl.DataFrame, names: list[str]) -> str:
    """What there is of labels named that are not frequent: they may be frequent for the group."""
    said = []
    for name in names:
        row = table.filter(pl.col("label").str.to_lowercase() == name.lower())
        if not row.height:
            said.append(f"{name} never")
            continue
        share, lift = row["share"][0], row["lift"][0]
        times = "" if lift != lift else f", {lift:.1f} times the others' share"
        said.append(f"{name} {share:.1%}{times}")
    return f"; {'; '.join(said)}" if said else ""


def _style(claim: Claim, own: _Own) -> _Found:
    row = own.rows(own.styles.styles, style=str(claim.about)).row(0, named=True)
    rules = own.rows(own.styles.rules, style=str(claim.about))
    apart = rules.filter(pl.col("rule") == "apart").row(0, named=True)
    leading = own.rows(own.styles.annotators).row(0, named=True)["style"]
    if row["met"] is None:
        return _Found(UNTOLD, str(row["reason"]))
    other = "" if leading in (claim.about, None) else f"; the leading style is {leading}"
    close = f" (close: {row['low']:+.2f} to {row['high']:+.2f})" if row["close"] else ""
    sentence = (
        f"{apart['figure']} {apart['value']:.3f} against {apart['threshold']:.3f}, effect "
        f"{row['effect']:+.2f} where {own.styles.options.least_effect:g} is needed{close}{other}"
    )
    return _Found(SUPPORTED if row["met"] else NOT_SUPPORTED, sentence, row["effect"])


def _most(claim: Claim, own: _Own) -> _Found:
    figures = own.styles.figures.filter(
        pl.col("figure") == "cardinality",
        pl.col("layer") == claim.layer,
        pl.col("value").is_not_nan(),
    ).sort("value", descending=True)
    mine = own.figure("cardinality")["value"]
    if mine != mine or figures.height < 2:
        return _Found(UNTOLD, "nobody to compare with")
    top = figures.row(0, named=True)
    if mine == top["value"]:
        return _Found(SUPPORTED, f"{mine:.2f} labels per answer, more than anybody else", mine)
    above = int((figures["value"] > mine).sum())
    sentence = (
        f"{above} of {figures.height} annotators give more labels per answer; "
        f"{top['annotator']} gives {top['value']:.2f}, {claim.annotator} {mine:.2f}"
    )
    return _Found(NOT_SUPPORTED, sentence, mine)


def _size(claim: Claim, own: _Own) -> _Found:
    row = own.figure({1: "one-label", 2: "two-labels"}[int(claim.number)])
    if row["value"] != row["value"]:
        return _Found(UNTOLD, str(row["reason"]))
    many = "one label" if claim.number == 1 else "two labels"
    sentence = f"{row['value']:.1%} of the answers hold {many}"
    return _Found(SUPPORTED if row["value"] > 0.5 else NOT_SUPPORTED, sentence, row["value"])


_KINDS: dict[str, Callable[[Claim, _Own], _Found]] = {
    "cardinality": _cardinality,
    "labels": _labels,
    "share": _share,
    "style": _style,
    "most": _most,
    "size": _size,
}
