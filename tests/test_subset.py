"""Workbooks read by a layout: aligned by id, blank is no vote, every oddity in the ledger."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from emos.errors import EmosError
from emos.readers import read_source
from emos.tables import Dataset
from xlsx_maker import save_rows

LAYOUT = """
name = "corpus"

[[subsets]]
name = "clips"
language = "en"

[subsets.items]
item_id = "clips/{clip}"
transcript = "{text}"

[[subsets.batches]]
name = "one"
workbooks = "people/*.xlsx"
annotators = ["A1", "A2"]
layers = { goemotions = "go*emotion*" }
"""
HEADER = ("clip", "text", "go-emotion")
ROWS = (("0001", "one", "joy"), ("0002", "two", "fear;anger"), ("0003", "three", None))

Rows = Sequence[Sequence[Any]]


def _import(root: Path, layout: str = LAYOUT, **keywords: str) -> Dataset:
    path = root / "layout.toml"
    path.write_text(layout, encoding="utf-8")
    return read_source(str(path), root, **keywords)


def _two(root: Path, first: Rows = ROWS, second: Rows = ROWS, header: Any = HEADER) -> Path:
    save_rows(root / "people/anna.xlsx", [header, *first])
    save_rows(root / "people/bert.xlsx", [header, *second])
    return root


def _labels(dataset: Dataset, annotator: str) -> dict[str, list[str]]:
    votes = dataset.votes.filter(pl.col("annotator") == annotator)
    return dict(votes.select("item_id", "labels").iter_rows())


def _flags(dataset: Dataset, rule: str) -> list[dict[str, Any]]:
    return dataset.ledger.filter(pl.col("rule") == rule).to_dicts()


def _line(root: Path, layout: str = LAYOUT) -> str:
    with pytest.raises(EmosError) as caught:
        _import(root, layout)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_votes_items_and_three_states(tmp_path: Path) -> None:
    second = [("0001", "one", "unsure"), ("0002", "two", "  "), ("0003", "three", "hope")]
    dataset = _import(_two(tmp_path, second=second))
    columns = ("item_id", "batch", "language", "transcript", "position")
    assert dataset.items.select(columns).rows() == [
        ("clips/0001", "one", "en", "one", 0),
        ("clips/0002", "one", "en", "two", 1),
        ("clips/0003", "one", "en", "three", 2),
    ]
    found = dataset.votes.select("item_id", "annotator", "status", "labels", "aside", "cell").rows()
    assert found == [
        ("clips/0001", "A1", "given", ["joy"], [], "C2"),
        ("clips/0002", "A1", "given", ["fear", "anger"], [], "C3"),
        ("clips/0003", "A1", "blank", [], [], "C4"),
        ("clips/0001", "A2", "unsure", ["unsure"], [], "C2"),
        ("clips/0002", "A2", "blank", [], [], "C3"),
        ("clips/0003", "A2", "blank", [], ["hope"], "C4"),
    ]
    assert dataset.votes["raw"].to_list() == ["joy", "fear;anger", None, "unsure", None, "hope"]


def test_rows_are_aligned_by_id_and_another_order_is_told(tmp_path: Path) -> None:
    dataset = _import(_two(tmp_path, second=ROWS[::-1]))
    assert _labels(dataset, "A1") == _labels(dataset, "A2")
    cells = dataset.votes.filter(annotator="A2")["cell"].to_list()
    assert cells == ["C4", "C3", "C2"]
    (flag,) = _flags(dataset, "row-order")
    assert flag["annotator"] == "A2"
    assert flag["cell"] == "A3"
    assert flag["note"].startswith("2 rows stand before the row above them")


def test_another_text_is_told(tmp_path: Path) -> None:
    second = [("0001", "one ", "joy"), ("0002", "other", "joy"), ("0003", "three", "joy")]
    (flag,) = _flags(_import(_two(tmp_path, second=second)), "text-differs")
    assert (flag["item_id"], flag["cell"], flag["before"], flag["after"]) == (
        *("clips/0002", "B3"),
        *("other", "two"),
    )


def test_ids_that_lost_their_zeros(tmp_path: Path) -> None:
    second = [(1, "one", "joy"), (2, "two", "fear"), ("0003", "three", "love")]
    dataset = _import(_two(tmp_path, second=second))
    assert _labels(dataset, "A2") == {
        "clips/0001": ["joy"],
        "clips/0002": ["fear"],
        "clips/0003": ["love"],
    }
    flags = _flags(dataset, "id-zeros")
    assert [(f["before"], f["after"], f["cell"]) for f in flags] == [
        ("clips/1", "clips/0001", "A2"),
        ("clips/2", "clips/0002", "A3"),
    ]


def test_zeros_are_not_guessed_where_two_items_fit(tmp_path: Path) -> None:
    first = [("1", "a", "joy"), ("01", "b", "joy")]
    second = [("001", "a", "fear"), ("1", "a", "love")]
    dataset = _import(_two(tmp_path, first=first, second=second))
    assert _labels(dataset, "A2") == {"clips/1": ["love"], "clips/01": ["fear"]}
    second = [("001", "a", "fear"), ("0001", "a", "love"), ("1", "a", "joy")]
    dataset = _import(_two(tmp_path, first=first, second=second))
    assert _labels(dataset, "A2") == {"clips/1": ["joy"], "clips/01": []}
    assert len(_flags(dataset, "unknown-id")) == 2


def test_unknown_and_missing_ids(tmp_path: Path) -> None:
    second = [("0001", "one", "joy"), ("0009", "nine", "fear"), ("0010", "ten", None)]
    dataset = _import(_two(tmp_path, second=second))
    unknown = _flags(dataset, "unknown-id")
    assert [(f["before"], f["cell"], f["note"]) for f in unknown] == [
        ("clips/0009", "A3", "its answer is not a vote"),
        ("clips/0010", "A4", "it holds no answer"),
    ]
    assert [f["item_id"] for f in _flags(dataset, "missing-row")] == ["clips/0002", "clips/0003"]
    votes = dataset.votes.filter(annotator="A2")
    assert votes["status"].to_list() == ["given", "blank", "blank"]


def test_no_id_in_common(tmp_path: Path) -> None:
    line = _line(_two(tmp_path, second=[("x", "one", "joy")]))
    assert "bert.xlsx, column A: none of its ids is an item's (the first is 'clips/x')" in line


def test_the_same_answer_twice_and_two_answers(tmp_path: Path) -> None:
    same = [*ROWS, ("0001", "one", "joy")]
    dataset = _import(_two(tmp_path, second=same))
    (flag,) = _flags(dataset, "repeated-row")
    assert (flag["cell"], flag["item_id"]) == ("A5", "clips/0001")
    assert dataset.votes.height == 6
    line = _line(_two(tmp_path, second=[*ROWS, ("0001", "one", "fear")]))
    assert "voted on twice by A2, with different answers (A2 and A5); keep one" in line
    line = _line(_two(tmp_path, first=[*ROWS, ("0001", "one", "fear")]))
    assert "item clips/0001 stands twice (A2 and A5)" in line


def test_blank_rows_and_columns_do_not_shift_addresses(tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], (None, None, None), ("0002", "two", "feer"), (), ("0003", "x", "joy")]
    save_rows(tmp_path / "people/a.xlsx", rows, at=(4, 3))
    save_rows(tmp_path / "people/b.xlsx", [HEADER, *ROWS])
    dataset = _import(tmp_path)
    votes = dataset.votes.filter(annotator="A1")
    assert votes["cell"].to_list() == ["E5", "E7", "E9"]
    assert dataset.items["position"].to_list() == [0, 2, 4]
    (repair,) = _flags(dataset, "misspelling")
    assert (repair["cell"], repair["before"], repair["after"]) == ("E7", "feer", "fear")
    page = openpyxl.load_workbook(tmp_path / "people/a.xlsx").worksheets[0]
    assert page[repair["cell"]].value == "feer"


def test_a_title_above_the_header(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_rows(tmp_path / f"people/{name}.xlsx", [("Answers",), HEADER, *ROWS])
    line = _line(tmp_path)
    assert "no column 'clip'; its columns are Answers" in line
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nheader = 2')
    assert _import(tmp_path, layout).votes.height == 6


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("C3", "=1+1", "sheet Sheet1, cell C3: a formula stands where a value is read"),
        ("B3", '="t"&"wo"', "cell B3: a formula stands where a value is read"),
        ("A3", "=A2+1", "cell A3: a formula stands where a value is read; replace it by its"),
        ("A3", "#REF!", "sheet Sheet1, A3: no id in this row ('#REF!' in its place)"),
        ("A3", datetime.date(2001, 2, 3), "no id in this row ('2001-02-03 00:00:00' in"),
        ("A3", "NaN", "no id in this row ('NaN' in its place); fill in the id as text"),
        ("A3", None, "sheet Sheet1, A3: a filled row has no id"),
        ("A3", "  ", "sheet Sheet1, A3: a filled row has no id"),
        ("C1", "answer", "no column 'go*emotion*'; its columns are clip, text, answer"),
        ("D1", "goemotion", "columns C, D: 2 columns match 'go*emotion*'"),
    ],
)
def test_cells_that_cannot_be_read(
    tmp_path: Path, place: str, value: object, expected: str
) -> None:
    path = _two(tmp_path) / "people/bert.xlsx"
    book = openpyxl.load_workbook(path)
    cell = book.worksheets[0][place]
    cell.value = value
    if value == "#REF!":
        cell.data_type = "e"
    book.save(path)
    line = _line(tmp_path)
    assert "bert.xlsx" in line
    assert expected in line


def test_merged_answers(tmp_path: Path) -> None:
    path = _two(tmp_path) / "people/bert.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("C2:C3")
    book.save(path)
    assert "cell C3: a merged cell stands where a value is read; unmerge" in _line(tmp_path)


def test_formulas_elsewhere_do_no_harm(tmp_path: Path) -> None:
    rows = [(*row, f"=LEN(B{n})") for n, row in enumerate(ROWS, 2)]
    dataset = _import(_two(tmp_path, second=rows, header=(*HEADER, "length")))
    assert dataset.votes.height == 6


def test_errors_numbers_and_long_texts_are_no_labels(tmp_path: Path) -> None:
    path = _two(tmp_path) / "people/bert.xlsx"
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    page["C2"], page["C3"], page["C4"] = "#DIV/0!", float("nan"), "x" * 200
    page["C2"].data_type = "e"
    book.save(path)
    dataset = _import(tmp_path)
    votes = dataset.votes.filter(annotator="A2")
    assert votes["status"].to_list() == ["blank"] * 3
    assert votes["aside"].to_list()[0] == ["#DIV/0!"]
    assert votes["aside"].to_list()[2] == ["x" * 200]
    asides = dataset.ledger.filter(kind="aside")["rule"].to_list()
    assert asides[0] == "sheet-error"
    assert asides[-1] == "unknown-label"


def test_cells_outside_the_batch(tmp_path: Path) -> None:
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nrows = [1, 2]')
    layout += """
[[subsets.batches]]
name = "two"
workbooks = "later/*.xlsx"
annotators = ["A3"]
rows = [3, 6]
layers = { goemotions = "*emotion" }
"""
    labels = ("joy", "fear", "love", "joy", "joy", "joy")
    rows = [(f"{n}", "t", label) for n, label in enumerate(labels)]
    alone = [*rows[:2], ("2", "t", None), ("3", "t", "anger"), ("4", "t", None), ("5", "t", "")]
    save_rows(tmp_path / "people/a.xlsx", [HEADER, *alone])
    save_rows(tmp_path / "people/b.xlsx", [HEADER, *rows])
    save_rows(tmp_path / "later/c.xlsx", [HEADER, *rows])
    dataset = _import(tmp_path, layout)
    assert dataset.items["batch"].to_list() == ["one"] * 2 + ["two"] * 4
    assert dataset.votes.height == 2 * 2 + 4
    flags = _flags(dataset, "outside-batch")
    assert [(f["annotator"], f["cell"], f["item_id"], f["before"]) for f in flags] == [
        ("A1", "C5", "clips/3", "anger"),
        ("A2", "C4:C7", None, None),
        ("A3", "C2:C3", None, None),
    ]
    assert flags[1]["note"] == (
        "4 cells outside the annotator's batch: not votes; 4 of them equal A3's"
    )


def test_batches_with_rows_of_their_own(tmp_path: Path) -> None:
    """Two batches whose workbooks both begin at row 1 keep their items apart."""
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nrows = [1, 3]')
    layout += """
[[subsets.batches]]
name = "two"
workbooks = "later/*.xlsx"
annotators = ["A3"]
rows = [1, 2]
layers = { goemotions = "*emotion" }
"""
    _two(tmp_path)
    save_rows(tmp_path / "later/c.xlsx", [HEADER, ("0004", "x", "joy"), ("0005", "y", "joy")])
    dataset = _import(tmp_path, layout)
    assert dataset.items["batch"].to_list() == ["one"] * 3 + ["two"] * 2
    assert dataset.votes.filter(annotator="A3")["item_id"].to_list() == ["clips/0004", "clips/0005"]
    assert not _flags(dataset, "missing-row")


def test_csv_files_and_an_items_file(tmp_path: Path) -> None:
    layout = LAYOUT.replace("people/*.xlsx", "people/*.csv").replace(
        "[subsets.items]", '[subsets.items]\nfile = "meta.csv"'
    )
    layout = layout.replace('transcript = "{text}"', 'transcript = "{words}"\nstart = "{from}"')
    _csv(tmp_path / "meta.csv", [("clip", "words", "from"), ("1", "a", "0:01.5"), ("2", "b", "x")])
    _csv(tmp_path / "people/a.csv", [("clip", "go_emotion"), ("2", "joy"), ("1", 'fe"ar')])
    _csv(tmp_path / "people/b.csv", [("clip", "go_emotion"), ("1", "Joy\nlove"), ("2", "")])
    dataset = _import(tmp_path, layout)
    assert dataset.items.select("item_id", "start_s", "batch").rows() == [
        ("clips/1", 1.5, "one"),
        ("clips/2", None, "one"),
    ]
    assert dataset.votes.select("labels", "cell").rows() == [
        ([], "line 3"),
        (["joy"], "line 2"),
        (["joy", "love"], "line 2"),
        ([], "line 4"),
    ]
    (time,) = _flags(dataset, "unreadable-time")
    assert (time["before"], time["cell"], time["file"]) == ("x", "line 3", "meta.csv")


def _csv(path: Path, rows: Rows) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def test_times_that_a_spreadsheet_keeps_as_times(tmp_path: Path) -> None:
    layout = LAYOUT.replace('transcript = "{text}"', 'start = "{from}"\nend = "{to}"')
    moment = datetime.time(0, 16, 16, 59000)
    rows = [("clip", "from", "to", "go-emotion"), ("1", moment, 977.5, "joy")]
    for name in ("a", "b"):
        save_rows(tmp_path / f"people/{name}.xlsx", rows)
    assert _import(tmp_path, layout).items.select("start_s", "end_s").rows() == [(976.059, 977.5)]


def test_one_sheet_for_all_annotators(tmp_path: Path) -> None:
    layout = LAYOUT.replace('"go*emotion*"', '["of_a", "of_b"]')
    rows = [("clip", "text", "of_b", "of_a"), ("1", "t", "joy", "fear")]
    save_rows(tmp_path / "people/all.xlsx", rows)
    dataset = _import(tmp_path, layout)
    assert _labels(dataset, "A1") == {"clips/1": ["fear"]}
    assert _labels(dataset, "A2") == {"clips/1": ["joy"]}
    assert dataset.votes["file"].unique().to_list() == ["people/one.xlsx"]


def test_templates_pad_numbers(tmp_path: Path) -> None:
    layout = LAYOUT.replace("clips/{clip}", "clips/s{clip:02}-{text}")
    rows = [(7, "a", "joy"), (12, "b", "joy")]
    dataset = _import(_two(tmp_path, rows, rows[:1]), layout)
    assert dataset.items["item_id"].to_list() == ["clips/s07-a", "clips/s12-b"]


def test_an_own_label_set_is_repaired_too(tmp_path: Path) -> None:
    layout = LAYOUT.replace("goemotions =", "stance =")
    layout += '\n[label_sets.stance]\nlabels = ["support", "oppose", "neither"]\nmulti = false\n'
    rows = [("0001", "one", "Suport"), ("0002", "two", "oppose;neither"), ("0003", "three", "no")]
    dataset = _import(_two(tmp_path, second=rows), layout)
    votes = dataset.votes.filter(annotator="A2")
    assert votes["labels"].to_list() == [["support"], [], []]
    assert votes["aside"].to_list() == [[], ["oppose;neither"], ["no"]]
    assert dataset.label_set("stance").labels == ("neither", "oppose", "support")
    dropped = _import(tmp_path, layout, repair="drop")
    assert dropped.votes.filter(annotator="A2")["labels"].to_list() == [[], [], []]


def test_other_sheets_are_told(tmp_path: Path) -> None:
    path = _two(tmp_path) / "people/bert.xlsx"
    book = openpyxl.load_workbook(path)
    book.create_sheet("notes")["A1"] = "hello"
    book.save(path)
    (flag,) = _flags(_import(tmp_path), "other-sheet")
    assert flag["annotator"] == "A2"
    assert flag["note"] == "only the first sheet was read, not 1 other sheet"


def test_one_workbook_is_not_two_people(tmp_path: Path) -> None:
    folder = _two(tmp_path) / "people"
    twice = LAYOUT.replace('"people/*.xlsx"', '["people/anna.xlsx", "people/anna.xlsx"]')
    assert "anna.xlsx: one file for two annotators of batch one; each needs" in _line(
        tmp_path, twice
    )
    (folder / "bert.xlsx").unlink()
    (folder / "bert.xlsx").symlink_to("anna.xlsx")
    assert "one file for two annotators of batch one (it is anna.xlsx, too)" in _line(tmp_path)
    (folder / "bert.xlsx").unlink()
    (folder / "bert.xlsx").hardlink_to(folder / "anna.xlsx")
    assert "one file for two annotators of batch one (it is anna.xlsx, too)" in _line(tmp_path)


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    folder = _two(tmp_path) / "people"
    (folder / "bert.xlsx").unlink()
    (folder / "bert.xlsx").symlink_to("gone.xlsx")
    assert "bert.xlsx: no such file" in _line(tmp_path)
    (folder / "bert.xlsx").unlink()
    (folder / "bert.xlsx").symlink_to("bert.xlsx")
    assert "bert.xlsx: " in _line(tmp_path)


def test_rows_beyond_the_end_are_told(tmp_path: Path) -> None:
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nrows = [1, 99]')
    (flag,) = _flags(_import(_two(tmp_path), layout), "rows-beyond-end")
    assert flag["note"] == "batch one is rows 1 to 99, the last one here is 3"
    assert not _flags(_import(tmp_path, layout.replace("99", "3")), "rows-beyond-end")
    _csv(tmp_path / "clips.csv", [HEADER[:2], *(row[:2] for row in ROWS)])
    listed = layout.replace('item_id = "clips/', 'file = "clips.csv"\nitem_id = "clips/')
    (flag,) = _flags(_import(tmp_path, listed), "rows-beyond-end")
    assert (flag["file"], flag["note"][-23:]) == ("clips.csv", " the last one here is 3")
    assert "batch one, rows 4 to 99, holds none of the 3 items" in _line(
        tmp_path, listed.replace("[1, 99]", "[4, 99]")
    )


def test_rows_of_a_csv_file_with_more_or_fewer_fields(tmp_path: Path) -> None:
    layout = LAYOUT.replace("xlsx", "csv")
    (tmp_path / "people").mkdir()
    for name in ("anna", "bert"):
        (tmp_path / f"people/{name}.csv").write_text(
            "clip,text,go-emotion\n0001,one,joy\n0002,two\n0003,three,fear\n"
        )
    dataset = _import(tmp_path, layout)
    assert _labels(dataset, "A2") == {
        "clips/0001": ["joy"],
        "clips/0002": [],
        "clips/0003": ["fear"],
    }
    flags = [(flag["annotator"], flag["cell"]) for flag in _flags(dataset, "short-row")]
    assert flags == [("A1", "line 3"), ("A2", "line 3")]
    (tmp_path / "people/bert.csv").write_text(
        "clip,text,go-emotion\n0001,one, or so,joy\n0002,two,fear\n0003,three,fear\n"
    )
    assert "bert.csv, line 2: 4 fields in this row, 3 in the header; put a text" in _line(
        tmp_path, layout
    )


def test_a_source_label_that_is_no_class_is_not_used(tmp_path: Path) -> None:
    layout = LAYOUT.replace(
        'transcript = "{text}"', 'source_label = "{text}"\nsource_layer = "basic7"'
    )
    rows = [("1", "joy", "joy"), ("2", "happyish", "joy"), ("3", "nan", "joy")]
    dataset = _import(_two(tmp_path, first=rows, second=rows), layout)
    assert dataset.items["source_label"].to_list() == ["Joy", None, None]
    odd = dataset.ledger.filter(pl.col("note") == "the source's own label: left empty")
    assert odd.select("kind", "rule", "cell", "before").rows() == [
        ("aside", "unknown-label", "B3", "happyish"),
        ("flagged", "no-value", "B4", "nan"),
    ]


@pytest.mark.parametrize("there", [False, True])
def test_a_missing_streaming_part_leaves_the_rest(tmp_path: Path, there: bool) -> None:
    layout = LAYOUT + '\n[streaming]\nfolder = "streams"\n'
    if there:
        (tmp_path / "streams/empty").mkdir(parents=True)
    dataset = _import(_two(tmp_path), layout)
    assert dataset.votes.height == 6
    assert [subset.name for subset in dataset.info.subsets] == ["clips"]
    (flag,) = _flags(dataset, "missing-file")
    assert (flag["kind"], flag["file"]) == ("flagged", "streams")
    alone = 'name = "x"\n[streaming]\nfolder = "streams"\n'
    assert ("no monologue here" if there else "no such folder") in _line(tmp_path, alone)


def test_zero_items(tmp_path: Path) -> None:
    assert "anna.xlsx, sheet Sheet1: no items below the header in row 1" in _line(
        _two(tmp_path, first=[])
    )
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nrows = [10, 20]')
    assert "no items in rows 10 to 20 below the header" in _line(_two(tmp_path), layout)


def test_number_of_workbooks(tmp_path: Path) -> None:
    save_rows(_two(tmp_path) / "people/carl.xlsx", [HEADER, *ROWS])
    line = _line(tmp_path)
    assert "3 workbooks of batch one for 2 annotators (anna.xlsx, bert.xlsx, carl.xlsx)" in line
    layout = LAYOUT.replace('name = "one"', 'name = "one"\nexclude = "carl*"')
    assert _import(tmp_path, layout).votes.height == 6
    assert "0 workbooks of batch one for 2 annotators (none)" in _line(tmp_path / "people", LAYOUT)


def test_lock_files_are_no_workbooks(tmp_path: Path) -> None:
    (_two(tmp_path) / "people/~$anna.xlsx").write_bytes(b"\x04anna")
    assert _import(tmp_path).votes.height == 6


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    root = _two(tmp_path / "root")
    secret = save_rows(tmp_path / "secret.xlsx", [HEADER, *ROWS])
    (root / "people/bert.xlsx").unlink()
    (root / "people/bert.xlsx").symlink_to(secret)
    assert "bert.xlsx: lies outside the imported folder" in _line(root)
    root = _two(tmp_path / "other")
    escape = LAYOUT.replace("people/*.xlsx", "../*.xlsx")
    assert "batch one: the pattern '../*.xlsx' leaves the folder" in _line(root, escape)
    folder = LAYOUT.replace('language = "en"', 'folder = ".."')
    assert "lies outside the imported folder" in _line(root, folder)
    (tmp_path / "meta.csv").write_text("clip,text\n0001,one\n")
    items = LAYOUT.replace("[subsets.items]", '[subsets.items]\nfile = "../meta.csv"')
    assert "lies outside the imported folder" in _line(root, items)


def test_nobody_is_named(tmp_path: Path) -> None:
    layout = LAYOUT.replace("people/*.xlsx", "*/answers/*.xlsx")
    save_rows(tmp_path / "anna/answers/anna_k.xlsx", [HEADER, *ROWS])
    save_rows(tmp_path / "bert/answers/bert_m.xlsx", [HEADER, *ROWS[:2], ("0004", "x", "feer")])
    dataset = _import(tmp_path, layout)
    assert dataset.sources == {
        "A1/answers/A1.xlsx": "anna/answers/anna_k.xlsx",
        "A2/answers/A2.xlsx": "bert/answers/bert_m.xlsx",
    }
    for table in (dataset.items, dataset.votes, dataset.ledger):
        text = table.write_ndjson()
        assert "anna" not in text
        assert "bert" not in text


def test_sheets_named_after_people(tmp_path: Path) -> None:
    for name in ("anna", "bert"):
        save_rows(tmp_path / f"people/{name}.xlsx", [HEADER, *ROWS], title=name)
    assert set(_import(tmp_path).votes["sheet"]) == {None}
    for name in ("anna", "bert"):
        save_rows(tmp_path / f"people/{name}.xlsx", [HEADER, *ROWS], title="answers")
    assert set(_import(tmp_path).votes["sheet"]) == {"answers"}
    _two(tmp_path)
    assert set(_import(tmp_path).votes["sheet"]) == {"Sheet1"}


def test_files_of_two_batches_side_by_side(tmp_path: Path) -> None:
    layout = LAYOUT.replace("people/*.xlsx", "people/1*.xlsx")
    layout += """
[[subsets.batches]]
name = "two"
workbooks = "people/2*.xlsx"
annotators = ["A1", "A2"]
layers = { goemotions = "*emotion" }
"""
    for name in ("1anna", "1bert"):
        save_rows(tmp_path / f"people/{name}.xlsx", [HEADER, *ROWS])
    for name in ("2anna", "2bert"):
        save_rows(tmp_path / f"people/{name}.xlsx", [HEADER, ("0009", "nine", "joy")])
    dataset = _import(tmp_path, layout)
    assert dataset.votes.height == 8
    assert dataset.sources == {
        f"people/{person}-{batch}.xlsx": f"people/{number}{name}.xlsx"
        for person, name in (("A1", "anna"), ("A2", "bert"))
        for number, batch in ((1, "one"), (2, "two"))
    }


def test_blanks_and_chinese_in_paths(tmp_path: Path) -> None:
    root = tmp_path / "数据 集"
    layout = LAYOUT.replace("people/*.xlsx", "标注 者/*.xlsx")
    save_rows(root / "标注 者/甲 一.xlsx", [HEADER, *ROWS])
    save_rows(root / "标注 者/乙 二.xlsx", [HEADER, *ROWS])
    dataset = _import(root, layout)
    assert dataset.votes["file"].unique(maintain_order=True).to_list() == [
        "标注 者/A1.xlsx",
        "标注 者/A2.xlsx",
    ]
    dataset.write(tmp_path / "结 果")
    assert Dataset.load(tmp_path / "结 果").votes.equals(dataset.votes)
