"""Trajectories and early warnings: worked out by hand, and against a count of instants."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.score.streaming.trajectory import edit_distance
from making_streams import GOLD, SAID, lines, scored, utterance, value

ONE = scored({"m": GOLD}, {"m": SAID})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Gold covers 22 s (12 to 14 is a gap). Right: 0-4, 5-10, 10-11, 14-20.
        ("trajectory/time_accuracy", 16 / 22),
        # N A A J N and N A S J J F: A to S, N to J, F added.
        ("trajectory/edit_distance", 3 / 6),
        # N A J N and N A S J F: S added, N to F.
        ("trajectory/state_edit_distance", 2 / 5),
        # Anger from 4 to 12; said as Anger, then Sadness, from 5.
        ("early_warning/episodes", 1),
        ("early_warning/said", 1),
        ("early_warning/said_by_onset", 0),
        ("early_warning/delay_s", 1),
        ("early_warning/false_time", 0 / 14),
    ],
)
def test_by_hand(name: str, expected: float) -> None:
    assert value(ONE, name) == pytest.approx(expected)


def test_the_utterance_begun_last_is_the_state() -> None:
    """Gold Joy for 10 s; said Joy, and from 2 to 4 Fear, after which it is Joy again."""
    score = scored({"m": ["0-10 Joy"]}, {"m": ["0-10 Joy", "2-4 Fear"]})
    assert value(score, "trajectory/time_accuracy") == 8 / 10
    # The same in the gold labels.
    score = scored({"m": ["0-10 Joy", "2-4 Fear"]}, {"m": ["0-10 Joy"]})
    assert value(score, "trajectory/time_accuracy") == 8 / 10


def test_no_length_no_time_and_outside_is_no_gain() -> None:
    said = ["0-0 Joy", "5-5 Joy", "10-99 Joy"]
    assert value(scored({"m": ["0-10 Joy"]}, {"m": said}), "trajectory/time_accuracy") == 0


def test_a_state_may_be_held() -> None:
    """Until another begins, or the hold is over."""
    gold, said = ["0-20 Joy"], ["0-4 Joy", "6-8 Joy", "9-10 Fear"]
    for hold, right in ((0, 6), (1, 8), (2, 9), (5, 9)):
        score = scored({"m": gold}, {"m": said}, hold_s=float(hold))
        assert value(score, "trajectory/time_accuracy") == right / 20


def test_what_has_no_length_may_be_held_too() -> None:
    score = scored({"m": ["0-20 Joy"]}, {"m": ["2-2 Joy", "4-4 Fear"]}, hold_s=3.0)
    assert value(score, "trajectory/time_accuracy") == 2 / 20


def test_gold_without_a_class_is_equal_to_any() -> None:
    gold = ["0-5 Joy", "5-10 .", "10-15 Fear"]
    score = scored({"m": gold}, {"m": ["0-5 Joy", "5-10 Anger", "10-15 Fear"]})
    assert value(score, "trajectory/edit_distance") == 0
    assert value(score, "trajectory/time_accuracy") == 1
    strange = scored({"m": ["0-5 Joy"]}, {"m": ["0-5 glad"]})
    assert value(strange, "trajectory/edit_distance") == 1


def test_distances_are_summed_before_they_are_divided() -> None:
    spoken = {"m": ["0-5 Joy"], "n": ["0-5 Joy", "5-10 Joy", "10-15 Joy"]}
    score = scored(spoken, {"m": ["0-5 Fear"]})
    assert value(score, "trajectory/edit_distance") == 4 / 4  # one replaced, three deleted
    assert value(score, "trajectory/state_edit_distance") == 2 / 2


def _at(told: list[str], instant: float) -> str | None:
    """The label at an instant: of the utterance that covers it and begins last, ends last."""
    rows = [utterance(line) for line in told]
    cover = [
        (one["start_s"], one["end_s"], one["label"] is None, one["label"])
        for one in rows
        if one["start_s"] <= instant < one["end_s"]
    ]
    return max(cover)[-1] if cover else None


@given(lines(disjoint=False, least=1, most=5), lines(disjoint=False, most=5))
def test_seconds_are_a_count_of_instants(gold: list[str], said: list[str]) -> None:
    """All times are quarters of a second, so that an instant in each tells the whole of it."""
    by_span = {line.split()[0]: line.replace("glad", "Joy") for line in gold}
    gold = list(by_span.values())  # equal spans are in the order of their index
    instants = [n / 4 + 1 / 8 for n in range(4 * 60)]
    labels = [(_at(gold, instant), _at(said, instant)) for instant in instants]
    known = [(one, other) for one, other in labels if one is not None]
    score = scored({"m": gold}, {"m": said})
    found = value(score, "trajectory/time_accuracy")
    if not known:
        assert math.isnan(found)
    else:
        right = sum(one == other for one, other in known)
        assert found == pytest.approx(right / len(known))
    calm = [other for one, other in known if one not in ("Anger", "Fear")]
    if calm:
        wrong = sum(other in ("Anger", "Fear") for other in calm)
        assert value(score, "early_warning/false_time") == pytest.approx(wrong / len(calm))


WORDS = st.text("abc", max_size=6)


@given(WORDS, WORDS, WORDS)
def test_edit_distance_is_a_distance(one: str, other: str, third: str) -> None:
    distance = edit_distance(one, other)
    assert distance == edit_distance(other, one)
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))
    assert (distance == 0) == (one == other)
    assert distance <= edit_distance(one, third) + edit_distance(third, other)


@pytest.mark.parametrize(
    ("one", "other", "distance"), [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3)]
)
def test_edit_distances_everybody_knows(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == distance


# Joy until 20, then 20 seconds of Sadness and Anger, then Joy.
CALM_THEN_NOT = ["0-10 Joy", "10-20 Neutral", "20-30 Sadness", "30-40 Anger", "40-50 Joy"]


@pytest.mark.parametrize(
    ("said", "delay"),
    [
        (["0-20 Joy", "20-40 Fear", "40-50 Joy"], 0),  # any of the classes will do
        (["0-15 Joy", "15-40 Anger"], -5),  # early
        (["0-33 Joy", "33-40 Anger"], 13),  # late
        (["0-50 Anger"], -20),  # always: what that costs is in false_time
        (["0-5 Fear", "5-24 Joy", "24-30 Fear"], 4),  # the first one was over before the onset
        (["0-20 Fear", "20-40 Joy"], math.nan),  # ends at the onset: no warning of it
        (["0-40 Joy", "40-50 Fear"], math.nan),  # begins at the end: too late
        (["0-5 Fear", "15-22 Anger"], -20),  # one run: a gap does not end it
        (["0-25 Joy", "25-25 Fear", "26-50 Joy"], 5),  # without length, and said
        (["0-50 Joy"], math.nan),
        ([], math.nan),
    ],
)
def test_when_it_is_first_said(said: list[str], delay: float) -> None:
    score = scored({"m": CALM_THEN_NOT}, {"m": said})
    rows = score.tables["episodes"].rows(named=True)
    assert [(row["index"], row["utterances"], row["start_s"], row["end_s"]) for row in rows] == [
        (3, 2, 20.0, 40.0)
    ]
    never = math.isnan(delay)
    assert rows[0]["delay_s"] == (None if never else delay)
    assert rows[0]["first_s"] == (None if never else 20 + delay)
    assert value(score, "early_warning/delay_s") == pytest.approx(delay, nan_ok=True)
    assert value(score, "early_warning/said") == (0 if never else 1)
    assert value(score, "early_warning/said_by_onset") == (1 if delay <= 0 else 0)
    assert any("1 of 1 sustained negative states are never said" in n for n in score.notes) == never


def test_always_saying_so_is_early_and_wrong_all_the_time() -> None:
    score = scored({"m": CALM_THEN_NOT}, {"m": ["0-50 Anger"]})
    assert value(score, "early_warning/false_time") == 1
    late = scored({"m": CALM_THEN_NOT}, {"m": ["0-15 Joy", "15-41 Anger", "41-50 Joy"]})
    assert value(late, "early_warning/false_time") == (5 + 1) / 30


def test_a_warning_begins_no_earlier_than_the_negative_utterance_before() -> None:
    """0 to 5 is negative and not sustained: to say so there is right and no warning of 20."""
    gold = ["0-5 Fear", "5-20 Joy", "20-30 Fear", "30-40 Fear"]
    assert value(scored({"m": gold}, {"m": ["0-40 Fear"]}), "early_warning/delay_s") == -15


@pytest.mark.parametrize(
    ("rule", "episodes"),
    [
        ({}, 2),
        ({"warning_least_utterances": 1}, 3),
        ({"warning_least_utterances": 3}, 1),
        ({"warning_least_utterances": 1, "warning_least_s": 8.0}, 2),
        ({"warning_least_utterances": 2, "warning_least_s": 8.5}, 1),
        ({"warning_classes": ("Sadness",)}, 1),
        ({"warning_classes": ("Surprise",)}, 0),
    ],
)
def test_the_rule_is_a_choice(rule: dict[str, Any], episodes: int) -> None:
    gold = [
        *("0-4 Fear", "4-8 Anger", "8-12 Joy"),
        *("12-14 Sadness", "14-20 Sadness", "20-21 Anger", "21-23 Joy", "23-30 Fear"),
    ]
    score = scored({"m": gold}, {"m": []}, **rule)
    assert value(score, "early_warning/episodes") == episodes
    assert math.isnan(value(score, "early_warning/said")) == (episodes == 0)
