"""Groups of annotators: observed exactly, simulated against a truth that is known."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emos.agreement import measure_agreement
from emos.agreement.label_sets import pack_sets
from emos.agreement.styles import Styles, measure_styles
from emos.agreement.styles.composition import item_values
from emos.agreement.styles.panel import read_panel
from emos.agreement.styles.substitution import _donations, _nearest, open_office
from emos.tables import Dataset
from emos.taxonomy import GOEMOTIONS
from making_votes import dataset_of

LAYER = "goemotions"
FEELINGS = ("joy", "anger", "sadness", "fear")


@given(
    st.lists(
        st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_union_exact_and_jaccard_are_those_of_python_sets(items: list[Any]) -> None:
    table = np.array(items)  # items, members, labels
    found = item_values([pack_sets(table[:, member]) for member in range(3)])
    for at, members in enumerate(items):
        sets = [frozenset(k for k, yes in enumerate(labels) if yes) for labels in members]
        pairs = list(combinations(sets, 2))
        alike = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs]
        expected = (len(frozenset.union(*sets)), float(len(set(sets)) == 1), sum(alike) / 3)
        assert found[:, at] == pytest.approx(expected)


def truth(batch: str, people: dict[str, str], seed: int, items: int = 400) -> list[tuple[str, ...]]:
    """Answers of annotators to items of a known feeling.

    ``loud`` gives two labels, ``quiet`` one; ``copy`` gives what quiet gives, always.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(items):
        first, second = rng.permutation(FEELINGS)[:2]
        for who, kind in people.items():
            seen = first if kind == "copy" or rng.random() < 0.8 else rng.choice(FEELINGS)
            other = second if second != seen else first
            answer = f"{seen};{other}" if kind == "loud" else str(seen)
            rows.append((f"{batch}/{item}", who, LAYER, answer, "s", batch))
    return rows


def two_batches() -> Dataset:
    return dataset_of(
        truth("b1", {"A1": "loud", "A2": "quiet", "A3": "quiet"}, 1)
        + truth("b2", {"A4": "loud", "A5": "quiet", "A6": "quiet"}, 2)
    )


@pytest.fixture(scope="module")
def found() -> Styles:
    return measure_styles(two_batches(), replicates=200)


def groups(styles: Styles, **at: Any) -> pl.DataFrame:
    return styles.composition.filter(*(pl.col(name) == value for name, value in at.items()))


def test_observed_groups_are_those_of_agreement(found: Styles) -> None:
    theirs = measure_agreement(two_batches(), replicates=0)
    for row in groups(found, kind="observed").iter_rows(named=True):
        who = "-".join(row["members"]) if row["size"] == 2 else "all"
        at = {"batch": row["batch"], "who": who}
        assert row["exact"] == pytest.approx(theirs.value("exact-match", **at))
        assert row["jaccard"] == pytest.approx(theirs.value("jaccard", **at))
        assert row["items"] == 400
        assert row["exact_low"] <= row["exact"] <= row["exact_high"]


def test_groups_are_counted_by_expansive_members(found: Styles) -> None:
    assert set(found.annotators.filter(pl.col("style") == "expansive")["annotator"]) == {"A1", "A4"}
    for row in found.composition.iter_rows(named=True):
        assert row["expansive"] == len({"A1", "A4"} & set(row["members"]))
        assert row["styles"].count("expansive") == row["expansive"]
        assert (row["kind"] == "observed") == (row["simulated"] == [])
        own = {"b1": {"A1", "A2", "A3"}, "b2": {"A4", "A5", "A6"}}[row["batch"]]
        inside = set(row["simulated"]) <= own
        assert inside == (row["kind"] in ("observed", "check", "stranger"))
    simulated = groups(found, kind="simulated", batch="b1")
    # None or two with one seat filled; three would need two more expansive ones than there are.
    assert set(simulated["expansive"]) == {0, 1, 2}
    assert set(simulated["simulated"].list.len()) == {1}
    keys = simulated.with_columns(pl.col("members").list.sort().list.join("-"))["members"]
    assert keys.n_unique() == simulated.height


def test_mixing_is_the_mean_over_groups(found: Styles) -> None:
    for row in found.mixing.iter_rows(named=True):
        at = {name: row[name] for name in ("batch", "kind", "size", "expansive")}
        same = groups(found, **at)
        assert row["groups"] == same.height
        assert row["union"] == pytest.approx(same["union"].mean())
        assert row["exact"] == pytest.approx(same["exact"].mean())


def test_simulated_groups_are_near_what_they_would_really_give() -> None:
    """All six really answer all items; each batch then forgets three of them."""
    people = {
        "A1": "loud",
        "A2": "quiet",
        "A3": "quiet",
        "A4": "loud",
        "A5": "quiet",
        "A6": "quiet",
    }
    whole = truth("b1", people, 5, 900), truth("b2", people, 6, 900)
    kept = [
        row
        for part, own in zip(whole, (("A1", "A2", "A3"), ("A4", "A5", "A6")), strict=True)
        for row in part
        if row[1] in own
    ]
    styles = measure_styles(dataset_of(kept), replicates=100, groups=20)
    answers = {(row[0], row[1]): set(row[3].split(";")) for part in whole for row in part}
    # What two loud annotators would give together was never seen: `seen` says so.
    simulated = groups(styles, kind="simulated").filter(pl.col("expansive") < 2)
    errors = []
    for row in simulated.iter_rows(named=True):
        real = [
            [answers[f"{row['batch']}/{item}", who] for who in row["members"]]
            for item in range(900)
        ]
        union = np.mean([len(set.union(*sets)) for sets in real])
        exact = np.mean([all(s == sets[0] for s in sets) for sets in real])
        errors.append((row["union"] - union, row["exact"] - exact))
    assert len(errors) > 10
    assert np.abs(np.array(errors)).max(axis=0) == pytest.approx([0, 0], abs=0.08)
    # And it is no further off than the test on pairs who did meet says it may be.
    stranger = styles.findings.filter(pl.col("finding") == "stranger-union")["value"].abs().max()
    assert np.abs(np.array(errors)[:, 0]).max() < 2 * stranger
    seen = styles.mixing.filter(pl.col("kind") == "simulated").select("expansive", "seen")
    assert set(seen.rows()) == {(0, True), (1, True), (2, False)}


def test_own_answers_are_never_their_own_donors() -> None:
    """One item is unlike all others: whoever drew it for itself would give it away."""
    rows = [(f"i{n}", who, LAYER, "joy") for n in range(30) for who in ("A1", "A2", "A3")]
    rows = [(i, w, la, "anger" if i == "i7" and w == "A1" else a) for i, w, la, a in rows]
    data = dataset_of(rows)
    panel = read_panel(data.votes, data.items, GOEMOTIONS.labels)
    office = open_office([panel])
    (desk,) = office.desks
    for keep in ([1, 2], [1]):
        context, answer, item = _donations(office, "A1", len(keep), desk)
        targets = np.stack([desk.code[seat] for seat in keep], axis=1)
        odd = desk.code[0, panel.item_ids.to_list().index("i7")]
        for seed in range(30):
            generator = np.random.default_rng(seed)
            chosen = _nearest(office, targets, context, item, generator)
            assert (item[chosen] != np.arange(30)).all()  # type: ignore[index]
            assert answer[chosen[7]] != odd


def test_a_seat_filled_by_a_copy_is_what_it_was() -> None:
    """Who always answers as the others do is simulated without error."""
    rows = truth("b1", {"A1": "copy", "A2": "copy", "A3": "loud"}, 7)
    rows += truth("b2", {"A4": "copy", "A5": "copy", "A6": "loud"}, 8)
    styles = measure_styles(dataset_of(rows), replicates=50)
    whole = groups(styles, kind="observed", size=3, batch="b1").row(0, named=True)
    same = groups(styles, kind="check", batch="b1").filter(
        pl.col("simulated").list.len() == 1, pl.col("simulated").list.first() == "A1"
    )
    assert same["union"].to_list() == [whole["union"]]
    assert same["exact"].to_list() == [whole["exact"]]


def test_the_seed_decides_and_is_in_the_signature() -> None:
    data = two_batches()
    one, again = (measure_styles(data, replicates=50, seed=1) for _ in range(2))
    other = measure_styles(data, replicates=50, seed=2)
    assert one.signature == again.signature != other.signature
    for name, table in one.tables().items():
        assert table.equals(again.tables()[name], null_equal=True), name
    assert not one.composition.equals(other.composition)


def test_at_most_so_many_groups_are_simulated() -> None:
    few = measure_styles(two_batches(), replicates=50, groups=2)
    counts = few.mixing.filter(pl.col("kind") == "simulated")["groups"]
    assert counts.max() == 2
    none = measure_styles(two_batches(), replicates=50, groups=0)
    assert set(none.composition["kind"]) == {"observed"}


def test_findings_say_what_was_planted(found: Styles) -> None:
    """Loud annotators give more labels and match less: the direction is the paper's."""
    told = {(row["batch"], row["finding"]): row for row in found.findings.iter_rows(named=True)}
    for batch in ("b1", "b2"):
        for name in ("mixed-pairs", "mixed-groups"):
            union, exact = told[batch, f"{name}-union"], told[batch, f"{name}-exact"]
            assert union["value"] > 0 and union["supported"]
            assert exact["value"] < 0
            assert union["low"] < union["value"] < union["high"]
        assert told[batch, "mixed-pairs-exact"]["supported"]
        pairs = groups(found, kind="observed", batch=batch, size=2)
        mean = pairs.group_by("expansive").agg(pl.col("union").mean()).sort("expansive")["union"]
        assert told[batch, "mixed-pairs-union"]["value"] == pytest.approx(mean[1] - mean[0])
        whole = groups(found, kind="observed", batch=batch, size=3)["exact"][0]
        quiet = pairs.filter(pl.col("expansive") == 0)["exact"][0]
        assert told[batch, "kept-exact"]["value"] == pytest.approx(whole / quiet)
        assert told[batch, "kept-exact"]["supported"] is None
        assert abs(told[batch, "check-union"]["value"]) < 0.2
        for name in ("check", "stranger"):
            whole_or_pair = 3 if name == "check" else 2
            tested = groups(found, kind=name, batch=batch)
            assert set(tested["size"]) == {whole_or_pair}
    assert ("", "shared-rules") not in told  # two batches are too few


def test_a_difference_within_the_error_of_the_simulation_tells_nothing(found: Styles) -> None:
    for batch in ("b1", "b2"):
        own = {
            row["finding"]: row
            for row in found.findings.filter(pl.col("batch") == batch).iter_rows(named=True)
        }
        for measure in ("union", "exact", "jaccard"):
            error = max(
                abs(own[f"{name}-{measure}"][side])
                for name in ("check", "stranger")
                for side in ("low", "high")
            )
            mixed = own[f"mixed-groups-{measure}"]
            assert (mixed["supported"] is None) == (abs(mixed["value"]) <= error)


def test_where_nothing_can_be_simulated_it_is_said() -> None:
    one = measure_styles(
        dataset_of(truth("b1", {"A1": "loud", "A2": "quiet", "A3": "quiet"}, 1)), replicates=50
    )
    assert any("one batch only" in note for note in one.notes)
    assert set(one.composition["kind"]) == {"observed"}
    quiet = truth("b1", {"A1": "quiet", "A2": "quiet"}, 1)
    quiet += truth("b2", {"A3": "loud", "A4": "loud"}, 2)
    calm = measure_styles(dataset_of(quiet), replicates=50)
    assert any("nobody is expansive" in note for note in calm.notes)
    many = dataset_of(truth("b", {f"A{n}": "quiet" for n in range(9)}, 3, items=20))
    crowd = measure_styles(many, replicates=20)
    assert not crowd.composition.height
    assert any("more than 8 annotators" in note for note in crowd.notes)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_blanks_leave_items_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        (i, w, la, "" if rng.random() < 0.4 else a, s, b)
        for i, w, la, a, s, b in truth("b", {"A1": "loud", "A2": "quiet"}, seed, items=30)
    ]
    styles = measure_styles(dataset_of(rows), replicates=0)
    answered: dict[str, int] = {}
    for item, _, _, answer, *_ in rows:
        answered[item] = answered.get(item, 0) + bool(answer)
    both = sum(count == 2 for count in answered.values())
    (row,) = groups(styles, kind="observed").to_dicts()
    assert row["items"] == both
    assert (row["reason"] is None) == (both > 0)
