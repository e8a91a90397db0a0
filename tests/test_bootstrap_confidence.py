"""The bootstrap over items against refitting resampled items one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emos.aggregate import AggregateOptions, aggregate_dataset, dawid_skene
from emos.aggregate.bootstrap import Bootstrap, bootstrap_confidence
from emos.aggregate.dawid_skene import fit_patterns
from emos.aggregate.patterns import Patterns, find_patterns
from emos.errors import EmosError
from emos.tables import Dataset
from making_votes import Votes, dataset_of, simulated_votes


def _with_a_rare_item() -> Votes:
    """59 items of two labels, and one item to which three of four annotators give a third."""
    votes = simulated_votes(2, n_items=59, n_annotators=4, n_labels=2, votes_per_item=3)
    return Votes(
        np.append(votes.items, [59] * 3),
        np.append(votes.annotators, [0, 1, 2]),
        np.append(votes.labels, [2] * 3),
        60,
        4,
        3,
    )


VOTES = _with_a_rare_item()
NAMES = ("a", "b", "c")
SIZES = {"n_annotators": 4}


def _run(votes: Votes = VOTES, **options: Any) -> tuple[Patterns, NDArray[np.float64], Bootstrap]:
    patterns = find_patterns(*votes.codes, **votes.sizes)
    fitted = {k: v for k, v in options.items() if k in ("max_iter", "tolerance", "smoothing")}
    fit = fit_patterns(patterns, n_annotators=votes.n_annotators, n_labels=3, **fitted)
    defaults: dict[str, Any] = {"replicates": 20, "seed": 4}
    found = bootstrap_confidence(patterns, fit.posterior, NAMES, **SIZES, **(defaults | options))
    return patterns, fit.posterior, found


@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_replicates_are_fits_to_resampled_items(smoothing: float) -> None:
    patterns, posterior, found = _run(smoothing=smoothing, max_iter=30)
    # The same draws, made into real items, fitted by the plain function one by one.
    rng = np.random.default_rng(4)
    draws = rng.multinomial(60, patterns.items / 60, size=20)
    label = posterior.argmax(axis=1)
    of_label = np.full((20, len(patterns)), np.nan)
    flips = np.zeros(len(patterns))
    for replicate, draw in enumerate(draws):
        fitted = _refit(patterns, draw, smoothing)
        of_label[replicate] = fitted[np.arange(len(patterns)), label]
        defined = ~np.isnan(fitted).any(axis=1)
        flips += defined & (np.nan_to_num(fitted).argmax(axis=1) != label)
    undefined = np.isnan(of_label)
    # Unsmoothed, a fit without any item of a rare kind gives such an item no probability.
    assert undefined.any(axis=0).any() == (smoothing == 0)
    low, high = np.nanquantile(of_label, [0.025, 0.975], axis=0)
    np.testing.assert_allclose(found.low, low, atol=1e-9)
    np.testing.assert_allclose(found.high, high, atol=1e-9)
    np.testing.assert_allclose(found.label_flips, flips / (~undefined).sum(axis=0))


def _refit(patterns: Patterns, draw: NDArray[np.int64], smoothing: float) -> NDArray[np.float64]:
    """Posterior of every pattern by Bayes' rule from a fit to ``draw[p]`` copies of pattern p."""
    members = np.repeat(np.arange(len(draw)), draw)
    items, codes = [], []
    for slot in patterns.slots:
        voted = np.flatnonzero(members < len(slot))
        items.append(voted)
        codes.append(slot[members[voted]])
    annotator, label = np.divmod(np.concatenate(codes), 3)
    model = dawid_skene(
        np.concatenate(items),
        annotator,
        label,
        n_items=60,
        n_annotators=4,
        n_labels=3,
        max_iter=30,
        smoothing=smoothing,
    )
    joint = np.tile(model.prior, (len(patterns), 1))
    for slot in patterns.slots:
        who, what = np.divmod(slot, 3)
        joint[: len(slot)] *= np.nan_to_num(model.confusion)[who, :, what]
    total = joint.sum(axis=1, keepdims=True)
    return np.divide(joint, total, out=np.full(joint.shape, np.nan), where=total > 0)


def test_the_seed_decides_and_batches_of_replicates_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, once = _run()
    monkeypatch.setattr("emos.aggregate.bootstrap._BATCH_ENTRIES", 1)
    _, _, one_by_one = _run()
    np.testing.assert_allclose(one_by_one.low, once.low, atol=1e-12)
    np.testing.assert_array_equal(one_by_one.tier_flips, once.tier_flips)
    _, _, other = _run(seed=5)
    assert not np.allclose(other.low, once.low, equal_nan=True)


def test_intervals_contain_each_other_and_the_range() -> None:
    _, _, wide = _run(level=0.95)
    _, _, narrow = _run(level=0.5)
    seen = ~np.isnan(wide.low)
    assert (wide.low[seen] <= narrow.low[seen]).all()
    assert (narrow.high[seen] <= wide.high[seen]).all()
    for part in (wide.low, wide.high, wide.label_flips, wide.tier_flips):
        assert ((part[seen] >= 0) & (part[seen] <= 1)).all()


def test_what_no_item_can_change_does_not_flip() -> None:
    # Two labels, never mixed up: every resample gives the same posteriors.
    items = np.repeat(np.arange(40), 3)
    votes = Votes(items, np.tile(np.arange(3), 40), items % 2, 40, 3, 3)
    patterns = find_patterns(*votes.codes, **votes.sizes)
    fit = fit_patterns(patterns, n_annotators=3, n_labels=3)
    found = bootstrap_confidence(
        patterns, fit.posterior, NAMES, n_annotators=3, replicates=50, seed=1
    )
    np.testing.assert_array_equal(found.low, [1, 1])
    np.testing.assert_array_equal(found.tier_flips, [0, 0])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"replicates": 1}, "1 bootstrap replicates"), ({"level": 1.0}, "level 1.0")],
)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EmosError, match=message):
        _run(**options)


def test_a_batch_more_changes_no_other_batch() -> None:
    rows = [
        (f"i{i}", f"A{r}", "basic7", "Joy" if (i * r) % 4 else "Anger", "s", batch)
        for batch in ("one", "two")
        for i in range(20)
        for r in range(1, 4)
    ]
    options = AggregateOptions(bootstrap=20)
    both = aggregate_dataset(dataset_of(rows), options).labels.filter(batch="one")
    alone = aggregate_dataset(dataset_of(rows[: len(rows) // 2]), options).labels
    assert both["low"].to_list() == alone["low"].to_list()


def test_the_release_flips(release: Dataset) -> None:
    found = aggregate_dataset(release, AggregateOptions(preset="emos-paper", bootstrap=40))
    flips = {model.name: model.flips for model in found.models}
    assert flips["meld/first-3000"] is None  # shares do not depend on other items
    for name in ("ch-sims-v2/first-2499", "ch-sims-v2/latter-1904", "meld/last-2000"):
        flip = flips[name]
        assert flip is not None and 0.02 < flip.tiers < 0.25
        assert 0 < flip.labels < flip.tiers
    rows = found.labels.filter(subset="ch-sims-v2")
    assert rows.filter(rows["low"] > rows["high"]).is_empty()
    inside = (rows["low"] <= rows["confidence"]) & (rows["confidence"] <= rows["high"])
    assert inside.mean() > 0.9
