"""Distances worked out by hand; a word is respelt only where one label is nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.readers.spelling import distance, nearest, segment
from emos.taxonomy import GOEMOTIONS

LABELS = {label: label for label in GOEMOTIONS.labels}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", 0),
        ("joy", "", 3),
        ("joy", "joy", 0),
        ("jou", "joy", 1),  # substitution
        ("lve", "love", 1),  # deletion
        ("ssadness", "sadness", 1),  # insertion
        ("nuetral", "neutral", 1),  # swap of neighbours
        ("nervousnee", "nervousness", 2),
        ("ca", "abc", 3),  # optimal string alignment; unrestricted Damerau-Levenshtein is 2
        ("kitten", "sitting", 3),
    ],
)
def test_distance(a: str, b: str, expected: int) -> None:
    assert distance(a, b) == distance(b, a) == expected


words = st.text("abc", max_size=6)


@given(a=words, b=words)
def test_distance_is_one_exactly_for_one_edit(a: str, b: str) -> None:
    edits = {a[:n] + a[n + 1 :] for n in range(len(a))}
    edits |= {a[:n] + letter + a[n:] for n in range(len(a) + 1) for letter in "abc"}
    edits |= {a[:n] + letter + a[n + 1 :] for n in range(len(a)) for letter in "abc"}
    edits |= {a[:n] + a[n + 1] + a[n] + a[n + 2 :] for n in range(len(a) - 1)}
    assert (distance(a, b) <= 1) == (b in edits or a == b)
    assert (distance(a, b) == 0) == (a == b)


def test_two_mistakes_are_allowed_in_long_words_that_begin_alike() -> None:
    assert nearest("nervousnee", LABELS) == "nervousness"
    assert distance("mervousnes", "nervousness") == 2
    assert nearest("mervousnes", LABELS) is None
    assert nearest("releaf", LABELS) is None  # two from relief, but short


def test_a_tie_is_not_decided() -> None:
    assert nearest("lave", {"love": "love", "cave": "cave"}) is None
    assert nearest("lave", {"love": "love", "cavern": "cavern"}) == "love"
    assert nearest("lov", {"love": "love", "low": "low", "lot": "lot"}) is None


@pytest.mark.parametrize(
    "word", ["amazement", "belief", "danger", "distrust", "re", "恐俱", "joy1"]
)
def test_other_words_are_not_misspellings(word: str) -> None:
    assert nearest(word, LABELS) is None


def test_glued_labels() -> None:
    assert segment("lovedesire", LABELS) == ["love", "desire"]
    assert segment("joylovefear", LABELS) == ["joy", "love", "fear"]
    assert segment("joy", LABELS) is None
    assert segment("joyful", LABELS) is None
    assert segment("", LABELS) is None
    both_ways = {"joy": "joy", "joylove": "joylove", "love": "love", "lovefear": "lf", "fear": "f"}
    assert segment("joylovefear", both_ways) is None


def test_long_nonsense_is_quick() -> None:
    assert segment("joy" * 2000, LABELS) is None
    assert nearest("x" * 5000, LABELS) is None
