"""The demo paper's audit of datasets that lack what it audits: reasons, never a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import emos.demo
from emos.audit import Audit, Verdict, audit_paper
from emos.errors import EmosError
from emos.readers import read_source
from emos.tables import Dataset, empty

CORPUS = Path(emos.demo.__file__).parent / "corpus"
STREAMING = ("monologues", "utterances", "sentences")


@pytest.fixture(scope="module")
def corpus() -> Dataset:
    return read_source(str(CORPUS / "layout.toml"), CORPUS)


def _none_of(audit: Audit) -> dict[str, str]:
    """Why cells have no value, by key; each of them must be not recoverable."""
    cells = [cell for cell in audit.cells if cell.computed is None]
    assert {cell.verdict for cell in cells} <= {Verdict.NOT_RECOVERABLE}
    return {cell.key: cell.rule for cell in cells}


def test_the_demo_corpus_lacks_nothing(corpus: Dataset) -> None:
    assert _none_of(audit_paper(corpus, paper="demo_paper")) == {}


def test_without_rules_of_correction_only_corrected_labels_are_missing(corpus: Dataset) -> None:
    bare = replace(corpus, info=replace(corpus.info, rules={}))
    reasons = _none_of(audit_paper(bare, paper="demo_paper"))
    columns = ("first", "last", "total")
    assert set(reasons) == {
        f"3:{row}:{column}" for row in ("changed", "share") for column in columns
    }
    assert all("no rule" in reason for reason in reasons.values())


def test_another_dataset_is_told_which_batch_it_lacks(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_text("task,worker,label\nt1,a,joy\nt1,b,sadness\nt2,a,anger\n", encoding="utf-8")
    other = read_source("votes", votes)
    with pytest.raises(EmosError, match="is about the dataset 'EmoS demo'"):
        audit_paper(other, paper="demo_paper")
    namesake = replace(other, info=replace(other.info, name="EmoS demo"))
    audit = audit_paper(namesake, paper="demo_paper")
    reasons = _none_of(audit)
    assert reasons["2:exact-match:en-last"].endswith("the dataset has no batch en-daily/last-80.")
    assert reasons["1:kappa:latter"].endswith("the dataset has no batch zh-daily/latter-180.")
    assert reasons["4:utterances:value"].endswith("the dataset has no annotated monologues.")
    # What is left is what any votes have: two tasks, two workers.
    computed = {cell.key: cell.computed for cell in audit.cells if cell.key not in reasons}
    assert computed == {"abstract:clips:value": 2, "abstract:annotators:value": 2}


def test_one_batch_of_four_keeps_its_own_cells(corpus: Dataset) -> None:
    first = pl.col("batch") == "first-220"
    part = corpus.with_tables(
        items=corpus.items.filter(first),
        votes=corpus.votes.filter(first),
        **{name: empty(name) for name in STREAMING},
    )
    audit = audit_paper(part, paper="demo_paper")
    reasons = _none_of(audit)
    assert not [key for key in reasons if key.endswith((":first", ":zh-first")) and key[0] in "12"]
    assert reasons["1:high:total"].endswith("no batch zh-daily/latter-180.")
    assert audit.find("1:high:first").verdict is Verdict.HOLDS


def _one_annotator(corpus: Dataset) -> Dataset:
    alone = pl.col("annotator").is_in(["A1", "A4", "A7", "A10"])
    return corpus.with_tables(votes=corpus.votes.filter(alone))


def _all_blank(corpus: Dataset) -> Dataset:
    nothing = pl.lit([], dtype=pl.List(pl.String))
    blank = corpus.votes.with_columns(
        labels=nothing, aside=nothing, status=pl.lit("blank"), raw=pl.lit(None, dtype=pl.String)
    )
    return corpus.with_tables(votes=blank)


def _no_votes(corpus: Dataset) -> Dataset:
    return corpus.with_tables(votes=empty("votes"))


@pytest.mark.parametrize(
    ("make", "kappa", "changed"),
    [
        (_one_annotator, "no two answers", None),
        (_all_blank, "no answers on basic7", "no answers on goemotions"),
        (_no_votes, "no answers on basic7", "no answers on goemotions"),
    ],
)
def test_agreement_that_is_undefined_says_why(
    corpus: Dataset, make: Callable[[Dataset], Dataset], kappa: str, changed: str | None
) -> None:
    reasons = _none_of(audit_paper(make(corpus), paper="demo_paper"))
    assert kappa in reasons["1:kappa:first"]
    assert "2:jaccard:en-first" in reasons
    assert "1:clips:total" not in reasons
    if changed is None:
        assert "3:changed:first" not in reasons
    else:
        assert changed in reasons["3:changed:first"]


def test_nothing_at_all_gives_reasons_alone(corpus: Dataset) -> None:
    nothing = corpus.with_tables(**{name: empty(name) for name in ("items", "votes", *STREAMING)})
    audit = audit_paper(nothing, paper="demo_paper")
    assert audit.counts()[Verdict.NOT_RECOVERABLE] == len(audit.cells) > 40


def test_a_folder_that_is_no_dataset_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmosError):
        audit_paper(tmp_path, paper="demo_paper")
