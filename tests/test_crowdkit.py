"""Other aggregators come from crowd-kit, or say what to install."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
import pytest

from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.aggregate.crowdkit import METHODS, aggregate_by_crowd_kit
from emos.aggregate.votes import code_votes
from emos.errors import EmosError, MissingExtraError
from making_votes import dataset_of, simulated_votes


def _rows(n_labels: int = 2) -> list[tuple[str, ...]]:
    names = ("Anger", "Joy", "Fear")[:n_labels]
    votes = simulated_votes(1, n_items=40, n_annotators=5, n_labels=n_labels, votes_per_item=4)
    return [
        (f"i{i}", f"A{r + 1}", "label", names[label])
        for i, r, label in zip(*votes.codes, strict=True)
    ]


def _dataset(n_labels: int = 2, items: list[str] | None = None):  # type: ignore[no-untyped-def]
    labels = tuple(sorted({row[3] for row in _rows(n_labels)}))
    return dataset_of(_rows(n_labels), label_sets={"label": labels}, items=items)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_labels_two_classes(name: str) -> None:
    found = aggregate_dataset(_dataset(), AggregateOptions(method=f"crowd-kit:{name}"))
    agree = (found.labels["label"] == found.labels["majority"]).mean()
    assert agree > 0.8
    if found.labels["confidence"].is_nan().all():
        assert "labels without a confidence" in " ".join(found.warnings)
        assert found.models[0].tiers["undefined"] == 40
    else:
        sums = found.labels["posterior"].list.sum()
        np.testing.assert_allclose(sums, 1, atol=1e-9)


def test_items_without_votes_are_stated() -> None:
    items = [f"i{i}" for i in range(40)] + ["none"]
    found = aggregate_dataset(_dataset(items=items), AggregateOptions(method="crowd-kit:Wawa"))
    row = found.labels.row(40, named=True)
    assert (row["item_id"], row["label"], row["reason"]) == ("none", None, "no_votes")
    assert found.labels["label"].null_count() == 1


def test_what_a_method_cannot_do_is_one_line() -> None:
    with pytest.raises(EmosError, match="KOS cannot aggregate these votes"):
        aggregate_dataset(_dataset(3), AggregateOptions(method="crowd-kit:KOS"))


def test_an_unknown_method_lists_the_known() -> None:
    votes = code_votes(pl.DataFrame({"item_id": ["i"], "annotator": ["A1"], "label": ["x"]}))
    with pytest.raises(EmosError, match="unknown crowd-kit method 'Best'; known: DawidSkene, GLAD"):
        aggregate_by_crowd_kit("Best", votes, seed=0)


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crowdkit.aggregation", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'emos\[crowd-kit\]'"):
        aggregate_dataset(_dataset(), AggregateOptions(method="crowd-kit:GLAD"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (AggregateOptions(method="crowd-kit:GLAD", bootstrap=10), "no bootstrap for method"),
        (AggregateOptions(method="best"), "unknown method 'best'"),
    ],
)
def test_options_that_do_not_go_together(options: AggregateOptions, message: str) -> None:
    with pytest.raises(EmosError, match=message):
        aggregate_dataset(_dataset(), options)


def test_gold_and_confusion_are_dawid_skenes() -> None:
    gold = pl.DataFrame({"item_id": ["i0"], "label": ["Joy"]})
    with pytest.raises(EmosError, match="takes no gold labels"):
        aggregate_dataset(_dataset(), AggregateOptions(method="crowd-kit:GLAD"), gold=gold)
    with pytest.raises(EmosError, match="takes no initial confusion"):
        aggregate_dataset(_dataset(), AggregateOptions(method="majority"), initial_confusion=gold)
