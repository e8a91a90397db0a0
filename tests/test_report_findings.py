"""Findings, which a reader sees first: each number is counted here again, row by row."""

from __future__ import annotations

import re
from collections import defaultdict
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from emos.aggregate import AggregateOptions, aggregate_dataset
from emos.readers import read_source
from emos.report.findings import Finding, find_all
from emos.report.making import Making
from emos.report.results import Results
from emos.report.sections import all_sections
from emos.report.sets import ItemSets
from emos.report.words import Number, read_words
from emos.tables import Dataset

KEYS = ("traced", "low", "apart", "corrected", "repaired", "aside", "outside", "duplicates")


class Found:
    """The findings on a dataset, by the sentence they say."""

    def __init__(self, dataset: Dataset) -> None:
        self.sets = ItemSets()
        self.words = read_words("en")
        results = Results(dataset, replicates=0)
        making = Making(results, self.words, self.sets)
        self.all = find_all(making, [maker.name for maker in all_sections()])
        self.ids = list(dataset.items["item_id"])

    def one(self, key: str) -> Finding:
        """The finding whose sentence is ``findings.<key>``, told by its longest fixed part."""
        form = self.words.known[f"findings.{key}"]
        forms = [form] if isinstance(form, str) else list(form.values())
        parts = [max(_fixed(sentence), key=len) for sentence in forms]
        (found,) = [one for one in self.all if any(part in self.text(one) for part in parts)]
        return found

    def text(self, finding: Finding) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in finding.what)

    def numbers(self, key: str) -> list[tuple[str, set[str]]]:
        """Each number that can be followed, with the items it leads to."""
        packed = self.sets.packed({one: place for place, one in enumerate(self.ids)})

        def items(number: Number) -> set[str]:
            if number.behind is None:
                return set()
            places = accumulate(packed["lists"][packed["sets"][number.behind]["list"]])
            return {self.ids[place] for place in places}

        parts = self.one(key).what
        return [(one.text, items(one)) for one in parts if isinstance(one, Number)]


def _fixed(sentence: str) -> list[str]:
    return re.split(r"\{[^}]*\}", sentence)


def counted(dataset: Dataset) -> dict[str, set[str]]:
    """The items of each finding, from the tables' rows in plain Python."""
    found: dict[str, set[str]] = defaultdict(set)
    given: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for vote in dataset.votes.iter_rows(named=True):
        if vote["labels"]:
            given[vote["item_id"], vote["layer"]].append(tuple(vote["labels"]))
    for label in dataset.labels.iter_rows(named=True):
        if label["label"] is None:
            continue
        if label["tier"] == "low":
            found["low"].add(label["item_id"])
        if label["original"] not in (None, label["label"]):
            found["corrected"].add(label["item_id"])
        answers = given[label["item_id"], label["layer"]]
        if len(answers) > 1 and len(set(answers)) == len(answers):
            found["apart"].add(label["item_id"])
    for row in dataset.ledger.iter_rows(named=True):
        if row["annotator"] and row["item_id"]:
            key = "outside" if row["rule"] == "outside-batch" else row["kind"]
            found[key].add(row["item_id"])
    return found


def check(dataset: Dataset) -> dict[str, list[tuple[str, set[str]]]]:
    """Compare with `counted`; returns the numbers for what only one dataset can tell."""
    found, again = Found(dataset), counted(dataset)
    for key in ("low", "apart", "corrected"):
        ((text, items),) = found.numbers(key)
        assert (text, items) == (f"{len(again[key]):,}", again[key]), key
    for key in ("repaired", "aside", "outside"):
        ((_, items),) = found.numbers(key)
        assert items == again[key], key
    answers = sum(bool(labels) for labels in dataset.votes["labels"].to_list())
    labels = dataset.labels["label"].is_not_null().sum()
    text = found.text(found.one("traced"))
    assert f"{answers:,} answers" in text
    assert f"{labels:,} labels" in text
    return {key: found.numbers(key) for key in KEYS}


@pytest.fixture(scope="module")
def demo() -> Dataset:
    corpus = Path(str(files("emos.demo") / "corpus"))
    return _aggregated(read_source(str(corpus / "layout.toml"), corpus))


def _aggregated(dataset: Dataset, **options: Any) -> Dataset:
    made = aggregate_dataset(dataset, AggregateOptions(**options))
    return dataset.with_tables(labels=made.labels, soft_labels=made.soft_labels)


def test_on_the_demo_corpus_each_number_is_counted_again(demo: Dataset) -> None:
    numbers = check(demo)
    (pairs, both), (differ, apart) = numbers["duplicates"]
    twice = {"en-daily/dia0_utt1", "en-daily/dia2_utt1"}  # planted
    assert (pairs, both, differ, apart) == ("1", twice, "1", twice)


def test_blank_rows_of_the_demo_corpus_would_count_as_agreement(demo: Dataset) -> None:
    found = Found(demo)
    blank = [one for one in found.all if "would count as agreement" in found.text(one)]
    assert sorted(found.text(one) for one in blank if "zh-daily" in found.text(one)) == [
        "40 blank rows would count as agreement: in zh-daily/latter-180 (Basic-7) exact match "
        "would be 51.1% and not 37.1%.",
        "40 blank rows would count as agreement: in zh-daily/latter-180 (GoEmotions) exact match "
        "would be 24.4% and not 2.9%.",
    ]
    assert all(one.weight == "wrong" for one in blank)


def test_what_cannot_be_traced_is_wrong_and_leads_there(demo: Dataset) -> None:
    lost = demo.votes["item_id"][0]
    cells = pl.when(pl.col("item_id") == lost).then(None).otherwise("cell")
    found = Found(demo.with_tables(votes=demo.votes.with_columns(cell=cells)))
    ((text, items),) = found.numbers("untraced_votes")
    answers = demo.votes.filter(pl.col("item_id") == lost, pl.col("labels").list.len() > 0)
    assert (text, items) == (f"{answers.height}", {lost})
    assert found.one("untraced_votes").weight == "wrong"


@pytest.mark.release
def test_on_the_release_each_number_is_counted_again(release: Dataset) -> None:
    numbers = check(_aggregated(release, preset="emos-paper"))
    (pairs, both), (differ, apart) = numbers["duplicates"]
    assert (pairs, len(both), differ, len(apart)) == ("4", 8, "1", 2)
    assert numbers["outside"][0][0] == "5"


@pytest.mark.release
def test_the_release_opens_with_the_blank_rows(release: Dataset) -> None:
    found = Found(_aggregated(release, preset="emos-paper"))
    assert found.text(found.all[0]).startswith("595 blank rows would count as agreement: Table 2")
    assert [text for text, _ in found.numbers("streams")] == ["401", "233", "399"]
