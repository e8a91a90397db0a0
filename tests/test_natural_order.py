"""Names that end in numbers, in the order in which people list them."""

from __future__ import annotations

import random

from emos.tables.natural_order import natural_key


def test_numbers_count_as_numbers() -> None:
    listed = ["2", "10", "A1", "A2", "A10", "A10b", "a1", "a01", "a2", "rater 9 b", "rater 10 a"]
    mixed = random.Random(1).sample(listed, len(listed))
    assert sorted(mixed, key=natural_key) == [
        *("2", "10", "A1", "A2", "A10", "A10b"),
        *("a01", "a1", "a2", "rater 9 b", "rater 10 a"),
    ]


def test_signs_that_only_look_like_digits_are_letters() -> None:
    assert sorted(["²", "１", "a", "3"], key=natural_key) == ["3", "a", "²", "１"]
