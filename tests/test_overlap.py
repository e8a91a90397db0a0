"""Annotators whom nothing tells about: their votes are labels, never a confidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from emos.aggregate import AggregateOptions, Aggregation, aggregate_dataset
from emos.aggregate.overlap import find_overlap
from emos.aggregate.patterns import find_patterns
from making_votes import Votes, dataset_of, random_votes

APART = [("i1", "A1", "label", "x"), ("i2", "A2", "label", "y")]
# A1 and A2 share an item; A3 shares none; i4 is A1's alone.
PARTLY = [
    ("i1", "A1", "label", "x"), ("i1", "A2", "label", "x"),
    ("i2", "A1", "label", "y"), ("i2", "A2", "label", "y"),
    ("i3", "A3", "label", "x"), ("i4", "A1", "label", "y"), ("i5", "A3", "label", "y"),
]  # fmt: skip


def _aggregate(rows: list[tuple[str, ...]], *, options: Any = None, **given: Any) -> Aggregation:
    dataset = dataset_of(rows, label_sets={"label": ("x", "y")})
    return aggregate_dataset(dataset, AggregateOptions(**(options or {})), **given)


@pytest.mark.parametrize(
    "options", [{}, {"smoothing": 1.0}, {"bootstrap": 5}, {"method": "majority"}]
)
def test_no_item_answered_twice_leaves_confidence_undefined(options: dict[str, Any]) -> None:
    found = _aggregate(APART, options=options)
    assert found.labels["label"].to_list() == ["x", "y"]
    assert found.labels["confidence"].is_nan().all()
    assert np.isnan(np.array(found.labels["posterior"].to_list())).all()
    assert found.labels["tier"].to_list() == [None, None]
    assert found.labels["reason"].to_list() == ["isolated_annotator"] * 2
    assert found.models[0].comparison is None and found.models[0].flips is None
    assert found.warnings == (
        "s/b: no item has two answers, so nothing tells how far to trust an annotator: labels are "
        "the votes, no confidence is defined",
    )


def test_an_annotator_who_shares_no_item_is_named() -> None:
    found = _aggregate(PARTLY, options={"bootstrap": 20})
    rows = {row["item_id"]: row for row in found.labels.iter_rows(named=True)}
    assert [item for item, row in rows.items() if np.isnan(row["confidence"])] == ["i3", "i5"]
    assert rows["i4"]["reason"] == "dawid_skene", "A1 can be judged by the items shared with A2"
    assert (rows["i3"]["label"], rows["i3"]["reason"]) == ("x", "isolated_annotator")
    assert np.isnan([rows["i3"]["low"], rows["i3"]["high"]]).all()
    assert not np.isnan(rows["i4"]["low"])
    assert found.models[0].tiers["undefined"] == 2
    assert found.warnings == (
        "s/b: 1 annotator (A3) shared no item with anybody: no confidence is defined for 2 items "
        "that only they answered",
    )


def test_the_others_are_judged_by_all_votes() -> None:
    """The isolated votes stay in the priors, so that only their own confidence is withheld."""
    connected = _aggregate([row for row in PARTLY if row[1] != "A3"]).labels
    found = _aggregate(PARTLY).labels.join(connected, on="item_id", suffix="_alone")
    assert found["label"].to_list() == found["label_alone"].to_list()


def test_known_labels_tell_about_an_annotator() -> None:
    gold = pl.DataFrame({"item_id": ["i3"], "label": ["y"]})
    found = _aggregate(PARTLY, gold=gold)
    assert found.labels["confidence"].is_not_nan().all()
    assert not found.warnings
    # A known label of an item that A3 never saw tells nothing about A3.
    other = _aggregate(PARTLY, gold=pl.DataFrame({"item_id": ["i1"], "label": ["x"]}))
    assert other.labels.filter(pl.col("confidence").is_nan())["item_id"].to_list() == ["i3", "i5"]


def test_a_stated_confusion_tells_about_its_annotator() -> None:
    confusion = pl.DataFrame(
        {
            "annotator": ["A1"] * 4,
            "true": ["x", "x", "y", "y"],
            "given": ["x", "y", "x", "y"],
            "probability": [0.9, 0.1, 0.2, 0.8],
        }
    )
    found = _aggregate(APART, initial_confusion=confusion).labels
    assert found["confidence"].is_nan().to_list() == [False, True]


@settings(max_examples=100)
@given(random_votes())
def test_overlap_is_what_counting_finds(votes: Votes) -> None:
    found = find_overlap(
        find_patterns(*votes.codes, **votes.sizes),
        n_annotators=votes.n_annotators,
        n_labels=votes.n_labels,
    )
    on_item: dict[int, set[int]] = {}
    for item, annotator in zip(votes.items.tolist(), votes.annotators.tolist(), strict=True):
        on_item.setdefault(item, set()).add(annotator)
    shared = {who for people in on_item.values() if len(people) > 1 for who in people}
    assert np.flatnonzero(~found.isolated).tolist() == sorted(shared)
    patterns = find_patterns(*votes.codes, **votes.sizes)
    for item, people in on_item.items():
        assert found.unjudged[patterns.of_item[item]] == (not people & shared)
