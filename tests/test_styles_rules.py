"""The four styles: planted ones are found, rules say their margin, and why they do not apply."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emos.agreement.styles import STYLE_NAMES, Styles, cohen_d, cohen_h, measure_styles
from emos.readers import read_source
from emos.tables import Dataset
from making_votes import dataset_of

LAYER = "goemotions"
ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "src" / "emos" / "demo" / "corpus"


def planted(seed: int = 1, items: int = 300) -> Dataset:
    """Four annotators, each with one style by construction."""
    rng = np.random.default_rng(seed)
    feelings = ["joy", "anger", "sadness", "fear", "surprise"]
    rows = []
    for item in range(items):
        first, second, third = rng.permutation(feelings)[:3]
        answers = {
            "A1": [first, second, third][: rng.integers(2, 4)],  # expansive
            "A2": [first],  # parsimonious
            "A3": ["neutral"] if rng.random() < 0.4 else [first, second][: rng.integers(1, 3)],
            "A4": ["caring" if rng.random() < 0.5 else first, second][: rng.integers(1, 3)],
        }
        rows += [(f"i{item}", who, LAYER, ";".join(given_)) for who, given_ in answers.items()]
    return dataset_of(rows)


@pytest.fixture(scope="module")
def found() -> Styles:
    return measure_styles(planted(), replicates=300, groups=0)


def leading(styles: Styles, layer: str = LAYER) -> dict[str, str | None]:
    return dict(
        styles.annotators.filter(pl.col("layer") == layer).select("annotator", "style").rows()
    )


def style_row(styles: Styles, annotator: str, style: str, **at: str) -> dict[str, Any]:
    want = {"annotator": annotator, "style": style, **at}
    rows = styles.styles.filter(*(pl.col(name) == value for name, value in want.items()))
    return rows.row(0, named=True)


def rules_of(styles: Styles, annotator: str, style: str) -> list[dict[str, Any]]:
    rows = styles.rules.filter(pl.col("annotator") == annotator, pl.col("style") == style)
    return rows.to_dicts()


def test_planted_styles_are_found(found: Styles) -> None:
    assert leading(found) == dict(zip(("A1", "A2", "A3", "A4"), STYLE_NAMES, strict=True))


def test_expansive_is_against_the_median_in_standard_deviations(found: Styles) -> None:
    apart, effect = rules_of(found, "A1", "expansive")
    means = found.figures.filter(pl.col("figure") == "cardinality")["value"].to_numpy()
    assert apart["threshold"] == pytest.approx(np.median(means))
    assert (apart["figure"], apart["comparison"], apart["value"]) == ("cardinality", ">", means[0])
    assert apart["margin"] == pytest.approx(means[0] - np.median(means))
    votes = planted().votes.with_columns(size=pl.col("labels").list.len())
    d = cohen_d(means[0] - np.median(means), votes["size"].std(ddof=0))  # type: ignore[arg-type]
    assert effect["value"] == pytest.approx(float(d))
    assert (effect["comparison"], effect["threshold"]) == (">=", 0.2)
    assert effect["margin"] == pytest.approx(float(d) - 0.2)


def test_parsimonious_is_the_other_side(found: Styles) -> None:
    apart, effect = rules_of(found, "A2", "parsimonious")
    assert apart["comparison"] == "<" and apart["value"] == 1 < apart["threshold"]
    assert apart["margin"] == pytest.approx(apart["threshold"] - 1)
    other = style_row(found, "A2", "expansive")
    assert other["effect"] == pytest.approx(-effect["value"]) and not other["met"]


def test_fallback_and_socio_cognitive_are_against_the_others(found: Styles) -> None:
    votes = planted().votes
    neutral = votes.with_columns(yes=pl.col("labels").list.contains("neutral"))
    mine = neutral.filter(pl.col("annotator") == "A3")["yes"].mean()
    others = neutral.filter(pl.col("annotator") != "A3")["yes"].mean()
    apart, effect = rules_of(found, "A3", "neutral-fallback")
    assert (apart["value"], apart["threshold"]) == pytest.approx((mine, others))
    assert effect["value"] == pytest.approx(float(cohen_h(mine, others)))  # type: ignore[arg-type]
    labels = votes.explode("labels").with_columns(yes=pl.col("labels") == "caring")
    mine = labels.filter(pl.col("annotator") == "A4")["yes"].mean()
    apart, effect = rules_of(found, "A4", "socio-cognitive")
    assert (apart["value"], apart["threshold"]) == pytest.approx((mine, 0.0))
    assert effect["value"] == pytest.approx(float(cohen_h(mine, 0)))  # type: ignore[arg-type]


def check_tables(styles: Styles) -> None:
    """What must hold of any result."""
    least = styles.options.least_effect
    for row in styles.rules.iter_rows(named=True):
        if row["met"] is None:
            assert row["reason"] or math.isnan(row["low"])
        elif row["rule"] == "effect":
            assert row["met"] == (row["value"] >= least)
            assert row["margin"] == pytest.approx(row["value"] - least)
        else:
            assert row["met"] == (row["low"] > 0)
    keys = ["subset", "batch", "layer", "annotator"]
    for _, rules in styles.rules.group_by([*keys, "style"]):
        told = rules["met"].to_list()
        row = styles.styles.join(rules.head(1), on=[*keys, "style"], how="semi").row(0, named=True)
        assert row["met"] == (False if False in told else None if None in told else True)
    for _, own in styles.styles.group_by(keys):
        met = own.filter("met")
        assert own["leading"].sum() == min(1, met.height)
        close = own.filter("close")
        assert (close["low"] < least).all() and (close["high"] >= least - 1e-9).all()
        if met.height:
            assert own.filter("leading")["margin"][0] == met["margin"].max()
    for row in styles.annotators.iter_rows(named=True):
        assert row["asked"] == row["given"] + row["unsure"] + row["blank"]
        assert (row["style"] is None) == (row["met"] == []) == (row["reason"] is not None)


NAMES = ("joy", "anger", "neutral", "unsure", "caring")
answers = st.one_of(st.just(""), st.sets(st.sampled_from(NAMES), min_size=1).map(";".join))
tables = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 4), answers),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=40)
@given(tables)
def test_any_votes_give_tables_that_agree_with_themselves(rows: list[tuple[int, int, str]]) -> None:
    data = dataset_of((f"i{item}", f"A{who}", LAYER, answer) for item, who, answer in rows)
    check_tables(measure_styles(data, replicates=20))


def test_tables_of_the_planted_agree(found: Styles) -> None:
    check_tables(found)


def test_a_difference_that_chance_explains_is_no_style() -> None:
    """Twenty items: large enough an effect, but its interval reaches 0."""
    rng = np.random.default_rng(0)
    rows = []
    for item in range(20):
        for who, share in (("A1", 0.5), ("A2", 0.35), ("A3", 0.3)):
            both = rng.random() < share
            rows.append((f"i{item}", who, LAYER, "joy;love" if both else "joy"))
    styles = measure_styles(dataset_of(rows), replicates=500)
    row = style_row(styles, "A1", "expansive")
    assert row["effect"] > 0.2 and row["low"] < 0 and not row["met"]
    reason = styles.annotators.row(0, named=True)["reason"]
    assert "large enough" in reason and "interval" in reason


def test_a_difference_too_small_to_matter_is_no_style() -> None:
    """Many items: the interval excludes 0, but the effect is small."""
    rows = []
    for item in range(3000):
        rows += [
            (f"i{item}", "A1", LAYER, "joy;love" if item % 100 < 55 else "joy"),
            (f"i{item}", "A2", LAYER, "joy;love" if item % 100 < 50 else "joy"),
            (f"i{item}", "A3", LAYER, "joy;love" if item % 100 < 50 else "joy"),
        ]
    styles = measure_styles(dataset_of(rows), replicates=300)
    apart, effect = rules_of(styles, "A1", "expansive")
    assert apart["met"] and not effect["met"]
    assert not style_row(styles, "A1", "expansive")["met"]
    easier = measure_styles(dataset_of(rows), replicates=300, least_effect=0.05)
    assert style_row(easier, "A1", "expansive")["met"]


def test_several_styles_may_be_met_and_the_widest_margin_leads() -> None:
    rows = []
    for item in range(200):
        rows += [
            (f"i{item}", "A1", LAYER, "neutral" if item % 2 else "joy"),
            (f"i{item}", "A2", LAYER, "joy;love" if item % 2 else "joy"),
            (f"i{item}", "A3", LAYER, "joy;love" if item % 3 else "joy"),
        ]
    styles = measure_styles(dataset_of(rows), replicates=300)
    row = styles.annotators.row(0, named=True)
    assert row["met"] == ["neutral-fallback", "parsimonious"] and row["style"] == row["met"][0]
    margins = [style_row(styles, "A1", style)["margin"] for style in row["met"]]
    assert row["margin"] == margins[0] > margins[1] > 0


# --- where a rule does not apply


def reason_of(styles: Styles, style: str, annotator: str = "A1") -> str | None:
    row = style_row(styles, annotator, style)
    assert row["met"] is None and math.isnan(row["effect"]) and math.isnan(row["margin"])
    return row["reason"]  # type: ignore[no-any-return]


def test_single_labels_have_no_cardinality_style() -> None:
    rows = [(f"i{n}", who, "basic7", "Joy") for n in range(9) for who in ("A1", "A2")]
    styles = measure_styles(dataset_of(rows), replicates=20)
    for style in ("expansive", "parsimonious"):
        assert reason_of(styles, style) == "answers are single labels"
    assert "no cognitive or social" in str(reason_of(styles, "socio-cognitive"))
    assert style_row(styles, "A1", "neutral-fallback")["met"] is False
    assert any("answers are single labels" in note for note in styles.notes)


def test_other_labels_have_no_neutral_or_social_style() -> None:
    rows = [(f"i{n}", "A1", "label", "cat;dog" if n % 2 else "dog") for n in range(9)]
    rows += [(f"i{n}", "A2", "label", "cat") for n in range(9)]
    styles = measure_styles(dataset_of(rows, label_sets={"label": ("cat", "dog")}), replicates=20)
    assert reason_of(styles, "neutral-fallback") == "the layer has no label neutral or unsure"
    assert "no cognitive" in str(reason_of(styles, "socio-cognitive"))
    assert math.isnan(styles.value("neutral-unsure", "A1"))
    assert style_row(styles, "A1", "expansive")["met"] is not None


def test_label_kinds_can_be_named() -> None:
    rows = [
        (f"i{n}", who, "label", answer)
        for n in range(60)
        for who, answer in (("A1", "none" if n % 2 else "cat"), ("A2", "dog"), ("A3", "dog"))
    ]
    data = dataset_of(rows, label_sets={"label": ("none", "cat", "dog")})
    styles = measure_styles(data, replicates=50, neutral=["None"], cognitive="cat", social=())
    assert style_row(styles, "A1", "neutral-fallback")["met"]
    assert style_row(styles, "A1", "socio-cognitive")["met"]
    assert styles.value("cognitive-social", "A1") == 0.5


def test_unsure_without_such_a_label_counts_as_falling_back_alone() -> None:
    rows = [(f"i{n}", who, "basic7", "Joy") for n in range(50) for who in ("A1", "A2", "A3")]
    data = dataset_of(rows)
    unsure = (pl.col("annotator") == "A1") & (pl.col("item_id") < "i25")
    votes = data.votes.with_columns(
        labels=pl.when(unsure).then(pl.lit([], dtype=pl.List(pl.String))).otherwise("labels"),
        status=pl.when(unsure).then(pl.lit("unsure")).otherwise("status"),
    )
    styles = measure_styles(data.with_tables(votes=votes), replicates=100)
    row = styles.annotators.row(0, named=True)
    assert row["unsure"] == votes.filter(pl.col("status") == "unsure").height == 50 - row["given"]
    assert styles.value("neutral-unsure", "A1") == row["unsure"] / 50
    assert styles.value("cardinality", "A1") == 1
    assert leading(styles, "basic7")["A1"] == "neutral-fallback"
    assert any("which is no label of the layer" in note for note in styles.notes)


def test_one_annotator_alone_has_figures_and_no_style() -> None:
    rows = [(f"i{n}", "A1", LAYER, "joy;love" if n % 2 else "joy") for n in range(30)]
    styles = measure_styles(dataset_of(rows), replicates=50)
    assert styles.value("cardinality", "A1") == 1.5
    for style in STYLE_NAMES:
        assert reason_of(styles, style) == "only one annotator"
    assert styles.annotators["reason"].to_list() == ["only one annotator"]
    assert math.isnan(styles.value("jaccard-others", "A1"))
    check_tables(styles)


def test_blanks_alone_are_no_answer() -> None:
    rows = [("i1", "A1", LAYER, ""), ("i1", "A2", LAYER, "")]
    styles = measure_styles(dataset_of(rows), replicates=20)
    assert styles.annotators.select("asked", "given", "blank").rows() == [(1, 0, 1)] * 2
    assert styles.figures["value"].is_nan().all()
    told = dict(styles.figures.select("figure", "reason").rows())
    assert told.pop("agreement-aggregate") in ("no answer", "no labels yet: emos aggregate")
    assert set(told.values()) == {"no answer"}
    assert reason_of(styles, "expansive") == "no answer"


def test_others_on_other_items_are_nobody_to_compare_with() -> None:
    rows = [(f"i{who}{n}", who, LAYER, "joy;love") for who in ("A1", "A2") for n in range(9)]
    styles = measure_styles(dataset_of(rows), replicates=20)
    assert reason_of(styles, "neutral-fallback") == "nobody else answered the same items"
    assert reason_of(styles, "expansive") == "all answers hold equally many labels"


def test_who_always_gives_two_labels_is_expansive_among_those_who_always_give_one() -> None:
    rows = [
        (f"i{n}", who, LAYER, answer)
        for n in range(50)
        for who, answer in (("A1", "joy;love"), ("A2", "joy"), ("A3", "joy"))
    ]
    styles = measure_styles(dataset_of(rows), replicates=50)
    assert leading(styles)["A1"] == "expansive"
    # 1 more label; a third of the answers have 2 labels, two thirds 1.
    assert style_row(styles, "A1", "expansive")["effect"] == pytest.approx(1 / math.sqrt(2 / 9))


def test_without_resamples_significance_is_not_told() -> None:
    styles = measure_styles(planted(), replicates=0)
    assert style_row(styles, "A1", "expansive")["met"] is None
    assert "no resamples" in style_row(styles, "A1", "expansive")["reason"]
    assert style_row(styles, "A2", "expansive")["met"] is False  # too small whatever the interval
    check_tables(styles)


# --- the demo corpus, whose annotators were given a style each


def test_styles_of_the_demo_corpus() -> None:
    """The rules find what was planted, except a parsimonious one who is the median of a group.

    A3 and A9 were given fewer labels than A1 and A7, but more than A2 and A8: they are the median.
    A11 gives 4 % fewer than the median of the group, on 80 clips: nothing to be sure of.
    """
    corpus = read_source(str(CORPUS / "layout.toml"), CORPUS)
    styles = measure_styles(corpus, layers=LAYER)
    met = dict(styles.annotators.select("annotator", "met").rows())
    key = ROOT / "src" / "emos" / "demo" / "answer_key" / "simulation.toml"
    given_ = tomllib.loads(key.read_text(encoding="utf-8"))["annotators"]
    assert {who for who in met if given_[who]["style"] not in met[who]} == {"A3", "A9", "A11"}
    assert all(met[who] == [] for who in ("A3", "A9", "A11"))
    wrong = {who: set(met[who]) - {given_[who]["style"]} for who in met}
    assert {who: more for who, more in wrong.items() if more} == {"A5": {"parsimonious"}}
    check_tables(styles)
