"""Label sets and maps against the published ones."""

from __future__ import annotations

import pytest

from emos.errors import EmosError
from emos.taxonomy import BASIC7, GOEMOTIONS, GOEMOTIONS_28, MAPS, custom_label_set, get_map
from emos.taxonomy.labels import layer_label_set


def test_the_paper_counts_28_labels_and_29_classes() -> None:
    assert len(GOEMOTIONS_28) == 28
    assert len(GOEMOTIONS) == 29
    assert GOEMOTIONS.labels[-1] == "unsure"


def test_basic7_is_in_alphabetical_order() -> None:
    # The corrections break ties in alphabetical order, so the set's order must be that order.
    assert list(BASIC7.labels) == sorted(BASIC7.labels)


@pytest.mark.parametrize("label_set", [BASIC7, GOEMOTIONS])
def test_every_label_has_a_chinese_name_of_its_own(label_set) -> None:
    names = [label_set.name(label, "zh") for label in label_set.labels]
    assert len(set(names)) == len(label_set)
    assert all(not name.isascii() for name in names)
    every = [name for names in label_set.chinese.values() for name in names]
    assert len(set(every)) == len(every), "a Chinese name must mean one label"


@pytest.mark.parametrize("name", MAPS)
def test_maps_cover_all_28_labels(name: str) -> None:
    label_map = get_map(name)
    assert {label_map(label) for label in GOEMOTIONS_28} == set(BASIC7.labels)


def test_the_maps_differ_where_the_release_says_so() -> None:
    first, last, ekman = (MAPS[n] for n in ("emos-first", "emos-last", "goemotions-ekman"))
    changed = {f for f in GOEMOTIONS.labels if first(f) != last(f)}
    assert changed == {"caring", "embarrassment"}
    assert {f for f in GOEMOTIONS_28 if first(f) != ekman(f)} == {
        "caring",
        "confusion",
        "curiosity",
        "realization",
    }
    assert (last("caring"), last("embarrassment")) == ("Joy", "Disgust")
    assert ekman("unsure") is None


def test_unknown_names_say_what_is_known() -> None:
    with pytest.raises(EmosError, match="emos-first, emos-last, goemotions-ekman"):
        get_map("ekman")
    with pytest.raises(EmosError, match="known are basic7, goemotions"):
        layer_label_set("valence")


def test_a_custom_set_is_sorted_and_distinct() -> None:
    assert custom_label_set(["b", "a", "b"], multi=False).labels == ("a", "b")
