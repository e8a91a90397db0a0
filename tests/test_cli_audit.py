"""``emos audit`` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from emos.__main__ import main
from emos.tables import Dataset, DatasetInfo
from emos.taxonomy import BASIC7

PAPER = {
    "paper.toml": 'title = "Two cells"\nsource = ""\n',
    "table_2.toml": """
table = "2"
title = "Answers"
[rows]
answers = "Answers"
joy = "Joy (%)"
[columns]
all = "All"
[values]
answers = { all = "3" }
joy = { all = "50.0" }
""",
    "table_2.py": """
from emos.audit import Alternative, percent

def cells(table, evidence):
    votes = evidence.full
    yield table.cell("answers", "all", votes.height, "Answers.")
    yield table.cell("joy", "all", percent(2, 3), "Joy in all answers.",
                     alternatives=[Alternative(percent(1, 2), "Joy in all items.",
                                               lambda: evidence.trace(["b"])),
                                   Alternative(10, "Joy elsewhere.")],
                     items=lambda: evidence.trace(["a", "b"]))
""",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset in ``data set/`` and a paper in ``paper/``, both in the working folder."""
    votes = pl.DataFrame(
        {
            "item_id": ["a", "a", "b"],
            "annotator": ["A1", "A2", "A1"],
            "layer": ["basic7"] * 3,
            "labels": [["Joy"], ["Fear"], ["Joy"]],
            "status": ["given"] * 3,
            "raw": ["Joy", "fear", "[joy]"],
            "file": ["books/A1.xlsx", "books/A2.xlsx", "books/A1.xlsx"],
            "sheet": ["Sheet1"] * 3,
            "cell": ["B2", "B2", "B3"],
        }
    )
    items = pl.DataFrame({"item_id": ["a", "b"]})
    info = DatasetInfo("two", label_sets={"basic7": BASIC7.labels})
    Dataset(info, items=items, votes=votes).write(tmp_path / "data set")
    (tmp_path / "paper").mkdir()
    for name, text in PAPER.items():
        (tmp_path / "paper" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["emos", "audit", "data set", "--paper", "paper", *arguments])
    try:
        main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.usefixtures("place")
def test_findings_come_first_and_a_next_command_last(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = run(capsys, monkeypatch)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Two cells"
    text = " ".join(out.split())
    assert "2 printed values" in text
    assert "1 holds, 1 holds under another rule, 0 differs, 0 not recoverable" in text
    assert (
        "2:joy:all paper 50.0, computed 66.67 Joy in all answers. 50.0: Joy in all items. "
        "10: Joy elsewhere." in text
    )
    assert text.index("2:joy:all") < text.index("Per table")
    assert "emos audit 'data set' --paper paper --cell 2:joy:all" in out
    assert "emos audit 'data set' --paper paper --json audit.json" in out
    assert lines[-1].startswith("audit|paper=paper|data=two|")


@pytest.mark.usefixtures("place")
def test_a_cell_lists_items_votes_and_workbook_cells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = run(capsys, monkeypatch, "--cell", "2:joy")
    text = " ".join(out.split())
    assert "2:joy:all: Joy (%), All (table 2) holds under another rule" in text
    assert "2 items, 3 votes" in text
    lines = [" ".join(line.split()) for line in out.splitlines()]
    place = lines.index("Files lie in books/")
    assert lines[place + 1 : place + 6] == [
        "a",
        "A1 basic7 Joy A1.xlsx Sheet1!B2",
        "A2 basic7 Fear typed 'fear' A2.xlsx Sheet1!B2",
        "b",
        "A1 basic7 Joy typed '[joy]' A1.xlsx Sheet1!B3",
    ]
    _, out, _ = run(capsys, monkeypatch, "--cell", "2:joy:all", "--limit", "1")
    assert "1 more: emos audit 'data set' --paper paper --cell 2:joy:all --limit 0" in out
    assert "[joy]" not in out
    assert "Behind alternative 1: emos audit 'data set' --paper paper --cell 2:joy:all" in out
    assert "Behind alternative 2" not in out
    _, out, _ = run(capsys, monkeypatch, "--cell", "2:answers:all")
    assert "No items of the dataset are behind this cell" in out


@pytest.mark.usefixtures("place")
def test_an_alternative_lists_what_is_behind_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = run(capsys, monkeypatch, "--cell", "2:joy", "--alternative", "1")
    assert "Alternative 1: Joy in all items." in out
    assert "Behind it: 1 items, 1 votes" in out
    assert "[joy]" in out
    assert "fear" not in out
    _, out, _ = run(capsys, monkeypatch, "--cell", "2:joy", "--alternative", "2")
    assert "No items of the dataset are behind alternative 2." in out


def test_json_to_a_file_and_to_stdout(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run(capsys, monkeypatch, "--json", "audit.json")
    written = json.loads((place / "audit.json").read_text(encoding="utf-8"))
    assert status == 0
    assert "2 cells written to audit.json" in out
    _, out, _ = run(capsys, monkeypatch, "--json", "-")
    assert json.loads(out) == written
    assert [one["paper"] for one in written] == [3, 50.0]
    _, out, _ = run(capsys, monkeypatch, "--json", "-", "--verdict", "holds")
    assert [one["row"] for one in json.loads(out)] == ["Answers"]


@pytest.mark.usefixtures("place")
def test_keys_and_narrowing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = run(capsys, monkeypatch, "--cells")
    assert out.splitlines() == ["2:answers:all\tholds", "2:joy:all\tholds under another rule"]
    _, out, _ = run(capsys, monkeypatch, "--table", "2", "--verdict", "holds")
    assert "2:answers:all" in out
    assert "2:joy:all  paper" not in out


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--alternative", "1"), "--alternative needs a cell; name one with --cell KEY"),
        (
            ("--cell", "2:joy", "--alternative", "3"),
            "2:joy:all has no alternative 3; it has 1 to 2",
        ),
        (("--table", "7"), "paper has no table '7'; there are 2"),
        (("--verdict", "wrong"), "no verdict is called 'wrong'; there are holds, "),
        (("--cell", "2:jooy:all"), "no cell '2:jooy:all'; did you mean 2:joy:all"),
        (("--json", "no/audit.json"), "no: no such folder"),
        (("--paper", "nowhere"), "no paper called 'nowhere'"),
    ],
)
def test_a_mistake_ends_in_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    status, out, err = run(capsys, monkeypatch, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("emos: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.release
def test_the_release_is_audited_from_its_folder(release_path: Path, tmp_path: Path) -> None:
    """The main command in a process of its own, with nothing on stdout but JSON."""
    command = [sys.executable, "-m", "emos", "audit", str(release_path), "--json", "-"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}, check=True
    )
    cells = json.loads(done.stdout)
    assert {"1", "2", "3", "4", "5", "6", "9", "10", "11", "7", "8", "12", "13"} <= {
        one["table"] for one in cells
    }
    exact = [one for one in cells if one["table"] == "2" and one["paper"] == 24.4]
    assert [(one["computed"], one["verdict"]) for one in exact] == [
        (0.79, "holds under another rule")
    ]
