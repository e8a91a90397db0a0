"""Every expected item counts, under a named policy; what changes a number changes the signature."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.score.compare import compare_predictions
from emos.score.family import Family, all_families
from emos.score.metric import all_metrics, cell_names
from emos.score.options import ScoreOptions
from emos.score.policies import POLICIES, coded
from emos.score.score import score_all, score_predictions
from emos.tables import Dataset, conform
from emos.tables.predictions import PREDICTED_UTTERANCES, Asked, Predictions
from emos.tables.writing import json_text
from emos.taxonomy import BASIC7
from making_scores import answers, labelled, labels_and_answers, numbered, simulated

PLAIN = ScoreOptions(replicates=0)
GOLD = ["Joy", "Joy", "Fear", "Neutral"]


def test_an_item_without_an_answer_is_wrong_and_counted() -> None:
    score = score_predictions(labelled(GOLD), answers({"i0": "Joy", "i2": "Fear"}), PLAIN)
    assert score.n == 4
    assert score.metrics["accuracy"].value == 2 / 4
    assert score.rates == {"ok": 0.5, "invalid": 0.0, "refused": 0.0, "error": 0.0, "missing": 0.5}
    assert score.invalid_rate == 0.5
    assert any("missing 50.0%" in note and "counts as wrong" in note for note in score.notes)


def test_only_a_usable_answer_counts() -> None:
    """A label whose status is not ok, a label outside the set and none at all are all unusable."""
    said = {
        "i0": {"basic7": "Joy", "status": "refused"},
        "i1": {"basic7": "joy"},
        "i2": {"basic7": None},
        "i3": "Neutral",
    }
    score = score_predictions(labelled(GOLD), answers(said), PLAIN)
    assert score.metrics["accuracy"].value == 1 / 4
    assert score.rates["refused"] == 1 / 4
    assert score.rates["invalid"] == 2 / 4
    assert any("1 answers are no Basic-7 label: 'joy' (1)" in note for note in score.notes)


@pytest.mark.parametrize(
    ("policy", "accuracy", "neutral"),
    [("wrong", 2 / 4, 0.0), ("leave-out", 2 / 2, math.nan), ("neutral", 3 / 4, 1.0)],
)
def test_policies(policy: str, accuracy: float, neutral: float) -> None:
    """Joy and Fear are right; Joy was refused and Neutral not answered."""
    said = {"i0": "Joy", "i1": {"basic7": None, "status": "refused"}, "i2": "Fear"}
    score = score_predictions(labelled(GOLD), answers(said), replace(PLAIN, policy=policy))
    assert score.metrics["accuracy"].value == accuracy
    assert score.metrics["recall/Neutral"].value == pytest.approx(neutral, nan_ok=True)
    assert score.invalid_rate == 0.5
    assert score.n == 4
    assert any(POLICIES[policy] in note for note in score.notes)


@given(labels_and_answers())
def test_policies_agree_where_every_answer_is_a_label(case: tuple[list[str], list[Any]]) -> None:
    gold, said = case
    said = [one if one in BASIC7.labels else "Fear" for one in said]
    data, told = labelled(gold), numbered(said)
    values = {
        policy: [
            one.value
            for one in score_predictions(data, told, replace(PLAIN, policy=policy)).metrics.values()
        ]
        for policy in POLICIES
    }
    assert np.array_equal(values["wrong"], values["leave-out"], equal_nan=True)
    assert np.array_equal(values["wrong"], values["neutral"], equal_nan=True)


def test_codes() -> None:
    said = pl.Series(["Anger", "x", None, "Surprise"])
    usable = pl.Series([True, True, True, False])
    assert coded(said, usable, BASIC7.labels, "wrong").tolist() == [0, 7, 7, 7]
    assert coded(said, usable, BASIC7.labels, "leave-out").tolist() == [0, 8, 8, 8]
    assert coded(said, usable, BASIC7.labels, "neutral").tolist() == [0, 4, 4, 4]


@given(labels_and_answers(most=20), st.randoms(use_true_random=False))
def test_the_order_of_predictions_changes_nothing(
    case: tuple[list[str], list[str | None]], chance: Any
) -> None:
    gold, said = case
    told = numbered(said)
    order = list(range(len(said)))
    chance.shuffle(order)
    shuffled = replace(told, items=told.items[order])
    options = ScoreOptions(replicates=20)
    one, other = (score_predictions(labelled(gold), p, options) for p in (told, shuffled))
    assert json_text(one.to_json()) == json_text(other.to_json())


@given(labels_and_answers(most=20), st.sampled_from(["item", "group"]), st.randoms())
def test_the_order_of_items_changes_no_number(
    case: tuple[list[str], list[str | None]], by: Any, chance: Any
) -> None:
    gold, said = case
    data = labelled(gold, group=[f"g{place // 3}" for place in range(len(gold))])
    order = list(range(len(gold)))
    chance.shuffle(order)
    shuffled = data.with_tables(items=data.items[order], labels=data.labels[order[::-1]])
    options = ScoreOptions(by=by, replicates=20)
    one, other = (score_predictions(d, numbered(said), options) for d in (data, shuffled))
    for name, value in one.metrics.items():
        assert value[:3] == pytest.approx(other.metrics[name][:3], abs=1e-12, nan_ok=True)


@given(labels_and_answers(), st.sampled_from(["item", "group"]))
def test_scores_and_intervals_are_in_range(
    case: tuple[list[str], list[str | None]], by: Any
) -> None:
    gold, said = case
    groups = [f"g{place // 3}" for place in range(len(gold))]
    score = score_predictions(
        labelled(gold, group=groups), numbered(said), ScoreOptions(by=by, replicates=20)
    )
    bounds = {
        name: metric
        for metric in all_metrics()
        for name in cell_names(metric, BASIC7.labels)
        if metric.family == "basic7"
    }
    assert set(bounds) == set(score.metrics)
    for name, one in score.metrics.items():
        metric = bounds[name]
        for value in one[:3]:
            assert math.isnan(value) or metric.low - 1e-12 <= value <= metric.high + 1e-12, name
        assert math.isnan(one.low) or one.low <= one.high


def test_intervals_are_those_of_resampled_items() -> None:
    """Percentiles of a plain loop over resampled items, to Monte Carlo error."""
    gold, said = simulated(1, 300, 0.6)
    score = score_predictions(labelled(gold), numbered(said), ScoreOptions(replicates=4000))
    right = np.array(gold) == np.array(said)
    rng = np.random.default_rng(7)
    means = [right[rng.integers(300, size=300)].mean() for _ in range(4000)]
    low, high = np.quantile(means, [0.025, 0.975])
    assert score.metrics["accuracy"].low == pytest.approx(low, abs=0.006)
    assert score.metrics["accuracy"].high == pytest.approx(high, abs=0.006)


def test_groups_that_rise_and_fall_together_widen_the_interval() -> None:
    gold = ["Joy"] * 200
    said = (["Joy"] * 20 + ["Fear"] * 20) * 5
    groups = [f"g{place // 20}" for place in range(200)]
    data = labelled(gold, group=groups)
    widths = {}
    for by in ("item", "group"):
        one = score_predictions(data, numbered(said), ScoreOptions(by=by)).metrics["accuracy"]
        widths[by] = one.high - one.low
    # Ten groups all right or all wrong: sd of their mean is sqrt(20) times that of items.
    assert widths["group"] / widths["item"] == pytest.approx(math.sqrt(20), rel=0.25)


def test_choosing_items() -> None:
    data = labelled(
        GOLD,
        subset=["a", "a", "b", "b"],
        language=["en", "zh", "en", "zh"],
        tier=["high", "low", "low", None],
    )
    told = numbered(["Joy", "x", "x", "Neutral"])
    for options, n, accuracy in (
        (ScoreOptions(subsets=("a",)), 2, 1 / 2),
        (ScoreOptions(languages=("zh",)), 2, 1 / 2),
        (ScoreOptions(tiers=("low",)), 2, 0),
        (ScoreOptions(tiers=("low", "high"), subsets=("a",)), 2, 1 / 2),
    ):
        score = score_predictions(data, told, replace(options, replicates=0))
        assert (score.n, score.metrics["accuracy"].value) == (n, accuracy)
    with pytest.raises(EmosError, match="no item of subset 'c'; there are a, b"):
        score_predictions(data, told, ScoreOptions(subsets=("c",)))
    with pytest.raises(EmosError, match="no item is left"):
        score_predictions(data, told, ScoreOptions(subsets=("b",), tiers=("high",)))


def test_a_subset_nobody_answered_counts_and_is_named() -> None:
    data = labelled(GOLD, subset=["a", "a", "b", "b"])
    score = score_predictions(data, answers({"i0": "Joy", "i1": "Joy"}), PLAIN)
    assert score.metrics["accuracy"].value == 1 / 2
    assert any(note.startswith("b has no answer at all: its 2 items") for note in score.notes)


def test_a_run_is_scored_on_what_it_was_asked_about() -> None:
    data = labelled(
        GOLD, subset=["a", "a", "b", "b"], language=["en", "zh", "zh", "zh"], group=list("wxyz")
    )
    of_a = replace(answers({"i0": "Joy", "i1": "Joy"}), asked=Asked(("a",), ("en", "zh")))
    score = score_predictions(data, of_a, PLAIN)
    assert score.n == 2
    assert "|subsets=a|" in score.signature
    assert score.notes[0] == (
        "only subset a: what the run was asked about (run.toml); --subset chooses otherwise"
    )
    wider = score_predictions(data, of_a, replace(PLAIN, subsets=("a", "b")))
    assert (wider.n, wider.rates["missing"]) == (4, 0.5)
    chinese = replace(of_a, asked=Asked(("a", "b"), ("zh",)))
    assert "|languages=zh|" in score_predictions(data, chinese, PLAIN).signature
    whole = replace(of_a, asked=Asked(("a", "b"), ("en", "zh")))
    assert "|subsets=all|" in score_predictions(data, whole, PLAIN).signature
    both = compare_predictions(data, [of_a, numbered(GOLD)], PLAIN)
    assert [one.n for one in both.scores] == [2, 2]
    of_b = replace(answers({"i2": "Joy"}), asked=Asked(("b",), ("zh",)))
    with pytest.raises(EmosError, match="no subset of this dataset is one that all runs"):
        compare_predictions(data, [of_a, of_b], PLAIN)


def test_items_without_a_label_are_named_and_left_out() -> None:
    score = score_predictions(labelled(["Joy", None]), numbered(["Joy", "Joy"]), PLAIN)
    assert score.n == 1
    assert "1 clips have no Basic-7 label and are not scored" in score.notes


def test_answers_to_other_datasets_are_refused_or_named() -> None:
    with pytest.raises(EmosError, match=r"no answer is to an item of this dataset.*'elsewhere'"):
        score_predictions(labelled(GOLD), answers({"elsewhere": "Joy"}), PLAIN)
    score = score_predictions(labelled(GOLD), answers({"i0": "Joy", "elsewhere": "Joy"}), PLAIN)
    assert score.n == 4
    assert any("1 answers are to items that the dataset does not have" in n for n in score.notes)
    data = labelled(GOLD, subset=["a", "a", "b", "b"])
    with pytest.raises(EmosError, match=r"none of the 2 chosen items has an answer \(1 others"):
        score_predictions(data, answers({"i0": "Joy"}), ScoreOptions(subsets=("b",)))


def test_a_dataset_without_labels_says_so() -> None:
    with pytest.raises(EmosError, match="emos aggregate"):
        score_predictions(labelled([None, None]), numbered(["Joy", "Joy"]), PLAIN)


def _with_monologue(data: Dataset) -> Dataset:
    item = conform("items", pl.DataFrame({"item_id": ["m"], "subset": ["streaming"]}))
    spoken = conform(
        "utterances",
        pl.DataFrame(
            {
                "monologue_id": ["m"],
                "index": [1],
                "start_s": [0.0],
                "end_s": [1.0],
                "primary": ["Joy"],
            }
        ),
    )
    return data.with_tables(items=pl.concat([data.items, item]), utterances=spoken)


def test_monologues_are_no_clips() -> None:
    data = _with_monologue(labelled(GOLD))
    score = score_predictions(data, numbered(GOLD), PLAIN)
    assert score.n == 4
    assert score.metrics["accuracy"].value == 1
    assert "none of the 1 monologues has an answer: not scored" in score.notes


def test_a_run_in_which_nothing_worked_scores_zero() -> None:
    said = {f"i{place}": {"basic7": None, "status": "error"} for place in range(4)}
    score = score_predictions(labelled(GOLD), answers(said), PLAIN)
    assert score.metrics["accuracy"].value == 0
    assert score.rates["error"] == 1


def test_every_option_is_in_the_signature() -> None:
    data = labelled(GOLD, subset=["a", "a", "b", "b"])
    told = numbered(GOLD)
    base = score_predictions(data, told, PLAIN).signature
    for name in (one.name for one in fields(ScoreOptions)):
        if name not in ("families", "settings"):
            assert f"|{name}=" in base
    for options in (
        replace(PLAIN, policy="neutral"),
        replace(PLAIN, seed=1),
        replace(PLAIN, by="group"),
        replace(PLAIN, replicates=2),
        replace(PLAIN, subsets=("a", "b")),
        replace(PLAIN, confidence=0.9),
    ):
        assert score_predictions(data, told, options).signature != base
    assert score_predictions(data, numbered([*GOLD[:3], "Joy"]), PLAIN).signature != base
    other = data.with_tables(labels=data.labels.with_columns(label=pl.lit("Joy")))
    assert score_predictions(other, told, PLAIN).signature != base
    raw = replace(told, items=told.items.with_columns(raw=pl.lit("said at length")))
    assert score_predictions(data, raw, PLAIN).signature == base


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"policy": "half"}, "wrong, leave-out, neutral"),
        ({"by": "dialogue"}, "item or group"),
        ({"replicates": 1}, "whole number"),
        ({"seed": -1}, "whole number"),
        ({"confidence": 1.0}, "0.95"),
    ],
)
def test_wrong_options_say_what_to_use(wrong: dict[str, Any], remedy: str) -> None:
    with pytest.raises(EmosError, match=remedy):
        ScoreOptions(**wrong)


def test_unknown_families_are_named() -> None:
    for options in (ScoreOptions(families=("x",)), ScoreOptions(settings={"x": None})):
        with pytest.raises(EmosError, match=r"no family of metrics 'x'; there are basic7"):
            score_predictions(labelled(GOLD), numbered(GOLD), options)


def test_several_files_are_scored_each_by_itself(tmp_path: Path) -> None:
    paths = []
    for name, said in (("one", GOLD), ("two", ["Joy"] * 4)):
        path = tmp_path / f"{name}.jsonl"
        rows = [{"item_id": f"i{place}", "basic7": label} for place, label in enumerate(said)]
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        paths.append(path)
    scores = score_all(labelled(GOLD), paths, PLAIN)
    assert [score.name for score in scores] == ["one", "two"]
    assert [score.metrics["accuracy"].value for score in scores] == [1, 0.5]


def test_json_is_the_documented_form() -> None:
    told = score_predictions(labelled(GOLD), numbered(GOLD), ScoreOptions(replicates=10)).to_json()
    assert {"signature", "metrics", "n", "invalid_rate"} <= set(told)
    assert set(told["metrics"]["accuracy"]) == {"value", "low", "high"}
    assert {"macro_f1", "weighted_f1", "f1/Anger"} <= set(told["metrics"])
    assert told["metrics"]["f1/Anger"]["reason"] == "no items of this class and never answered"
    assert json.loads(json_text(told))["metrics"]["f1/Anger"]["value"] is None


def test_metrics_say_what_they_are() -> None:
    names = [metric.name for metric in all_metrics()]
    assert len(set(names)) == len(names)
    for metric in all_metrics():
        assert metric.family in all_families()
        assert metric.family == "basic7" or metric.name.startswith(f"{metric.family}/")
        assert metric.definition and metric.source and metric.undefined
        assert metric.low < metric.high


def test_families_say_what_they_are() -> None:
    for name, family in all_families().items():
        assert isinstance(family, Family)
        assert name == family.name
        assert family.options is None or fields(family.options)


def test_utterances_are_part_of_the_predictions() -> None:
    spoken = pl.DataFrame(
        [{"monologue_id": "m", "start_s": 0.0, "end_s": 1.0, "basic7": "Joy"}],
        schema=dict(PREDICTED_UTTERANCES),
    )
    given_items = answers({"m": None}).items
    told = Predictions("model", given_items, spoken)
    assert told.complete(["m"]).utterances.height == 1
    assert told.complete(["i0"]).utterances.height == 0
