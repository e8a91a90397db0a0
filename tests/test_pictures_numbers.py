"""The table behind each picture, against counts made with pandas and against published figures."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.agreement import measure_agreement
from emos.readers import read_source
from emos.report.order import label_order
from emos.report.pictures import agreement as agreement_picture
from emos.report.pictures.registry import Choice, find_picture
from emos.report.pictures.save import svg_text
from emos.report.results import Results
from emos.report.words import read_words
from emos.tables import Dataset
from making_votes import dataset_of

KEY = ["layer", "subset", "batch"]


@pytest.fixture(scope="module")
def results() -> Results:
    corpus = Path(str(files("emos.demo") / "corpus"))
    return _aggregated(read_source("layout", corpus, layout=corpus / "layout.toml"))


@pytest.fixture(scope="module")
def released(release_path: Path) -> Results:
    """As the release's own files were made: misspelt labels are dropped, not repaired."""
    dataset = read_source("emos-release", release_path, repair="drop")
    return _aggregated(dataset, AggregateOptions(preset="emos-paper"))


def _aggregated(dataset: Dataset, options: AggregateOptions | None = None) -> Results:
    found = aggregate_dataset(dataset, options)
    whole = dataset.with_tables(labels=found.labels, soft_labels=found.soft_labels)
    return Results(whole, replicates=10)


def _numbers(results: Results, name: str, choice: Choice | None = None) -> pd.DataFrame:
    return _pandas(find_picture(name).numbers(results, choice or Choice()))


def _pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.to_dicts(), columns=frame.columns)


def _at(frame: pd.DataFrame, key: Iterable[object]) -> pd.DataFrame:
    """The rows of one layer, subset and batch."""
    layer, subset, batch = key
    at = (frame["layer"] == layer) & (frame["subset"] == subset) & (frame["batch"] == batch)
    return frame[at]


def _votes(results: Results) -> pd.DataFrame:
    return _pandas(results.dataset.votes.select(*KEY, "item_id", "annotator", "labels"))


def _labels(results: Results) -> pd.DataFrame:
    return _pandas(results.dataset.labels)


def test_distribution_of_aggregated_labels(results: Results) -> None:
    shown = _numbers(results, "distribution")
    labels = _labels(results).dropna(subset="label")
    for key, group in labels.groupby(KEY):
        counts = group["label"].value_counts()
        mine = _at(shown, key)
        mine = mine[mine["rule"] == "label"]
        assert set(counts.index) <= set(mine["label"])
        for row in mine.itertuples():
            assert row.items == counts.get(row.label, 0)
            assert row.of == len(group)
            assert row.share == pytest.approx(row.items / len(group))
        assert mine["share"].sum() == pytest.approx(1)


def test_distribution_where_any_annotator_named_the_label(results: Results) -> None:
    shown = _numbers(results, "distribution", Choice(layer="goemotions"))
    named = _votes(results).explode("labels").dropna(subset="labels")
    for key, group in named[named["layer"] == "goemotions"].groupby(KEY):
        counts = group.groupby("labels")["item_id"].nunique()
        mine = _at(shown, key)
        assert set(mine["rule"]) == {"any"}
        assert dict(zip(mine["label"], mine["items"], strict=True)) == {
            label: int(counts.get(label, 0)) for label in mine["label"]
        }
        assert set(mine["of"]) == {group["item_id"].nunique()}


def test_distribution_keeps_the_one_order_of_labels(results: Results) -> None:
    table = find_picture("distribution").numbers(results, Choice(layer="basic7"))
    for _, part in table.group_by("subset", "batch", "rule", maintain_order=True):
        assert tuple(part["label"]) == label_order(results.dataset, "basic7")


def test_tier_sizes(results: Results) -> None:
    shown = _numbers(results, "tier-sizes")
    for key, group in _labels(results).groupby(KEY):
        tiers = group["tier"].fillna("none").value_counts()
        mine = _at(shown, key)
        assert {"high", "medium", "low"} <= set(mine["tier"])
        assert dict(zip(mine["tier"], mine["items"], strict=True)) == {
            tier: int(tiers.get(tier, 0)) for tier in mine["tier"]
        }
        assert mine["items"].sum() == len(group)
        assert mine["share"].sum() == pytest.approx(1)


def test_confusion(results: Results) -> None:
    shown = _numbers(results, "confusion")
    votes = _votes(results)
    votes = votes[votes["labels"].map(len) == 1].assign(given=lambda rows: rows["labels"].str[0])
    labels = _labels(results)[["layer", "item_id", "label"]].dropna()
    both = votes.merge(labels, on=["layer", "item_id"])
    assert both["annotator"].nunique() == 6, "the annotators of the single-label layer"
    for (*key, annotator), group in both.groupby([*KEY, "annotator"]):
        cross = pd.crosstab(group["label"], group["given"])
        mine = _at(shown, key)
        mine = mine[mine["annotator"] == annotator]
        assert mine["items"].sum() == len(group)
        for row in mine.itertuples():
            there = row.row in cross.index and row.column in cross.columns
            assert row.items == (cross.loc[row.row, row.column] if there else 0)
            total = cross.loc[row.row].sum() if row.row in cross.index else 0
            assert row.of == total
            assert pd.isna(row.share) if not total else row.share == row.items / total


def test_correction(results: Results) -> None:
    shown = _numbers(results, "correction")
    labels = _labels(results).dropna(subset=["original", "label"])
    assert len(labels) == shown["items"].sum() == 200
    for key, group in labels.groupby(KEY):
        cross = pd.crosstab(group["original"], group["label"], normalize="index")
        mine = _at(shown, key)
        for row in mine.dropna(subset="share").itertuples():
            known = row.column in cross.columns
            assert row.share == pytest.approx(cross.loc[row.row, row.column] if known else 0)


def test_agreement_is_what_emos_agreement_says(results: Results) -> None:
    shown = _numbers(results, "agreement")
    whole = measure_agreement(results.dataset, replicates=0)
    for row in shown.itertuples():
        at = {"subset": row.subset, "batch": row.batch, "layer": row.layer, "policy": row.policy}
        assert whole.value(row.measure, **at) == pytest.approx(row.value, nan_ok=True)
    assert set(shown["policy"]) == {"skip", "agree", "listwise"}


def test_a_policy_is_drawn_where_it_moves_a_figure() -> None:
    def row(policy: str, value: float) -> dict[str, object]:
        place = {"layer": "l", "subset": "s", "batch": "b", "measure": "m"}
        return place | {"policy": policy, "value": value, "low": 0.1, "high": 0.9}

    table = pl.DataFrame([row("skip", 0.3), row("agree", 0.309), row("listwise", 0.311)])
    assert agreement_picture.apart(table)["policy"].to_list() == ["skip", "listwise"]
    undefined = pl.DataFrame([row("skip", float("nan")), row("agree", 0.5)])
    assert agreement_picture.apart(undefined)["policy"].to_list() == ["skip", "agree"]


def test_radar_is_a_share_of_the_largest_value_on_the_layer(results: Results) -> None:
    shown = _numbers(results, "radar", Choice(layer="goemotions"))
    votes = _votes(results)
    given = votes[(votes["layer"] == "goemotions") & (votes["labels"].map(len) > 0)]
    shares = {
        who: group["labels"].explode().eq("joy").mean() for who, group in given.groupby("annotator")
    }
    joy = shown[shown["axis"] == "joy"]
    assert len(joy) == 12
    for row in joy.itertuples():
        assert row.value == pytest.approx(shares[row.annotator])
        assert row.scaled == pytest.approx(row.value / max(shares.values()))
    sizes = given.groupby("annotator")["labels"].apply(lambda each: each.map(len).mean())
    for row in shown[shown["axis"] == "cardinality"].itertuples():
        assert row.value == pytest.approx(sizes[row.annotator])


def test_bias_counts_the_answers_that_name_a_label(results: Results) -> None:
    shown = _numbers(results, "bias", Choice(layer="goemotions"))
    votes = _votes(results)
    given = votes[(votes["layer"] == "goemotions") & (votes["labels"].map(len) > 0)]
    counts = given.explode("labels").groupby(["annotator", "labels"]).size()
    answers = given.groupby("annotator").size()
    for row in shown.itertuples():
        assert row.count == counts.get((row.annotator, row.label), 0)
        assert row.share == pytest.approx(row.count / answers[row.annotator])
        # The prior pulls towards the others but changes no side that is far from equal.
        if row.count > 20 and row.share > 2 * row.others:
            assert row.log_odds > 0 < row.high
    named = given.explode("labels").groupby("batch")["labels"].unique()
    for batch, part in shown.groupby("batch"):
        assert set(part["label"]) == set(named[batch]), "labels that somebody of the batch named"


def test_a_bias_beyond_the_axis_is_a_triangle_at_its_edge() -> None:
    """One annotator says Joy to everything, the others Fear: log-odds far beyond 4."""
    rows = [(f"i{n}", who, "basic7", "Joy" if who == "A1" else "Fear") for n in range(200)
            for who in ("A1", "A2", "A3")]  # fmt: skip
    table = find_picture("bias").numbers(Results(dataset_of(rows), replicates=10), Choice())
    assert table["log_odds"].abs().min() > 4  # type: ignore[operator]
    svg = svg_text(find_picture("bias").chart(table, read_words("en"), Choice()))
    assert "A triangle: beyond ±4." in svg
    triangles = svg.count('fill="#E69F00"') + svg.count('fill="#CC79A7"')
    assert triangles == table.height == 6


def test_composition_of_observed_groups(results: Results) -> None:
    shown = _numbers(results, "composition")
    votes = _votes(results)
    given = votes[(votes["layer"] == "goemotions") & (votes["labels"].map(len) > 0)]
    observed = shown[shown["kind"] == "observed"]
    assert len(observed) == 4 * 4, "three pairs and a trio in each of four batches"
    for row in observed.itertuples():
        answers = _together(given, row.members.split(" "))
        unions = [len(set().union(*sets)) for sets in answers]
        exact = [all(one == sets[0] for one in sets) for sets in answers]
        assert row.items == len(answers)
        assert row.union == pytest.approx(sum(unions) / len(unions))
        assert row.exact == pytest.approx(sum(exact) / len(exact))


def _together(given: pd.DataFrame, members: Iterable[str]) -> list[list[frozenset[str]]]:
    """The answers of all members to each item that all of them answered."""
    names = list(members)
    rows = given[given["annotator"].isin(names)]
    sets = rows.groupby("item_id").apply(
        lambda each: [frozenset(labels) for labels in each["labels"]], include_groups=False
    )
    return [one for one in sets if len(one) == len(names)]


def test_choices_narrow_every_table(results: Results) -> None:
    whole = _numbers(results, "confusion")
    one = _numbers(results, "confusion", Choice(batch="first-220", annotators=("A2",)))
    same = whole[(whole["batch"] == "first-220") & (whole["annotator"] == "A2")]
    assert one.to_dict("list") == same.to_dict("list") or one["items"].tolist() == (
        same["items"].tolist()
    )
    assert len(one) == 49
    for first, second in combinations(("first-220", "latter-180"), 2):
        assert set(_numbers(results, "tiers", Choice(batch=first))["batch"]) == {first}
        assert second not in set(_numbers(results, "bias", Choice(batch=first))["batch"])


@pytest.mark.release
def test_published_figures(released: Results) -> None:
    """The paper's Tables 1, 3 and 5, as the release bears them out."""
    sizes = _numbers(released, "tier-sizes", Choice(subset="ch-sims-v2"))
    whole = sizes.groupby("tier")["items"].sum() / 4403 * 100
    assert whole.round(1).to_dict() == {"high": 76.6, "medium": 14.0, "low": 9.4}

    shares = _numbers(released, "distribution", Choice(layer="basic7", subset="meld"))
    meld = shares.groupby("label")["items"].sum() / 5000 * 100
    assert meld.round(1).to_dict() == {
        "Neutral": 47.0,
        "Joy": 20.3,
        "Anger": 13.2,
        "Sadness": 7.1,
        "Surprise": 6.0,
        "Disgust": 3.2,
        "Fear": 3.1,
    }
    changed = _numbers(released, "correction")
    off = changed[changed["row"] != changed["column"]].groupby("batch")["items"].sum()
    assert off.to_dict() == {"first-3000": 725, "last-2000": 381}


@pytest.mark.release
def test_published_figures_of_utterances(release: Dataset, released: Results) -> None:
    """Table 11 counts bilingual labels too, Figure 2 does not."""
    for results, most in ((Results(release), [108, 103, 92, 91]), (released, [100, 90, 86, 74])):
        spoken = _numbers(results, "distribution", Choice(layer="basic7", subset="streaming"))
        counts = spoken.groupby("label")["items"].sum()
        assert sorted(counts, reverse=True)[:4] == most
        assert spoken.groupby("batch")["of"].first().sum() == 447


@pytest.mark.release
def test_axes_of_the_release(released: Results) -> None:
    """Cardinalities that the votes give; the paper's Table 4 has those of A1-A3 and A7 so."""
    shown = _numbers(released, "radar", Choice(layer="goemotions"))
    sizes = shown[shown["axis"] == "cardinality"].set_index("annotator")["value"].round(2)
    assert sizes.to_dict() == {
        "A1": 1.84, "A2": 1.42, "A3": 1.41, "A4": 2.23, "A5": 1.32, "A6": 1.67,
        "A7": 1.61, "A8": 1.25, "A9": 1.26, "A10": 1.45, "A11": 1.20, "A12": 1.20,
    }  # fmt: skip
