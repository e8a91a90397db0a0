"""Named draws: seeded, stratified by class, and the same whatever else is chosen."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.score.draws import DRAWS, draw_items, largest_remainders
from emos.score.options import ScoreOptions
from emos.score.score import score_predictions
from emos.tables import Dataset
from making_scores import labelled, numbered, simulated

GOLD, SAID = simulated(3, 3000, 0.6)
TIERS = ["high" if place % 3 else "low" for place in range(3000)]
DATA = labelled(GOLD, tier=TIERS, language=["zh" if place % 2 else "en" for place in range(3000)])


@pytest.mark.parametrize("name", DRAWS)
def test_each_class_has_its_share_to_the_clip(name: str) -> None:
    tier, size, _ = DRAWS[name]
    drawn = draw_items(DATA, name, seed=1)
    assert len(drawn) == len(set(drawn)) == size
    places = [int(item_id[1:]) for item_id in drawn]
    assert {TIERS[place] for place in places} == {tier}
    eligible = [label for label, of in zip(GOLD, TIERS, strict=True) if of == tier]
    shares = Counter(eligible)
    for label, count in Counter(GOLD[place] for place in places).items():
        assert abs(count - size * shares[label] / len(eligible)) < 1


def test_a_seed_is_a_draw() -> None:
    assert draw_items(DATA, "high-800", seed=1) == draw_items(DATA, "high-800", seed=1)
    assert draw_items(DATA, "high-800", seed=1) != draw_items(DATA, "high-800", seed=2)
    backwards = DATA.with_tables(labels=DATA.labels.reverse(), items=DATA.items.reverse())
    assert draw_items(backwards, "high-800", seed=1) == draw_items(DATA, "high-800", seed=1)


def test_other_choices_narrow_a_draw_and_do_not_change_it() -> None:
    told = numbered(SAID)
    plain = ScoreOptions(draw="high-800", replicates=0)
    whole = score_predictions(DATA, told, plain)
    chinese = score_predictions(
        DATA, told, ScoreOptions(draw="high-800", languages=("zh",), replicates=0)
    )
    assert whole.n == 800
    drawn = set(whole.tables["answers"]["item_id"])
    assert drawn == set(draw_items(DATA, "high-800", seed=plain.draw_seed))
    assert set(chinese.tables["answers"]["item_id"]) == {
        item_id for item_id in drawn if int(item_id[1:]) % 2
    }
    assert "draw=high-800|draw_seed=12345" in whole.signature


def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(EmosError, match="there are high-800, low-400"):
        draw_items(DATA, "all", seed=1)
    few = labelled(["Joy"] * 10)
    with pytest.raises(EmosError, match="needs 800 clips of tier high, and the dataset has 10"):
        draw_items(few, "high-800", seed=1)


def test_on_the_release(release: Dataset) -> None:
    from emos.aggregate import AggregateOptions, aggregate_dataset

    made = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    data = release.with_tables(labels=made.labels)
    assert len(draw_items(data, "high-800", seed=12345)) == 800
    assert len(draw_items(data, "low-400", seed=12345)) == 400


@given(st.lists(st.integers(1, 500), min_size=1, max_size=9), st.integers(0, 400))
def test_seats_are_shared_out_by_largest_remainder(sizes: list[int], seats: int) -> None:
    shared = largest_remainders(np.array(sizes), seats)
    exact = np.array(sizes) * seats / sum(sizes)
    assert shared.sum() == seats
    assert (shared >= np.floor(exact - 1e-9)).all() and (shared <= np.ceil(exact + 1e-9)).all()


def test_seats_by_hand() -> None:
    """Quotas 4.7, 3.3, 2.0 of ten: the one left over goes to the first."""
    assert largest_remainders(np.array([47, 33, 20]), 10).tolist() == [5, 3, 2]
