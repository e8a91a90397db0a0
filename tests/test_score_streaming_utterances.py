"""Utterances, matched and scored: every number worked out by hand, or by another library."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import f1_score, precision_recall_fscore_support

from emos.score.options import ScoreOptions
from emos.score.score import score_predictions
from emos.score.streaming.ranks import rank_correlation
from emos.taxonomy import BASIC7, GOEMOTIONS_28
from making_streams import GOLD, SAID, answered, scored, streamed, value

ONE = scored({"m": GOLD}, {"m": SAID})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Matched: 1-a, 2-b, 3-c, 4-d. The fifth is missed; e and f are invented.
        ("missed", 1),
        ("missed_rate", 1 / 5),
        ("invented", 2),
        ("invented_rate", 2 / 6),
        ("no_class_rate", 0),
        ("accuracy", 3 / 5),
        ("accuracy_matched", 3 / 4),
        # Anger: 1 right of 2 gold, 1 answer. Joy: 1 of 1, 2 answers (e). Neutral: 1 of 2, 1.
        ("f1/Anger", 2 / 3),
        ("f1/Joy", 2 / 3),
        ("f1/Neutral", 2 / 3),
        ("f1/Sadness", 0),
        ("precision/Joy", 1 / 2),
        ("recall/Neutral", 1 / 2),
        ("macro_f1", 3 * (2 / 3) / 7),
        ("macro_f1_matched", (2 / 3 + 1 + 1) / 7),
        # neutral 1 of 1, 1 answer; anger 1 of 2, 1; annoyance 0 of 1; joy 1 of 1, 2 answers.
        ("goemotions_macro_f1", (1 + 2 / 3 + 2 / 3) / 28),
        ("goemotions_macro_f1_matched", (1 + 2 / 3 + 1) / 28),
        # Intensities 2-1, 4-4, 5-3, 3-3.
        ("intensity_mae", (1 + 0 + 2 + 0) / 4),
        # Ranks 1 3 4 2 and 1 4 2.5 2.5: covariance 3, squares 5 and 4.5.
        ("intensity_spearman", 3 / math.sqrt(5 * 4.5)),
        ("intensity_answered", 4 / 5),
    ],
)
def test_by_hand(name: str, expected: float) -> None:
    assert value(ONE, name) == pytest.approx(expected, abs=1e-12)


def test_classes_with_nothing_are_undefined_and_say_why() -> None:
    assert math.isnan(value(ONE, "recall/Fear"))
    assert ONE.metrics["streaming/recall/Fear"].reason == "no gold utterance of this class"
    assert value(ONE, "f1/Fear") == 0  # invented once
    assert math.isnan(value(ONE, "f1/Surprise"))


def test_the_table_follows_every_utterance() -> None:
    rows = ONE.tables["utterances"].select("index", "label", "answer", "answer_start_s", "outcome")
    assert rows.rows() == [
        (1, "Neutral", "Neutral", 0.0, "right"),
        (2, "Anger", "Anger", 5.0, "right"),
        (3, "Anger", "Sadness", 11.0, "wrong"),
        (4, "Joy", "Joy", 14.0, "right"),
        (5, "Neutral", None, None, "missed"),
        (None, None, "Joy", 17.0, "invented"),
        (None, None, "Fear", 30.0, "invented"),
    ]
    fine = {row["label"]: row for row in ONE.tables["fine_labels"].iter_rows(named=True)}
    assert fine["joy"] == {
        "label": "joy",
        "gold": 1,
        "answered": 2,
        "both": 1,
        "gold_matched": 1,
        "answered_matched": 1,
    }


def test_a_monologue_without_an_answer_is_missed_and_counted() -> None:
    """Two of the gold utterances of two monologues; neither drops out."""
    spoken = {"m": GOLD, "silent": ["0-5 Joy joy 3", "5-9 Fear fear 3"]}
    score = scored(spoken, {"m": SAID})
    assert value(score, "missed") == 3
    assert value(score, "missed_rate") == 3 / 7
    assert value(score, "accuracy") == 3 / 7
    assert value(score, "accuracy_matched") == 3 / 4
    assert value(score, "intensity_answered") == 4 / 7
    assert value(score, "recall/Fear") == 0
    assert any("1 of 2 monologues have no predicted utterance" in note for note in score.notes)


def test_an_answer_that_is_not_ok_has_no_utterances() -> None:
    told = answered({"m": SAID}, status={"m": "invalid"})
    score = score_predictions(streamed({"m": GOLD}), told, ScoreOptions(replicates=0))
    assert value(score, "accuracy") == 0
    assert value(score, "goemotions_macro_f1") == 0
    assert value(score, "missed_rate") == 1
    for name in ("invented_rate", "accuracy_matched", "intensity_mae"):
        assert math.isnan(value(score, name))
        assert score.metrics[f"streaming/{name}"].reason


@pytest.mark.parametrize(
    ("policy", "accuracy", "neutral"),
    [("wrong", 1 / 4, 0), ("leave-out", 1 / 2, math.nan), ("neutral", 2 / 4, 1)],
)
def test_policies_decide_on_what_is_no_class(policy: str, accuracy: float, neutral: float) -> None:
    """Right, wrong, no class (gold Neutral), missed."""
    gold = ["0-5 Joy", "5-10 Joy", "10-15 Neutral", "15-20 Fear"]
    said = ["0-5 Joy", "5-10 Fear", "10-15 calm"]
    score = scored({"m": gold}, {"m": said}, policy=policy)
    assert value(score, "accuracy") == accuracy
    assert value(score, "recall/Neutral") == pytest.approx(neutral, nan_ok=True)
    assert value(score, "missed_rate") == 1 / 4
    assert value(score, "no_class_rate") == 1 / 3
    assert any("are no Basic-7 class: 'calm' (1)" in note for note in score.notes)


def test_fine_labels_nobody_asked_for_are_undefined_and_not_zero() -> None:
    score = scored({"m": GOLD}, {"m": ["0-4 Neutral", "4-10 Anger"]})
    for name in ("goemotions_macro_f1", "goemotions_macro_f1_matched"):
        assert math.isnan(value(score, name))
        assert "asked for none" in str(score.metrics[f"streaming/{name}"].reason)
    # Where some have them, those without count as empty.
    some = scored({"m": GOLD}, {"m": ["0-4 Neutral neutral", "4-10 Anger ."]})
    assert value(some, "goemotions_macro_f1") == pytest.approx(1 / 28)


def test_words_outside_the_fine_labels_count_as_none_and_are_named() -> None:
    said = ["0-4 Neutral neutral,calm", "4-10 Anger Unsure"]
    score = scored({"m": GOLD}, {"m": said})
    assert value(score, "goemotions_macro_f1") == pytest.approx(1 / 28)
    assert any("no fine label and count as none: 'calm' (1)" in note for note in score.notes)


def test_intensities_off_the_scale_are_none_and_named() -> None:
    said = ["0-4 Neutral . 80", "4-10 Anger . 3"]
    score = scored({"m": GOLD}, {"m": said})
    assert value(score, "intensity_mae") == 1
    assert value(score, "intensity_answered") == 1 / 5
    assert math.isnan(value(score, "intensity_spearman"))
    assert any("1 predicted intensities are not from 1 to 5" in note for note in score.notes)


def test_given_segments_are_matched_by_index_whatever_the_times_say() -> None:
    said = [f"{line.partition(' ')[0]} Joy joy 3 #{6 - n}" for n, line in enumerate(GOLD, start=1)]
    said[0] = ". Anger anger 3 #2"
    score = scored({"m": GOLD}, {"m": [*said[:3], ". Neutral . . #9"]})
    rows = score.tables["utterances"].select("index", "answer", "answer_start_s", "outcome").rows()
    assert rows == [
        (1, None, None, "missed"),
        (2, "Anger", 4.0, "right"),
        (3, "Joy", 10.0, "wrong"),
        (4, "Joy", 14.0, "right"),
        (5, None, None, "missed"),
        (None, "Neutral", None, "invented"),
    ]
    assert "3 utterances are matched by index; 2 of 5 are missed, 1 of 4" in " ".join(score.notes)
    assert any("1 predicted utterances have no place" in note for note in score.notes)


def test_a_segment_answered_twice() -> None:
    """The same answer twice is one; two different answers are none, in either order."""
    gold = ["0-5 Joy", "5-10 Fear"]
    twice = [". Joy #1", ". Joy #1", ". Fear #2", ". Anger #2"]
    for said in (twice, twice[::-1]):
        score = scored({"m": gold}, {"m": said})
        assert value(score, "accuracy") == 1 / 2
        assert value(score, "missed") == 1
        assert value(score, "invented") == 3
        assert any("4 predicted utterances name an index that another" in n for n in score.notes)


def test_matching_may_be_asked_for() -> None:
    gold = ["0-5 Joy", "5-10 Fear"]
    said = ["0-5 Joy #2", "5-10 Fear #1"]
    assert value(scored({"m": gold}, {"m": said}), "accuracy") == 0
    assert value(scored({"m": gold}, {"m": said}, matching="overlap"), "accuracy") == 1
    mixed = ["0-5 Joy", "5-10 Fear #1"]
    assert value(scored({"m": gold}, {"m": mixed}), "accuracy") == 1
    by_index = scored({"m": gold}, {"m": mixed}, matching="index")
    assert value(by_index, "accuracy") == 0
    assert value(by_index, "invented") == 1


def test_odd_utterances_are_taken_as_said() -> None:
    """Overlapping, without length, and outside: each is in the notes, none is dropped."""
    said = ["0-6 Neutral", "4-10 Anger", "11-11 Anger", "40-50 Joy"]
    score = scored({"m": GOLD}, {"m": said})
    assert value(score, "missed") == 2
    assert value(score, "invented") == 1
    notes = " ".join(score.notes)
    assert "1 predicted utterances have no length" in notes
    assert "1 predicted utterances lie outside" in notes
    assert "1 predicted utterances begin before an earlier one has ended" in notes


CLASSES = st.lists(st.sampled_from([*BASIC7.labels, "glad"]), min_size=1, max_size=25)


@given(CLASSES, st.data())
def test_classes_as_scikit_learn(gold: list[str], data: Any) -> None:
    """Given segments, some not answered: an answer that is no label of the set."""
    gold = ["Joy" if label == "glad" else label for label in gold]
    said = data.draw(
        st.lists(st.sampled_from([*BASIC7.labels, None]), min_size=len(gold), max_size=len(gold))
    )
    lines = [f". {label} . . #{n}" for n, label in enumerate(said, start=1) if label is not None]
    score = scored({"m": [f"{n}-{n + 1} {label}" for n, label in enumerate(gold)]}, {"m": lines})
    told = [label or "(none)" for label in said]
    names = list(BASIC7.labels)
    f1 = f1_score(gold, told, labels=names, average="macro", zero_division=0)
    assert value(score, "macro_f1") == pytest.approx(f1)
    each = precision_recall_fscore_support(gold, told, labels=names, zero_division=np.nan)
    for place, name in enumerate(names):
        for metric, values in zip(("precision", "recall", "f1"), each[:3], strict=True):
            assert value(score, f"{metric}/{name}") == pytest.approx(values[place], nan_ok=True)


FINE = st.lists(st.sampled_from(GOEMOTIONS_28[:6]), max_size=3, unique=True)


@given(st.lists(st.tuples(FINE, FINE, st.booleans()), min_size=1, max_size=15))
def test_fine_labels_as_scikit_learn(case: list[tuple[list[str], list[str], bool]]) -> None:
    gold = [f"{n}-{n + 1} Joy {{{','.join(fine)}}}" for n, (fine, _, _) in enumerate(case)]
    said = [
        f". Joy {{{','.join(told)}}} . #{n}"
        for n, (_, told, heard) in enumerate(case, start=1)
        if heard
    ]
    score = scored({"m": gold}, {"m": said})

    def matrix(sets: list[list[str]]) -> np.ndarray[Any, Any]:
        return np.array([[label in one for label in GOEMOTIONS_28] for one in sets], dtype=int)

    whole = [(fine, told if heard else []) for fine, told, heard in case]
    heard_ = [(fine, told) for fine, told, heard in case if heard]
    for name, pairs in (("goemotions_macro_f1", whole), ("goemotions_macro_f1_matched", heard_)):
        if not any(fine for fine, _ in pairs):
            assert math.isnan(value(score, name))
            continue
        fine, told = (matrix(list(side)) for side in zip(*pairs, strict=True))
        f1 = f1_score(fine, told, average="macro", zero_division=0)
        assert value(score, name) == pytest.approx(f1)


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=12
    )
)
def test_rank_correlation_of_weighted_pairs(pairs: list[tuple[int, int, int]]) -> None:
    """As SciPy's of the pairs written out as often as their weight says."""
    one, other, times = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    written = np.repeat(np.arange(len(pairs)), times.astype(int))
    found = rank_correlation(one, other, times[:, None])[0, 0]
    sides = one[written], other[written]
    if min(len(np.unique(side)) for side in sides) < 2:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(*sides).statistic, abs=1e-9)
