"""Basic-7 labels against what fine labels imply."""

from __future__ import annotations

import math

import pytest

from emos.aggregate import aggregate_dataset
from emos.aggregate.consistency import Consistency, check_consistency
from emos.errors import EmosError
from emos.tables import Dataset
from emos.taxonomy import MAPS
from making_votes import dataset_of

FIRST = MAPS["emos-first"]


def _check(*rows: tuple[str, ...]) -> Consistency:
    dataset = dataset_of(rows)
    return check_consistency(dataset, aggregate_dataset(dataset).labels, FIRST)


def _votes(item: str, basic: str, *fine: str) -> list[tuple[str, ...]]:
    """Every annotator gives ``basic``, and each their own fine answer."""
    return [
        row
        for place, labels in enumerate(fine, 1)
        for row in (
            (item, f"A{place}", "basic7", basic),
            (item, f"A{place}", "goemotions", labels),
        )
    ]


ROWS = [
    *_votes("same", "Joy", "joy", "love", "anger"),
    *_votes("tied", "Sadness", "joy", "sadness"),
    *_votes("named", "Anger", "joy", "joy;anger"),
    *_votes("other", "Fear", "joy", "disgust"),
    *_votes("none", "Fear", "", ""),
]


def test_verdicts_by_hand() -> None:
    found = _check(*ROWS)
    by_item = {row["item_id"]: row for row in found.items.iter_rows(named=True)}
    assert [by_item[i]["consistent"] for i in ("same", "tied", "named", "other", "none")] == [
        True, True, False, False, None,
    ]  # fmt: skip
    assert [by_item[i]["named"] for i in ("same", "tied", "named", "other", "none")] == [
        True, True, True, False, None,
    ]  # fmt: skip
    assert by_item["tied"]["implied"] == ["Joy", "Sadness"]
    assert by_item["none"]["implied"] is None


def test_rates_and_confusion_by_hand() -> None:
    found = _check(*ROWS)
    (rates,) = found.rates.iter_rows(named=True)
    assert (rates["items"], rates["unchecked"]) == (4, 1)
    assert (rates["consistent"], rates["named"]) == (0.5, 0.75)
    pairs = {(r["label"], r["implied"]): r["items"] for r in found.confusion.iter_rows(named=True)}
    assert pairs == {
        ("Joy", "Joy"): 1,
        ("Sadness", "Sadness"): 1,  # a tie counts for the label
        ("Anger", "Joy"): 1,
        ("Fear", "Disgust"): 1,  # a tie of others: the first in alphabetical order
    }


def test_annotators_against_themselves() -> None:
    found = _check(*_votes("i", "Joy", "joy", "anger"), *_votes("j", "Joy", "love", "joy;anger"))
    rates = {row["annotator"]: row for row in found.annotators.iter_rows(named=True)}
    assert (rates["A1"]["consistent"], rates["A2"]["consistent"]) == (1.0, 0.5)
    assert (rates["A1"]["items"], rates["A2"]["named"]) == (2, 0.5)


def test_nothing_to_check_is_an_undefined_rate() -> None:
    found = _check(*_votes("i", "Joy", "joy"), *_votes("j", "Fear", ""))
    assert found.rates["unchecked"].to_list() == [1]
    rows = [("i", "A1", "basic7", "Joy"), ("i", "A1", "goemotions", "unsure")]
    dataset = dataset_of(rows)
    labels = aggregate_dataset(dataset).labels
    none = check_consistency(dataset, labels, MAPS["goemotions-ekman"])
    assert math.isnan(none.rates["consistent"][0])


def test_labels_made_from_the_fine_labels_are_left_out() -> None:
    rows = [("i", "A1", "goemotions", "joy")]
    dataset = dataset_of(rows, rules={"correction": {"s/b": "share:emos-first"}})
    with pytest.raises(EmosError, match="no batch has Basic-7 labels of its own"):
        check_consistency(dataset, aggregate_dataset(dataset).labels, FIRST)


def test_the_release(release: Dataset) -> None:
    labels = aggregate_dataset(release).labels
    found = check_consistency(release, labels, FIRST)
    assert found.rates["batch"].to_list() == ["first-2499", "latter-1904"]
    assert found.rates["items"].to_list() == [2499, 1904]
    ekman = check_consistency(release, labels, MAPS["goemotions-ekman"])
    assert (ekman.rates["consistent"] < found.rates["consistent"]).all()
    assert found.confusion["items"].sum() == 4403
    assert found.annotators["annotator"].to_list() == [f"A{n}" for n in range(1, 7)]
