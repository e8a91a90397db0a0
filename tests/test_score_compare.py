"""Comparison of models: the tests are statsmodels', the resamples are shared."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests

from emos.audit import published_scores
from emos.audit.published import published_beside
from emos.errors import EmosError
from emos.score.compare import compare_predictions
from emos.score.options import ScoreOptions
from emos.score.paired import bootstrap_p, holm, mcnemar
from emos.score.published import leaderboard
from emos.score.score import score_predictions
from emos.taxonomy import BASIC7
from making_scores import answers, labelled, numbered, simulated

counts = st.integers(0, 60)


def _pairs(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    a = np.repeat([True, True, False, False], [both, only_a, only_b, neither])
    b = np.repeat([True, False, True, False], [both, only_a, only_b, neither])
    return a, b


@given(counts, counts, counts, counts)
def test_mcnemar_is_statsmodels(both: int, only_a: int, only_b: int, neither: int) -> None:
    test = mcnemar(*_pairs(both, only_a, only_b, neither))
    assert test[:4] == (both, only_a, only_b, neither)
    table = [[both, only_a], [only_b, neither]]
    assert test.p_exact == pytest.approx(reference_mcnemar(table, exact=True).pvalue, rel=1e-9)
    if only_a + only_b:
        chi2 = reference_mcnemar(table, exact=False, correction=True)
        assert test.chi2 == pytest.approx(chi2.statistic)
        assert test.p_chi2 == pytest.approx(chi2.pvalue, rel=1e-9)
    else:
        assert test.p_exact == 1
        assert math.isnan(test.chi2) and math.isnan(test.p_chi2)


def test_mcnemar_of_a_whole_benchmark_is_exact() -> None:
    test = mcnemar(*_pairs(3000, 2233, 2034, 2136))
    assert test.p_exact == pytest.approx(
        reference_mcnemar([[3000, 2233], [2034, 2136]], exact=True).pvalue, rel=1e-9
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_statsmodels(p: list[float]) -> None:
    assert holm(np.array(p)) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)


def test_holm_passes_over_what_is_undefined() -> None:
    assert holm(np.array([0.01, np.nan, 0.04])) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_bootstrap_p_by_hand() -> None:
    """Differences 2 away or more from 2: 0, 4, and -1; one more of six."""
    p = bootstrap_p(np.array([2.0]), np.array([[0.0, 1.0, 2.0, 4.0, -1.0]]))
    assert p == pytest.approx([4 / 6])
    assert np.isnan(bootstrap_p(np.array([np.nan]), np.ones((1, 3)))[0])
    assert np.isnan(bootstrap_p(np.array([0.1]), np.empty((1, 0)))[0])


GOLD, FIRST = simulated(1, 300, 0.7)
SECOND = [one if place % 3 else "Joy" for place, one in enumerate(FIRST)]
OPTIONS = ScoreOptions(replicates=2000)


def test_differences_are_of_shared_resamples() -> None:
    """A plain loop over resampled items with scikit-learn, to Monte Carlo error."""
    told = [numbered(FIRST, name="a"), numbered(SECOND, name="b")]
    rows = compare_predictions(labelled(GOLD), told, OPTIONS).differences
    row = rows.row(by_predicate=pl.col("metric") == "macro_f1", named=True)
    gold, first, second = (np.array([str(x) for x in one]) for one in (GOLD, FIRST, SECOND))
    rng = np.random.default_rng(3)

    def difference(drawn: np.ndarray) -> float:
        values = [
            f1_score(
                gold[drawn], one[drawn], average="macro", labels=BASIC7.labels, zero_division=0
            )
            for one in (first, second)
        ]
        return float(values[0] - values[1])

    whole = difference(np.arange(300))
    assert row["difference"] == pytest.approx(whole, abs=1e-12)
    assert row["value_a"] - row["value_b"] == pytest.approx(whole, abs=1e-12)
    drawn = [difference(rng.integers(300, size=300)) for _ in range(300)]
    spread = np.std(drawn)
    assert row["low"] == pytest.approx(whole - 1.96 * spread, abs=0.6 * spread)
    assert row["high"] == pytest.approx(whole + 1.96 * spread, abs=0.6 * spread)
    # Unpaired, the spread would be that of two samples: far wider.
    alone = [score_predictions(labelled(GOLD), one, OPTIONS).metrics["macro_f1"] for one in told]
    unpaired = math.hypot(*(one.high - one.low for one in alone))
    assert row["high"] - row["low"] < 0.9 * unpaired


@pytest.mark.parametrize("by", ["item", "group"])
def test_two_runs_alike_differ_in_nothing(by: str) -> None:
    data = labelled(GOLD, group=[f"g{place // 10}" for place in range(300)])
    result = compare_predictions(
        data,
        [numbered(FIRST), numbered(FIRST)],
        ScoreOptions(by=by, replicates=50),  # type: ignore[arg-type]
    )
    assert [score.name for score in result.scores] == ["model", "model (2)"]
    known = result.differences.filter(result.differences["difference"].is_not_nan())
    for name in ("difference", "low", "high"):
        assert (known[name] == 0).all()
    assert (known["p"] == 1).all()
    assert result.mcnemar.row(0, named=True)["p_exact"] == 1


def test_scores_are_those_of_each_alone() -> None:
    told = [numbered(FIRST, name="a"), numbered(SECOND, name="b")]
    result = compare_predictions(labelled(GOLD), told, OPTIONS)
    for one, score in zip(told, result.scores, strict=True):
        alone = score_predictions(labelled(GOLD), one, OPTIONS)
        assert alone.metrics == score.metrics
        assert alone.signature == score.signature


def test_every_pair_and_metric_has_a_row() -> None:
    told = [
        numbered(one, name=name) for name, one in zip("abc", (FIRST, SECOND, GOLD), strict=True)
    ]
    result = compare_predictions(labelled(GOLD), told, ScoreOptions(replicates=20))
    assert result.differences.height == 3 * len(result.scores[0].metrics)
    assert result.mcnemar.select("a", "b").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    right = [np.array(GOLD) == np.array([str(x) for x in one]) for one in (FIRST, SECOND)]
    row = result.mcnemar.row(0, named=True)
    assert row["only_a"] == int((right[0] & ~right[1]).sum())
    assert row["both"] + row["only_a"] + row["only_b"] + row["neither"] == 300
    assert result.mcnemar["p_holm"].to_list() == pytest.approx(
        multipletests(result.mcnemar["p_exact"].to_list(), method="holm")[1].tolist()
    )


def test_no_replicates_no_intervals() -> None:
    told = [numbered(FIRST), numbered(SECOND)]
    rows = compare_predictions(labelled(GOLD), told, ScoreOptions(replicates=0)).differences
    assert rows["low"].is_nan().all() and rows["p"].is_nan().all()


def test_all_are_held_to_the_same_items() -> None:
    """A run that answered half of the clips is compared on all of them."""
    half = answers({f"i{place}": one for place, one in enumerate(FIRST[:150])}, name="half")
    result = compare_predictions(labelled(GOLD), [numbered(FIRST), half], OPTIONS)
    assert [score.n for score in result.scores] == [300, 300]
    assert result.scores[1].rates["missing"] == 0.5


def test_an_item_left_out_of_one_is_left_out_of_mcnemar() -> None:
    told = [answers({"i0": "Joy", "i1": "Joy"}), answers({"i0": "Joy", "i1": "glad"})]
    result = compare_predictions(
        labelled(["Joy", "Joy"]), told, ScoreOptions(policy="leave-out", replicates=10)
    )
    assert result.mcnemar.row(0)[2:6] == (1, 0, 0, 0)


def test_one_run_cannot_be_compared() -> None:
    with pytest.raises(EmosError, match="give two or more"):
        compare_predictions(labelled(GOLD), [numbered(FIRST)])


def test_printed_scores_stand_beside_with_their_mark() -> None:
    printed = published_scores("emos_paper")
    by_cell = {(one.model, one.metric, one.items): one for one in printed}
    cell = by_cell["Qwen-3", "accuracy", "high-confidence clips (800)"]
    assert (cell.value, cell.printed) == (0.58, "0.580")
    assert cell.source.endswith("Table 7")
    assert by_cell["Gemini-3", "macro_f1", "Chinese clips"].printed == "0.597"
    assert by_cell["EmotionLLaMA", "precision/Disgust", "high-confidence clips (800)"].value == 0
    score = score_predictions(labelled(GOLD), numbered(FIRST), ScoreOptions(replicates=0))
    board = leaderboard([score], printed)
    assert set(board["kind"]) == {"scored", "published"}
    assert board.filter(board["kind"] == "scored")["model"].unique().to_list() == ["model"]
    assert board.filter(board["kind"] == "published")["low"].null_count() == len(
        board.filter(board["kind"] == "published")
    )


def test_a_paper_is_beside_its_own_dataset_alone() -> None:
    assert published_beside("EmoS") == published_scores("emos_paper")
    assert published_beside("another") == ()
    assert published_beside("another", "emos_paper") == published_scores("emos_paper")
