"""Fine labels: equal to scikit-learn and SciPy, and what each rule does to worked examples."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from sklearn import metrics as sk

from emos.errors import EmosError
from emos.score.compare import compare_predictions
from emos.score.family import Context, all_families
from emos.score.goemotions.clips import Clips, clips_of
from emos.score.goemotions.family import FAMILY
from emos.score.goemotions.options import GoEmotionsOptions
from emos.score.goemotions.sums import GoEmotionsSample, sums_of
from emos.score.metric import cell_names, family_metrics
from emos.score.options import ScoreOptions
from emos.score.result import Score
from emos.score.score import score_predictions
from emos.score.settings import read_settings
from emos.tables import Dataset, conform
from emos.tables.predictions import Predictions
from emos.taxonomy import GOEMOTIONS, GOEMOTIONS_28
from making_scores import labelled, numbered

Votes = Mapping[str, int]
LABELS = GOEMOTIONS_28
POOL = ("anger", "joy", "love", "neutral", "unsure")


def voted(clips: Sequence[Votes | None], annotators: int = 3, **columns: Any) -> Dataset:
    """Clips ``i0``, ``i1``, ... with how many annotators gave each label (None: no vote)."""
    shares = [
        [(votes or {}).get(label, 0) / annotators for label in GOEMOTIONS.labels] for votes in clips
    ]
    soft = pl.DataFrame(
        {
            "item_id": [f"i{place}" for place in range(len(clips))],
            "layer": ["goemotions"] * len(clips),
            "share": pl.Series(shares, dtype=pl.List(pl.Float64)),
            "votes": [annotators if votes is not None else 0 for votes in clips],
        }
    )
    made = labelled(["Joy"] * len(clips), **columns)
    return made.with_tables(soft_labels=conform("soft_labels", soft))


def said(*labels: str | None, at: Sequence[float | None] | None = None) -> dict[str, Any]:
    """One answer of these labels, with confidences or without."""
    return {"goemotions": list(labels), "goemotions_confidence": None if at is None else list(at)}


def scored(
    clips: Sequence[Votes | None], answers: Sequence[Any], *, policy: str = "wrong", **chosen: Any
) -> Score:
    options = ScoreOptions(
        replicates=0, policy=policy, settings={"goemotions": GoEmotionsOptions(**chosen)}
    )
    return score_predictions(voted(clips), numbered(answers), options)


def value(score: Score, name: str) -> float:
    return score.metrics[f"goemotions/{name}"].value


def answered(rows: Sequence[Any]) -> Predictions:
    """Answers, None for one that was refused."""
    full = [said() | {"goemotions": None, "status": "refused"} if r is None else r for r in rows]
    return numbered(full)


def arrays(clips: Sequence[Votes], answers: Sequence[Any]) -> Clips:
    data = voted(clips)
    given = answered(answers).complete(data.items["item_id"])
    return clips_of(Context(data, data.items, given, ScoreOptions()), GoEmotionsOptions())


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Votes], list[Any]]:
    """Votes of three annotators, and answers with confidences that often tie; some refused."""
    n = draw(st.integers(1, 12))
    votes: st.SearchStrategy[Votes] = st.dictionaries(
        st.sampled_from(POOL), st.integers(1, 3), max_size=4
    )
    level = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
    answer = st.none() | st.dictionaries(st.sampled_from(POOL), level, max_size=4).map(
        lambda d: said(*d, at=list(d.values()))
    )
    clips = draw(st.lists(votes, min_size=n, max_size=n))
    answers = draw(st.lists(answer, min_size=n, max_size=n))
    answers[0] = answers[0] or said("joy", at=[0.5])  # something was asked
    return clips, answers


def indicators(
    clips: Sequence[Votes], answers: Sequence[Any], threshold: int, labels: Sequence[str]
) -> tuple[Any, Any, Any, Any]:
    """Gold, answer and confidence; gold and answer have a last column for no usable answer."""
    gold = np.array([[v.get(k, 0) >= threshold for k in labels] + [False] for v in clips])
    level = [dict(zip(*list(a.values())[:2], strict=True)) if a else {} for a in answers]
    named = np.array([[k in d for k in labels] for d in level])
    none = np.array([[a is None] for a in answers])
    strength = np.array([[d.get(k, 0.0) for k in labels] for d in level])
    share = np.array([[v.get(k, 0) / 3 for k in labels] for v in clips])
    return gold.astype(int), np.hstack([named, none]).astype(int), strength, share


def _distance(share: Any, strength: Any) -> float:
    """SciPy takes the root of rounding errors: 1e-16 becomes 1e-8, -1e-16 becomes NaN."""
    if not strength.any():
        return 1.0
    with np.errstate(invalid="ignore"):
        return float(np.nan_to_num(jensenshannon(share, strength, base=2)))


def same(found: float, expected: float) -> bool:
    return found == pytest.approx(expected, abs=1e-9, nan_ok=True)


@settings(max_examples=40)
@given(cases(), st.sampled_from([("1/3", 1), ("2/3", 2), ("1", 3)]), st.booleans())
def test_values_are_those_of_scikit_learn(
    case: tuple[list[Votes], list[Any]], rule: tuple[str, int], unsure: bool
) -> None:
    clips, answers = case
    labels = GOEMOTIONS.labels if unsure else LABELS
    gold, named, strength, share = indicators(clips, answers, rule[1], labels)
    options = {"gold": rule[0], "unsure": "label" if unsure else "left-out"}
    score = score_predictions(
        voted(clips),
        answered(answers),
        ScoreOptions(replicates=0, settings={"goemotions": GoEmotionsOptions(**options)}),  # type: ignore[arg-type]
    )
    own = list(range(len(labels)))
    y, p = gold[:, own], named[:, own]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = sk.precision_recall_fscore_support(y, p, average=None, zero_division=np.nan)
        for name, found in zip(("precision", "recall", "f1"), each[:3], strict=True):
            for label, one in zip(labels, found, strict=True):
                assert same(value(score, f"{name}/{label}"), one), (name, label)
        assert same(value(score, "macro_f1"), sk.f1_score(y, p, average="macro", zero_division=0))
        for average in ("micro", "weighted"):
            expected = sk.f1_score(y, p, average=average, zero_division=np.nan)
            if average == "weighted" and not y.any():
                expected = math.nan  # nothing to weigh with: scikit-learn gives 0
            assert same(value(score, f"{average}_f1"), expected), average
        samples = sk.f1_score(gold, named, average="samples", zero_division=1)
        assert same(value(score, "samples_f1"), samples)
        jaccard = sk.jaccard_score(gold, named, average="samples", zero_division=1)
        assert same(value(score, "jaccard"), jaccard)
        assert same(value(score, "exact_match"), sk.accuracy_score(gold, named))
        assert same(value(score, "hamming_loss"), sk.hamming_loss(y, p))
        if any(a and set(a["goemotions"]) & set(labels) for a in answers):
            expected = sk.average_precision_score(y, strength, average="macro")
            assert same(value(score, "map"), expected)
            ranked = sk.average_precision_score(y, strength, average=None)
            for label, one, any_clip in zip(labels, ranked, y.any(axis=0), strict=True):
                found = value(score, f"average_precision/{label}")
                assert same(found, one if any_clip else math.nan), label
        else:
            assert math.isnan(value(score, "map"))
    assert same(value(score, "brier"), sk.mean_squared_error(share, strength))
    with_labels = [(s, c) for s, c in zip(share, strength, strict=True) if s.any()]
    distances = [_distance(s, c) for s, c in with_labels]
    expected = np.mean(distances) if distances else math.nan
    assert value(score, "js_distance") == pytest.approx(expected, abs=1e-7, nan_ok=True)
    masses = (share + strength).sum()
    soft = 2 * np.minimum(share, strength).sum() / masses if masses else math.nan
    assert same(value(score, "soft_f1"), soft)


@settings(max_examples=25)
@given(
    cases(), st.sampled_from(["wrong", "leave-out", "neutral"]), st.sampled_from(["item", "group"])
)
def test_values_and_intervals_are_in_range(
    case: tuple[list[Votes], list[Any]], policy: str, by: Any
) -> None:
    clips, answers = case
    options = ScoreOptions(replicates=10, policy=policy, by=by)
    score = score_predictions(voted(clips), answered(answers), options)
    found = {k: v for k, v in score.metrics.items() if k.startswith("goemotions/")}
    bounds = {
        name: metric
        for metric in family_metrics("goemotions")
        for name in cell_names(metric, LABELS)
    }
    assert set(bounds) == set(found)
    for name, one in found.items():
        for number in one[:3]:
            assert math.isnan(number) or bounds[name].low - 1e-9 <= number <= 1 + 1e-9, name
        assert math.isnan(one.value) == (one.reason is not None), name


@settings(max_examples=40)
@given(cases(), st.randoms(use_true_random=False))
def test_a_resample_is_scored_as_a_dataset_that_repeats_its_clips(
    case: tuple[list[Votes], list[Any]], chance: Any
) -> None:
    """Weights, by which the bootstrap goes, do what copies of clips and answers do."""
    clips, answers = case
    drawn = [chance.randrange(len(clips)) for _ in clips]
    sums = sums_of(arrays(clips, answers))
    weights = np.bincount(drawn, minlength=len(clips)).astype(float)[:, None]
    sample = GoEmotionsSample(sums, weights)
    copies = sums_of(arrays([clips[k] for k in drawn], [answers[k] for k in drawn]))
    again = replace(copies, rated=sums.rated)
    whole = GoEmotionsSample(again, np.ones((len(clips), 1)))
    for metric in family_metrics("goemotions"):
        np.testing.assert_allclose(
            metric.value(sample), metric.value(whole), atol=1e-9, err_msg=metric.name
        )


TWO_OF_THREE: list[Votes] = [{"joy": 3, "love": 1}, {"anger": 2, "unsure": 1}]


def test_gold_is_made_of_shares() -> None:
    answers = [said("joy"), said("anger")]
    expected = {"1/3": (0.5, 4 / 5), "2/3": (1.0, 1.0), "1": (0.5, 2 / 3)}
    for gold, (exact, micro) in expected.items():
        score = scored(TWO_OF_THREE, answers, gold=gold)
        assert (value(score, "exact_match"), value(score, "micro_f1")) == (exact, micro)
    assert any("1 clips have no fine label under this rule" in note for note in score.notes)


def test_shares_of_two_annotators() -> None:
    """One of two is at least a third, and not two thirds."""
    data = voted([{"joy": 2, "love": 1}], annotators=2)
    for gold, labels in (("1/3", ["joy", "love"]), ("2/3", ["joy"]), ("1", ["joy"])):
        options = ScoreOptions(replicates=0, settings={"goemotions": GoEmotionsOptions(gold=gold)})
        score = score_predictions(data, numbered([said()]), options)
        assert score.tables["goemotions_answers"]["labels"].to_list() == [labels]


def test_unsure() -> None:
    """Left out, it is an answer of no label, as a list without labels is; else it is a label."""
    clips: list[Votes] = [{"unsure": 3}, {"joy": 2, "unsure": 1}]
    answers = [said("Unsure"), said("joy")]
    score = scored(clips, answers)
    assert value(score, "exact_match") == value(score, "samples_f1") == 1.0
    assert value(score, "js_distance") == 0.0  # of the second clip alone
    assert any("1 clips have only unsure votes" in note for note in score.notes)
    assert value(score, "brier") == pytest.approx((1 - 2 / 3) ** 2 / (2 * 28))
    score = scored(clips, answers, unsure="label")
    assert value(score, "recall/unsure") == 0.5
    assert value(score, "exact_match") == 0.5
    assert value(score, "brier") == pytest.approx(2 * (1 / 3) ** 2 / (2 * 29))


def test_no_usable_answer_is_never_right() -> None:
    """Not even where no label is the right answer, which an answer of none is."""
    clips: list[Votes] = [{"joy": 1}] * 5
    answers = [
        said(),
        said() | {"status": "refused"},
        said("happiness"),
        said("joy", at=[0.9]) | {"status": "error"},
        {"goemotions": None},
    ]
    score = scored(clips, answers, gold="1")
    for name in ("exact_match", "samples_f1", "jaccard"):
        assert value(score, name) == 1 / 5, name
    assert value(score, "js_distance") == 1.0
    assert any("4 of 5 clips have no usable fine answer" in note for note in score.notes)
    assert any("'happiness' (1)" in note for note in score.notes)
    assert score.tables["goemotions_answers"]["usable"].to_list() == [True] + [False] * 4


def test_an_item_that_is_missing_counts() -> None:
    score = scored([{"joy": 3}] * 4, [said("joy")])
    assert value(score, "recall/joy") == value(score, "exact_match") == 1 / 4
    assert value(score, "precision/joy") == 1.0


def test_policies() -> None:
    clips: list[Votes] = [{"joy": 3}, {"neutral": 3}]
    answers = [said("joy"), said() | {"status": "refused"}]
    for policy, exact, recall in (
        ("wrong", 0.5, 0.0),
        ("leave-out", 1.0, math.nan),
        ("neutral", 1.0, 1.0),
    ):
        score = scored(clips, answers, policy=policy)
        assert value(score, "exact_match") == exact, policy
        assert value(score, "recall/neutral") == pytest.approx(recall, nan_ok=True), policy
    assert scored(clips, answers, policy="leave-out").tables["goemotions_answers"][
        "counts_as"
    ].to_list() == [["joy"], None]


def test_average_precision_with_ties() -> None:
    """Four clips, joy in the first three: 0.9, then two tied at 0.5 (one right), then unnamed."""
    clips: list[Votes] = [{"joy": 3}, {"joy": 3}, {"joy": 3}, {"love": 3}]
    answers = [said("joy", at=[0.9]), said("joy", at=[0.5]), said(), said("joy", at=[0.5])]
    score = scored(clips, answers)
    joy = (1 / 3) * 1 + (1 / 3) * (2 / 3) + (1 / 3) * (3 / 4)
    assert value(score, "average_precision/joy") == pytest.approx(joy)
    assert value(score, "average_precision/love") == 1 / 4
    assert value(score, "map") == pytest.approx((joy + 1 / 4) / 28)
    assert math.isnan(value(score, "average_precision/anger"))
    assert any(note.startswith("goemotions/map takes admiration") for note in score.notes)


def test_without_confidences_there_is_no_map() -> None:
    score = scored([{"joy": 3}], [said("joy")])
    assert math.isnan(value(score, "map"))
    reason = score.metrics["goemotions/map"].reason
    assert reason is not None and "no label was answered with a confidence" in reason
    assert value(score, "soft_f1") == 1.0  # a label without a confidence counts as 1


def test_a_label_without_confidence_among_others_counts_as_one() -> None:
    score = scored([{"joy": 3}, {"love": 3}], [said("joy", at=[None]), said("love", at=[0.5])])
    assert value(score, "brier") == pytest.approx(0.25 / (2 * 28))
    assert any("1 fine labels were answered without confidence" in note for note in score.notes)


def test_a_label_named_twice_is_one() -> None:
    score = scored([{"joy": 3}], [said("joy", "joy", at=[0.2, 1.0])])
    assert value(score, "precision/joy") == value(score, "soft_f1") == 1.0


def test_soft_scores_reward_the_shares_of_annotators() -> None:
    clips: list[Votes] = [{"joy": 3, "love": 1}]
    close = scored(clips, [said("joy", "love", at=[1.0, 1 / 3])])
    flat = scored(clips, [said("joy", "love", at=[1.0, 1.0])])
    assert value(close, "soft_f1") == value(flat, "micro_f1") == 1.0
    assert value(close, "js_distance") == pytest.approx(0.0, abs=1e-7)
    assert value(flat, "soft_f1") == pytest.approx(2 * (4 / 3) / (4 / 3 + 2))
    assert value(flat, "brier") == pytest.approx((2 / 3) ** 2 / 28)
    assert value(flat, "js_distance") > 0.1


def test_it_joins_where_clips_were_answered_with_fine_labels() -> None:
    assert all_families()["goemotions"] is FAMILY
    data = voted([{"joy": 3}])
    for given_answers, joins in (
        (numbered(["Joy"]), False),
        (numbered([said("joy") | {"basic7": "Joy"}]), True),
    ):
        score = score_predictions(data, given_answers, ScoreOptions(replicates=0))
        assert ("goemotions/micro_f1" in score.metrics) == joins
    assert "goemotions.gold=1/3" in score.signature
    unvoted = score_predictions(
        voted([None]), numbered([said("joy") | {"basic7": "Joy"}]), ScoreOptions(replicates=0)
    )
    assert "goemotions/micro_f1" not in unvoted.metrics


def test_a_run_that_only_failed_is_scored_where_nothing_else_was_asked() -> None:
    data = voted([{"joy": 3}, {"love": 3}])
    fine = data.with_tables(labels=data.labels.clear())
    score = score_predictions(fine, answered([None, None]), ScoreOptions(replicates=0))
    assert value(score, "macro_f1") == value(score, "exact_match") == 0.0
    assert score.rates["refused"] == 1.0


def test_clips_without_votes_have_no_part() -> None:
    score = scored([{"joy": 3}, None], [said("joy"), said("joy")])
    assert value(score, "precision/joy") == 1.0
    assert any(note.startswith("1 clips without votes") for note in score.notes)


def test_options_are_read_and_checked() -> None:
    chosen = read_settings(["goemotions.gold=2/3", "goemotions.unsure=label"])
    assert chosen == {"goemotions": GoEmotionsOptions("2/3", "label")}
    for text, remedy in (("gold=1/2", "use 1/3, 2/3, 1"), ("unsure=skip", "use left-out, label")):
        with pytest.raises(EmosError, match=remedy):
            read_settings([f"goemotions.{text}"])


def test_soft_labels_of_another_width_are_refused() -> None:
    data = voted([{"joy": 3}])
    short = data.soft_labels.with_columns(pl.col("share").list.head(7))
    with pytest.raises(EmosError, match="29 shares"):
        score_predictions(data.with_tables(soft_labels=short), numbered([said("joy")]))


def test_two_models_are_compared_on_the_same_clips() -> None:
    data = voted([{"joy": 3}, {"love": 3}, {"anger": 3}])
    one = numbered([said("joy"), said("love"), said("anger")], name="one")
    other = numbered([said("joy"), said("joy"), said("anger")], name="other")
    rows = compare_predictions(data, [one, other], ScoreOptions(replicates=200)).differences
    row = rows.row(by_predicate=pl.col("metric") == "goemotions/exact_match", named=True)
    assert row["difference"] == pytest.approx(1 / 3)
    assert row["low"] == 0 and 1 / 3 <= row["high"] <= 1
