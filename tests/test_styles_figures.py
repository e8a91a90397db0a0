"""Figures of single annotators: worked by hand, counted again in plain Python, against scipy."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emos.agreement import measure_agreement
from emos.agreement.styles import AXES, FIGURE_NAMES, Styles, measure_styles
from emos.agreement.styles.figures import entropy
from emos.tables import conform
from making_votes import dataset_of

LAYER = "goemotions"
BY_HAND = [
    # item, A1, A2, A3
    ("i1", "joy;love", "joy", "joy;love"),
    ("i2", "neutral", "neutral", "unsure"),
    ("i3", "caring;joy", "confusion", "caring"),
    ("i4", "anger", "", "anger;disapproval"),
]


def by_hand(**options: Any) -> Styles:
    rows = [(i, f"A{n}", LAYER, a) for i, *answers in BY_HAND for n, a in enumerate(answers, 1)]
    return measure_styles(dataset_of(rows), replicates=0, **options)


@pytest.mark.parametrize(
    ("figure", "annotator", "value"),
    [
        ("cardinality", "A1", 6 / 4),
        ("cardinality", "A2", 1.0),
        ("cardinality", "A3", 6 / 4),
        ("cardinality-sure", "A3", 5 / 3),
        ("one-label", "A1", 2 / 4),
        ("two-labels", "A3", 2 / 4),
        ("neutral-unsure", "A1", 1 / 4),
        ("neutral-unsure", "A2", 1 / 3),
        ("neutral-unsure", "A3", 1 / 4),
        # Of labels given: caring (A1), confusion (A2), caring and disapproval (A3).
        ("cognitive-social", "A1", 1 / 6),
        ("cognitive-social", "A2", 1 / 3),
        ("cognitive-social", "A3", 2 / 6),
        # A1: joy 2, love, neutral, caring, anger of 6.
        ("entropy", "A1", 4 * (1 / 6) * math.log2(6) + (1 / 3) * math.log2(3)),
        ("entropy", "A2", math.log2(3)),
        ("entropy-normalised", "A2", math.log2(3) / math.log2(29)),
        # Items: (1/2 + 1) / 2, (1 + 0) / 2, (0 + 1/2) / 2, 1/2.
        ("jaccard-others", "A1", (3 / 4 + 1 / 2 + 1 / 4 + 1 / 2) / 4),
        ("jaccard-others", "A2", (1 / 2 + 1 / 2 + 0) / 3),
        # Own shares against the others': i1 (1/2, 1/2) and (2/3, 1/3); i2 1 and 1/2; i3 (1/2, 1/2)
        # and caring 1/2; i4 1 and 1/2.
        ("agreement-others", "A1", (5 / 6 + 1 / 2 + 1 / 2 + 1 / 2) / 4),
    ],
)
def test_figures_by_hand(figure: str, annotator: str, value: float) -> None:
    assert by_hand().value(figure, annotator) == pytest.approx(value)


def test_counts_by_hand() -> None:
    rows = by_hand().annotators.select("annotator", "asked", "given", "unsure", "blank").rows()
    assert rows == [("A1", 4, 4, 0, 0), ("A2", 4, 3, 0, 1), ("A3", 4, 3, 1, 0)]


def _label(styles: Styles, annotator: str, label: str) -> dict[str, Any]:
    rows = styles.labels.filter(pl.col("annotator") == annotator, pl.col("label") == label)
    return rows.row(0, named=True)


def test_shares_and_lift_by_hand() -> None:
    joy = _label(by_hand(), "A1", "joy")
    # Others' answers to items A1 answered: 2 of 7 name joy.
    assert (joy["count"], joy["rank"], joy["dominant"]) == (2, 1, True)
    assert (joy["share"], joy["token_share"]) == pytest.approx((2 / 4, 2 / 6))
    assert (joy["others"], joy["lift"]) == pytest.approx((2 / 7, 7 / 4))
    anger = _label(by_hand(), "A2", "anger")  # A2 left that item blank: the others there are out
    assert anger["count"] == 0 and anger["others"] == 0 and math.isnan(anger["lift"])
    assert math.isnan(anger["log_odds"]) and anger["reason"] == "nobody gave it"


def test_ties_at_the_last_place_are_dominant_too() -> None:
    styles = by_hand(top=2)
    found = dict(styles.annotators.select("annotator", "dominant").rows())
    assert found["A1"] == ["joy", "anger", "caring", "love", "neutral"]  # four with one each
    assert by_hand(top=1).annotators["dominant"].to_list()[0] == ["joy"]


def test_prior_and_counts_of_the_log_odds() -> None:
    joy = _label(by_hand(prior=2.0), "A1", "joy")
    # The group gave joy 4 times in 15 labels; 2 pseudo-labels for each of 29 labels.
    a0 = 58.0
    a = a0 * 4 / 15
    own = math.log((2 + a) / (6 + a0 - 2 - a))
    others = math.log((2 + a) / (9 + a0 - 2 - a))
    assert joy["log_odds"] == pytest.approx(own - others)
    assert joy["z"] == pytest.approx((own - others) / math.sqrt(2 / (2 + a)))


SINGLE = [
    ("i1", "Joy", "Joy", "Anger"),
    ("i2", "Joy", "Anger", "Fear"),
    ("i3", "Neutral", "Neutral", "Neutral"),
    ("i4", "Fear", "", ""),
]


def test_single_labels_by_hand() -> None:
    rows = [(i, f"A{n}", "basic7", a) for i, *answers in SINGLE for n, a in enumerate(answers, 1)]
    labels = pl.DataFrame(
        {
            "item_id": ["i1", "i2", "i3", "i4"],
            "layer": ["basic7"] * 4,
            "label": ["Joy", "Anger", "Neutral", None],
        }
    )
    data = dataset_of(rows).with_tables(labels=conform("labels", labels))
    styles = measure_styles(data, replicates=0)
    # A1 and the most frequent label of the other two: tied with Anger, none of two, the same.
    assert styles.value("agreement-others", "A1") == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert styles.value("jaccard-others", "A1") == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert styles.value("agreement-aggregate", "A1") == pytest.approx(2 / 3)
    assert styles.value("agreement-aggregate", "A2") == pytest.approx(3 / 3)
    assert styles.value("cardinality", "A1") == 1


def test_agreement_with_the_aggregated_soft_label() -> None:
    rows = [("i1", "A1", "label", "x;y"), ("i1", "A2", "label", "x")]
    data = dataset_of(rows, label_sets={"label": ("x", "y")})
    soft = pl.DataFrame(
        {"item_id": ["i1"], "layer": ["label"], "probability": [[2 / 3, 1 / 3]], "votes": [2]}
    )
    data = data.with_tables(soft_labels=conform("soft_labels", soft))
    styles = measure_styles(data, replicates=0)
    assert styles.value("agreement-aggregate", "A1") == pytest.approx(1 / 2 + 1 / 3)
    assert styles.value("agreement-aggregate", "A2") == pytest.approx(2 / 3)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_entropy_is_scipys(counts: list[int]) -> None:
    ours = float(entropy(np.array(counts, dtype=float)[:, None])[0])
    if not sum(counts):
        assert math.isnan(ours)
    else:
        assert ours == pytest.approx(stats.entropy(counts, base=2), abs=1e-12)


NAMES = ("joy", "anger", "neutral", "unsure", "caring")
answers = st.one_of(st.just(""), st.sets(st.sampled_from(NAMES), min_size=1).map(";".join))
tables = st.lists(
    st.tuples(st.integers(0, 7), st.integers(1, 4), answers),
    min_size=1,
    max_size=20,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=60)
@given(tables)
def test_figures_are_those_counted_in_plain_python(rows: list[tuple[int, int, str]]) -> None:
    data = dataset_of((f"i{item}", f"A{who}", LAYER, answer) for item, who, answer in rows)
    styles = measure_styles(data, replicates=0, groups=0)
    votes = {(item, who): set(a.split(";")) for item, who, a in rows if a}
    multi = any(len(labels) > 1 for labels in votes.values())
    for who in {who for _, who, _ in rows}:
        own = {item: labels for (item, w), labels in votes.items() if w == who}
        expected = _counted(own, votes, who, multi)
        for figure, value in expected.items():
            found = styles.value(figure, f"A{who}")
            assert found == pytest.approx(value, nan_ok=True), figure
    undefined = styles.figures.filter(pl.col("value").is_nan())
    assert undefined["reason"].null_count() == 0


def _counted(
    own: dict[int, set[str]], votes: dict[tuple[int, int], set[str]], who: int, multi: bool
) -> dict[str, float]:
    def mean(values: list[float]) -> float:
        return sum(values) / len(values) if values else math.nan

    alike, overlaps, majority = [], [], []
    for item, labels in own.items():
        others = [v for (i, w), v in votes.items() if i == item and w != who]
        if others:
            alike.append(mean([len(labels & o) / len(labels | o) for o in others]))
            count = Counter(label for other in others for label in other)
            total = sum(count.values())
            overlaps.append(sum(min(1 / len(labels), count[k] / total) for k in labels))
            top = [k for k, n in count.items() if n == max(count.values())]
            majority.append(sum(k in labels for k in top) / len(top))
    given_labels = [label for labels in own.values() for label in labels]
    return {
        "cardinality": mean([len(labels) for labels in own.values()]),
        "one-label": mean([len(labels) == 1 for labels in own.values()]),
        "neutral-unsure": mean([bool(v & {"neutral", "unsure"}) for v in own.values()]),
        "cognitive-social": mean([label == "caring" for label in given_labels]),
        "jaccard-others": mean(alike),
        "agreement-others": mean(overlaps if multi else majority),
    }


def test_intervals_are_those_of_an_independent_bootstrap() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 4, (400, 2))
    rows = [
        (f"i{item}", f"A{who + 1}", LAYER, ";".join(NAMES[: sizes[item, who]]))
        for item in range(400)
        for who in range(2)
    ]
    styles = measure_styles(dataset_of(rows), replicates=4000, groups=0)
    row = styles.figures.filter(pl.col("annotator") == "A1", pl.col("figure") == "cardinality").row(
        0, named=True
    )
    theirs = stats.bootstrap(
        (sizes[:, 0],), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(4)
    ).confidence_interval
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    share = styles.labels.filter(pl.col("annotator") == "A1", pl.col("label") == "anger").row(
        0, named=True
    )
    yes = (sizes[:, 0] > 1).astype(float)
    error = 1.96 * math.sqrt(yes.mean() * (1 - yes.mean()) / 400)
    assert share["share_low"] == pytest.approx(yes.mean() - error, abs=0.01)
    assert share["share_high"] == pytest.approx(yes.mean() + error, abs=0.01)


def test_the_interval_of_the_entropy_holds_it() -> None:
    rng = np.random.default_rng(5)
    rows = [(f"i{i}", f"A{w}", LAYER, f"{rng.choice(NAMES)}") for i in range(40) for w in (1, 2, 3)]
    styles = measure_styles(dataset_of(rows), replicates=500, groups=0)
    found = styles.figures.filter(pl.col("figure").str.starts_with("entropy"))
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()


def test_mean_jaccard_of_a_pair_is_that_of_agreement() -> None:
    rows = [(i, f"A{n}", LAYER, a) for i, *given_ in BY_HAND for n, a in enumerate(given_[:2], 1)]
    data = dataset_of(rows)
    theirs = measure_agreement(data, replicates=0).value("jaccard", who="A1-A2")
    styles = measure_styles(data, replicates=0)
    assert styles.value("jaccard-others", "A1") == pytest.approx(theirs)
    assert styles.value("jaccard-others", "A2") == pytest.approx(theirs)


def test_radar_axes_and_their_scale() -> None:
    styles = by_hand()
    table = styles.radar
    assert table["axis"].unique(maintain_order=True).to_list() == list(AXES)
    for annotator in ("A1", "A2", "A3"):
        own = table.filter(pl.col("annotator") == annotator)
        assert own["axis"].to_list() == list(AXES)
    joy = table.filter(pl.col("axis") == "joy").sort("annotator")
    shares = [2 / 6, 1 / 3, 1 / 6]
    assert joy["value"].to_list() == pytest.approx(shares)
    assert joy["scaled"].to_list() == pytest.approx([share / (1 / 3) for share in shares])
    disgust = table.filter(pl.col("axis") == "disgust")
    assert set(disgust["value"]) == {0.0} == set(disgust["scaled"])


def test_a_layer_without_an_axis_label_says_so() -> None:
    rows = [("i1", "A1", "label", "cat"), ("i1", "A2", "label", "dog")]
    styles = measure_styles(dataset_of(rows, label_sets={"label": ("cat", "dog")}), replicates=0)
    joy = styles.radar.filter(pl.col("axis") == "joy")
    assert joy["value"].is_nan().all() and joy["scaled"].is_nan().all()
    assert set(joy["reason"]) == {"the layer has no label joy"}


def test_every_figure_is_named() -> None:
    assert set(by_hand().figures["figure"]) == set(FIGURE_NAMES)


def test_pairs_of_annotators_are_compared_on_items_both_answered() -> None:
    """Who is asked about other items is no part of an annotator's comparison."""
    rows = [("i1", "A1", LAYER, "joy"), ("i1", "A2", LAYER, "joy"), ("i2", "A2", LAYER, "anger")]
    labels = measure_styles(dataset_of(rows), replicates=0).labels
    mine = labels.filter(pl.col("annotator") == "A1", pl.col("label") == "anger")
    assert mine["others"].to_list() == [0.0]
