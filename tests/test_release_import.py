"""The public release as imported: every figure is a known one, and derived files agree."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from emos.readers import read_source
from emos.readers.repair import reread_votes
from emos.readers.sheets.workbook import read_sheet
from emos.tables import Dataset
from emos.taxonomy import BASIC7, GOEMOTIONS

pytestmark = pytest.mark.release

BATCHES = {
    ("ch-sims-v2", "first-2499"): (2499, ("A1", "A2", "A3"), ("basic7", "goemotions")),
    ("ch-sims-v2", "latter-1904"): (1904, ("A4", "A5", "A6"), ("basic7", "goemotions")),
    ("meld", "first-3000"): (3000, ("A7", "A8", "A9"), ("goemotions",)),
    ("meld", "last-2000"): (2000, ("A10", "A11", "A12"), ("goemotions",)),
}
CH = "datasets/data-final/datasets/ch-simsv2s"
MELD = "datasets/data-final/datasets/newdataset-MELD"


@pytest.fixture(scope="module")
def dropped(release_path: Path) -> Dataset:
    return read_source("emos-release", release_path, repair="drop")


def _derived(path: Path) -> pl.DataFrame:
    """A derived workbook with its first row as names."""
    cells = read_sheet(path).cells
    names = [name or letters for name, letters in zip(cells.row(0), cells.columns, strict=True)]
    cells.columns = names
    return cells.slice(1)


def _sets(votes: pl.DataFrame, annotator: str, layer: str = "goemotions") -> list[frozenset[str]]:
    rows = votes.filter((pl.col("annotator") == annotator) & (pl.col("layer") == layer))
    return [frozenset(labels) for labels in rows["labels"].to_list()]


def test_items_and_votes_of_every_batch(release: Dataset) -> None:
    for (subset, batch), (count, annotators, layers) in BATCHES.items():
        items = release.items.filter(subset=subset, batch=batch)
        assert items.height == count
        votes = release.votes.filter(subset=subset, batch=batch)
        assert tuple(sorted(votes["annotator"].unique(), key=lambda a: int(a[1:]))) == annotators
        assert tuple(sorted(votes["layer"].unique())) == layers
        assert votes.height == count * len(annotators) * len(layers)
        assert votes.select("item_id", "annotator", "layer").is_duplicated().sum() == 0
        assert set(votes["item_id"]) == set(items["item_id"])
    assert release.items["item_id"].is_duplicated().sum() == 0


def test_positions_ids_and_sources(release: Dataset) -> None:
    chinese = release.items.filter(subset="ch-sims-v2")
    assert chinese["position"].to_list() == list(range(4403))
    assert chinese["source_id"].str.contains(r"/\d+_\d$").sum() == 8
    assert chinese["item_id"][0] == "ch-sims-v2/video_0001/0001"
    english = release.items.filter(subset="meld")
    assert english["position"].to_list() == list(range(5000))
    assert english["recording"].str.contains(r"^s\d\de\d\d$").all()
    assert set(english["source_label"]) == set(BASIC7.labels)
    assert english["start_s"].null_count() == english["end_s"].null_count() == 0


def test_three_states(release: Dataset) -> None:
    blank = release.votes.filter(status="blank").group_by("annotator").len().sort("annotator")
    assert blank.rows() == [("A10", 3), ("A7", 1)]
    empty = release.votes.filter(pl.col("raw").is_null())
    assert empty.height == 4
    unsure = release.votes.filter(status="unsure")
    assert set(unsure["labels"].explode()) == {"unsure"}
    assert set(unsure["layer"]) == {"goemotions"}
    for layer, label_set in (("basic7", BASIC7), ("goemotions", GOEMOTIONS)):
        votes = release.votes.filter(pl.col("layer") == layer)
        assert set(votes["labels"].explode().drop_nulls()) <= set(label_set.labels)


def test_misspellings(release: Dataset) -> None:
    rows = release.ledger.filter(pl.col("rule").is_in(["misspelling", "glued"])).join(
        release.items.select("item_id", "batch"), on="item_id"
    )
    first = rows.filter(batch="first-3000")
    assert (first["before"].n_unique(), first.height) == (30, 38)
    last = rows.filter(batch="last-2000")
    assert (last["before"].n_unique(), last.height) == (6, 9)
    # The seventh, in the tenth cell, is a label with a fragment 1,713 blanks behind it.
    (aside,) = release.ledger.filter(kind="aside", annotator="A10").to_dicts()
    assert (aside["before"], aside["cell"]) == ("re", "M4632")
    (vote,) = release.votes.filter(cell="M4632", annotator="A10").to_dicts()
    assert vote["labels"] == ["realization"]
    assert vote["raw"].count(" ") == 1713


def test_ledger_addresses_are_the_sheets_own(release: Dataset, release_path: Path) -> None:
    wanted = release.ledger.filter(rule="misspelling").filter(pl.col("annotator").is_not_null())
    for published, rows in wanted.group_by("file"):
        sheet = read_sheet(release_path / release.sources[str(published[0])])
        for row in rows.iter_rows(named=True):
            letters, number = re.fullmatch(r"([A-Z]+)(\d+)", row["cell"]).groups()  # type: ignore[union-attr]
            cell = sheet.cells[letters][int(number) - 1]
            assert row["before"] in cell.split(";")


def test_cells_outside_the_batches(release: Dataset) -> None:
    rows = release.ledger.filter(rule="outside-batch")
    single = rows.filter(pl.col("item_id").is_not_null())
    assert single.select("annotator", "cell", "before").sort("cell").rows() == [
        ("A5", "J2500", "annoyance;neutral"),
        ("A5", "K2500", "Neutral"),
    ]
    item = release.items.filter(item_id=single["item_id"][0])
    assert item["position"].to_list() == [2498]
    runs = rows.filter(pl.col("item_id").is_null()).select("annotator", "cell", "note").rows()
    assert [(a, c, re.findall(r"[\d,]+ of them equal A\d", n)) for a, c, n in runs] == [
        ("A10", "M2:M3001", ["2,990 of them equal A7"]),
        ("A11", "L2:L3001", ["2,999 of them equal A8"]),
        ("A12", "L2:L3001", ["3,000 of them equal A9"]),
    ]


def test_sheets_disagree_in_one_text(release: Dataset) -> None:
    rows = release.ledger.filter(rule="text-differs").select("annotator", "cell").rows()
    assert rows == [("A7", "B1596"), ("A10", "B1596")]
    for rule in ("row-order", "unknown-id", "missing-row", "repeated-row", "id-zeros"):
        assert release.ledger.filter(rule=rule).height == 0


def test_drop_gives_the_releases_own_sets(dropped: Dataset, release_path: Path) -> None:
    folder = release_path / MELD
    first = _derived(
        folder / "Annotations-3000/analysis_outputs/goemotion/goemotion_soft_labels_first3000.xlsx"
    )
    theirs = [name for name in first.columns if re.fullmatch(r"go_[a-z]+", name)]
    assert len(theirs) == 3
    for name, annotator in zip(theirs, ("A7", "A8", "A9"), strict=True):
        sets = [frozenset((text or "").split(";")) - {""} for text in first[name]]
        assert _sets(dropped.votes, annotator) == sets
    last = _derived(
        folder / "Annotations-last-2000/analysis_outputs/basic7/annotated_with_ds_last2000.xlsx"
    )
    for annotator in ("A10", "A11", "A12"):
        sizes = [len(labels) for labels in _sets(dropped.votes, annotator)]
        assert sizes == last[f"go_{annotator.lower()}_count"].cast(pl.Int64).to_list()
    union = zip(*(_sets(dropped.votes, a) for a in ("A10", "A11", "A12")), strict=True)
    assert [len(a | b | c) for a, b, c in union] == last["goemotion_union_size"].cast(
        pl.Int64
    ).to_list()


def test_what_dropping_costs(release: Dataset, dropped: Dataset) -> None:
    batch = pl.col("batch") == "first-3000"
    full, drop = (d.votes.filter(batch)["labels"].list.len() for d in (release, dropped))
    assert (full != drop).sum() == 36
    assert ((full != drop) & (drop == 0)).sum() == 6
    asides = dropped.ledger.filter(kind="aside").join(
        release.items.filter(batch).select("item_id"), on="item_id"
    )
    assert asides.height == 38 - 1
    spelt = dropped.ledger.filter(rule="release-spelling").select("before", "after").rows()
    assert spelt == [("anoyance", "annoyance")]


@pytest.mark.parametrize(
    ("file", "annotators", "blank"),
    [
        ("First-2500/combined_first2500.xlsx", ("A1", "A2", "A3"), 1),
        ("Last-2500/combined_after2500.xlsx", ("A4", "A5", "A6"), 596),
    ],
)
def test_chinese_votes_are_those_of_the_derived_files(
    release: Dataset, release_path: Path, file: str, annotators: tuple[str, ...], blank: int
) -> None:
    derived = _derived(release_path / CH / file)
    fine = [name for name in derived.columns if name.startswith("go_")]
    basic = [name for name in derived.columns if name.startswith("basic_")]
    annotated = derived.filter(pl.col(basic[0]).is_not_null())
    assert derived.height - annotated.height == blank
    for annotator, fine_name, basic_name in zip(annotators, fine, basic, strict=True):
        assert _sets(release.votes, annotator) == [
            frozenset((text or "").split(";")) for text in annotated[fine_name]
        ]
        assert _sets(release.votes, annotator, "basic7") == [
            frozenset([text]) for text in annotated[basic_name]
        ]


def test_first_2499_rows(release: Dataset, release_path: Path) -> None:
    derived = _derived(release_path / CH / "First-2500/combined_first2499.xlsx")
    for annotator in ("A1", "A2", "A3"):
        votes = release.votes.filter(annotator=annotator, layer="basic7")
        assert votes["raw"].to_list() == derived[annotator.lower()].to_list()


def test_votes_read_again_are_votes_read_at_once(release: Dataset, dropped: Dataset) -> None:
    assert reread_votes(release.votes, release.info, mode="drop").equals(dropped.votes)
    assert reread_votes(dropped.votes, dropped.info, mode="full").equals(release.votes)


def test_nobody_is_named(release: Dataset, release_path: Path) -> None:
    """No table holds a word of an annotator's file name; no column name is kept at all."""
    real = [Path(path).stem for path in release.sources.values()]
    names = {
        part
        for stem in real
        for part in re.split(r"[_\W]+", stem)
        if not re.fullmatch(r"a\d+|annotator|train|sent|emo|meta", part)
    }
    assert len(names) == 6
    for table in ("items", "votes", "ledger"):
        frame: pl.DataFrame = getattr(release, table)
        text = frame.drop("transcript", strict=False).write_ndjson().lower()
        for name in names:
            assert not re.search(rf"\b{name}\b", text), table
    files = set(release.votes["file"])
    assert {Path(file).stem for file in files} == {f"A{n}" for n in range(1, 13)}
    assert all((release_path / path).is_file() for path in release.sources.values())


def test_every_rule_is_explained(release: Dataset, dropped: Dataset) -> None:
    from emos.readers.ledger import RULES

    found = set(release.ledger["rule"]) | set(dropped.ledger["rule"])
    assert found <= set(RULES)


def test_every_repaired_vote_says_where_and_what(release: Dataset) -> None:
    rows = release.ledger.filter(pl.col("kind").is_in(["repaired", "aside"]))
    rows = rows.filter(pl.col("annotator").is_not_null() & (pl.col("rule") != "source-label"))
    assert rows.height == 46 + 1 + 2 + 1 + 1 + 1  # misspelling, glued, repeated, ;, separator, re
    for column in ("file", "sheet", "cell", "item_id", "layer", "before"):
        assert rows[column].null_count() == 0, column


def test_streaming_comes_along(release: Dataset) -> None:
    streams = release.items.filter(subset="streaming")
    assert streams["language"].value_counts().sort("language").rows() == [("en", 39), ("zh", 7)]
    assert (release.utterances.height, release.sentences.height) == (447, 1694)
    assert streams["media"].str.starts_with("datasets/streaming-finalsplit/").all()
    assert release.utterances["file"].str.starts_with("datasets/streaming-finalsplit/").all()
