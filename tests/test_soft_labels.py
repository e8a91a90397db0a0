"""Soft labels: by hand, and against the release's derived tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from emos.aggregate import soft_labels
from emos.aggregate.soft_labels import SoftLabels
from emos.errors import EmosError
from emos.tables import Dataset
from emos.taxonomy import GOEMOTIONS
from making_votes import released


def _votes(*rows: tuple[str, str, list[str]]) -> pl.DataFrame:
    schema = {"item_id": pl.String, "annotator": pl.String, "labels": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


BY_HAND = _votes(
    ("i", "A1", ["joy", "love"]),
    ("i", "A2", ["joy"]),
    ("i", "A3", []),  # a blank is no vote
    ("j", "A1", ["unsure"]),
    ("k", "A1", []),
)
NAMES = ("joy", "love", "unsure")


def test_by_hand() -> None:
    found = soft_labels(BY_HAND, NAMES)
    assert found.item_ids.to_list() == ["i", "j", "k"]
    assert found.votes.tolist() == [2, 1, 0]
    np.testing.assert_allclose(found.share, [[1, 1 / 2, 0], [0, 0, 1], [np.nan] * 3])
    np.testing.assert_allclose(found.probability, [[2 / 3, 1 / 3, 0], [0, 0, 1], [np.nan] * 3])
    assert found.union_size.tolist() == [2, 1, 0]
    assert found.intersection_size.tolist() == [1, 1, 0]
    table = found.table()
    assert table["union"].to_list() == [["joy", "love"], ["unsure"], []]
    assert table["intersection"].to_list() == [["joy"], ["unsure"], []]


def test_items_may_be_listed_beforehand() -> None:
    found = soft_labels(BY_HAND, NAMES, item_ids=pl.Series(["none", "k", "j", "i"]))
    assert found.votes.tolist() == [0, 0, 1, 2]
    assert found.table()["union"].to_list() == [[], [], ["unsure"], ["joy", "love"]]


def test_a_label_written_twice_in_one_answer_counts_once() -> None:
    found = soft_labels(_votes(("i", "A1", ["joy", "joy"])), NAMES)
    assert found.counts.tolist() == [[1, 0, 0]]


def test_no_votes_at_all() -> None:
    found = soft_labels(_votes(), NAMES, item_ids=pl.Series(["i"]))
    assert np.isnan(found.probability).all()
    assert soft_labels(_votes(), NAMES).table().height == 0


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        (_votes(("i", "A1", ["joy", "hate"])), "item i: label 'hate' is outside the set"),
        (_votes(("i", "A1", ["joy"]), ("i", "A1", ["love"])), "A1 voted twice on i"),
        (_votes(("other", "A1", ["joy"])), "item 'other' is outside the set"),
    ],
)
def test_votes_that_cannot_be_counted(votes: pl.DataFrame, message: str) -> None:
    with pytest.raises(EmosError, match=message):
        soft_labels(votes, NAMES, item_ids=pl.Series(["i"]))


def test_an_error_says_where_the_vote_stands() -> None:
    votes = _votes(("i", "A1", ["joy"]), ("j", "A1", ["hate"])).with_columns(
        file=pl.lit("A1.xlsx"), cell=pl.Series(["K2", "K3"])
    )
    with pytest.raises(EmosError, match=r"A1\.xlsx, K3: label 'hate'"):
        soft_labels(votes, NAMES)


def _goemotions(release: Dataset, batch: str) -> tuple[SoftLabels, SoftLabels]:
    """Full repair, and the labels dropped that the release dropped."""
    from emos.readers.repair import reread_votes

    ids = release.items.filter(batch=batch)["item_id"]
    ours = (pl.col("batch") == batch) & (pl.col("layer") == "goemotions")
    dropped = reread_votes(release.votes, release.info, mode="drop")
    full, drop = (
        soft_labels(votes.filter(ours), GOEMOTIONS.labels, item_ids=ids)
        for votes in (release.votes, dropped)
    )
    return full, drop


@pytest.mark.parametrize(
    ("batch", "pattern", "fewer"),
    [
        ("first-2499", "**/Chinese/goemotion/front2500_training_data.xlsx", 0),
        ("latter-1904", "**/Chinese/goemotion/after2500_training_data.xlsx", 0),
        ("first-3000", "**/Annotations-3000/**/goemotion_soft_labels_first3000.xlsx", 7),
        ("last-2000", "**/Annotations-last-2000/**/goemotion_soft_labels_last2000.xlsx", 5),
    ],
)
def test_the_release_gives_the_same_shares(
    release: Dataset, release_path: Path, batch: str, pattern: str, fewer: int
) -> None:
    table = released(release_path, pattern)
    columns = [f"goemotion_prob_{label}" for label in GOEMOTIONS.labels]
    published = table.select(pl.col(columns).cast(pl.Float64)).to_numpy()
    _, found = _goemotions(release, batch)
    assert len(found.votes) == len(published)
    if batch == "latter-1904":
        published = _without_the_collision(published, found)
    # The release divides by three annotators also where one gave nothing; here a blank is no vote.
    assert (found.votes < 3).sum() == fewer
    np.testing.assert_allclose(found.counts / 3, published, atol=1e-8)
    np.testing.assert_allclose(
        found.share[found.votes == 3], published[found.votes == 3], atol=1e-8
    )
    union = (published > 0).sum(axis=1)
    np.testing.assert_array_equal(found.union_size, union)
    if "goemotion_intersection_size" in table.columns:
        common = table["goemotion_intersection_size"].cast(pl.Int64).to_numpy()[found.votes == 3]
        np.testing.assert_array_equal(found.intersection_size[found.votes == 3], common)


def _without_the_collision(
    published: np.ndarray[tuple[int, int], np.dtype[np.float64]], found: SoftLabels
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The release made clip ids integers: 00001_0 became 10 and was given clip 00010's labels."""
    ids = [item.removeprefix("ch-sims-v2/aqgy4_0009/") for item in found.item_ids]
    collided, other = ids.index("00001_0"), ids.index("00010")
    np.testing.assert_array_equal(published[collided], published[other])
    assert not np.allclose(found.share[collided], published[collided])
    published = published.copy()
    published[collided] = found.share[collided]
    return published


@pytest.mark.parametrize(
    ("batch", "mean", "four_or_more"), [("first-2499", 3.05, 808), ("latter-1904", 3.75, 1107)]
)
def test_unions_of_ch_sims(release: Dataset, batch: str, mean: float, four_or_more: int) -> None:
    full, _ = _goemotions(release, batch)
    assert round(full.union_size.mean(), 2) == mean
    assert (full.union_size >= 4).sum() == four_or_more
