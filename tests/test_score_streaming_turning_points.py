"""Turning points and boundaries: worked out by hand, and against mir_eval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import mir_eval
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.tables.writing import json_text
from making_streams import GOLD, SAID, TIMES, scored, value

ALL = ("primary", "secondary", "any-layer", "valence", "boundary")
ONE = scored({"m": GOLD}, {"m": SAID}, definitions=ALL)

# Gold turns: primary at 4, 14, 20; any layer also at 10 (annoyance goes). Predicted: primary at 5,
# 11, 14, 30; any layer also at 17 (love goes). Matched within 1 s: 4-5, 14-14, and 10-11.
BY_HAND = {
    "primary": {
        "precision": 2 / 4,
        "recall": 2 / 3,
        "f1": 4 / 7,
        # Neutral to Anger is the same; Anger to Joy was said as Sadness to Joy.
        "typed_f1": 2 / 7,
        "delay_s": (1 + 0) / 2,
        "distance_s": 1 / 2,
        "false_alarms_per_min": 2 / (24 / 60),
        # Change, none, change, change; said change, change, change, and the last is missed.
        "boundary_accuracy": 2 / 4,
        "always_change": 3 / 4,
        "never_change": 1 / 4,
    },
    "either": {"precision": 3 / 5, "recall": 3 / 4, "f1": 6 / 9, "boundary_accuracy": 3 / 4},
    "secondary": {"precision": 3 / 5, "recall": 3 / 4, "boundary_accuracy": 3 / 4},
    # Sides: neutral, negative, negative, positive, neutral; said the same and then negative at 30.
    "valence": {
        "precision": 2 / 3,
        "recall": 2 / 3,
        "boundary_accuracy": 3 / 4,
        "always_change": 3 / 4,
    },
    # Every boundary turns: right wherever both utterances were matched.
    "boundary": {
        "precision": 3 / 5,
        "recall": 3 / 4,
        "boundary_accuracy": 3 / 4,
        "always_change": 1,
        "never_change": 0,
    },
}


@pytest.mark.parametrize(
    ("definition", "name"), [(d, name) for d, of in BY_HAND.items() for name in of]
)
def test_by_hand(definition: str, name: str) -> None:
    found = value(ONE, f"turning_points/{name}/{definition}")
    assert found == pytest.approx(BY_HAND[definition][name])


def test_the_curve_by_hand() -> None:
    curve = ONE.tables["tolerance_curve"].filter(definition="primary")
    assert curve["tolerance_s"].to_list() == [0, 0.5, 1, 2, 3, 5]
    assert curve["matched"].to_list() == [1, 1, 2, 2, 2, 2]
    assert curve["gold"].to_list() == [3] * 6
    assert curve["answered"].to_list() == [4] * 6
    assert curve["typed"].to_list() == [0, 0, 1, 1, 1, 1]
    assert curve["f1"].to_list() == pytest.approx([2 / 7, 2 / 7, 4 / 7, 4 / 7, 4 / 7, 4 / 7])
    assert curve["typed_precision"].to_list() == pytest.approx([0, 0, *[1 / 4] * 4])
    assert curve["typed_recall"].to_list() == pytest.approx([0, 0, *[1 / 3] * 4])
    assert curve["delay_s"].to_list() == pytest.approx([0, 0, *[1 / 2] * 4])


def test_every_boundary_can_be_looked_up() -> None:
    rows = ONE.tables["boundaries"].filter(definition="primary")
    columns = ["index", "start_s", "before", "after", "turns", "answer_turns", "right", "matched_s"]
    assert rows.select(columns).rows() == [
        (2, 4.0, "Neutral", "Anger", True, True, True, 5.0),
        (3, 10.0, "Anger", "Anger", False, True, False, None),
        (4, 14.0, "Anger", "Joy", True, True, True, 14.0),
        (5, 20.0, "Joy", "Neutral", True, None, False, None),
    ]
    assert rows["delay_s"].to_list() == [1.0, None, 0.0, None]
    assert rows["answer_after"].to_list() == ["Anger", "Sadness", "Joy", None]
    alarms = ONE.tables["false_alarms"].filter(definition="primary")
    assert alarms.select("time_s", "before", "after").rows() == [
        (11.0, "Anger", "Sadness"),
        (30.0, "Joy", "Fear"),
    ]
    changes = ONE.tables["changes"].filter(definition="primary")
    assert changes.select("before", "after", "gold", "answered", "matched").rows() == [
        ("Anger", "Joy", 1, 0, 0),
        ("Anger", "Sadness", 0, 1, 0),
        ("Joy", "Fear", 0, 1, 0),
        ("Joy", "Neutral", 1, 0, 0),
        ("Neutral", "Anger", 1, 1, 1),
        ("Sadness", "Joy", 0, 1, 0),
    ]


def test_a_definition_goes_by_both_of_its_names() -> None:
    one, other = (
        scored({"m": GOLD}, {"m": SAID}, definitions=(name,)) for name in ("any-layer", "either")
    )
    assert json_text(one.to_json()) == json_text(other.to_json())
    assert "streaming/turning_points/f1/either" in one.metrics
    assert "definitions=either|" in one.signature


def test_what_a_share_of_boundaries_is_worth() -> None:
    """Saying the same at each boundary gets the baselines that stand beside."""
    times = [line.partition(" ")[0] for line in GOLD]
    never = scored({"m": GOLD}, {"m": [f"{span} Joy" for span in times]})
    always = scored(
        {"m": GOLD}, {"m": [f"{span} {['Joy', 'Fear'][n % 2]}" for n, span in enumerate(times)]}
    )
    for score, baseline in ((never, "never_change"), (always, "always_change")):
        assert value(score, "turning_points/boundary_accuracy/primary") == value(
            score, f"turning_points/{baseline}/primary"
        )


def test_a_boundary_that_is_not_answered_is_wrong_or_left_out() -> None:
    """Of four boundaries the last one's utterance is missed."""
    for policy, share in (("wrong", 2 / 4), ("neutral", 2 / 4), ("leave-out", 2 / 3)):
        score = scored({"m": GOLD}, {"m": SAID}, policy=policy)
        assert value(score, "turning_points/boundary_accuracy/primary") == share
    score = scored({"m": GOLD}, {"m": SAID}, policy="leave-out")
    assert value(score, "turning_points/always_change/primary") == 2 / 3


def test_a_label_that_is_no_class_turns_nothing() -> None:
    gold = ["0-5 Joy", "5-10 Fear", "10-15 Joy"]
    said = ["0-5 Joy", "5-10 scared", "10-15 Joy"]
    score = scored({"m": gold}, {"m": said})
    assert value(score, "turning_points/recall/primary") == 0
    assert math.isnan(value(score, "turning_points/precision/primary"))
    assert value(score, "turning_points/boundary_accuracy/primary") == 0
    as_neutral = scored({"m": gold}, {"m": said}, policy="neutral")
    assert value(as_neutral, "turning_points/f1/primary") == 1
    assert value(as_neutral, "turning_points/typed_f1/primary") == 0


def test_a_boundary_that_gold_cannot_tell_is_neither_right_nor_wrong() -> None:
    """At 5 and 10 nobody knows; a prediction at 5 is passed over, one at 12 is a false alarm."""
    gold = ["0-5 Joy", "5-10 .", "10-15 Joy", "15-20 Fear"]
    said = ["0-5 Joy", "5-12 Anger", "12-15 Joy", "15-20 Fear"]
    score = scored({"m": gold}, {"m": said})
    assert value(score, "turning_points/recall/primary") == 1
    assert value(score, "turning_points/precision/primary") == 1 / 2
    assert value(score, "turning_points/never_change/primary") == 0
    assert value(score, "turning_points/boundary_accuracy/primary") == 1
    assert score.tables["false_alarms"].filter(definition="primary")["time_s"].to_list() == [12]


def test_each_change_is_matched_by_itself() -> None:
    """Two turns said in the other order within the tolerance: both are found, of their types."""
    gold = ["0-5 Joy", "5-6 Fear", "6-12 Joy"]
    said = ["0-5 Fear", "5-6 Joy", "6-12 Fear"]
    score = scored({"m": gold}, {"m": said})
    assert value(score, "turning_points/f1/primary") == 1
    assert value(score, "turning_points/typed_f1/primary") == 1  # Fear to Joy 6-5, Joy to Fear 5-6
    exact = scored({"m": gold}, {"m": said}, turn_tolerance_s=0.0)
    assert value(exact, "turning_points/f1/primary") == 1
    assert value(exact, "turning_points/typed_f1/primary") == 0


def test_gold_that_is_not_in_order_of_time() -> None:
    """Turns stand in the order of the index, at 15 and at 0; they are matched in that of time."""
    gold = ["10-15 Joy", "15-20 Fear", "0-5 Joy"]
    said = ["0-0.5 Fear", "0.5-10 Joy", "10-15 Joy", "15-20 Fear"]
    score = scored({"m": gold}, {"m": said})
    assert value(score, "turning_points/f1/primary") == 1


def test_delays_have_a_sign() -> None:
    gold = ["0-10 Joy", "10-20 Fear", "20-30 Joy"]
    late = scored({"m": gold}, {"m": ["0-12 Joy", "12-21 Fear", "21-30 Joy"]})
    early = scored({"m": gold}, {"m": ["0-8 Joy", "8-19 Fear", "19-30 Joy"]})
    both = scored({"m": gold}, {"m": ["0-8 Joy", "8-21 Fear", "21-30 Joy"]})
    assert value(late, "turning_points/delay_s/primary") == 3 / 2
    assert value(early, "turning_points/delay_s/primary") == -3 / 2
    assert value(both, "turning_points/delay_s/primary") == -1 / 2
    assert value(both, "turning_points/distance_s/primary") == 3 / 2


def test_sums_over_monologues() -> None:
    """One found of three in the first, none predicted in the second, nothing in the third."""
    spoken = {"m": GOLD, "n": ["0-6 Joy", "6-36 Fear"], "o": ["0-30 Joy"]}
    score = scored(spoken, {"m": SAID, "n": ["0-36 Joy"]}, turn_tolerance_s=0.0)
    assert value(score, "turning_points/recall/primary") == 1 / 4
    assert value(score, "turning_points/precision/primary") == 1 / 4
    assert value(score, "turning_points/false_alarms_per_min/primary") == pytest.approx(3 / 1.5)
    assert value(score, "turning_points/boundary_accuracy/primary") == 2 / 5


def test_a_monologue_without_times_has_boundaries_and_no_events() -> None:
    gold = [". Joy", "5-10 Fear", "10-15 Fear"]
    said = [". Joy #1", ". Fear #2", ". Joy #3"]
    score = scored({"m": gold}, {"m": said})
    assert value(score, "turning_points/boundary_accuracy/primary") == 1 / 2
    for name in ("recall", "precision", "false_alarms_per_min"):
        assert math.isnan(value(score, f"turning_points/{name}/primary"))
    assert math.isnan(value(score, "trajectory/time_accuracy"))
    assert value(score, "trajectory/edit_distance") == 1 / 3
    assert any("1 monologues have gold utterances without times" in note for note in score.notes)


def _lines(times: Sequence[float], labels: str) -> list[str]:
    """An utterance from each time to the next, the labels by turns."""
    names = labels.split()
    cuts = [0.0, *times, 100.0]
    return [f"{a}-{b} {names[n % len(names)]}" for n, (a, b) in enumerate(pairwise(cuts))]


@pytest.mark.filterwarnings("ignore:.*onsets are empty")
@given(
    st.lists(TIMES, max_size=10, unique=True).map(sorted),
    st.lists(TIMES, max_size=10, unique=True).map(sorted),
    st.sampled_from([0.5, 1.0, 3.0]),
)
def test_as_onsets_of_mir_eval(gold: list[float], said: list[float], tolerance: float) -> None:
    """Every utterance changes the label; mir_eval's F, precision and recall of the same times."""
    score = scored(
        {"m": _lines(gold, "Joy Fear")},
        {"m": _lines(said, "Anger Neutral Joy")},
        turn_tolerance_s=tolerance,
    )
    expected = mir_eval.onset.f_measure(np.array(gold), np.array(said), window=tolerance)
    for name, one in zip(("f1", "precision", "recall"), expected, strict=True):
        found = value(score, f"turning_points/{name}/primary")
        assert (0.0 if math.isnan(found) else found) == pytest.approx(one)  # it has 0 for 0 / 0


def test_a_wider_tolerance_never_finds_less() -> None:
    curve = ONE.tables["tolerance_curve"]
    for _, rows in curve.group_by("definition"):
        matched = rows.sort("tolerance_s")["matched"].to_list()
        assert matched == sorted(matched)
