"""One sheet as text at its own addresses; every unusable file ends in one clear line."""

from __future__ import annotations

import datetime
import random
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from emos.errors import EmosError
from emos.readers.sheets import workbook
from emos.readers.sheets.workbook import read_sheet
from xlsx_maker import declare, save_parts, save_rows, shared_strings, sheet

SHEET = "xl/worksheets/sheet1.xml"


def _line(path: Path, **keywords: str) -> str:
    with pytest.raises(EmosError) as caught:
        read_sheet(path, **keywords)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    return line


def test_every_cell_is_where_openpyxl_has_it(tmp_path: Path) -> None:
    rows = [["id", "label"], ["0001", "joy"], [None, None], ["0003", None], [None, "fear"]]
    path = save_rows(tmp_path / "b.xlsx", rows, at=(4, 3))
    found = read_sheet(path)
    book = openpyxl.load_workbook(path)
    for cells in book["Sheet1"].iter_rows():
        for cell in cells:
            column = found.cells[cell.column_letter]
            assert column[cell.row - 1] == cell.value
    assert found.cells.height == 8
    assert found.cells.columns == ["A", "B", "C", "D"]
    assert found.place(4, "D") == "D5"


def test_first_cell_of_the_sheet_is_kept(tmp_path: Path) -> None:
    found = read_sheet(save_rows(tmp_path / "b.xlsx", [["id", "x"], ["1", "y"]]))
    assert found.cells.rows() == [("id", "x"), ("1", "y")]


def test_values_as_text(tmp_path: Path) -> None:
    values = ["0001", 1, 1.0, -0.25, True, "  joy ", datetime.datetime(2020, 1, 2), "=no formula"]
    path = tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    for row, value in enumerate(values, 1):
        cell = book.worksheets[0].cell(row, 1)
        cell.value = value
        if value == "=no formula":
            cell.data_type = "s"
    book.save(path)
    found = read_sheet(path)
    assert found.cells["A"].to_list() == [
        *("0001", "1", "1", "-0.25", "true", "  joy ", "2020-01-02 00:00:00", "=no formula")
    ]
    assert not found.formulas


def test_formulas_are_known_by_address_and_refused_where_read(tmp_path: Path) -> None:
    path = save_rows(tmp_path / "b.xlsx", [["id", "label", "sum"], ["1", "joy", "=1+1"]])
    found = read_sheet(path)
    assert {str(cell) for cell in found.formulas} == {"C2"}
    found.refuse(["A", "B"], 1, 2)
    found.refuse(["C"], 0, 1)
    with pytest.raises(EmosError, match=r"sheet Sheet1, cell C2: a formula stands where"):
        found.refuse(["C"], 1, 2)


def test_cells_filled_by_an_array_formula_are_formulas_too(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">X1:Y2</f><v>1</v></c>'
        '<c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>4</v></c>'
        '<c r="C2"><v>5</v></c></row>'
    )
    found = read_sheet(save_parts(tmp_path / "b.xlsx", sheet(rows)))
    assert {str(cell) for cell in found.formulas} == {"A1", "B1", "A2", "B2"}


def test_errors_are_kept_as_they_show(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>id</v></c></row>'
        '<row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>'
    )
    found = read_sheet(save_parts(tmp_path / "b.xlsx", sheet(rows)))
    assert found.cells["A"].to_list() == ["id", None, "#REF!"]


def test_merged_cells_are_refused_where_read(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["id", "label"], ["1", "joy"], ["2", None]):
        page.append(row)
    page.merge_cells("B2:B3")
    book.save(path)
    found = read_sheet(path)
    assert {str(cell) for cell in found.merged} == {"B3"}
    with pytest.raises(EmosError, match=r"cell B3: a merged cell"):
        found.refuse(["B"], 1, 3)


def test_prefixed_tags(tmp_path: Path) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="2"><x:c r="B2"><x:f>1+1</x:f>'
        '<x:v>2</x:v></x:c><x:c r="C2" t="e"><x:v>#N/A</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    found = read_sheet(save_parts(tmp_path / "b.xlsx", xml))
    assert found.cells.rows() == [(None, None, None), (None, "2", "#N/A")]
    assert {str(cell) for cell in found.formulas} == {"B2"}


def test_attributes_in_another_order(tmp_path: Path) -> None:
    rows = "<row spans='1:2' r='2'><c s='0' r='B2'><v>7</v></c></row>"
    found = read_sheet(save_parts(tmp_path / "b.xlsx", sheet(rows)))
    assert found.cells.rows() == [(None, None), (None, "7")]


def test_cells_without_address_are_refused(tmp_path: Path) -> None:
    path = save_parts(tmp_path / "b.xlsx", sheet("<row><c><v>7</v></c></row>"))
    assert "carry no addresses" in _line(path)


def test_chosen_sheet_and_the_others(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].title = "one"
    book.create_sheet("two")["A1"] = "here"
    book.save(path)
    assert read_sheet(path, sheet="two").cells.rows() == [("here",)]
    assert read_sheet(path).others == ("two",)
    assert "it has 'one', 'two'" in _line(path, sheet="three")


def test_empty_sheet(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    openpyxl.Workbook().save(path)
    assert read_sheet(path).cells["A"].drop_nulls().len() == 0


def test_path_with_blanks_and_chinese(tmp_path: Path) -> None:
    path = save_rows(tmp_path / "标注 文件" / "甲 乙.xlsx", [["编号"], ["0001"]])
    assert read_sheet(path).cells.rows() == [("编号",), ("0001",)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "not a workbook but a PNG picture"),
        (b"task,worker,label\n1,2,joy\n", "not a workbook but a text file; rename it to .csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old Excel file (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "the workbook is encrypted; save it without a password",
        ),
        (b"PK\x03\x04nothing more", "truncated or damaged"),
        (b"\0\1\2\3" * 50, "not a workbook but something else"),
    ],
)
def test_not_a_workbook(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(content)
    assert expected in _line(path)


def test_missing_folder_and_other_archives(tmp_path: Path) -> None:
    assert "no such file" in _line(tmp_path / "none.xlsx")
    folder = tmp_path / "d.xlsx"
    folder.mkdir()
    assert "this is a folder" in _line(folder)
    other = tmp_path / "o.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert "not an .xlsx workbook but another archive" in _line(other)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95, 0.999])
def test_truncated(tmp_path: Path, share: float) -> None:
    path = save_rows(tmp_path / "b.xlsx", [["id"], *([str(n)] for n in range(500))])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "truncated or damaged" in _line(path)


def test_damaged_bytes_end_in_one_line_or_in_a_sheet(tmp_path: Path) -> None:
    path = save_rows(tmp_path / "b.xlsx", [["id"], *([f"clip {n}"] for n in range(200))])
    data = path.read_bytes()
    chance = random.Random(7)
    refused = 0
    for _ in range(300):
        broken = bytearray(data)
        for place in chance.sample(range(len(data)), 3):
            broken[place] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            read_sheet(path)
        except EmosError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("cut", ["</row>", "</sheetData>", "<sheetData>"])
def test_xml_that_ends_early(tmp_path: Path, cut: str) -> None:
    xml = sheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    path = save_parts(tmp_path / "b.xlsx", xml[: xml.index(cut)])
    assert "damaged" in _line(path)


def test_rows_out_of_order(tmp_path: Path) -> None:
    rows = '<row r="9"><c r="A9"><v>9</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    try:
        found = read_sheet(save_parts(tmp_path / "b.xlsx", sheet(rows)))
    except EmosError as error:
        assert "not in order" in str(error)
    else:
        assert (found.cells["A"][1], found.cells["A"][8]) == ("2", "9")


def test_a_bomb_by_what_it_declares(tmp_path: Path) -> None:
    path = save_parts(tmp_path / "b.xlsx", sheet(""))
    declare(path, SHEET, size=3 * 1024**3)
    assert "unpacks to more than 512 MiB" in _line(path)


def test_a_bomb_that_declares_little_is_never_unpacked(tmp_path: Path) -> None:
    xml = sheet('<row r="1"><c r="A1"><v>1</v></c></row>') + " " * 100_000_000
    path = save_parts(tmp_path / "b.xlsx", xml)
    declare(path, SHEET, size=1000)
    tracemalloc.start()
    assert "truncated or damaged" in _line(path)
    # Even a checksum that fits the first thousand bytes does not get the rest unpacked.
    declare(path, SHEET, size=1000, crc=zlib.crc32(xml[:1000].encode()))
    read_sheet(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_bomb_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 300_000)
    strings = shared_strings("x" * 200_000)
    path = save_parts(tmp_path / "b.xlsx", sheet(" " * 200_000), shared=strings)
    assert "unpacks to more than" in _line(path)


def test_a_bomb_of_shared_text(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    path = save_parts(tmp_path / "b.xlsx", sheet(cells), shared=shared_strings("x" * 32_000))
    assert "text unpacks to more than 512 MiB" in _line(path)


def test_many_short_shared_texts_are_no_bomb(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>1</v></c></row>' for n in range(1, 20_001))
    shared = shared_strings("x" * 32_000, "joy")
    found = read_sheet(save_parts(tmp_path / "b.xlsx", sheet(cells), shared=shared))
    assert found.cells["A"].unique().to_list() == ["joy"]


def test_a_stray_cell_at_the_end_of_the_world(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    path = save_parts(tmp_path / "b.xlsx", sheet(rows))
    assert "1,048,576 rows x 16,384 columns; delete the stray cells" in _line(path)


def test_xml_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
        archive.writestr("xl/_rels/workbook.xml.rels", "<a/>")
    assert "declares XML entities" in _line(path)


@pytest.mark.release
def test_the_twelve_workbooks_as_openpyxl_has_them(release_path: Path) -> None:
    path = next(release_path.rglob("Annotations-last-2000/a10.xlsx"))
    page = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    theirs = [
        tuple(None if value is None else str(value) for value in row)
        for row in page.iter_rows(values_only=True)
    ]
    ours = read_sheet(path).cells
    assert ours.rows() == theirs
    assert ours.schema == pl.Schema(dict.fromkeys("ABCDEFGHIJKLM", pl.String))
