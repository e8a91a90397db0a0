"""Styles of the public release: figures as its facts say, the paper's Table 4 held against them."""

from __future__ import annotations

import polars as pl
import pytest

from emos.agreement import measure_agreement
from emos.agreement.styles import Styles, compare_claims, measure_styles
from emos.audit import style_claims
from emos.tables import Dataset

pytestmark = pytest.mark.release
LAYER = "goemotions"


@pytest.fixture(scope="module")
def found(release: Dataset) -> Styles:
    return measure_styles(release)


def met(styles: Styles, layer: str = LAYER) -> dict[str, list[str]]:
    rows = styles.annotators.filter(pl.col("layer") == layer).select("annotator", "met").rows()
    return dict(rows)


@pytest.mark.parametrize(
    ("annotator", "labels"),
    [
        *{"A1": 1.84, "A2": 1.42, "A3": 1.41, "A4": 2.23, "A5": 1.32, "A6": 1.67}.items(),
        *{"A7": 1.62, "A8": 1.25, "A9": 1.26, "A10": 1.45, "A11": 1.20, "A12": 1.20}.items(),
    ],
)
def test_labels_per_answer(found: Styles, annotator: str, labels: float) -> None:
    value = found.value("cardinality", annotator, layer=LAYER)
    assert round(value, 2) == labels


def test_styles_that_the_votes_support(found: Styles) -> None:
    assert met(found) == {
        "A1": ["expansive"],
        "A2": ["neutral-fallback"],
        "A3": ["socio-cognitive"],
        "A4": ["expansive"],
        "A5": ["neutral-fallback", "parsimonious"],
        "A6": [],
        "A7": ["expansive", "socio-cognitive"],
        "A8": ["neutral-fallback"],
        "A9": [],
        "A10": ["expansive", "socio-cognitive"],
        "A11": [],
        "A12": [],
    }
    assert {a for a, styles in met(found, "basic7").items() if styles} == {"A2"}


def test_what_is_close_is_said(found: Styles) -> None:
    """A3 and A8 meet their style by less than the effect's interval is wide; A11 misses by it."""
    close = found.styles.filter("close", pl.col("layer") == LAYER)
    assert set(close.select("annotator", "style", "met").rows()) == {
        ("A3", "socio-cognitive", True),
        ("A8", "neutral-fallback", True),
        ("A3", "neutral-fallback", False),
        ("A4", "socio-cognitive", False),
        ("A11", "neutral-fallback", False),
    }


def test_claims_of_table_4(found: Styles) -> None:
    table = compare_claims(found, style_claims("emos_paper"))
    verdicts = {
        kind: {
            verdict: sorted(
                table.filter(pl.col("kind") == kind, pl.col("verdict") == verdict)["annotator"],
                key=lambda name: int(name[1:]),
            )
            for verdict in ("supported", "partly", "not supported", "cannot be told")
        }
        for kind in table["kind"].unique()
    }
    assert verdicts["style"]["supported"] == ["A1", "A2", "A3", "A4", "A5", "A8", "A10"]
    assert verdicts["cardinality"]["supported"] == ["A1", "A2", "A3", "A7"]
    assert verdicts["labels"]["supported"] == ["A5", "A8", "A11"]  # as the audit has it
    assert verdicts["share"] == {
        "supported": ["A9"],
        "partly": [],
        "not supported": ["A12"],
        "cannot be told": [],
    }
    assert verdicts["most"]["not supported"] == ["A10"]
    assert verdicts["size"]["supported"] == ["A5", "A6"]
    assert not table.filter(pl.col("verdict") == "cannot be told").height
    (ten,) = table.filter(pl.col("annotator") == "A10", pl.col("kind") == "cardinality").to_dicts()
    assert ten["sentence"] == "A10 gives 1.45 labels per answer, not 2.31"


def test_observed_groups_are_those_of_agreement(release: Dataset, found: Styles) -> None:
    theirs = measure_agreement(release, layers=LAYER, policies="skip", replicates=0)
    whole = found.composition.filter(
        pl.col("kind") == "observed", pl.col("size") == 3, pl.col("layer") == LAYER
    )
    for row in whole.iter_rows(named=True):
        if row["batch"] in ("first-2499", "latter-1904"):  # nothing blank
            match = theirs.value("exact-match", batch=row["batch"])
            assert row["exact"] == pytest.approx(match)
    unions = {row["batch"]: round(row["union"], 2) for row in whole.iter_rows(named=True)}
    assert unions["first-2499"] == 3.05 and unions["latter-1904"] == 3.75


def test_what_the_release_says_of_mixing_styles(found: Styles) -> None:
    """Pairs who met bear the paper out; the simulation only on the union; no batch can tell of
    two expansive members at once."""
    told = {(row["batch"], row["finding"]): row for row in found.findings.iter_rows(named=True)}
    for batch in ("first-2499", "latter-1904", "first-3000", "last-2000"):
        for measure in ("union", "exact", "jaccard"):
            assert told[batch, f"mixed-pairs-{measure}"]["supported"]
            assert told[batch, f"all-expansive-{measure}"]["supported"] is None
        assert told[batch, "mixed-groups-union"]["supported"]
        assert told[batch, "mixed-groups-exact"]["supported"] is None
        assert abs(told[batch, "check-union"]["value"]) < 0.08
        assert abs(told[batch, "check-exact"]["value"]) < 0.04
        assert abs(told[batch, "stranger-union"]["value"]) < 0.25
    assert told["", "shared-rules"]["value"] == 1.0


def test_the_radar_holds_the_shares_of_table_4(found: Styles) -> None:
    radar = {
        (row["annotator"], row["axis"]): row
        for row in found.radar.filter(pl.col("layer") == LAYER).iter_rows(named=True)
    }
    assert round(100 * radar["A9", "neutral"]["value"]) == 25
    assert radar["A4", "cardinality"]["scaled"] == 1
    assert len(radar) == 12 * 8


def test_drift_can_be_told_of_everybody(found: Styles) -> None:
    assert set(found.drift.filter(pl.col("reason").is_not_null())["reason"]) <= {
        "the same in every block"
    }
    assert found.blocks.select(pl.struct("layer", "annotator").n_unique()).item() == 18
