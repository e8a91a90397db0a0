"""One clip under two ids, neighbours that share a time, and short clips."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from emos.readers import read_source
from emos.readers.duplicates import count_short, find_duplicates, flag_clips
from emos.tables import Dataset, conform, empty


def _items(*rows: tuple[str, str, str, float | None, float | None, str | None]) -> pl.DataFrame:
    names = ("item_id", "group", "recording", "start_s", "end_s", "source_label")
    table = pl.DataFrame(
        [dict(zip(names, row, strict=True)) | {"subset": "s", "split": "train"} for row in rows],
        schema_overrides={"start_s": pl.Float64, "end_s": pl.Float64, "source_label": pl.String},
    )
    return conform("items", table)


ITEMS = _items(
    ("d1_utt1", "d1", "e1", 1.0, 2.0, "Joy"),
    ("d1_utt2", "d1", "e1", 1.0, 2.0, "Fear"),  # a neighbour
    ("d2_utt2", "d2", "e1", 5.0, 9.0, "Joy"),
    ("d3_utt3", "d3", "e1", 5.0, 9.0, "Joy"),  # same time, another dialogue
    ("d2_utt4", "d2", "e1", 5.0, 9.0, None),  # same dialogue, not next to it
    ("d4_utt1", "d4", "e2", 5.0, 9.0, "Joy"),  # another recording
    ("d5_utt1", "d5", "e2", None, 9.0, "Joy"),
    ("d5_utt2", "d5", "e2", None, 9.0, "Joy"),
)


def test_pairs() -> None:
    found = find_duplicates(ITEMS)
    columns = ("item_id", "other_id", "neighbours", "source_differs", "label_differs")
    assert found.select(columns).rows() == [
        ("d1_utt1", "d1_utt2", True, True, None),
        ("d2_utt2", "d3_utt3", False, False, None),
        ("d2_utt2", "d2_utt4", False, None, None),
        ("d3_utt3", "d2_utt4", False, None, None),
    ]


def test_aggregated_labels_are_compared_if_given() -> None:
    labels = conform(
        "labels",
        pl.DataFrame({"item_id": ["d2_utt2", "d3_utt3"], "label": ["Joy", "Anger"]}),
    )
    found = find_duplicates(ITEMS, labels).select("label", "other_label", "label_differs").rows()
    assert found[1] == ("Joy", "Anger", True)
    assert found[0] == (None, None, None)


def test_order_of_rows_changes_only_the_order() -> None:
    def pairs(items: pl.DataFrame) -> set[frozenset[Any]]:
        rows = find_duplicates(items).select("item_id", "other_id", "neighbours")
        return {frozenset(row) for row in rows.rows()}

    assert pairs(ITEMS) == pairs(ITEMS.reverse())


def test_no_items() -> None:
    assert find_duplicates(empty("items")).height == 0
    assert flag_clips(empty("items")).height == 0


def test_short_clips() -> None:
    items = _items(
        ("a1", "a", "e", 0.0, 0.999, None),
        ("a2", "a", "e", 0.0, 1.0, None),
        ("a3", "a", "e", None, 1.0, None),
    )
    assert count_short(items) == 1
    assert count_short(items, limit_s=1.001) == 2
    (note,) = flag_clips(items)["note"].to_list()
    assert note == "1 clip of s, split train, is shorter than 1 s"


@pytest.mark.release
def test_the_release_has_six_places(release: Dataset) -> None:
    found = find_duplicates(release.items)
    assert found.height == 6
    assert found["neighbours"].sum() == 2
    real = found.filter(~pl.col("neighbours"))
    assert real["source_differs"].sum() == 3
    assert (real["split"] == real["other_split"]).all()
    meld = release.items.filter(subset="meld")
    assert count_short(meld) == 0
    assert round((meld["end_s"] - meld["start_s"]).min(), 1) == 2.2  # type: ignore[arg-type]
    rules = release.ledger.filter(pl.col("rule").str.contains("duplicate|neighbour"))["rule"]
    assert rules.value_counts().sort("count").rows() == [
        ("neighbour-same-time", 2),
        ("duplicate-clip", 4),
    ]


@pytest.mark.meld
def test_melds_own_files(meld_path: Any) -> None:
    meld = read_source("meld", meld_path)
    counts = {clips["split"][0]: count_short(clips) for clips in meld.items.partition_by("split")}
    assert counts["train"] == 912
    leaks = find_duplicates(meld.items).filter(pl.col("split") != pl.col("other_split"))
    notes = meld.ledger.filter(rule="duplicate-clip")["note"]
    assert notes.str.contains("; in splits ").sum() == leaks.height > 0
