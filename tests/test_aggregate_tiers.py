"""Tiers, majority and ties: thresholds to the last bit, ties by name, Table 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.aggregate import AggregateOptions, aggregate_dataset, tier, tier_curve, tiers
from emos.aggregate.majority import majority, soft_vote
from emos.aggregate.patterns import find_patterns
from emos.aggregate.tiers import parse_thresholds
from emos.aggregate.ties import largest
from emos.errors import EmosError
from emos.tables import Dataset


@pytest.mark.parametrize(
    ("confidence", "unique_labels", "expected"),
    [
        (1.0, 2, "high"),
        (0.9, 2, "high"),
        (np.nextafter(0.9, 0), 2, "medium"),
        (0.8, 3, "medium"),
        (np.nextafter(0.8, 0), 3, "low"),
        (0.3, 1, "high"),
        (0.3, None, "low"),
        (float("nan"), 1, None),
    ],
)
def test_a_tier(confidence: float, unique_labels: int | None, expected: str | None) -> None:
    assert tier(confidence, unique_labels) == expected


def test_other_thresholds() -> None:
    assert tier(0.6, 2, high=0.7, medium=0.6) == "medium"
    assert tier(0.5, 2, high=0.5, medium=0.5) == "high"  # the release's split of MELD


def test_one_vote_agrees_with_nobody() -> None:
    places = tiers([0.3, 0.3, 0.95], [1, 1, 1], votes=[1, 2, 1])
    assert places.tolist() == [0, 2, 2]


@pytest.mark.parametrize("thresholds", [(0.8, 0.9), (1.1, 0.5), (0.5, -0.1), (float("nan"), 0.5)])
def test_thresholds_that_make_no_tiers(thresholds: tuple[float, float]) -> None:
    with pytest.raises(EmosError, match="not 1 >= high >= medium >= 0"):
        tiers([0.5], high=thresholds[0], medium=thresholds[1])


def test_thresholds_as_text() -> None:
    assert parse_thresholds("0.95, 0.7") == (0.95, 0.7)
    for text in ("0.9", "high,low", "0.9,0.8,0.7", ""):
        with pytest.raises(EmosError, match="not two numbers"):
            parse_thresholds(text)


def test_the_curve_counts_labels_at_or_above() -> None:
    curve = tier_curve([0.5, 0.8, 0.9, float("nan")], [2, 2, 2, 0], thresholds=[0.5, 0.85, 1.0])
    assert curve["items"].to_list() == [3, 1, 0]
    assert curve["below"].to_list() == [0, 2, 3]
    np.testing.assert_allclose(curve["share"], [1, 1 / 3, 0])


def test_the_curve_is_flat_where_all_agree() -> None:
    assert tier_curve([0.3, 0.4], [1, 1], thresholds=[0.5, 1.0])["items"].to_list() == [2, 2]


def test_the_curve_of_nothing_is_undefined() -> None:
    assert tier_curve([float("nan")])["share"].is_nan().all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_curve_never_rises(confidence: list[float]) -> None:
    sizes = tier_curve(confidence)["items"].to_list()
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("batch", "high", "medium", "low", "unique"),
    [
        ("first-2499", 1702, 496, 301, [1097, 1119, 283]),
        ("latter-1904", 1670, 122, 112, [904, 917, 83]),
    ],
)
def test_table_1(
    release: Dataset, batch: str, high: int, medium: int, low: int, unique: list[int]
) -> None:
    found = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    model = found.model(f"ch-sims-v2/{batch}")
    assert model.tiers == {"high": high, "medium": medium, "low": low, "undefined": 0}
    rows = found.labels.filter(batch=batch)
    assert [rows.filter(unique_labels=n).height for n in (1, 2, 3)] == unique
    # "unique_labels = 1" adds nothing to High: such clips are High by their confidence.
    assert rows.filter(unique_labels=1)["confidence"].min() >= 0.9


def test_the_shares_of_table_1(release: Dataset) -> None:
    found = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    tier_of = found.labels.filter(subset="ch-sims-v2")["tier"]
    shares = [round(100 * (tier_of == name).mean(), 1) for name in ("high", "medium", "low")]
    assert shares == [76.6, 14.0, 9.4]


def test_the_release_splits_meld_at_one_half(release: Dataset) -> None:
    drop = _reread(release)
    options = AggregateOptions(preset="emos-paper", tiers=(0.5, 0.5))
    found = aggregate_dataset(drop, options)
    first, last = found.model("meld/first-3000").tiers, found.model("meld/last-2000").tiers
    assert (first["high"], first["low"]) == (2797, 203)
    assert (last["high"], last["low"]) == (1964, 36)


def _reread(release: Dataset) -> Dataset:
    from emos.readers.repair import reread_votes

    return release.with_tables(votes=reread_votes(release.votes, release.info, mode="drop"))


# --- majority and ties -----------------------------------------------------------------------


def test_soft_vote_and_majority_by_hand() -> None:
    # item 0: b, b, a; item 1: b, a (a tie: alphabetical, not by code); item 2 has no vote
    patterns = find_patterns(
        [0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 0, 1, 0, 1], n_items=3, n_annotators=3, n_labels=2
    )
    vote = soft_vote(patterns, 2)
    np.testing.assert_allclose(vote.share, [[2 / 3, 1 / 3], [1 / 2, 1 / 2]])
    assert vote.votes.tolist() == [3, 2]
    assert vote.unique_labels.tolist() == [2, 2]
    found = majority(vote.share, ["b", "a"])
    assert found.label.tolist() == [0, 1]
    np.testing.assert_allclose(found.share, [2 / 3, 1 / 2])


def test_ties_go_to_the_first_name() -> None:
    found = largest(np.array([[0.4, 0.4, 0.2], [0.1, 0.2, 0.7]]), ["z", "m", "a"])
    assert found.label.tolist() == [1, 2]
    assert found.tied.tolist() == [True, False]


def test_nearly_equal_counts_as_equal_where_asked() -> None:
    values = np.array([[0.5, 0.5 - 1e-15]])
    assert largest(values, ["b", "a"]).label.tolist() == [0]
    assert largest(values, ["b", "a"], within=1e-12).label.tolist() == [1]


def test_the_largest_of_nothing_is_undefined() -> None:
    found = largest(np.array([[np.nan, np.nan]]), ["a", "b"])
    assert (found.label.tolist(), found.tied.tolist()) == ([-1], [False])
