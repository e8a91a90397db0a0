"""What is listed behind the cells of the EmoS paper, against what was counted."""

from __future__ import annotations

import re
from fractions import Fraction

import polars as pl
import pytest

from emos.audit import Audit, audit_paper
from emos.tables import Dataset

# Key, rows of the list behind it, and how many distinct items they are of.
BEHIND = [
    ("1:high:first", 1702, 1702),
    ("2:exact-match:latter", 45, 15),
    ("3:changed:share", 1106, 1106),
    ("2:union-4:latter", 3 * 1107, 1107),
    ("3:union-5:value", 3 * 201, 201),
    ("3:confidence-low:value", 239, 239),
    ("9:grief:en", 18, 6),
    ("9:neutral:cn", 3 * 1202, 1201),  # the row with the stray cell is in both halves
    ("4:a10:cardinality", 2000, 2000),
]


@pytest.fixture(scope="module")
def audit(release: Dataset) -> Audit:
    return audit_paper(release)


@pytest.mark.parametrize(("key", "rows", "items"), BEHIND)
def test_items_behind_a_cell(audit: Audit, key: str, rows: int, items: int) -> None:
    listed = audit.find(key).items
    assert listed is not None
    frame = listed()
    assert (frame.height, frame["item_id"].n_unique()) == (rows, items)


def test_725_of_the_changed_labels_are_in_the_first_batch(audit: Audit) -> None:
    listed = audit.find("3:changed:share").items
    assert listed is not None
    frame = listed()
    assert frame.filter(frame["batch"] == "first-3000").height == 725
    assert frame.filter(frame["label"] == frame["original"]).is_empty()


def test_votes_behind_a_cell_name_their_workbook_cell(audit: Audit) -> None:
    listed = audit.find("2:exact-match:latter").items
    assert listed is not None
    frame = listed()
    assert set(frame["annotator"]) == {"A4", "A5", "A6"}
    assert all(re.fullmatch(r"[A-Z]+\d+", cell) for cell in frame["cell"])
    answer = pl.col("labels").list.sort().list.join(";")
    assert frame.group_by("item_id").agg(answer.n_unique())["labels"].to_list() == [1] * 15


def test_every_listing_can_be_made(audit: Audit) -> None:
    for cell in audit.cells:
        if cell.items is not None:
            assert cell.items().width > 1, cell.key


# Annotators of a batch, and clips on which the labels listed are one set for all of them.
SAME_SETS = [("4:first-3000:exact-match", 499), ("4:last-2000:exact-match", 365)]


@pytest.mark.parametrize(("key", "clips"), [*SAME_SETS, ("3:exact-match:value", 864)])
def test_the_votes_listed_are_those_that_were_compared(audit: Audit, key: str, clips: int) -> None:
    listed = audit.find(key).items
    assert listed is not None
    sets = listed().with_columns(pl.col("labels").list.sort().list.join(";"))
    distinct = sets.group_by("item_id").agg(pl.col("labels").n_unique())
    assert distinct.height == clips
    assert set(distinct["labels"]) == {1}


@pytest.mark.parametrize(
    ("key", "annotator"),
    [("4:a7:cardinality", "A7"), ("4:a8:cardinality", "A8"), ("4:a10:cardinality", "A10")],
)
def test_the_labels_listed_add_up_to_the_mean(audit: Audit, key: str, annotator: str) -> None:
    cell = audit.find(key)
    assert cell.items is not None
    votes = cell.items()
    assert set(votes["annotator"]) == {annotator}
    assert Fraction(int(votes["labels"].list.len().sum()), votes.height) == cell.computed


def test_every_listing_of_table_9_adds_up(audit: Audit) -> None:
    """As many rows of three annotators as were counted, and the label in every one of them."""
    for cell in audit.where(table="9"):
        total = {"CN (%)": 5000, "EN (%)": 3000, "ALL (%)": 8000}[cell.column]
        assert cell.items is not None
        votes = cell.items()
        place = ["item_id", *(name for name in ("rows",) if name in votes.columns)]
        rows = votes.group_by(place).agg(
            pl.len(), given=pl.col("labels").list.contains(cell.row).any()
        )
        assert set(rows["len"]) == {3}
        assert rows["given"].all(), cell.key
        assert Fraction(100 * rows.height, total) == cell.computed


def test_the_cell_outside_its_batch_is_listed_and_marked(audit: Audit) -> None:
    for key in ("9:annoyance:cn", "9:neutral:cn"):
        cell = audit.find(key)
        assert cell.items is not None
        stray = cell.items().filter(pl.col("status") == "outside the batch")
        assert stray.select("annotator", "cell").rows() == [("A5", "J2500")]
        assert stray["file"][0].endswith("/A5.xlsx")
        assert set(stray["labels"][0]) == {"neutral", "annoyance"}
        assert "an answer outside its annotator's batch (A5 J2500)" in cell.rule
        assert "597 of them in both" in cell.rule


def test_the_rows_behind_an_alternative_are_listed(audit: Audit) -> None:
    cell = audit.find("2:exact-match:latter")
    listed = cell.alternative(1).items
    assert listed is not None
    rows = listed().group_by("item_id", maintain_order=True).agg("annotator", "status")
    assert rows.height == 610
    assert {tuple(people) for people in rows["annotator"]} == {("A4", "A5", "A6")}
    blank = [set(statuses) == {"blank, outside the batch"} for statuses in rows["status"]]
    assert sum(blank) == 595
    for cell in audit.cells:
        for other in cell.alternatives:
            if other.items is not None:
                assert other.items().height, (cell.key, other.rule)
