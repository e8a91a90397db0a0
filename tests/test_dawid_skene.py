"""Dawid-Skene against fractions worked out by hand, the release, crowd-kit, and its own theory."""

from __future__ import annotations

import warnings
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from emos.aggregate import DawidSkene, dawid_skene
from emos.errors import EmosError
from emos.taxonomy import BASIC7
from making_votes import Votes, random_votes, released, simulated_votes

# Item 0: both say 0. Item 1: A0 says 0, A1 says 1. Item 2: both say 1.
SMALL = Votes(
    np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3), np.array([0, 0, 0, 1, 1, 1]), 3, 2, 2
)


def fit(votes: Votes, **options: Any) -> DawidSkene:
    return dawid_skene(*votes.codes, **votes.sizes, **options)


# --- by hand ---------------------------------------------------------------------------------


def test_one_iteration_by_hand() -> None:
    # Soft vote (1, 0), (1/2, 1/2), (0, 1); its parameters give the same posteriors back.
    model = fit(SMALL)
    np.testing.assert_allclose(model.posterior, [[1, 0], [1 / 2, 1 / 2], [0, 1]])
    np.testing.assert_allclose(model.prior, [1 / 2, 1 / 2])
    np.testing.assert_allclose(model.confusion[0], [[1, 0], [1 / 3, 2 / 3]])
    np.testing.assert_allclose(model.confusion[1], [[2 / 3, 1 / 3], [0, 1]])
    np.testing.assert_allclose(model.log_likelihood, [3 * log(1 / 3)])
    assert (model.iterations, model.converged) == (1, True)


def test_one_smoothed_iteration_by_hand() -> None:
    model = fit(SMALL, smoothing=1.0, max_iter=1, tolerance=0)
    np.testing.assert_allclose(model.prior, [1 / 2, 1 / 2])
    np.testing.assert_allclose(model.confusion[0], np.array([[5, 2], [3, 4]]) / 7)
    np.testing.assert_allclose(model.confusion[1], np.array([[4, 3], [2, 5]]) / 7)
    np.testing.assert_allclose(
        model.posterior, [[10 / 13, 3 / 13], [1 / 2, 1 / 2], [3 / 13, 10 / 13]]
    )
    likelihood = log(13 / 49) + log(15 / 49) + log(13 / 49)
    penalty = 2 * log(1 / 2) + 2 * sum(log(n / 7) for n in (5, 2, 3, 4))
    np.testing.assert_allclose(model.log_likelihood, [likelihood + penalty])
    assert not model.converged


def test_a_known_class_by_hand() -> None:
    model = fit(SMALL, gold=[-1, 1, -1])
    np.testing.assert_array_equal(model.posterior[1], [0, 1])
    np.testing.assert_allclose(model.prior, [1 / 3, 2 / 3])
    np.testing.assert_allclose(model.confusion[0], [[1, 0], [1 / 2, 1 / 2]])
    np.testing.assert_allclose(model.confusion[1], [[1, 0], [0, 1]])
    np.testing.assert_allclose(model.log_likelihood[-1], 3 * log(1 / 3))


def test_the_initial_confusion_replaces_the_first_m_step() -> None:
    given_matrices = [[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.3, 0.7]]]
    model = fit(SMALL, initial_confusion=given_matrices, max_iter=1)
    # Item 1, prior 1/2 from the soft vote: 0.9 * 0.4 against 0.2 * 0.7.
    np.testing.assert_allclose(model.posterior[1], [0.36 / 0.50, 0.14 / 0.50])
    np.testing.assert_allclose(model.confusion, given_matrices)


def test_a_matrix_of_nan_leaves_that_annotator_to_the_votes() -> None:
    start = np.full((2, 2, 2), np.nan)
    start[0] = [[0.9, 0.1], [0.2, 0.8]]
    model = fit(SMALL, initial_confusion=start, max_iter=1)
    np.testing.assert_allclose(model.confusion[1], [[2 / 3, 1 / 3], [0, 1]])
    np.testing.assert_allclose(model.posterior[1], [0.9 / 3 / (0.9 / 3 + 0.2), 0.2 / 0.5])


def test_what_no_vote_tells_is_undefined() -> None:
    # A1 votes on item 1 only, which nobody says is 0; item 2 has no vote.
    model = dawid_skene([0, 1, 1], [0, 0, 1], [0, 1, 1], n_items=3, n_annotators=2, n_labels=2)
    assert np.isnan(model.posterior[2]).all()
    assert np.isnan(model.confusion[1, 0]).all()
    np.testing.assert_array_equal(model.confusion[1, 1], [0, 1])
    np.testing.assert_allclose(model.prior, [1 / 2, 1 / 2])  # of the two items with votes


def test_an_item_with_a_known_class_and_no_vote_keeps_its_class() -> None:
    model = dawid_skene([0], [0], [0], n_items=2, n_annotators=1, n_labels=2, gold=[-1, 1])
    np.testing.assert_array_equal(model.posterior, [[1, 0], [0, 1]])
    np.testing.assert_allclose(model.prior, [1 / 2, 1 / 2])


def test_one_label_and_one_annotator_are_no_error() -> None:
    one_label = dawid_skene([0, 1], [0, 0], [2, 2], n_items=2, n_annotators=1, n_labels=3)
    np.testing.assert_array_equal(one_label.posterior, [[0, 0, 1]] * 2)
    assert np.isnan(one_label.confusion[0, :2]).all()
    only = dawid_skene([0, 1], [0, 0], [0, 0], n_items=2, n_annotators=1, n_labels=1)
    np.testing.assert_array_equal(only.posterior, [[1], [1]])


def test_very_many_votes_on_one_item_do_not_underflow() -> None:
    votes = simulated_votes(3, n_items=20, n_annotators=3000, n_labels=3, votes_per_item=3000)
    model = fit(votes, smoothing=0.1, max_iter=5)
    assert np.isfinite(model.log_likelihood).all()
    np.testing.assert_allclose(model.posterior.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_iter": 0}, "max_iter is 0"),
        ({"tolerance": -1.0}, "tolerance is -1"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"smoothing": float("inf")}, "smoothing is inf"),
        ({"initial_confusion": np.eye(2)}, "shape"),
        ({"initial_confusion": np.ones((2, 2, 2))}, "no probability distribution"),
        ({"initial_confusion": [np.eye(2), [[1.5, -0.5], [0, 1]]]}, "no probability"),
        ({"initial_confusion": [np.eye(2), np.eye(2)]}, "probability 0 under every class"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EmosError, match=message):
        fit(SMALL, **options)


def test_no_vote_at_all() -> None:
    with pytest.raises(EmosError, match="no vote"):
        dawid_skene([], [], [], n_items=3, n_annotators=2, n_labels=2)
    with pytest.raises(EmosError, match="no vote"):
        dawid_skene([], [], [], n_items=0, n_annotators=0, n_labels=2)


# --- the release -----------------------------------------------------------------------------

FIRST = "**/First-2500/analysis_outputs/basic7/annotated_with_ds.xlsx"
LATTER = "**/analysis_outputs_after2500/basic7/annotated_with_ds.xlsx"
LAST = "**/basic7/annotated_with_ds_last2000.xlsx"


def _release_batch(
    folder: Path, pattern: str
) -> tuple[Votes, NDArray[np.float64], NDArray[np.int64]]:
    """Votes, confidences and labels as published."""
    table = released(folder, pattern)
    columns = [name for name in table.columns if name.startswith("basic_vote_")]
    columns = columns or table.columns[3:6]
    names = list(BASIC7.labels)
    codes = np.array([[names.index(label) for label in table[column]] for column in columns])
    n_items = table.height
    label, confidence = (
        ("ds_label", "ds_confidence")
        if "ds_label" in table.columns
        else ("basic_corrected", "basic_corrected_conf")
    )
    votes = Votes(
        np.tile(np.arange(n_items), 3),
        np.repeat(np.arange(3), n_items),
        codes.ravel(),
        n_items,
        3,
        7,
    )
    return (
        votes,
        table[confidence].cast(float).to_numpy(),
        np.array([names.index(name) for name in table[label]]),
    )


# The cells hold nine decimals as text, sixteen as numbers: read as text they bound the check.
@pytest.mark.parametrize(
    ("pattern", "n_items", "iterations", "converged"),
    [(FIRST, 2499, 50, False), (LATTER, 1904, 50, False), (LAST, 2000, 48, True)],
    ids=["ch-sims first", "ch-sims latter", "meld last"],
)
def test_the_release_follows_to_thirteen_decimals(
    release_path: Path, pattern: str, n_items: int, iterations: int, converged: bool
) -> None:
    import fastexcel

    votes, _, labels = _release_batch(release_path, pattern)
    (path,) = release_path.glob(pattern)
    numbers = fastexcel.read_excel(path).load_sheet(0, header_row=0).to_polars()
    column = "ds_confidence" if "ds_confidence" in numbers.columns else "basic_corrected_conf"
    model = fit(votes, max_iter=50, tolerance=1e-6)
    assert len(model.posterior) == n_items
    assert (model.iterations, model.converged) == (iterations, converged)
    np.testing.assert_array_equal(model.posterior.argmax(axis=1), labels)
    np.testing.assert_allclose(
        model.posterior.max(axis=1), numbers[column].to_numpy(), rtol=0, atol=1e-13
    )


@pytest.mark.parametrize(
    ("pattern", "iterations", "changed", "moved"),
    [(FIRST, 59, 0, None), (LATTER, 135, 3, 0.154), (LAST, 48, 0, 0.0)],
    ids=["ch-sims first", "ch-sims latter", "meld last"],
)
def test_what_convergence_changes(
    release_path: Path, pattern: str, iterations: int, changed: int, moved: float | None
) -> None:
    votes, confidence, labels = _release_batch(release_path, pattern)
    model = fit(votes)
    assert (model.iterations, model.converged) == (iterations, True)
    assert (model.posterior.argmax(axis=1) != labels).sum() == changed
    early = fit(votes, max_iter=50)
    if moved is not None:
        assert np.abs(model.posterior - early.posterior).max() == pytest.approx(moved, abs=5e-4)
    assert (np.diff(model.log_likelihood) > 0).all()
    assert np.abs(early.posterior.max(axis=1) - confidence).max() < 1e-8


# --- crowd-kit -------------------------------------------------------------------------------


def _crowd_kit(votes: Votes, n_iter: int, **options: Any) -> NDArray[np.float64]:
    from crowdkit.aggregation import DawidSkene as Reference

    items, annotators, labels = votes.codes
    frame = pd.DataFrame({"task": items, "worker": annotators, "label": labels})
    strategy = "assign" if "initial_error" in options else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = Reference(n_iter, tol=-np.inf, initial_error_strategy=strategy).fit_predict_proba(
            frame, **options
        )
    return found.sort_index().reindex(columns=range(votes.n_labels), fill_value=0.0).to_numpy()


@pytest.mark.parametrize("seed", range(4))
def test_crowd_kit_gives_the_same_posteriors(seed: int) -> None:
    votes = simulated_votes(seed, n_items=150, n_annotators=8, n_labels=5, votes_per_item=3)
    model = fit(votes, max_iter=12, tolerance=0)
    # crowd-kit clips probabilities at 1e-10 where these are 0.
    np.testing.assert_allclose(model.posterior, _crowd_kit(votes, 12), atol=1e-7)


def test_crowd_kit_gives_the_same_posteriors_with_known_classes() -> None:
    votes = simulated_votes(9, n_items=150, n_annotators=8, n_labels=4, votes_per_item=3)
    known = np.full(150, -1)
    known[:20] = np.arange(20) % 4
    model = fit(votes, max_iter=10, tolerance=0, gold=known)
    reference = _crowd_kit(votes, 10, true_labels=pd.Series(known[:20]))
    np.testing.assert_allclose(model.posterior, reference, atol=1e-7)


def test_crowd_kit_gives_the_same_posteriors_from_an_initial_confusion() -> None:
    votes = simulated_votes(5, n_items=120, n_annotators=4, n_labels=3, votes_per_item=3)
    start = np.tile(np.full((3, 3), 0.1) + 0.7 * np.eye(3), (4, 1, 1))
    index = pd.MultiIndex.from_product([range(4), range(3)], names=["worker", "label"])
    # crowd-kit's rows are given labels, its columns true classes.
    error = pd.DataFrame(start.transpose(0, 2, 1).reshape(12, 3), index=index, columns=range(3))
    model = fit(votes, max_iter=8, tolerance=0, initial_confusion=start)
    np.testing.assert_allclose(
        model.posterior, _crowd_kit(votes, 8, initial_error=error), atol=1e-7
    )


# --- what holds for any votes ----------------------------------------------------------------

SMOOTHING = st.sampled_from([0.0, 0.01, 1.0])


@given(random_votes(), SMOOTHING, st.data())
def test_the_likelihood_never_falls_and_probabilities_sum_to_one(
    votes: Votes, smoothing: float, data: st.DataObject
) -> None:
    known = data.draw(
        st.lists(
            st.integers(-1, votes.n_labels - 1), min_size=votes.n_items, max_size=votes.n_items
        )
        | st.none()
    )
    model = fit(votes, smoothing=smoothing, gold=known, max_iter=60)
    steps = np.diff(model.log_likelihood)
    scale = 1 + np.abs(model.log_likelihood).max()
    assert (steps >= -1e-12 * scale).all()
    assert len(model.log_likelihood) == model.iterations
    defined = ~np.isnan(model.posterior).any(axis=1)
    np.testing.assert_allclose(model.posterior[defined].sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(model.prior.sum(), 1, atol=1e-12)
    rows = model.confusion.sum(axis=2)
    np.testing.assert_allclose(rows[~np.isnan(rows)], 1, atol=1e-12)
    assert smoothing == 0 or not np.isnan(rows).any()


@given(random_votes(), SMOOTHING, st.integers(0, 2**32 - 1))
def test_the_likelihood_never_falls_from_any_start(
    votes: Votes, smoothing: float, seed: int
) -> None:
    shape = (votes.n_annotators, votes.n_labels, votes.n_labels)
    start = np.random.default_rng(seed).dirichlet(np.ones(votes.n_labels), size=shape[:2])
    model = fit(votes, smoothing=smoothing, initial_confusion=start, max_iter=40)
    scale = 1 + np.abs(model.log_likelihood).max()
    assert (np.diff(model.log_likelihood) >= -1e-12 * scale).all()


@given(random_votes(), st.integers(0, 2**32 - 1))
def test_permuting_items_changes_nothing_but_their_order(votes: Votes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    renamed, order = rng.permutation(votes.n_items), rng.permutation(len(votes.items))
    before = fit(votes)
    moved = votes._replace(
        items=renamed[votes.items][order],
        annotators=votes.annotators[order],
        labels=votes.labels[order],
    )
    after = fit(moved)
    np.testing.assert_array_equal(after.posterior[renamed], before.posterior)
    np.testing.assert_array_equal(after.confusion, before.confusion)
    np.testing.assert_array_equal(after.log_likelihood, before.log_likelihood)


@given(random_votes(), st.integers(0, 2**32 - 1))
def test_permuting_annotators_and_labels_changes_nothing_but_their_order(
    votes: Votes, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    who, what = rng.permutation(votes.n_annotators), rng.permutation(votes.n_labels)
    # Few iterations: sums in another order differ in the last bit, and where votes are symmetric
    # EM doubles such a difference every iteration.
    before = fit(votes, max_iter=15, tolerance=0)
    after = fit(
        votes._replace(annotators=who[votes.annotators], labels=what[votes.labels]),
        max_iter=15,
        tolerance=0,
    )
    np.testing.assert_allclose(after.posterior[:, what], before.posterior, atol=1e-9)
    np.testing.assert_allclose(after.prior[what], before.prior, atol=1e-9)
    back = after.confusion[who][:, what][:, :, what]
    np.testing.assert_allclose(back, before.confusion, atol=1e-9)


@given(random_votes(), st.integers(2, 4))
def test_repeating_every_item_changes_no_decision(votes: Votes, times: int) -> None:
    before = fit(votes, max_iter=15, tolerance=0)
    again = votes._replace(
        items=np.concatenate([votes.items + votes.n_items * copy for copy in range(times)]),
        annotators=np.tile(votes.annotators, times),
        labels=np.tile(votes.labels, times),
        n_items=votes.n_items * times,
    )
    after = fit(again, max_iter=15, tolerance=0)
    np.testing.assert_allclose(after.posterior, np.tile(before.posterior, (times, 1)), atol=1e-9)
    if times == 2:  # powers of two scale exactly: not a bit differs
        np.testing.assert_array_equal(after.posterior, np.tile(before.posterior, (2, 1)))


@given(random_votes())
def test_the_posterior_follows_from_the_parameters_by_bayes(votes: Votes) -> None:
    model = fit(votes, max_iter=7)
    confusion = np.nan_to_num(model.confusion)
    joint = np.tile(model.prior, (votes.n_items, 1))
    for item, annotator, label in zip(*votes.codes, strict=True):
        joint[item] *= confusion[annotator, :, label]
    voted = np.isin(np.arange(votes.n_items), votes.items)
    assume(joint[voted].sum(axis=1).min() > 1e-100)
    expected = joint[voted] / joint[voted].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.posterior[voted], expected, atol=1e-9)
    np.testing.assert_allclose(
        model.log_likelihood[-1], np.log(joint[voted].sum(axis=1)).sum(), rtol=1e-9, atol=1e-9
    )
