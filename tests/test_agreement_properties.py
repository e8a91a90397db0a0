"""What must hold of every measure whatever the votes, and of the bootstrap."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emos.agreement import Agreement, bootstrap, measure_agreement
from emos.agreement.ballots import BLANK, LEFT_OUT, read_ballots
from emos.agreement.measure import all_measures
from emos.agreement.policies import POLICIES, apply_policy
from emos.tables import Dataset, DatasetInfo

LABELS = ("anger", "fear", "joy")
ANNOTATORS = ("A1", "A2", "A10", "A11")

# None: not asked; an empty set: blank.
Answer = frozenset[str] | None
answers = st.one_of(
    st.none(), st.frozensets(st.sampled_from(LABELS), max_size=3), st.just(frozenset({"joy"}))
)
tables = st.lists(
    st.lists(answers, min_size=len(ANNOTATORS), max_size=len(ANNOTATORS)), min_size=1, max_size=12
)
few = settings(max_examples=40, deadline=None)


def votes(
    table: list[list[Answer]],
    *,
    annotators: tuple[str, ...] = ANNOTATORS,
    rename: dict[str, str] | None = None,
) -> pl.DataFrame:
    rename = rename or {}
    rows = [
        {
            "item_id": f"i{item}",
            "annotator": annotator,
            "layer": "label",
            "labels": [rename.get(label, label) for label in answer],
        }
        for item, row in enumerate(table)
        for annotator, answer in zip(annotators, row, strict=True)
        if answer is not None
    ]
    return pl.DataFrame(
        rows,
        schema={
            "item_id": pl.String,
            "annotator": pl.String,
            "layer": pl.String,
            "labels": pl.List(pl.String),
        },
    )


def measure(frame: pl.DataFrame, **options: Any) -> Agreement:
    return measure_agreement(
        Dataset(DatasetInfo("test"), votes=frame), **{"replicates": 0} | options
    )


def figures(result: Agreement) -> dict[tuple[str, ...], float]:
    """Values by policy, measure, who (names sorted), label."""
    return {
        (
            row["policy"],
            row["measure"],
            "-".join(sorted(row["who"].split("-"))),
            row["label"] or "",
        ): row["value"]
        for row in result.table.iter_rows(named=True)
    }


def assert_same(one: dict[tuple[str, ...], float], other: dict[tuple[str, ...], float]) -> None:
    assert one.keys() == other.keys()
    for key, value in one.items():
        assert value == pytest.approx(other[key], abs=1e-9, nan_ok=True), key


def asked(table: list[list[Answer]]) -> bool:
    return any(answer is not None for row in table for answer in row)


@few
@given(tables.filter(asked), st.randoms(use_true_random=False))
def test_order_of_items_votes_and_labels_in_a_set_changes_nothing(
    table: list[list[Answer]], random: Any
) -> None:
    frame = votes(table)
    rows = frame.to_dicts()
    random.shuffle(rows)
    for row in rows:
        random.shuffle(row["labels"])
    shuffled = pl.DataFrame(rows, schema=frame.schema)
    # Not even the intervals change: resampling is over patterns, which have an order of their own.
    assert measure(frame, replicates=15).table.equals(measure(shuffled, replicates=15).table)


@few
@given(tables.filter(asked), st.permutations(ANNOTATORS))
def test_which_annotator_is_called_what_changes_nothing(
    table: list[list[Answer]], names: list[str]
) -> None:
    given_names = dict(zip(ANNOTATORS, names, strict=True))
    back = {name: original for original, name in given_names.items()}
    renamed = figures(measure(votes(table, annotators=tuple(names))))
    renamed = {
        (policy, name, "-".join(sorted(back.get(part, part) for part in who.split("-"))), label): v
        for (policy, name, who, label), v in renamed.items()
    }
    assert_same(figures(measure(votes(table))), renamed)


@few
@given(tables.filter(asked), st.permutations(["zeal", "awe", "calm"]))
def test_what_labels_are_called_changes_nothing(
    table: list[list[Answer]], names: list[str]
) -> None:
    rename = dict(zip(LABELS, names, strict=True))
    plain = figures(measure(votes(table)))
    plain = {(p, m, who, rename.get(label, "")): v for (p, m, who, label), v in plain.items()}
    assert_same(plain, figures(measure(votes(table, rename=rename))))


@few
@given(tables.filter(asked))
def test_ranges_and_reasons(table: list[list[Answer]]) -> None:
    corrected = {m.name for m in all_measures() if m.chance_corrected}
    for row in measure(votes(table)).table.iter_rows(named=True):
        value = row["value"]
        assert (row["reason"] is not None) == bool(np.isnan(value)), row
        if not np.isnan(value):
            assert row["items"] > 0
            assert value <= 1 + 1e-12
            assert row["measure"] in corrected or value >= -1e-12


@few
@given(st.lists(st.frozensets(st.sampled_from(LABELS), min_size=1), min_size=2, max_size=12))
def test_perfect_agreement_is_one(sets: list[frozenset[str]]) -> None:
    table: list[list[Answer]] = [[answer] * len(ANNOTATORS) for answer in sets]
    for row in measure(votes(table)).table.iter_rows(named=True):
        if not np.isnan(row["value"]):
            assert row["value"] == pytest.approx(1.0), row
    if len(set(sets)) > 1:
        result = measure(votes(table))
        for name in ("fleiss-kappa", "krippendorff-alpha", "exact-match"):
            assert result.value(name) == pytest.approx(1.0)
        assert result.value("cohen-kappa", who="A1-A10") == pytest.approx(1.0)


@few
@given(tables.filter(asked))
def test_every_item_twice_changes_nothing_but_alphas_small_sample_term(
    table: list[list[Answer]],
) -> None:
    once, twice = figures(measure(votes(table))), figures(measure(votes(table + table)))
    n = sum(
        size
        for row in table
        if (size := sum(answer is not None and len(answer) > 0 for answer in row)) >= 2
    )
    for key, value in once.items():
        policy, name, *_ = key
        if "alpha" in name:
            # D_e divides by n (n - 1): 1 - alpha grows by (2n - 1) / (2n - 2) for 2n votes.
            if policy == "skip":
                grown = (1 - value) * (2 * n - 1) / (2 * n - 2) if n > 1 else value
                assert 1 - twice[key] == pytest.approx(grown, abs=1e-9, nan_ok=True), key
        else:
            assert twice[key] == pytest.approx(value, abs=1e-9, nan_ok=True), key


@few
@given(tables.filter(asked))
def test_single_labels_make_set_measures_the_plain_ones(table: list[list[Answer]]) -> None:
    single: list[list[Answer]] = [
        [None if a is None else frozenset(sorted(a)[:1]) for a in row] for row in table
    ]
    ballots = read_ballots(votes(single))
    chosen = {m.name: m for m in all_measures() if m.per == "all"}
    for policy in POLICIES:
        answers_ = apply_policy(ballots, policy)
        value = {
            name: m.prepare(answers_)[0](ballots.count[:, None]).values()[0, 0]
            for name, m in chosen.items()
        }
        alpha = value["krippendorff-alpha"]
        assert value["krippendorff-alpha-jaccard"] == pytest.approx(alpha, abs=1e-9, nan_ok=True)
        assert value["krippendorff-alpha-masi"] == pytest.approx(alpha, abs=1e-9, nan_ok=True)
        assert value["jaccard"] == pytest.approx(value["percent-agreement"], nan_ok=True)


def _random_table(items: int, seed: int = 0) -> list[list[Answer]]:
    rng = np.random.default_rng(seed)
    table: list[list[Answer]] = []
    for _ in range(items):
        truth = rng.integers(3)
        row: list[Answer] = []
        for _ in ANNOTATORS:
            if rng.random() < 0.1:
                row.append(None)
            elif rng.random() < 0.1:
                row.append(frozenset())
            else:
                chosen = {LABELS[truth if rng.random() < 0.6 else rng.integers(3)]}
                chosen |= {LABELS[k] for k in range(3) if rng.random() < 0.2}
                row.append(frozenset(chosen))
        table.append(row)
    return table


def test_weights_are_the_same_as_repeating_items() -> None:
    # The one thing the bootstrap rests on, for every measure under every policy.
    table = _random_table(25)
    rng = np.random.default_rng(1)
    repeats = rng.multinomial(25, np.full(25, 1 / 25), size=3)
    ballots = read_ballots(votes(table), LABELS)
    # Which unit an item belongs to: the one whose answers it has.
    patterns = {
        tuple(sorted(zip(read.annotator.tolist(), _names(read), strict=True))): unit
        for unit, read in enumerate(_single_units(ballots))
    }
    unit_of = []
    for row in table:
        one = read_ballots(votes([row]), LABELS)
        places = [ANNOTATORS.index(one.annotators[p]) for p in one.annotator]
        unit_of.append(patterns[tuple(sorted(zip(places, _names(one), strict=True)))])
    weights = np.zeros((len(ballots.count), 3))
    for sample, times in enumerate(repeats):
        np.add.at(weights[:, sample], unit_of, times)
    for policy in POLICIES:
        answers_ = apply_policy(ballots, policy)
        for sample, times in enumerate(repeats):
            drawn = [row for row, n in zip(table, times, strict=True) for _ in range(n)]
            expected = figures(measure(votes(drawn)))
            for m in all_measures():
                values = np.concatenate(
                    [w(weights[:, sample : sample + 1]).values()[:, 0] for w in m.prepare(answers_)]
                )
                for (who, label), value in zip(m.rows(answers_), values, strict=True):
                    key = (policy, m.name, "-".join(sorted(who.split("-"))), label or "")
                    assert value == pytest.approx(expected[key], abs=1e-9, nan_ok=True), key


def _single_units(ballots: Any) -> list[Any]:
    from dataclasses import replace

    units = []
    for unit in range(len(ballots.count)):
        here = ballots.unit == unit
        units.append(
            replace(
                ballots,
                unit=ballots.unit[here] * 0,
                annotator=ballots.annotator[here],
                code=ballots.code[here],
                count=np.ones(1),
            )
        )
    return units


def _names(ballots: Any) -> list[tuple[str, ...]]:
    return [
        tuple(np.array(ballots.labels)[ballots.member[code]]) if code >= 0 else ()
        for code in ballots.code
    ]


def test_blocks_do_not_change_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = votes(_random_table(30))
    whole = measure(frame, replicates=40).table
    monkeypatch.setattr(bootstrap, "BLOCK", 700)
    in_blocks = measure(frame, replicates=40).table
    for column in ("value", "low", "high"):
        assert in_blocks[column].to_numpy() == pytest.approx(
            whole[column].to_numpy(), abs=1e-12, nan_ok=True
        )


def test_the_seed_decides() -> None:
    frame = votes(_random_table(30))
    one, again, other = (measure(frame, replicates=50, seed=s).table for s in (1, 1, 2))
    assert one.equals(again)
    assert one["value"].equals(other["value"]) and not one["low"].equals(other["low"])


@pytest.mark.parametrize("count", [[1, 2, 1, 1], [1, 40, 9, 10]], ids=["by item", "by pattern"])
def test_resamples_are_multinomial_draws(count: list[int]) -> None:
    counts = np.array(count, dtype=float)
    n, share = counts.sum(), counts / counts.sum()
    (drawn,) = bootstrap.resampled_weights(counts, replicates=20_000, seed=4, entries=1)
    assert drawn.shape == (4, 20_000)
    assert (drawn.sum(axis=0) == n).all()
    assert drawn.mean(axis=1) == pytest.approx(counts, rel=0.03)
    assert drawn.var(axis=1) == pytest.approx(n * share * (1 - share), rel=0.05)


def test_intervals_are_those_of_resampling_items_by_hand() -> None:
    table = _random_table(150, seed=3)
    result = measure(votes(table), replicates=4000)
    row = result.table.filter(
        pl.col("measure") == "exact-match", pl.col("who") == "A1-A2", pl.col("policy") == "agree"
    ).row(0, named=True)
    both = [(a, b) for a, b, *_ in table if a is not None and b is not None]
    # All items are drawn, those the pair did not both see too: the number they saw varies.
    rng = np.random.default_rng(0)
    seen = np.array([a is not None and b is not None for a, b, *_ in table])
    same = np.array([s and row[0] == row[1] for s, row in zip(seen, table, strict=True)])
    draws = rng.integers(len(table), size=(4000, len(table)))
    shares = same[draws].sum(axis=1) / seen[draws].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    assert row["value"] == pytest.approx(np.mean([a == b for a, b in both]))
    spread = high - low
    assert row["low"] == pytest.approx(low, abs=0.06 * spread)
    assert row["high"] == pytest.approx(high, abs=0.06 * spread)


def test_limits_are_percentiles_and_leave_undefined_replicates_out() -> None:
    rows = np.stack([np.arange(101.0), np.full(101, np.nan), np.arange(101.0)])
    rows[2, 51:] = np.nan
    limits = bootstrap.percentile_interval(rows, 0.9)
    assert limits.low == pytest.approx([5.0, np.nan, 2.5], nan_ok=True)
    assert limits.high == pytest.approx([95.0, np.nan, 47.5], nan_ok=True)
    assert limits.undefined.tolist() == [0, 101, 50]


def test_intervals_widen_with_confidence() -> None:
    frame = votes(_random_table(60))
    narrow, wide = (measure(frame, replicates=300, confidence=c).table for c in (0.5, 0.99))
    defined = (narrow["low"].is_not_nan() & narrow["high"].is_not_nan()).to_numpy()
    assert defined.any()
    assert (wide["low"].to_numpy() <= narrow["low"].to_numpy())[defined].all()
    assert (wide["high"].to_numpy() >= narrow["high"].to_numpy())[defined].all()


def test_undefined_resamples_are_counted() -> None:
    # With two items, about half of the resamples hold one item twice and so one label only.
    yes, no = frozenset({"joy"}), frozenset({"fear"})
    table: list[list[Answer]] = [[yes] * 4, [no] * 4]
    row = measure(votes(table), replicates=400).table.filter(
        pl.col("measure") == "fleiss-kappa", pl.col("policy") == "skip"
    )
    value, low, high, reason = row.select("value", "low", "high", "reason").row(0)
    assert (value, low, high) == (1.0, 1.0, 1.0)
    undefined = int(reason.split()[2])
    assert reason.endswith("of 400 resamples, which the interval leaves out")
    assert 150 < undefined < 250


@pytest.mark.parametrize("measure_", all_measures(), ids=lambda m: f"{m.name} ({m.per})")
def test_every_measure_is_documented(measure_: Any) -> None:
    module = importlib.import_module(measure_.prepare.__module__)
    text = " ".join((module.__doc__ or "").split())
    assert "ndefined" in text, "says when it is undefined"
    assert "Range" in text or "undefined where" in text
    assert any(year in text for year in ("19", "20")) or "paper's Table" in text, "has a source"
    guide = Path(__file__).parent.parent / "docs" / "agreement.md"
    assert f"`{measure_.name}`" in guide.read_text(encoding="utf-8")


def test_names_are_unique() -> None:
    names = [(m.name, m.per) for m in all_measures()]
    assert len(names) == len(set(names)) >= 12


def test_unsure_without_a_label_of_its_own_is_no_blank_and_no_vote() -> None:
    """A basic7 cell that says "unsure" is an answer: no policy counts it as a blank."""
    table = pl.DataFrame(
        {
            "item_id": ["i", "i", "j", "j"],
            "annotator": ["A1", "A2"] * 2,
            "labels": [["Joy"], ["Joy"], [], []],
            "status": ["given", "given", "unsure", "unsure"],
        },
        schema_overrides={"labels": pl.List(pl.String)},
    )
    ballots = read_ballots(table, ("Anger", "Joy"))
    assert (ballots.votes(BLANK), ballots.votes(LEFT_OUT)) == (0, 2)
    blank = table.with_columns(status=pl.lit("blank"))
    assert read_ballots(blank.tail(2), ("Anger", "Joy")).votes(BLANK) == 2
