"""Basic-7 metrics are scikit-learn's on the fixed label set, degenerate cases too."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from sklearn import metrics as sk

from emos.score.metric import family_metrics
from emos.score.options import ScoreOptions
from emos.score.result import Score
from emos.score.score import score_predictions
from emos.taxonomy import BASIC7
from making_scores import labelled, labels_and_answers, numbered, simulated

LABELS = list(BASIC7.labels)
NOTHING = "(nothing)"  # scikit-learn knows no answer that is none: an eighth label of answers
PLAIN = ScoreOptions(replicates=0)


def scored(gold: list[str], said: list[str | None], options: ScoreOptions = PLAIN) -> Score:
    return score_predictions(labelled(gold), numbered(said), options)


def of_scikit_learn(gold: list[str], said: list[str | None]) -> dict[str, float]:
    """Every metric by scikit-learn; NaN as our module's conventions say."""
    told = [one if one in LABELS else NOTHING for one in said]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        undefined: Any = {"labels": LABELS, "zero_division": np.nan}
        zero: Any = {"labels": LABELS, "zero_division": 0}
        precision, recall, f1, _ = sk.precision_recall_fscore_support(gold, told, **undefined)
        found = {
            "accuracy": sk.accuracy_score(gold, told),
            "balanced_accuracy": sk.balanced_accuracy_score(gold, told),
            "macro_f1": sk.f1_score(gold, told, average="macro", **zero),
            "weighted_f1": sk.f1_score(gold, told, average="weighted", **zero),
            "kappa": sk.cohen_kappa_score(gold, told, labels=[*LABELS, NOTHING]),
            "mcc": sk.matthews_corrcoef(gold, told),
        }
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        found |= {f"{name}/{label}": one for label, one in zip(LABELS, values, strict=True)}
    return {name: float(value) for name, value in found.items()}


@given(labels_and_answers())
def test_every_metric_is_scikit_learns(case: tuple[list[str], list[str | None]]) -> None:
    gold, said = case
    ours = scored(gold, said).metrics
    theirs = of_scikit_learn(gold, said)
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert ours[name].value == pytest.approx(value, abs=1e-12, nan_ok=True), name
        assert (ours[name].reason is None) == (not math.isnan(value)), name


@pytest.mark.parametrize("seed", range(3))
def test_a_whole_table_is_scikit_learns(seed: int) -> None:
    gold, said = simulated(seed, 2000, 0.6)
    ours = scored(gold, said).metrics
    for name, value in of_scikit_learn(gold, said).items():
        assert ours[name].value == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        (["Joy"] * 4, ["Joy"] * 4),  # one class, all right: kappa is 0 / 0
        (["Joy"] * 4, ["Fear"] * 4),
        (["Joy", "Fear"], ["Joy", "Joy"]),  # one answer to everything
        (["Joy", "Fear"], [None, "glad"]),  # no label at all
        (["Joy"], ["Joy"]),
    ],
)
def test_degenerate_cases_are_scikit_learns(gold: list[str], said: list[str | None]) -> None:
    ours = scored(gold, said).metrics
    for name, value in of_scikit_learn(gold, said).items():
        assert ours[name].value == pytest.approx(value, abs=1e-12, nan_ok=True), name


def test_by_hand() -> None:
    """Five clips: Joy, Joy, Joy, Fear, Neutral; answered Joy, Joy, Fear, Fear, nothing."""
    score = scored(["Joy", "Joy", "Joy", "Fear", "Neutral"], ["Joy", "Joy", "Fear", "Fear", None])
    value = {name: one.value for name, one in score.metrics.items()}
    assert value["accuracy"] == 3 / 5
    assert value["recall/Joy"] == 2 / 3
    assert value["precision/Fear"] == 1 / 2
    assert value["f1/Joy"] == pytest.approx(4 / 5)
    assert value["f1/Fear"] == pytest.approx(2 / 3)
    assert value["f1/Neutral"] == 0
    assert value["macro_f1"] == pytest.approx((4 / 5 + 2 / 3) / 7)
    assert value["weighted_f1"] == pytest.approx((3 * 4 / 5 + 2 / 3) / 5)
    assert value["balanced_accuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    # Chance: 3/5 x 2/5 for Joy, 1/5 x 2/5 for Fear.
    assert value["kappa"] == pytest.approx((3 / 5 - 8 / 25) / (1 - 8 / 25))
    assert math.isnan(value["precision/Neutral"])
    assert score.metrics["precision/Neutral"].reason == "never answered"
    assert math.isnan(value["recall/Anger"])
    assert math.isnan(value["f1/Anger"])
    assert score.n == 5
    assert score.invalid_rate == pytest.approx(1 / 5)
    assert any("macro_f1 takes Anger, Disgust, Sadness, Surprise as 0" in n for n in score.notes)


def test_tables_behind_the_numbers_add_up() -> None:
    score = scored(["Joy", "Joy", "Fear"], ["Joy", "glad", "Joy"])
    confusion = score.tables["confusion"]
    counted = {(a, b): n for a, b, n in confusion.iter_rows() if n}
    assert counted == {("Joy", "Joy"): 1, ("Joy", "(no class)"): 1, ("Fear", "Joy"): 1}
    classes = {row["class"]: row for row in score.tables["classes"].iter_rows(named=True)}
    assert classes["Joy"] == {"class": "Joy", "items": 2, "answers": 2, "right": 1}
    assert score.tables["answers"]["counts_as"].to_list() == ["Joy", "(no class)", "Joy"]


# Table 7 prints each model's recalls and, in its caption, the class shares: accuracy is the sum of
# share x recall. Of the five models these three agree; `emos audit` has the others.
SHARES = np.array([15.5, 4.4, 5.1, 26.0, 37.1, 8.7, 3.3])
TABLE_7 = {
    "Gemini-3": (0.611, (0.770, 0.143, 0.590, 0.802, 0.422, 0.721, 0.808)),
    "Qwen-3": (0.580, (0.680, 0.194, 0.550, 0.787, 0.429, 0.647, 0.519)),
    "Qwen-3 (FT)": (0.703, (0.759, 0.704, 0.571, 0.533, 0.830, 0.670, 0.650)),
}


@pytest.mark.parametrize("model", TABLE_7)
def test_the_papers_recalls_and_shares_give_its_accuracy(model: str) -> None:
    printed, recalls = TABLE_7[model]
    items = np.round(SHARES * 10).astype(int)  # 1,001 clips: shares are rounded to 0.1 %
    gold: list[str] = []
    said: list[str | None] = []
    for label, count, recall in zip(LABELS, items, recalls, strict=True):
        right = round(count * recall)
        gold += [label] * count
        said += [label] * right + ["none of them"] * (count - right)
    value = scored(gold, said).metrics["accuracy"].value
    assert value == pytest.approx(printed, abs=0.002)


def test_every_metric_is_explained() -> None:
    text = (Path(__file__).parent.parent / "docs" / "scoring.md").read_text(encoding="utf-8")
    for metric in family_metrics("basic7"):
        name = f"{metric.name}/CLASS" if metric.per == "class" else metric.name
        assert f"| `{name}` |" in text
