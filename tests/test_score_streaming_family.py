"""The family as a whole: order, ranges, intervals, options, and the release's own baselines."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from emos.aggregate.settled import settled
from emos.cli import app
from emos.errors import EmosError
from emos.score.compare import compare_predictions
from emos.score.family import all_families
from emos.score.metric import cell_names, family_metrics
from emos.score.options import ScoreOptions
from emos.score.score import score_predictions
from emos.score.settings import read_settings
from emos.score.streaming.family import FAMILY
from emos.score.streaming.options import StreamingOptions
from emos.tables import Dataset
from emos.tables.predictions import PREDICTED_UTTERANCES, PREDICTIONS, Predictions
from emos.tables.writing import json_text
from emos.taxonomy import BASIC7
from making_scores import answers, labelled
from making_streams import GOLD, SAID, answered, cases, scored, streamed, value

PLAIN = ScoreOptions(replicates=0)
Case = tuple[dict[str, list[str]], dict[str, list[str]]]
TWO = {"m": GOLD, "n": ("0-6 Joy joy 3", "6-10 Fear fear 2", "10-20 Fear fear 2")}
SAID_TWO = {"m": SAID, "n": ("0-7 Joy joy 2", "7-20 Fear fear 2")}


def test_it_joins_by_itself() -> None:
    assert all_families()["streaming"] is FAMILY
    assert {metric.name.split("/")[1] for metric in family_metrics("streaming")} >= {
        "accuracy",
        "turning_points",
        "trajectory",
        "early_warning",
    }


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_the_file_changes_nothing(case: Case, chance: Any) -> None:
    spoken, said = case
    data, told = streamed(spoken), answered(said)
    order = list(range(told.utterances.height))
    chance.shuffle(order)
    shuffled = replace(told, utterances=told.utterances[order], items=told.items.reverse())
    rows = list(range(data.utterances.height))
    chance.shuffle(rows)
    mixed = data.with_tables(utterances=data.utterances[rows])
    one = score_predictions(data, told, PLAIN)
    for d, p in ((data, shuffled), (mixed, told)):
        other = score_predictions(d, p, PLAIN)
        assert one.notes == other.notes
        for name, first in one.metrics.items():
            second = other.metrics[name]
            assert first.value == pytest.approx(second.value, abs=1e-12, nan_ok=True), name
            assert first.reason == second.reason


@given(
    cases(), st.sampled_from(["wrong", "leave-out", "neutral"]), st.sampled_from(["item", "group"])
)
def test_values_and_intervals_are_in_range(case: Case, policy: str, by: Any) -> None:
    spoken, said = case
    options = ScoreOptions(replicates=10, policy=policy, by=by)
    score = score_predictions(streamed(spoken), answered(said), options)
    classes = {
        metric.name: StreamingOptions().definitions
        if "turning_points" in metric.name
        else BASIC7.labels
        for metric in family_metrics("streaming")
    }
    bounds = {
        name: metric
        for metric in family_metrics("streaming")
        for name in cell_names(metric, classes[metric.name])
    }
    assert set(bounds) == set(score.metrics)
    for name, one in score.metrics.items():
        metric = bounds[name]
        for number in one[:3]:
            assert math.isnan(number) or metric.low - 1e-9 <= number <= metric.high + 1e-9, name
        assert math.isnan(one.value) == (one.reason is not None), name
        assert math.isnan(one.low) or one.low <= one.high, name
    gold = sum(map(len, spoken.values()))
    assert score.tables["utterances"]["index"].is_not_null().sum() == gold
    assert value(score, "missed") <= gold


@given(cases())
def test_gold_as_the_answer_is_perfect(case: Case) -> None:
    spoken, _ = case
    for told in spoken.values():  # two at one instant cannot be told apart by time
        times = [one.split()[0] for one in told]
        assume(len(set(times)) == len(times))
    score = scored(spoken, spoken)
    for name, best in (
        ("accuracy", 1.0),
        ("missed_rate", 0.0),
        ("invented_rate", 0.0),
        ("intensity_mae", 0.0),
        ("turning_points/f1/primary", 1.0),
        ("turning_points/typed_f1/primary", 1.0),
        ("turning_points/boundary_accuracy/primary", 1.0),
        ("turning_points/delay_s/primary", 0.0),
        ("trajectory/time_accuracy", 1.0),
        ("trajectory/edit_distance", 0.0),
        ("early_warning/said_by_onset", 1.0),
        ("early_warning/delay_s", 0.0),
        ("early_warning/false_time", 0.0),
    ):
        found = value(score, name)
        assert math.isnan(found) or found == pytest.approx(best), name


def test_intervals_are_those_of_resampled_monologues() -> None:
    """One resample in four holds the first twice, one the second twice, two both."""
    score = scored(TWO, SAID_TWO, replicates=4000)
    alone = [value(scored({"m": TWO[m]}, {"m": SAID_TWO[m]}), "accuracy") for m in TWO]
    accuracy = score.metrics["streaming/accuracy"]
    assert (accuracy.low, accuracy.high) == (min(alone), max(alone))
    assert accuracy.value == (3 + 2) / 8
    for name, one in score.metrics.items():
        singles = [scored({"m": TWO[m]}, {"m": SAID_TWO[m]}).metrics[name].value for m in TWO]
        known = [number for number in (*singles, one.value) if not math.isnan(number)]
        if name.endswith(("/episodes", "/missed", "/invented")):
            continue  # counts: twice the same monologue is more than either
        if len(known) == 3:
            assert one.low == pytest.approx(min(known), abs=1e-12), name
            assert one.high == pytest.approx(max(known), abs=1e-12), name


def test_the_curve_has_the_metrics_intervals_at_their_tolerance() -> None:
    score = scored(TWO, SAID_TWO, replicates=500, turn_tolerance_s=1.5)
    curve = score.tables["tolerance_curve"]
    assert curve.filter(definition="primary")["tolerance_s"].to_list() == [0, 0.5, 1, 1.5, 2, 3, 5]
    for definition in StreamingOptions().definitions:
        row = curve.row(
            by_predicate=(pl.col("definition") == definition) & (pl.col("tolerance_s") == 1.5),
            named=True,
        )
        for name in ("precision", "recall", "f1", "typed_f1"):
            one = score.metrics[f"streaming/turning_points/{name}/{definition}"]
            found = (row[name], row[f"{name}_low"], row[f"{name}_high"])
            assert found == pytest.approx(one[:3])


def test_groups_are_resampled_together() -> None:
    """Two monologues of one film are drawn together: every resample is the same."""
    data = streamed(TWO, group=["film", "film"])
    options = ScoreOptions(by="group", replicates=50)
    one = score_predictions(data, answered(SAID_TWO), options).metrics["streaming/accuracy"]
    assert one.value == one.low == one.high == 5 / 8


def test_the_monologues_of_a_group_are_its_own() -> None:
    """Film a alone: 5 of 8 right. Film b alone, not answered: none of 1."""
    data = streamed(TWO | {"o": ["0-5 Joy"]}, group=["a", "a", "b"])
    options = ScoreOptions(by="group", replicates=400)
    one = score_predictions(data, answered(SAID_TWO), options).metrics["streaming/accuracy"]
    assert (one.low, one.value, one.high) == (0, 5 / 9, 5 / 8)


def test_two_models_are_compared_on_the_same_monologues() -> None:
    runs = [answered(SAID_TWO, name="one"), answered({"m": SAID}, name="other")]
    rows = compare_predictions(streamed(TWO), runs, ScoreOptions(replicates=200)).differences
    row = rows.row(by_predicate=pl.col("metric") == "streaming/accuracy", named=True)
    assert row["difference"] == pytest.approx(2 / 8)
    assert 0 <= row["low"] <= row["high"] <= 2 / 3 + 1e-12
    assert rows.filter(metric="streaming/turning_points/f1/primary").height == 1


def test_clips_alone_have_no_streams_and_a_label_is_another_task() -> None:
    score = score_predictions(labelled(["Joy", "Fear"]), answers({"i0": "Joy"}), PLAIN)
    assert not any(name.startswith("streaming") for name in score.metrics)
    with pytest.raises(EmosError, match="nothing can be scored"):
        score_predictions(streamed(TWO), answers({"m": "Joy"}), PLAIN)
    silent = score_predictions(streamed(TWO), answers({"m": None}, status="error"), PLAIN)
    assert value(silent, "accuracy") == 0
    assert value(silent, "missed") == 8
    assert silent.rates["error"] == silent.rates["missing"] == 1 / 2


def test_tables_have_the_same_columns_with_and_without_rows() -> None:
    full, empty = scored(TWO, SAID_TWO), scored({"m": ["0-1 Joy"]}, {"m": []})
    for name, table in full.tables.items():
        assert table.schema == empty.tables[name].schema, name


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"matching": "order"}, "auto, overlap, index"),
        ({"tolerance_s": -1.0}, "seconds"),
        ({"curve_s": (1.0, math.inf)}, "seconds"),
        ({"curve_s": ()}, "no tolerance"),
        ({"hold_s": math.nan}, "seconds"),
        ({"minimum_overlap": 1.5}, "0 to 1"),
        ({"definitions": ("peaks",)}, "any-layer"),
        ({"definitions": ()}, "boundary, primary"),
        ({"warning_classes": ("sad",)}, "Sadness"),
        ({"warning_least_utterances": 0}, "whole number"),
    ],
)
def test_wrong_options_say_what_to_use(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(EmosError, match=problem):
        StreamingOptions(**wrong)


def test_options_can_be_written_and_are_in_the_signature() -> None:
    settings = read_settings(
        [
            "streaming.curve_s=0,1/2,3",
            "streaming.definitions=primary,any-layer",
            "streaming.warning_classes=Fear,Sadness",
            "streaming.matching=overlap",
        ]
    )
    chosen = settings["streaming"]
    assert chosen == StreamingOptions(
        curve_s=(0.0, 0.5, 3.0),
        definitions=("primary", "either"),
        warning_classes=("Fear", "Sadness"),
        matching="overlap",
    )
    options = replace(PLAIN, settings=settings)
    told = score_predictions(streamed(TWO), answered(SAID_TWO), options).signature
    assert "|streaming.definitions=primary/either|" in told
    assert "|streaming.curve_s=0/0.5/3|" in told


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> str:
        done = CliRunner().invoke(app, [str(one) for one in arguments])
        if done.exception is not None:
            raise done.exception
        return done.stdout

    return call


def test_from_a_file_of_predictions(run: Callable[..., str], tmp_path: Path) -> None:
    streamed(TWO).write(tmp_path / "data")
    records = [
        {
            "item_id": "m",
            "utterances": [
                {"start_s": 0, "end_s": 5, "basic7": "Neutral", "goemotions": ["neutral"]},
                {"start_s": 5, "end_s": 12, "basic7": "Anger", "intensity": 4},
            ],
        },
        {"item_id": "n", "status": "refused"},
    ]
    path = tmp_path / "model.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    shown = run("score", "data", path, "--replicates", 20)
    assert "streaming/accuracy" in shown
    assert "streaming/turning_points per class" in shown
    assert "boundary_accuracy" in shown
    assert "1 of 2 monologues have no predicted utterance: all missed" in shown
    run("score", "data", path, "--table", "tolerance_curve", "--csv", "curve.csv")
    assert (tmp_path / "curve.csv").read_text(encoding="utf-8").startswith("model,definition,")
    told = json.loads(run("score", "data", path, "--json", "-"))
    assert told["metrics"]["streaming/accuracy"]["value"] == 2 / 8
    assert told["n"] == 2


# What a model that looks at nothing gets on the public release.


def _predicted(data: Dataset, say: Callable[[list[str]], list[str]]) -> Predictions:
    """Answers to the given segments, made of their labels."""
    rows, items = [], []
    spoken = settled(data.utterances, data.monologues).sort("monologue_id", "index")
    for (name,), part in spoken.group_by("monologue_id", maintain_order=True):
        items.append(dict.fromkeys(PREDICTIONS) | {"item_id": name, "status": "ok"})
        said = say(part["primary"].to_list())
        for row, label in zip(part.iter_rows(named=True), said, strict=True):
            rows.append(
                {
                    "monologue_id": name,
                    "start_s": row["start_s"],
                    "end_s": row["end_s"],
                    "basic7": label,
                }
            )
    return Predictions(
        "made",
        pl.DataFrame(items, schema=dict(PREDICTIONS), orient="row"),
        pl.DataFrame(rows, schema=dict(PREDICTED_UTTERANCES), orient="row"),
    )


@pytest.mark.release
def test_baselines_on_the_release(release: Dataset) -> None:
    """401 boundaries, 233 of which change the primary emotion and 145 the side; 92 Neutral of 447.

    Within one monologue the label before, carried on, is right where nothing changes (168), and at
    the start where Neutral is the first label.
    """
    neutral = score_predictions(release, _predicted(release, lambda said: ["Neutral"] * len(said)))
    assert value(neutral, "accuracy") == 92 / 447
    assert value(neutral, "missed") == value(neutral, "invented") == 0
    for name, share in (("primary", 233), ("valence", 145), ("boundary", 401)):
        assert value(neutral, f"turning_points/always_change/{name}") == share / 401
    assert value(neutral, "turning_points/never_change/primary") == 168 / 401
    assert value(neutral, "turning_points/boundary_accuracy/primary") == 168 / 401
    assert value(neutral, "turning_points/recall/primary") == 0
    assert value(neutral, "early_warning/said") == 0

    carried = score_predictions(
        release, _predicted(release, lambda said: ["Neutral", *said[:-1]]), PLAIN
    )
    spoken = settled(release.utterances, release.monologues)
    first = spoken.filter(pl.col("index") == 1)["primary"]
    assert value(carried, "accuracy") == (168 + (first == "Neutral").sum()) / 447
    # Its labels change where the gold ones did an utterance before: each change is late.
    assert value(carried, "turning_points/typed_f1/primary") == 0
    assert value(carried, "early_warning/said_by_onset") == 0


@pytest.mark.release
def test_the_document_prints_what_models_that_look_at_nothing_get(release: Dataset) -> None:
    text = (Path(__file__).parents[1] / "docs" / "streaming-scores.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_/0-9]+)` \| (\S+) \| (\S+) \| (\S+) \|$", text, re.MULTILINE)
    models = (
        lambda said: ["Neutral"] * len(said),
        lambda said: ["Neutral", *said[:-1]],
        lambda said: ["Anger"] * len(said),
    )
    scores = [score_predictions(release, _predicted(release, model), PLAIN) for model in models]
    assert len(rows) == 10
    for name, *printed in rows:
        found = [value(score, name) for score in scores]
        assert printed == ["–" if math.isnan(one) else _printed(one) for one in found], name


def _printed(number: float) -> str:
    return f"{number:.1f}" if abs(number) > 1 else f"{number:.3f}".removesuffix(".000")


@pytest.mark.release
def test_the_release_as_its_own_prediction(release: Dataset) -> None:
    perfect = score_predictions(release, _predicted(release, list), PLAIN)
    for name in ("accuracy", "macro_f1", "turning_points/f1/primary", "trajectory/time_accuracy"):
        assert value(perfect, name) == 1
    assert perfect.tables["boundaries"].filter(definition="primary")["turns"].sum() == 233
    assert value(perfect, "early_warning/delay_s") == 0


def _instants(rows: list[tuple[float, float, str]]) -> Iterator[tuple[float, str | None]]:
    """What is said at the middle of each tenth of a second, of disjoint utterances."""
    for start, end, label in rows:
        for instant in np.arange(start + 0.05, end, 0.1):
            yield round(float(instant), 2), label


@pytest.mark.release
def test_time_accuracy_of_the_release_by_counting(release: Dataset) -> None:
    """All its times are whole seconds and its utterances do not overlap."""
    predictions = _predicted(release, lambda said: ["Neutral", *said[:-1]])
    late = predictions.utterances.with_columns(pl.col("start_s", "end_s") + 3.0)
    score = score_predictions(release, replace(predictions, utterances=late), PLAIN)
    right = whole = 0
    spoken = settled(release.utterances, release.monologues)
    for (name,), part in spoken.group_by("monologue_id"):
        columns = ("start_s", "end_s", "primary")
        gold = dict(_instants(part.select(columns).rows()))
        said = late.filter(monologue_id=name).select("start_s", "end_s", "basic7").rows()
        heard = dict(_instants(said))
        whole += len(gold)
        right += sum(heard.get(instant) == label for instant, label in gold.items())
    assert value(score, "trajectory/time_accuracy") == pytest.approx(right / whole, abs=1e-9)


def test_json_of_a_score_is_plain() -> None:
    told = json.loads(json_text(scored(TWO, SAID_TWO, replicates=20).to_json()))
    for one in told["metrics"].values():
        assert ("reason" in one) == (one["value"] is None)
