"""What is listed behind a cell."""

from __future__ import annotations

import polars as pl

from emos.audit import Evidence
from emos.audit.behind import common_folder, item_lines, with_votes
from emos.tables import Dataset, DatasetInfo


def evidence() -> Evidence:
    votes = pl.DataFrame(
        {
            "item_id": ["a", "a", "b"],
            "annotator": ["A1", "A2", "A1"],
            "layer": ["goemotions"] * 3,
            "labels": [["joy", "love"], [], []],
            "status": ["given", "blank", "blank"],
            "raw": ["joy;love", None, "n/a"],
            "file": ["x/y/A1.xlsx", "x/z/A2.csv", "x/y/A1.xlsx"],
            "sheet": ["S", None, "S"],
            "cell": ["B2", "line 2", "B3"],
        }
    )
    return Evidence(Dataset(DatasetInfo("two"), votes=votes))


def test_items_without_votes_get_them_in_their_own_order() -> None:
    frame = pl.DataFrame({"item_id": ["b", "a"], "confidence": [0.5, 2 / 3]})
    joined = with_votes(frame, evidence())
    assert joined["item_id"].to_list() == ["b", "a", "a"]
    assert list(item_lines(joined)) == [
        "Files lie in x/",
        "b  confidence 0.5",
        "    A1   goemotions  blank                            typed 'n/a' y/A1.xlsx S!B3",
        "a  confidence 0.6667",
        "    A1   goemotions  joy, love                        y/A1.xlsx S!B2",
        "    A2   goemotions  blank                            z/A2.csv line 2",
    ]
    assert [line for line in item_lines(joined, limit=1) if "confidence" in line] == [
        "b  confidence 0.5"
    ]


def test_frames_with_votes_or_without_items_stay_as_they_are() -> None:
    trace = evidence().trace(["a"])
    assert with_votes(trace, evidence()).equals(trace)
    other = pl.DataFrame({"key": ["7:accuracy:qwen-3"]})
    assert with_votes(other, evidence()).equals(other)


def test_the_folder_that_files_share() -> None:
    assert common_folder(pl.Series(["a/b/c.xlsx", "a/bd/c.xlsx", None])) == "a/"
    assert common_folder(pl.Series(["a/b/c.xlsx"])) == "a/b/"
    assert common_folder(pl.Series(["c.xlsx", "d.xlsx"])) == ""
    assert common_folder(pl.Series([None], dtype=pl.String)) == ""
