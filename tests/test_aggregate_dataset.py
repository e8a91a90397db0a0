"""A whole dataset: which votes count, what is undefined, what is refused, what changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import emos
from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.errors import EmosError
from emos.tables import TABLES, Dataset, DatasetInfo
from making_votes import Votes, dataset_of, random_votes

LETTERS = ("a", "b", "c", "d")


def _table(votes: Votes, names: tuple[str, ...] = LETTERS) -> list[tuple[str, ...]]:
    return [
        (f"i{i}", f"A{r + 1}", "label", names[label])
        for i, r, label in zip(*votes.codes, strict=True)
    ]


def _aggregate(rows: list[tuple[str, ...]], labels: tuple[str, ...] = LETTERS, **kw: Any):  # type: ignore[no-untyped-def]
    options = AggregateOptions(**kw.pop("options", {}))
    dataset = dataset_of(rows, label_sets={"label": labels}, **kw)
    return aggregate_dataset(dataset, options)


AGREED = [("i", f"A{n}", "label", "a") for n in (1, 2, 3)]
MIXED = [
    *AGREED,
    ("j", "A1", "label", "a"), ("j", "A2", "label", "b"), ("j", "A3", "label", "b"),
    ("k", "A1", "label", "b"), ("k", "A2", "label", "b"), ("k", "A3", "label", "b"),
]  # fmt: skip


# --- what comes out --------------------------------------------------------------------------


def test_the_tables_are_those_of_a_dataset() -> None:
    found = _aggregate([*MIXED, ("i", "A1", "goemotions", "joy")])
    assert dict(found.labels.schema) == dict(TABLES["labels"])
    assert dict(found.soft_labels.schema) == dict(TABLES["soft_labels"])
    assert found.labels["item_id"].to_list() == ["i", "j", "k"]


def test_a_row_by_hand() -> None:
    row = _aggregate(MIXED).labels.row(1, named=True)
    assert row["label"] == row["majority"] == "b"
    assert row["majority_share"] == pytest.approx(2 / 3)
    assert (row["votes"], row["unique_labels"], row["layer"]) == (3, 2, "label")
    assert row["original"] is row["low"] is row["high"] is None
    assert row["reason"] == "dawid_skene"
    assert sum(row["posterior"]) == pytest.approx(1)


def test_the_public_name() -> None:
    assert emos.aggregate_dataset is aggregate_dataset


def test_basic7_goes_before_label_and_each_batch_has_its_model() -> None:
    rows = [
        (f"i{n}", f"A{r}", layer, label, "s", batch)
        for batch, layers in (("one", {"basic7": "Joy", "label": "a"}), ("two", {"label": "b"}))
        for layer, label in layers.items()
        for n in range(2)
        for r in (1, 2)
    ]
    found = _aggregate(rows)
    assert [(m.name, m.layer) for m in found.models] == [("s/one", "basic7"), ("s/two", "label")]
    assert found.labels["label"].to_list() == ["Joy", "Joy", "b", "b"]


def test_pooling_makes_one_model_of_a_layer() -> None:
    rows = [
        (f"{batch}{n}", f"A{r}", "label", "ab"[(n + r // 2) % 2], "s", batch)
        for batch in ("one", "two")
        for n in range(6)
        for r in (1, 2, 3)
    ]
    apart, pooled = _aggregate(rows), _aggregate(rows, options={"pool": True})
    assert [m.name for m in apart.models] == ["s/one", "s/two"]
    (model,) = pooled.models
    assert (model.name, model.items, model.votes) == ("pool label", 12, 36)
    assert pooled.labels["batch"].to_list() == apart.labels["batch"].to_list()
    # Twice the same votes under the same names: the pool decides as each batch does.
    assert pooled.labels["label"].to_list() == apart.labels["label"].to_list()


def test_pooling_an_item_of_two_batches_is_refused() -> None:
    rows = [("i", f"A{r}", "label", "a", "s", batch) for batch in ("one", "two") for r in (1, 2)]
    assert _aggregate(rows).labels.height == 2
    with pytest.raises(EmosError, match="i is in two batches; leave out --pool"):
        _aggregate(rows, options={"pool": True})


def test_fine_votes_alone_become_soft_labels_and_that_is_said() -> None:
    found = _aggregate([("i", "A1", "goemotions", "joy;love"), ("i", "A2", "goemotions", "joy")])
    assert found.labels.is_empty() and not found.models
    assert found.soft_labels.height == 1
    assert found.notes == ("s/b: no single-label votes, so soft labels only",)


def test_a_label_layer_with_several_labels_is_set_valued() -> None:
    found = _aggregate([("i", "A1", "label", "a;b"), ("i", "A2", "label", "a")])
    assert found.labels.is_empty()
    np.testing.assert_allclose(found.soft_labels["share"][0], [1, 0.5, 0, 0])


def test_majority_beside_and_instead() -> None:
    beside = _aggregate(MIXED)
    instead = _aggregate(MIXED, options={"method": "majority"})
    assert instead.labels["label"].to_list() == beside.labels["majority"].to_list()
    assert instead.labels["confidence"].to_list() == beside.labels["majority_share"].to_list()
    np.testing.assert_allclose(instead.labels["posterior"][1], [1 / 3, 2 / 3, 0, 0])


def test_an_equal_posterior_goes_to_the_first_name() -> None:
    rows = [("i", "A1", "label", "b"), ("i", "A2", "label", "a")]
    rows += [("j", "A1", "label", "a"), ("j", "A2", "label", "b")]
    for labels in (("a", "b"), ("b", "a")):
        found = _aggregate(rows, labels, options={"method": "majority"}).labels
        assert found["label"].to_list() == ["a", "a"]
        assert found["reason"].to_list() == ["posterior_tie"] * 2


# --- what is undefined -----------------------------------------------------------------------


def test_an_item_without_a_vote_has_no_label() -> None:
    blank = [("blank", f"A{n}", "label", "") for n in (1, 2, 3)]
    found = _aggregate([*MIXED, *blank], items=["i", "j", "k", "blank", "never"])
    for row in found.labels.tail(2).iter_rows(named=True):
        assert row["label"] is row["tier"] is row["majority"] is None
        assert np.isnan([row["confidence"], row["majority_share"], *row["posterior"]]).all()
        assert (row["votes"], row["reason"]) == (0, "no_votes")
    assert found.models[0].tiers["undefined"] == 2
    assert "s/b: 3 label answers not counted as votes (blank or unread)" in found.warnings
    assert "s/b: 2 items without a vote, so without a label" in found.warnings
    without = _aggregate(MIXED)
    assert found.labels.head(3)["posterior"].to_list() == without.labels["posterior"].to_list()


def test_unsure_is_no_vote() -> None:
    rows = [*MIXED[:-1], ("k", "A3", "label", "unsure")]
    found = _aggregate(rows, (*LETTERS, "unsure"))
    assert found.labels["votes"].to_list() == [3, 3, 2]
    assert "s/b: 1 label answer not counted as votes (unsure)" in found.warnings


def test_one_annotator_gives_labels_without_a_confidence() -> None:
    found = _aggregate([(f"i{n}", "A1", "label", "ab"[n % 2]) for n in range(4)])
    assert found.labels["label"].to_list() == ["a", "b", "a", "b"]
    assert found.labels["confidence"].is_nan().all()
    assert found.labels["tier"].null_count() == 4
    assert set(found.labels["reason"]) == {"one_annotator"}
    assert "one annotator only" in found.warnings[0]


def test_one_annotator_can_be_judged_by_known_labels() -> None:
    rows = [(f"i{n}", "A1", "label", "ab"[n % 2]) for n in range(6)]
    dataset = dataset_of(rows, label_sets={"label": LETTERS})
    gold = pl.DataFrame({"item_id": ["i0", "i1", "i2"], "label": ["a", "b", "b"]})
    found = aggregate_dataset(dataset, gold=gold).labels
    assert found["reason"].to_list()[:3] == ["gold"] * 3
    assert found["label"].to_list()[:3] == ["a", "b", "b"]
    assert found["confidence"].is_not_nan().all()


def test_one_label_only_is_said() -> None:
    found = _aggregate(AGREED)
    assert found.labels["confidence"].to_list() == [1.0]
    assert "every vote is 'a'" in found.warnings[0]


def test_nothing_but_blanks() -> None:
    found = _aggregate([("i", "A1", "label", ""), ("i", "A2", "label", "")])
    assert found.labels["label"].to_list() == [None]
    assert found.models[0].fit is None
    assert any("no vote counts" in warning for warning in found.warnings)


def test_a_votes_file_of_blanks_has_no_label_at_all(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("task,worker,label\n1,a,\n1,b,\n2,a,\n")
    for options in (AggregateOptions(), AggregateOptions(method="majority", pool=True)):
        found = aggregate_dataset(tmp_path / "votes.csv", options)
        assert found.labels["label"].to_list() == [None, None]
        assert found.labels["confidence"].is_nan().all()
        assert found.labels["posterior"].to_list() == [[], []]
        assert found.labels["reason"].to_list() == ["no_votes"] * 2
        assert any("no vote counts" in warning for warning in found.warnings)


def test_a_folder_or_a_votes_file_stands_for_its_dataset(tmp_path: Path) -> None:
    dataset_of(MIXED, label_sets={"label": LETTERS}).write(tmp_path / "ds")
    rows = "".join(f"{item},{who},{label}\n" for item, who, _, label in MIXED)
    (tmp_path / "votes.csv").write_text("task,worker,label\n" + rows)
    asked = _aggregate(MIXED).labels["confidence"].to_list()
    for place in (tmp_path / "ds", str(tmp_path / "ds"), tmp_path / "votes.csv"):
        assert aggregate_dataset(place).labels["confidence"].to_list() == pytest.approx(asked)
    with pytest.raises(EmosError, match="no dataset here"):
        aggregate_dataset("nowhere")
    with pytest.raises(EmosError, match="list is no dataset"):
        aggregate_dataset(MIXED)  # type: ignore[arg-type]


def test_several_labels_on_a_single_label_layer_are_no_vote() -> None:
    rows = [("i", "A1", "basic7", "Joy;Anger"), ("i", "A2", "basic7", "Joy"),
            ("i", "A3", "basic7", "Joy")]  # fmt: skip
    found = _aggregate(rows)
    assert found.labels["votes"].to_list() == [2]
    assert "s/b: 1 basic7 answer not counted as votes (several labels)" in found.warnings


# --- what is refused -------------------------------------------------------------------------


def test_zero_items() -> None:
    with pytest.raises(EmosError, match="no votes to aggregate"):
        aggregate_dataset(Dataset(DatasetInfo("empty")))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*AGREED, ("i", "A1", "label", "b")], "A1 voted twice on i"),
        ([*AGREED, ("j", "A1", "label", "z")], "item j: label 'z' is outside the set"),
        ([*AGREED, ("j", "A1", "label", "z" * 200)], "label 'z{60}' is outside"),
    ],
)
def test_votes_that_cannot_be_counted(rows: list[tuple[str, ...]], message: str) -> None:
    with pytest.raises(EmosError, match=message):
        _aggregate(rows)


def test_a_given_answer_without_a_label_is_refused() -> None:
    dataset = dataset_of([*AGREED, ("j", "A1", "label", "")], label_sets={"label": LETTERS})
    votes = dataset.votes.with_columns(status=pl.lit("given"))
    with pytest.raises(EmosError, match="item j: an answer is given but has no label"):
        aggregate_dataset(dataset.with_tables(votes=votes))


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ({"item_id": ["nowhere"], "label": ["a"]}, "gold for an unknown item 'nowhere'"),
        ({"item_id": ["i"], "label": ["z"]}, "item i: gold label 'z' is outside the set"),
        ({"item_id": ["i", "i"], "label": ["a", "b"]}, "item i: two gold labels"),
    ],
)
def test_gold_that_cannot_be_used(gold: dict[str, list[str]], message: str) -> None:
    dataset = dataset_of(MIXED, label_sets={"label": LETTERS})
    with pytest.raises(EmosError, match=message):
        aggregate_dataset(dataset, gold=pl.DataFrame(gold))


def test_gold_for_a_batch_without_a_model_is_refused() -> None:
    rows = [("i", "A1", "goemotions", "joy")]
    dataset = dataset_of(rows, rules={"correction": {"s/b": "share:emos-first"}})
    gold = pl.DataFrame({"item_id": ["i"], "label": ["Joy"]})
    with pytest.raises(EmosError, match="s/b has no model to learn from it"):
        aggregate_dataset(dataset, gold=gold)


def _confusion(**changes: Any) -> pl.DataFrame:
    cells = [(t, g) for t in LETTERS for g in LETTERS]
    table: dict[str, Any] = {
        "annotator": ["A1"] * 16,
        "true": [t for t, _ in cells],
        "given": [g for _, g in cells],
        "probability": [0.7 if t == g else 0.1 for t, g in cells],
    }
    return pl.DataFrame(table | changes)


def test_an_initial_confusion_by_names() -> None:
    dataset = dataset_of(MIXED, label_sets={"label": LETTERS})
    options = AggregateOptions(max_iter=1)
    found = aggregate_dataset(dataset, options, initial_confusion=_confusion())
    fit = found.models[0].fit
    assert fit is not None
    np.testing.assert_allclose(fit.confusion[0], np.full((4, 4), 0.1) + 0.6 * np.eye(4))
    assert "confusion=" in found.signature


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (_confusion(annotator=["B"] * 16), "unknown annotator 'B'; there are A1, A2, A3"),
        (_confusion(true=["z"] * 16), "label 'z' is outside the set"),
        (_confusion(given=["a"] * 16), "lists a cell twice"),
        (_confusion(probability=[0.5] * 16), "no probability distribution"),
        (_confusion().head(8), "no probability distribution"),
    ],
)
def test_a_confusion_that_cannot_be_used(table: pl.DataFrame, message: str) -> None:
    dataset = dataset_of(MIXED, label_sets={"label": LETTERS})
    with pytest.raises(EmosError, match=message):
        aggregate_dataset(dataset, initial_confusion=table)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "fast"}, "unknown preset 'fast'; known are emos-paper"),
        ({"preset": "emos-paper", "max_iter": 9}, "preset emos-paper fixes max_iter"),
        ({"bootstrap": 1}, "bootstrap is 1; use 0, or a whole number from 2"),
        ({"bootstrap": -5}, "bootstrap is -5"),
        ({"bootstrap": 2.5}, "bootstrap is 2.5"),
        ({"level": 2.0, "bootstrap": 5}, "level 2.0"),
        ({"tiers": (0.5, 0.9)}, "not 1 >= high"),
        ({"max_iter": 0}, "max_iter is 0"),
        ({"max_iter": "x"}, "max_iter is 'x'"),
        ({"tolerance": "x"}, "tolerance is 'x'"),
        ({"smoothing": None}, "smoothing is None"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": -1, "bootstrap": 5}, "seed is -1"),
        ({"tiers": (0.9,)}, r"tiers are \(0.9,\); give the two thresholds"),
        ({"tiers": 0.9}, "tiers are 0.9"),
        ({"tiers": ("a", "b")}, "tier thresholds a, b"),
        ({"level": "x"}, "level 'x'"),
        ({"method": 3}, "unknown method 3"),
        ({"preset": []}, r"unknown preset \[\]"),
        ({"method": "majority", "preset": "emos-paper"}, "no preset for method majority"),
        ({"method": "majority", "smoothing": 5.0}, "no smoothing for method majority"),
        ({"method": "majority", "tolerance": 0.1}, "no tolerance for method majority"),
        ({"method": "crowd-kit:GLAD", "max_iter": 2}, "no max_iter for method crowd-kit:GLAD"),
        ({"method": "crowd-kit:GLAD", "bootstrap": 2}, "no bootstrap for method crowd-kit:GLAD"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EmosError, match=message):
        _aggregate(MIXED, options=options)


# --- early stop and convergence --------------------------------------------------------------


def test_both_ways_to_stop_are_compared(release: Dataset) -> None:
    converged = aggregate_dataset(release)
    early = aggregate_dataset(release, AggregateOptions(preset="emos-paper"))
    name = "ch-sims-v2/latter-1904"
    for found, against, iterations, other in (
        (converged, "emos-paper", 135, 50),
        (early, "convergence", 50, 135),
    ):
        c = found.model(name).comparison
        assert c is not None
        assert (c.against, c.iterations, c.other_iterations) == (against, iterations, other)
        assert c.labels == 3
        assert c.largest == pytest.approx(0.154, abs=5e-4)
    by_item = converged.labels.filter(batch="latter-1904"), early.labels.filter(batch="latter-1904")
    assert (by_item[0]["label"] != by_item[1]["label"]).sum() == 3
    assert (by_item[0]["tier"] != by_item[1]["tier"]).sum() == c.tiers
    assert not any("misspelt" in note for note in converged.notes)
    assert "46 misspelt labels repaired at import" in early.notes[-1]
    assert any(
        note.startswith(
            f"{name}: converged after 135 iterations; against the emos-paper stop (50)"
            ", 3 labels and 11 tiers differ"
        )
        for note in converged.notes
    )


def test_not_converging_is_said() -> None:
    found = _aggregate(MIXED, options={"max_iter": 1, "tolerance": 0.0})
    assert any("not converged after 1 iteration;" in warning for warning in found.warnings)


def test_the_signature_holds_every_option_and_the_votes() -> None:
    first, again = _aggregate(MIXED), _aggregate(MIXED)
    assert first.signature == again.signature
    assert first.signature != _aggregate(MIXED[:-1]).signature
    for option in (
        "smoothing=0",
        "max_iter=1000",
        "tolerance=1e-06",
        "tiers=0.9/0.8",
        "pool=false",
    ):
        assert option in first.signature
    assert _aggregate(MIXED, options={"smoothing": 0.5}).signature != first.signature
    drawn = _aggregate(MIXED, options={"bootstrap": 2, "seed": 7}).signature
    assert "bootstrap=2|seed=7|level=0.95" in drawn


def test_the_signature_leaves_out_what_the_method_does_not_use() -> None:
    assert _aggregate(MIXED).signature == _aggregate(MIXED, options={"seed": 7}).signature
    plain = _aggregate(MIXED, options={"method": "majority"}).signature
    assert plain.startswith("aggregate|method=majority|pool=false|tiers=0.9/0.8|correction=none|")


def test_the_signature_holds_the_correction() -> None:
    rows = [("i", "A1", "goemotions", "caring")]
    first, last = (
        aggregate_dataset(dataset_of(rows, rules={"correction": {"s/b": rule}})).signature
        for rule in ("share:emos-first", "share:emos-last")
    )
    assert "correction=s/b:share:emos-first" in first
    assert first != last


def test_annotators_are_in_the_order_of_their_numbers() -> None:
    found = _aggregate([("i", f"A{n}", "label", "a") for n in (10, 2, 1)])
    assert found.models[0].annotators == ("A1", "A2", "A10")


def test_a_model_by_name_and_by_item() -> None:
    found = _aggregate(MIXED)
    model = found.model("s/b").by_item()
    assert model is not None
    assert model.posterior.tolist() == found.labels["posterior"].to_list()
    with pytest.raises(EmosError, match="no model 'x'; there are s/b"):
        found.model("x")


# --- what changes nothing --------------------------------------------------------------------

QUICK = {"max_iter": 15, "tolerance": 0.0}


def _posteriors(found: Any, labels: tuple[str, ...]) -> dict[str, dict[str, float]]:
    return {
        row["item_id"]: dict(zip(labels, row["posterior"], strict=True))
        for row in found.labels.iter_rows(named=True)
    }


@settings(max_examples=40)
@given(random_votes(), st.permutations(LETTERS), st.integers(0, 2**32 - 1))
def test_order_changes_nothing_but_order(votes: Votes, labels: tuple[str, ...], seed: int) -> None:
    rows = _table(votes)
    labels = tuple(labels)
    rng = np.random.default_rng(seed)
    shuffled = [rows[place] for place in rng.permutation(len(rows))]
    who = {f"A{n + 1}": f"A{m + 1}" for n, m in enumerate(rng.permutation(votes.n_annotators))}
    renamed = [(item, who[annotator], layer, label) for item, annotator, layer, label in shuffled]
    before = _posteriors(_aggregate(rows, options=QUICK), LETTERS)
    after = _posteriors(_aggregate(renamed, labels, options=QUICK), labels)
    assert before.keys() == after.keys()
    for item, posterior in before.items():
        for label in LETTERS:
            assert posterior[label] == pytest.approx(after[item][label], abs=1e-9, nan_ok=True)


@settings(max_examples=40)
@given(random_votes())
def test_repeating_every_item_changes_no_label(votes: Votes) -> None:
    rows = _table(votes)
    twice = rows + [(f"{item} again", *rest) for item, *rest in rows]
    before = _aggregate(rows, options=QUICK).labels
    after = _aggregate(twice, options=QUICK).labels
    half = after.head(before.height)
    columns = ["item_id", "label", "tier", "majority", "reason"]
    assert half.select(columns).equals(before.select(columns))
    assert half["label"].to_list() == after.tail(before.height)["label"].to_list()


@settings(max_examples=40)
@given(random_votes(), st.sampled_from(["dawid-skene", "majority"]))
def test_posteriors_sum_to_one_and_hold_the_confidence(votes: Votes, method: str) -> None:
    labels = _aggregate(_table(votes), options={"method": method}).labels
    posterior = np.array(labels["posterior"].to_list())
    judged = ~labels["reason"].is_in(["one_annotator", "isolated_annotator"]).to_numpy()
    posterior, confidence = posterior[judged], labels["confidence"].to_numpy()[judged]
    np.testing.assert_allclose(posterior.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(posterior.max(axis=1), confidence, atol=1e-12)
    assert labels["confidence"].is_nan().to_list() == (~judged).tolist()


def test_a_single_label_layer_of_any_name_is_aggregated() -> None:
    votes = [("i", "A1", "mood", "a"), ("i", "A2", "mood", "a"), ("j", "A1", "mood", "b")]
    votes += [("j", "A2", "mood", "b"), ("i", "A1", "valence", "up"), ("i", "A2", "valence", "up")]
    sets = {"mood": ("a", "b"), "valence": ("down", "up")}
    found = aggregate_dataset(dataset_of(votes, label_sets=sets))
    assert found.labels.select("item_id", "layer", "label").rows() == [
        ("i", "mood", "a"),
        ("j", "mood", "b"),
    ]
    assert any("layer valence is not aggregated" in line for line in found.warnings)
