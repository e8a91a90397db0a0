"""Coefficients against published figures, fractions worked by hand, and other libraries."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, jaccard_score
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from emos.agreement import (
    cohen_kappa,
    exact_match,
    fleiss_kappa,
    jaccard_similarity,
    krippendorff_alpha,
    label_alpha,
    label_kappa,
    masi_similarity,
    pack_sets,
    pairwise_jaccard,
    percent_agreement,
    positive_agreement,
)
from emos.errors import EmosError

# Fleiss (1971), Table 1: 30 psychiatric patients, 6 diagnoses each (depression, personality
# disorder, schizophrenia, neurosis, other).
FLEISS_1971 = (
    "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 "
    "144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 "
    "111155 224444 133333 555555"
)


def _counts(codes: np.ndarray, labels: int) -> np.ndarray:
    return np.stack([(codes == label).sum(axis=1) for label in range(labels)], axis=1)


def _votes(seed: int, items: int, annotators: int, labels: int, gap: float) -> np.ndarray:
    """Half of the answers are the item's true label; -1 where there is no answer."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(labels, size=(items, 1))
    codes = np.where(
        rng.random((items, annotators)) < 0.5, truth, rng.integers(labels, size=(items, annotators))
    )
    return np.where(rng.random((items, annotators)) < gap, -1, codes)


def _fleiss_1971() -> np.ndarray:
    codes = np.array([[int(d) - 1 for d in row] for row in FLEISS_1971.split()])
    return _counts(codes, 5)


def test_fleiss_published() -> None:
    result = fleiss_kappa(_fleiss_1971())
    assert round(result.observed, 3) == 0.556  # his P bar
    assert round(result.expected, 3) == 0.220  # his P bar e
    assert round(result.value, 3) == 0.430
    assert result.items == 30 and result.reason is None


def test_fleiss_of_each_category_published() -> None:
    # Fleiss (1971), Table 2, as kappam.fleiss(diagnoses, detail = TRUE) of R's irr prints them.
    counts = _fleiss_1971()
    kappas = [label_kappa(counts[:, label], counts.sum(axis=1)).value for label in range(5)]
    assert np.round(kappas, 3).tolist() == [0.245, 0.245, 0.520, 0.471, 0.566]


def test_fleiss_with_fourteen_raters_published() -> None:
    # The worked example of the encyclopedias' articles on Fleiss' kappa.
    rows = "00.0.0.0.14 0.2.6.4.2 0.0.3.5.6 0.3.9.2.0 2.2.8.1.1 7.7.0.0.0 3.2.6.3.0 2.5.3.2.2"
    rows += " 6.5.2.1.0 0.2.2.3.7"
    table = np.array([[int(n) for n in row.split(".")] for row in rows.split()])
    assert round(fleiss_kappa(table).value, 3) == 0.210
    assert round(percent_agreement(table).value, 3) == 0.378


def test_alpha_published() -> None:
    # Krippendorff (2011), section C: 4 observers, 12 units, 0 where there is no answer.
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
    result = krippendorff_alpha(np.array(rows).T - 1)
    assert round(result.value, 3) == 0.743
    assert result.items == 11  # unit 12 has a single value
    # From his coincidences: n = 40, sum of o_cc = 32, n_c = 9, 13, 10, 5, 3.
    assert result.value == pytest.approx(float(1 - Fraction(39 * 8, 1216)))


def test_cohen_worked_by_hand() -> None:
    # Both yes 20, a yes b no 5, a no b yes 10, both no 15.
    a = [0] * 20 + [0] * 5 + [1] * 10 + [1] * 15
    b = [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15
    result = cohen_kappa(a, b)
    observed = Fraction(35, 50)
    expected = Fraction(25, 50) * Fraction(30, 50) + Fraction(25, 50) * Fraction(20, 50)
    assert (observed - expected) / (1 - expected) == Fraction(2, 5)
    assert result.value == pytest.approx(2 / 5)
    assert (result.observed, result.expected) == pytest.approx((7 / 10, 1 / 2))


def test_set_valued_alpha_worked_by_hand() -> None:
    # Items: {a} {a}; {a,b} {a}; {b} {b,c}. Codes: 0 {a}, 1 {a,b}, 2 {b}, 3 {b,c}.
    codes = np.array([[0, 0], [1, 0], [2, 3]])
    sets = pack_sets(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1]], dtype=bool))
    jaccard = 1 - jaccard_similarity(sets[:, None], sets[None])
    masi = 1 - masi_similarity(sets[:, None], sets[None])
    # Jaccard: D_o = 2 (0 + 1/2 + 1/2) / 6, D_e = 2 (3/2 + 3 + 3 + 1/2 + 2/3 + 1/2) / 30.
    assert krippendorff_alpha(codes, distance=jaccard).value == pytest.approx(5 / 11)
    # MASI: D_o = 2 (0 + 2/3 + 2/3) / 6, D_e = 2 (3 x 2/3 + 3 + 3 + 2/3 + 8/9 + 2/3) / 30.
    assert krippendorff_alpha(codes, distance=masi).value == pytest.approx(8 / 23)


@pytest.mark.parametrize(
    ("a", "b", "jaccard", "masi"),
    [
        ("xy", "xy", Fraction(1), Fraction(1)),
        ("xy", "x", Fraction(1, 2), Fraction(1, 2) * Fraction(2, 3)),
        ("x", "xyz", Fraction(1, 3), Fraction(1, 3) * Fraction(2, 3)),
        ("xy", "yz", Fraction(1, 3), Fraction(1, 3) * Fraction(1, 3)),
        ("x", "y", Fraction(0), Fraction(0)),
        ("", "x", Fraction(0), Fraction(0)),
        ("", "", Fraction(1), Fraction(1)),
    ],
)
def test_set_similarities(a: str, b: str, jaccard: Fraction, masi: Fraction) -> None:
    left, right = (pack_sets(np.array([label in s for label in "xyz"])) for s in (a, b))
    for one, other in ((left, right), (right, left)):
        assert jaccard_similarity(one, other) == pytest.approx(float(jaccard))
        assert masi_similarity(one, other) == pytest.approx(float(masi))


def test_sets_over_more_labels_than_a_machine_word() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 50, 130)) < 0.3
    ours = jaccard_similarity(pack_sets(a), pack_sets(b))
    assert ours == pytest.approx((a & b).sum(axis=1) / (a | b).sum(axis=1))


@pytest.mark.parametrize("seed", range(5))
def test_fleiss_is_that_of_statsmodels(seed: int) -> None:
    counts = _counts(_votes(seed, 80, 4, 5, gap=0.0), 5)
    assert fleiss_kappa(counts).value == pytest.approx(statsmodels_fleiss(counts), abs=1e-12)
    for label in range(5):
        yes_no = np.stack((counts[:, label], 4 - counts[:, label]), axis=1)
        ours = label_kappa(counts[:, label], np.full(80, 4))
        assert ours.value == pytest.approx(statsmodels_fleiss(yes_no), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_cohen_is_that_of_scikit_learn(seed: int) -> None:
    a, b = _votes(seed, 90, 2, 6, gap=0.2).T
    both = (a >= 0) & (b >= 0)
    ours = cohen_kappa(a, b)
    assert ours.value == pytest.approx(cohen_kappa_score(a[both], b[both]), abs=1e-12)
    assert ours.items == both.sum()


@pytest.mark.parametrize("gap", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("seed", range(3))
def test_alpha_is_that_of_krippendorff(seed: int, gap: float) -> None:
    codes = _votes(seed, 70, 5, 4, gap)
    theirs = krippendorff.alpha(
        np.where(codes < 0, np.nan, codes).T, level_of_measurement="nominal"
    )
    assert krippendorff_alpha(codes).value == pytest.approx(theirs, abs=1e-12)
    for label in range(4):
        yes = (codes == label).sum(axis=1)
        binary = np.where(codes < 0, np.nan, codes == label).T
        theirs = krippendorff.alpha(binary, level_of_measurement="nominal")
        ours = label_alpha(yes, (codes >= 0).sum(axis=1))
        assert ours.value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("similarity", [jaccard_similarity, masi_similarity])
def test_set_valued_alpha_is_that_of_krippendorff(similarity) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(7)
    member = rng.random((12, 6)) < 0.35
    distance = 1 - similarity(pack_sets(member)[:, None], pack_sets(member)[None])
    codes = _votes(7, 60, 4, 12, gap=0.25)

    def metric(v1, v2, i1, i2, n_v, dtype):  # type: ignore[no-untyped-def]
        return distance[np.asarray(v1, int), np.asarray(v2, int)]

    theirs = krippendorff.alpha(
        np.where(codes < 0, np.nan, codes).T,
        level_of_measurement=metric,
        value_domain=np.arange(12.0),
    )
    assert krippendorff_alpha(codes, distance=distance).value == pytest.approx(theirs, abs=1e-12)


def test_jaccard_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.random((2, 40, 9)) < 0.25
    assert pairwise_jaccard(a, b).value == pytest.approx(
        jaccard_score(a, b, average="samples", zero_division=1.0)
    )
    answered = a.any(axis=1) & b.any(axis=1)
    ours = pairwise_jaccard(a, b, answered=answered)
    assert ours.items == answered.sum() < 40
    assert ours.value == pytest.approx(jaccard_score(a[answered], b[answered], average="samples"))


REFERENCE = json.loads((Path(__file__).parent / "data" / "irrcac_reference.json").read_text())


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_values_held_from_irrcac(case: dict) -> None:  # type: ignore[type-arg]
    codes = np.array([[-1 if vote is None else vote for vote in row] for row in case["votes"]])
    fleiss = fleiss_kappa(_counts(codes, case["labels"]))
    assert fleiss.value == pytest.approx(case["fleiss"], abs=1e-12)
    assert fleiss.observed == pytest.approx(case["fleiss_observed"], abs=1e-12)
    assert fleiss.expected == pytest.approx(case["fleiss_expected"], abs=1e-12)
    alpha = krippendorff_alpha(codes)
    assert alpha.value == pytest.approx(case["krippendorff"], abs=1e-12)


def test_positive_agreement_of_two_annotators() -> None:
    # a = 4 both yes, b + c = 3 one yes, d = 5 both no: 2a / (2a + b + c) = 8/11.
    yes = [2] * 4 + [1] * 3 + [0] * 5
    assert positive_agreement(yes, [2] * 12).value == pytest.approx(8 / 11)


def test_positive_agreement_of_many_is_the_chance_that_another_says_yes() -> None:
    codes = _votes(11, 40, 4, 2, gap=0.3)
    hit = total = Fraction(0)
    for row in codes:
        votes = [vote for vote in row if vote >= 0]
        for place, vote in enumerate(votes):
            others = votes[:place] + votes[place + 1 :]
            if vote == 1 and others:
                hit += Fraction(others.count(1), len(others))
                total += 1
    ours = positive_agreement((codes == 1).sum(axis=1), (codes >= 0).sum(axis=1))
    assert ours.value == pytest.approx(float(hit / total), abs=1e-12)


def test_exact_and_percent_agreement_by_counting() -> None:
    codes = _votes(5, 50, 4, 3, gap=0.4)
    shares, alike = [], []
    for row in codes:
        votes = [int(vote) for vote in row if vote >= 0]
        if len(votes) >= 2:
            pairs = list(combinations(votes, 2))
            shares.append(Fraction(sum(a == b for a, b in pairs), len(pairs)))
            alike.append(len(set(votes)) == 1)
    ours = percent_agreement(_counts(codes, 3))
    assert ours.value == pytest.approx(float(sum(shares) / len(shares)))
    assert exact_match(codes).value == pytest.approx(sum(alike) / len(alike))
    assert ours.items == exact_match(codes).items == len(alike) < 50


NOTHING = {
    "no items": np.zeros((0, 3), dtype=int),
    "nobody answered": np.full((4, 3), -1),
    "one annotator": np.array([[0], [1], [0]]),
    "nobody answered the same item": np.array([[0, -1], [-1, 1]]),
}


@pytest.mark.parametrize("codes", NOTHING.values(), ids=NOTHING)
def test_without_two_answers_nothing_is_defined(codes: np.ndarray) -> None:
    counts = _counts(codes, 2)
    results = [
        fleiss_kappa(counts),
        percent_agreement(counts),
        krippendorff_alpha(codes),
        exact_match(codes),
        label_kappa(counts[:, 0], counts.sum(axis=1)),
        label_alpha(counts[:, 0], counts.sum(axis=1)),
    ]
    if codes.shape[1] > 1:
        results.append(cohen_kappa(codes[:, 0], codes[:, 1]))
    for result in results:
        assert np.isnan(result.value) and result.items == 0
        assert result.reason in ("no item has two answers", "no item was answered by both")


def test_with_one_label_only_chance_corrected_agreement_is_undefined() -> None:
    codes = np.zeros((5, 3), dtype=int)
    for result in (
        fleiss_kappa(_counts(codes, 2)),
        krippendorff_alpha(codes),
        cohen_kappa(codes[:, 0], codes[:, 1]),
    ):
        assert np.isnan(result.value) and result.items == 5
        assert result.reason == "only one label was given, so chance agreement is 1"
    assert exact_match(codes).value == percent_agreement(_counts(codes, 2)).value == 1.0
    for name in (label_kappa, label_alpha, positive_agreement):
        assert "never given" in str(name([0, 0], [3, 3]).reason)


@pytest.mark.parametrize(
    "call",
    [
        lambda: fleiss_kappa([[1.0, float("nan")]]),
        lambda: fleiss_kappa([[1, -1]]),
        lambda: fleiss_kappa([[0.5, 0.5]]),
        lambda: fleiss_kappa([1, 2]),
        lambda: fleiss_kappa([["a", "b"]]),
        lambda: krippendorff_alpha([[0.0, float("nan")]]),
        lambda: krippendorff_alpha([0, 1]),
        lambda: krippendorff_alpha([[0, 2]], distance=np.zeros((2, 2))),
        lambda: krippendorff_alpha([[0, 1]], distance=np.array([[0, 1], [2, 0.0]])),
        lambda: krippendorff_alpha([[0, 1]], distance=np.array([[0, np.nan], [np.nan, 0]])),
        lambda: cohen_kappa([0, 1], [0]),
        lambda: cohen_kappa(["Joy"], ["Joy"]),
        lambda: exact_match([["Joy", "Joy"]]),
        lambda: pairwise_jaccard([[1, 0]], [[1, 0]]),
        lambda: pairwise_jaccard([[True]], [[True], [False]]),
        lambda: pairwise_jaccard([[True]], [[True]], answered=[1]),
        lambda: label_kappa([3], [2]),
        lambda: label_kappa([float("nan")], [2]),
        lambda: label_kappa([1, 1], [2]),
    ],
)
def test_bad_arrays_are_refused_in_one_line(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EmosError) as error:
        call()
    assert len(str(error.value).splitlines()) == 1
