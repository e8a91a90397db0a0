"""Response patterns: the same votes are found once, in an order that items cannot change."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.aggregate.incidence import Incidence
from emos.aggregate.patterns import DoubleVoteError, Patterns, find_patterns
from emos.errors import EmosError
from making_votes import Votes, random_votes, simulated_votes


def _votes_of(patterns: Patterns, pattern: int, n_labels: int) -> frozenset[tuple[int, int]]:
    return frozenset(
        divmod(int(slot[pattern]), n_labels) for slot in patterns.slots if pattern < len(slot)
    )


def test_items_with_the_same_votes_share_a_pattern() -> None:
    # item 0: A0 x, A1 y; item 1: the same, votes in another order; item 2: A0 x only; item 3: none
    patterns = find_patterns(
        [0, 0, 1, 1, 2], [0, 1, 1, 0, 0], [0, 1, 1, 0, 0], n_items=4, n_annotators=2, n_labels=2
    )
    assert len(patterns) == 2
    assert patterns.items.tolist() == [2, 1]  # most votes first
    assert patterns.of_item.tolist() == [0, 0, 1, -1]
    assert [slot.tolist() for slot in patterns.slots] == [[0, 0], [3]]


def test_a_known_class_makes_another_pattern() -> None:
    patterns = find_patterns(
        [0, 1, 2], [0, 0, 0], [1, 1, 1], n_items=4, n_annotators=1, n_labels=3, gold=[-1, 2, 2, 0]
    )
    assert patterns.of_item[1] == patterns.of_item[2] != patterns.of_item[0]
    assert patterns.gold[patterns.of_item].tolist() == [-1, 2, 2, 0]
    assert _votes_of(patterns, int(patterns.of_item[3]), 3) == frozenset()


def test_patterns_with_most_votes_come_first_whatever_is_known() -> None:
    # item 0: one vote and a known class; item 1: two votes
    patterns = find_patterns(
        [0, 1, 1], [0, 0, 1], [0, 1, 0], n_items=2, n_annotators=2, n_labels=2, gold=[0, -1]
    )
    assert patterns.of_item.tolist() == [1, 0]
    assert [slot.tolist() for slot in patterns.slots] == [[1, 0], [2]]
    assert patterns.gold.tolist() == [-1, 0]


@given(random_votes())
def test_patterns_are_the_distinct_sets_of_votes(votes: Votes) -> None:
    patterns = find_patterns(*votes.codes, **votes.sizes)
    sets: dict[int, set[tuple[int, int]]] = {}
    for item, annotator, label in zip(*votes.codes, strict=True):
        sets.setdefault(int(item), set()).add((int(annotator), int(label)))
    expected = Counter(frozenset(held) for held in sets.values())
    found = {
        _votes_of(patterns, p, votes.n_labels): int(patterns.items[p]) for p in range(len(patterns))
    }
    assert found == expected
    for item in range(votes.n_items):
        place = patterns.of_item[item]
        if item in sets:
            assert _votes_of(patterns, int(place), votes.n_labels) == sets[item]
        else:
            assert place == -1


@given(random_votes(), st.randoms())
def test_the_order_of_items_and_votes_changes_no_pattern(votes: Votes, random: object) -> None:
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    renamed = rng.permutation(votes.n_items)
    order = rng.permutation(len(votes.items))
    before = find_patterns(*votes.codes, **votes.sizes)
    after = find_patterns(
        renamed[votes.items][order], votes.annotators[order], votes.labels[order], **votes.sizes
    )
    assert after.items.tolist() == before.items.tolist()
    assert [s.tolist() for s in after.slots] == [s.tolist() for s in before.slots]
    assert after.of_item[renamed].tolist() == before.of_item.tolist()


def test_rows_too_long_for_one_number_are_told_apart() -> None:
    # 1,024 = 2 ** 10 possible codes: a number of 64 bits keeps the last six of 31 votes only.
    labels = np.tile(np.arange(31), 3)
    labels[31] = 29  # item 1's first vote is all that differs
    patterns = find_patterns(
        np.repeat([0, 1, 2], 31),
        np.tile(np.arange(31), 3),
        labels,
        n_items=3,
        n_annotators=31,
        n_labels=32,
    )
    assert patterns.of_item[0] == patterns.of_item[2] != patterns.of_item[1]


def test_three_annotators_and_seven_labels_make_at_most_343_patterns() -> None:
    votes = simulated_votes(1, n_items=20_000, n_annotators=3, n_labels=7, votes_per_item=3)
    assert len(find_patterns(*votes.codes, **votes.sizes)) <= 343


def test_an_item_voted_on_twice_is_refused() -> None:
    with pytest.raises(DoubleVoteError, match="item 1 is voted on twice by annotator 0") as caught:
        find_patterns([0, 1, 1], [0, 0, 0], [0, 0, 1], n_items=2, n_annotators=1, n_labels=2)
    assert (caught.value.item, caught.value.annotator) == (1, 0)


@pytest.mark.parametrize(
    ("items", "annotators", "labels", "message"),
    [
        ([0.0, np.nan], [0, 0], [0, 0], "float64, not integers"),
        ([0, 2], [0, 0], [0, 0], "entry 1: item code 2 is outside 0..1"),
        ([0, -1], [0, 0], [0, 0], "item code -1 is outside"),
        ([0, 1], [0, 3], [0, 0], "annotator code 3"),
        ([0, 1], [0, 0], [0, 2], "label code 2"),
        ([0, 1], [0], [0, 0], "do not make a vote each"),
        ([[0], [1]], [0, 0], [0, 0], "2 dimensions"),
    ],
)
def test_codes_that_are_none_are_refused(
    items: list[float], annotators: list[int], labels: list[int], message: str
) -> None:
    with pytest.raises(EmosError, match=message):
        find_patterns(items, annotators, labels, n_items=2, n_annotators=1, n_labels=2)


def test_gold_is_one_class_for_each_item() -> None:
    sizes = {"n_items": 2, "n_annotators": 1, "n_labels": 2}
    with pytest.raises(EmosError, match="1 gold classes for 2 items"):
        find_patterns([0], [0], [0], **sizes, gold=[0])
    with pytest.raises(EmosError, match="gold code 2"):
        find_patterns([0], [0], [0], **sizes, gold=[0, 2])


@pytest.mark.parametrize("dense_cells", [0, 10**9], ids=["gathered", "BLAS"])
@given(votes=random_votes())
def test_incidence_sums_as_the_matrix_does(dense_cells: int, votes: Votes) -> None:
    patterns = find_patterns(*votes.codes, **votes.sizes)
    n_codes = votes.n_annotators * votes.n_labels
    matrix = np.zeros((len(patterns), n_codes))
    for pattern in range(len(patterns)):
        for annotator, label in _votes_of(patterns, pattern, votes.n_labels):
            matrix[pattern, annotator * votes.n_labels + label] = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("emos.aggregate.incidence._DENSE_CELLS", dense_cells)
        incidence = Incidence(patterns, n_codes)
    rng = np.random.default_rng(0)
    of_votes, of_patterns = rng.random((3, n_codes)), rng.random((3, len(patterns)))
    np.testing.assert_allclose(incidence.over_votes(of_votes), of_votes @ matrix.T)
    np.testing.assert_allclose(incidence.over_patterns(of_patterns), of_patterns @ matrix)
