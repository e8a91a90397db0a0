"""CSV files as text with the line of every record; unusable ones end in one clear line."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.readers.sheets.csv_file import read_csv_cells


def _read(path: Path, text: str) -> tuple[list[tuple[str | None, ...]], list[int]]:
    path.write_bytes(text.encode())
    read = read_csv_cells(path)
    return read.cells.rows(), read.lines.to_list()


def test_records_and_their_lines(tmp_path: Path) -> None:
    text = 'id,text\n1,"two\nlines"\n\n2,plain\n3\n'
    rows, lines = _read(tmp_path / "f.csv", text)
    assert rows == [("id", "text"), ("1", "two\nlines"), (None, None), ("2", "plain"), ("3", None)]
    assert lines == [1, 2, 4, 5, 6]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_plain_files(tmp_path: Path, end: str, last: str) -> None:
    text = end.join(["id,label", "0001,joy;love", "0002,", "0003,x"]) + (end if last else "")
    rows, lines = _read(tmp_path / "f.csv", text)
    assert rows == [("id", "label"), ("0001", "joy;love"), ("0002", None), ("0003", "x")]
    assert lines == [1, 2, 3, 4]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators(tmp_path: Path, separator: str) -> None:
    rows, _ = _read(tmp_path / "f.csv", f"id{separator}label\n1{separator}joy\n")
    assert rows == [("id", "label"), ("1", "joy")]


def test_byte_order_mark_and_chinese(tmp_path: Path) -> None:
    rows, _ = _read(tmp_path / "甲 乙.csv", "\ufeff编号,文本\n0001,你好\n")
    assert rows == [("编号", "文本"), ("0001", "你好")]


field = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff"), max_size=8)


@given(rows=st.lists(st.lists(field, min_size=2, max_size=3), min_size=1, max_size=6))
def test_as_the_csv_module_writes_and_reads(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [["a", "b"], *rows]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    found, lines = _read(tmp_path_factory.mktemp("csv") / "f.csv", buffer.getvalue())
    width = max(map(len, rows))
    padded = [tuple((v or None) for v in row) + (None,) * (width - len(row)) for row in rows]
    assert found == padded
    written = [0]
    for row in rows:
        record = io.StringIO(newline="")
        csv.writer(record, lineterminator="\n").writerow(row)
        written.append(written[-1] + record.getvalue().count("\n"))
    assert lines == [1 + before for before in written[:-1]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file is empty; check that it was saved"),
        (b"  \n", "the file is empty"),
        ("id,label\n1,joy\n".encode("utf-16"), "the file is UTF-16, not UTF-8; save it as CSV"),
        ("id,label\n1,joy\n".encode("utf-16-le"), "not a text file"),
        (
            "编号,文本\n0001,你可长点心吧\n".encode("gbk"),
            "line 1: the file is GBK, not UTF-8; save it as CSV UTF-8",
        ),
        ("id\nna\u00efve caf\u00e9\n".encode("cp1252"), "line 2: the file is in an 8-bit"),
        (b"PK\x03\x04rest", "a workbook, not a CSV file; rename it to .xlsx"),
    ],
)
def test_not_a_utf8_csv(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(EmosError) as caught:
        read_csv_cells(path)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="no such file"):
        read_csv_cells(tmp_path / "none.csv")
    with pytest.raises(EmosError, match="this is a folder"):
        read_csv_cells(tmp_path)


def test_the_number_of_fields_is_known(tmp_path: Path) -> None:
    """Quoted commas part no fields; a plain file and one read record by record agree."""
    path = tmp_path / "f.csv"
    for text, fields in (
        ("a,b,c\n1,2\n1,2,3\n", [3, 2, 3]),
        ('a,b,c\n1,"2,x"\n1,2,3,4\n', [3, 2, 4]),
        ("a,b\r\n1,2,3\r\n", [2, 3]),
    ):
        path.write_bytes(text.encode())
        assert read_csv_cells(path).fields.to_list() == fields


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n1,x\n2,"y\n3,z\n', "line 3: a quotation mark of the row that begins here is never"),
        ('a,b\n1,"x" y\n', "line 2: a quotation mark stands within a text"),
        ('a,b\n1,"x\n2,y\n3,"z"\n', "line 2: a quotation mark stands within a text"),
    ],
)
def test_a_quotation_mark_swallows_nothing(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(text)
    with pytest.raises(EmosError) as caught:
        read_csv_cells(path)
    assert expected in str(caught.value)


def test_a_pipe_or_a_device_is_refused_before_it_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "p.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(EmosError, match="a pipe or a device, not a file"):
            read_csv_cells(path)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b\n")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(EmosError, match=r"cannot be read \(Permission denied\); give yourself the"):
        read_csv_cells(path)


def test_a_field_longer_than_the_csv_module_takes(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f'id,text\n1,"{"x" * 200_000}"\n')
    with pytest.raises(EmosError, match="line 2: not readable as CSV"):
        read_csv_cells(path)
