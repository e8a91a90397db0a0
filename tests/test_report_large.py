"""Datasets too large for one page: figures of all, parts of the lists, the votes beside it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from emos.aggregate import aggregate_dataset
from emos.errors import EmosError
from emos.report.beside import MOST_ITEMS, beside_page, is_large
from emos.report.blocks import Browser, Column
from emos.report.browsers import MOST_ROWS, packed_browser
from emos.report.results import Results
from emos.report.sets import LISTED
from emos.report.write_report import Written, write_report
from emos.tables import Dataset, conform
from making_votes import dataset_of, simulated_votes
from reading_pages import ReadPage

ITEMS = 600
LABELS = ("Joy", "Anger", "Neutral", "Fear")


@pytest.fixture(scope="module")
def large() -> Dataset:
    drawn = simulated_votes(
        5, n_items=ITEMS, n_annotators=5, n_labels=len(LABELS), votes_per_item=3
    )
    dataset = dataset_of(
        (f"clips/{item:04}", f"A{annotator + 1}", "basic7", LABELS[label], "clips", "")
        for item, annotator, label in zip(*drawn.codes, strict=True)
    )
    ledger = pl.DataFrame(
        {
            "kind": ["repaired"] * ITEMS,
            "rule": ["spelling"] * ITEMS,
            "item_id": dataset.items["item_id"],
            "annotator": ["A1"] * ITEMS,
            "layer": ["basic7"] * ITEMS,
            "before": ["Joyy"] * ITEMS,
            "after": ["Joy"] * ITEMS,
        }
    )
    votes = dataset.votes.with_columns(
        file=pl.format("{}.xlsx", "annotator"), cell=pl.format("B{}", pl.int_range(pl.len()) + 2)
    )
    done = aggregate_dataset(dataset)
    return dataset.with_tables(
        votes=votes,
        labels=done.labels,
        soft_labels=done.soft_labels,
        ledger=conform("ledger", ledger),
    )


@pytest.fixture(scope="module")
def written(large: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Written:
    page = tmp_path_factory.mktemp("large") / "the page.html"
    return write_report(Results(large, replicates=20), page, most_items=500)


@pytest.fixture(scope="module")
def page(written: Written) -> ReadPage:
    return ReadPage(written.page)


@pytest.fixture(scope="module")
def whole(large: Dataset, tmp_path_factory: pytest.TempPathFactory) -> ReadPage:
    page = tmp_path_factory.mktemp("whole") / "p.html"
    return ReadPage(write_report(Results(large, replicates=20), page).page)


def test_what_is_large() -> None:
    three = dataset_of([(item, "A1", "basic7", "Joy") for item in "123"])
    assert is_large(three, 2)
    assert not is_large(three, 3)
    assert not is_large(three)
    no_items = three.with_tables(items=three.items.clear())
    assert is_large(no_items, 2)
    many_votes = dataset_of([("1", f"A{n}", "basic7", "Joy") for n in range(11)])
    assert is_large(many_votes, 1)
    assert not is_large(many_votes, 2)
    assert MOST_ITEMS > 9449, "the page of the EmoS release stays whole"


def test_every_vote_is_in_the_file_beside_the_page(written: Written, large: Dataset) -> None:
    assert written.beside == written.page.with_name("the page.votes.parquet")
    assert sorted(one.name for one in written.page.parent.iterdir()) == [
        "the page.html",
        "the page.votes.parquet",
    ]
    votes = pl.read_parquet(written.beside)
    assert votes.select(large.votes.columns).equals(large.votes)
    decided = dict(large.labels.select("item_id", "label").iter_rows())
    assert votes["label"].to_list() == [decided[one] for one in votes["item_id"]]
    assert {"confidence", "tier"} <= set(votes.columns)


def test_the_page_says_where_the_rest_is(page: ReadPage) -> None:
    (note,) = [one.text for one in page.all("p") if "the page.votes.parquet" in one.text]
    assert f"{ITEMS} items" in note
    assert f"up to {LISTED} items of each list" in note


def test_figures_are_of_the_whole_dataset(page: ReadPage, whole: ReadPage) -> None:
    assert page.sections == whole.sections
    for name in page.sections:
        here, there = page.section(name), whole.section(name)
        # What a script fills in is compared below.
        cut = "".join(one.text for one in here.all("p") if "rows are on this page" in one.text)
        assert here.text.replace(cut, "").split() == there.text.split(), name
    counts = [entry["n"] for entry in page.data["sets"]["sets"]]
    assert counts == [entry["n"] for entry in whole.data["sets"]["sets"]]
    assert max(counts) >= ITEMS


def test_each_list_begins_as_the_whole_one_does(page: ReadPage, whole: ReadPage) -> None:
    cut = 0
    for number, entry in enumerate(page.data["sets"]["sets"]):
        if "list" in entry:
            here, there = page.behind(number), whole.behind(number)
            assert here == there[:LISTED]
            cut += len(here) < entry["n"]
    assert cut > 3


def test_the_items_of_the_lists_are_on_the_page_with_all_their_votes(
    page: ReadPage, large: Dataset
) -> None:
    ids = page.data["items"]["ids"]
    numbers = range(len(page.data["sets"]["sets"]))
    lists = [number for number in numbers if "list" in page.data["sets"]["sets"][number]]
    assert set(ids) == {one for number in lists for one in page.behind(number)}
    assert len(ids) < ITEMS
    assert [len(votes) for votes in page.data["items"]["votes"]] == [3] * len(ids)
    assert [len(labels) for labels in page.data["items"]["labels"]] == [1] * len(ids)


def test_filtered_tables_lead_to_the_right_items(page: ReadPage, large: Dataset) -> None:
    ids = page.data["items"]["ids"]
    items = page.data["browser-items"]
    assert [ids[at] for at in items["data"]["item"]] == ids
    decided = dict(large.labels.select("item_id", "label").iter_rows())
    assert items["data"]["label-basic7"] == [decided[one] for one in ids]
    said = [one.text for one in page.section("items").all("p")]
    assert f"{len(ids)} of {ITEMS} rows are on this page." in said
    ledger = page.data["browser-ledger"]
    assert [ids[at] for at in ledger["data"]["item"]] == ids


def test_a_browser_of_a_large_dataset_is_cut() -> None:
    columns = (Column("item", "Item", "item"), Column("text", "Text"))
    data = {"item": [4, None, 7, 4, 9], "text": [["a", 1], "b", "c", None, "e"]}
    browser = Browser("b", "Rows", columns, data)
    assert packed_browser(browser)["data"] == data
    part = packed_browser(browser, {4: 0, 9: 1})
    assert part["data"] == {"item": [0, None, 0, 1], "text": [["a", 1], "b", None, "e"]}
    as_columns = Browser("b", "Rows", columns, {key: pl.Series(data[key][1:3]) for key in data})
    assert packed_browser(as_columns, {7: 3})["data"] == {"item": [None, 3], "text": ["b", "c"]}
    long = Browser("b", "Rows", columns[1:], {"text": list(range(MOST_ROWS + 1))})
    assert packed_browser(long)["data"]["text"][-1] == MOST_ROWS
    assert packed_browser(long, {})["data"]["text"] == list(range(MOST_ROWS))


def test_both_files_are_replaced_or_neither(
    large: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "p.html"
    write_report(Results(large, replicates=0), page, only=["items"], most_items=500)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emos.report.write_report.write_votes", fail)
    with pytest.raises(EmosError, match=r"p\.votes\.parquet: cannot be written \(No space left"):
        write_report(
            Results(large, replicates=0), page, only=["items"], most_items=500, language="zh"
        )
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_file_that_nobody_named_is_not_replaced(large: Dataset, tmp_path: Path) -> None:
    page = tmp_path / "p.html"
    for content in (b"mine", _table_bytes(tmp_path)):
        beside_page(page).write_bytes(content)
        with pytest.raises(EmosError, match=r"another file has this name; name the page diff"):
            write_report(Results(large, replicates=0), page, only=["items"], most_items=500)
        assert beside_page(page).read_bytes() == content
        assert not page.exists()
    beside_page(page).unlink()
    for _ in range(2):  # its own earlier one is
        write_report(Results(large, replicates=0), page, only=["items"], most_items=500)


def _table_bytes(folder: Path) -> bytes:
    path = folder / "other.parquet"
    pl.DataFrame({"task": ["1"], "worker": ["a"], "label": ["x"]}).write_parquet(path)
    return path.read_bytes()
