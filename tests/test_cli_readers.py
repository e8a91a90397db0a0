"""emos import and emos ledger as their user sees them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emos.cli import app, run
from emos.tables import Dataset
from xlsx_maker import save_rows

ROWS = "task,worker,label\nt1,zoe,joy\nt1,al,Anger\nt2,zoe,fear;hope\nt2,al,joyy\nt3,al,\n"


def _run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> str:
    monkeypatch.setattr("sys.argv", ["emos", *map(str, arguments)])
    assert run() == 2
    return capsys.readouterr().err


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    (tmp_path / "v.csv").write_text(ROWS)
    folder = tmp_path / "data"
    _run("import", "votes", tmp_path / "v.csv", "-o", folder, "--layer", "goemotions")
    return folder


def test_import_says_what_it_did_and_what_comes_next(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(ROWS)
    folder = tmp_path / "data"
    shown = _run("import", "votes", tmp_path / "v.csv", "-o", folder, "--layer", "goemotions")
    lines = shown.splitlines()
    assert lines[0] == "votes (repair: full): 3 items, 5 answers by 2 annotators"
    assert re.search(r"votes +3 +goemotions +2 +4 +0 +1 +0", shown)
    assert re.search(r"aside +unknown-label +1 +not a label", shown)
    assert lines[1] == "layer goemotions, as --layer says"
    assert re.search(rf"\n  emos ledger {folder} +# every repair", shown)
    assert re.search(rf"\n  emos aggregate {folder} +# votes to labels", shown)
    assert "A1 = 'al'\n  A2 = 'zoe'\n" in shown
    assert Dataset.load(folder).votes.height == 5


def test_hints_can_be_pasted(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(ROWS)
    folder = tmp_path / "my data 'x'"
    shown = _run("import", "votes", tmp_path / "v.csv", "-o", folder)
    hints = [line for line in shown.splitlines() if line.startswith("  emos ")]
    assert len(hints) == 3
    for hint in hints:
        command, *arguments = shlex.split(hint, comments=True)
        assert (command, arguments[1]) == ("emos", str(folder))
        assert arguments[0] in ("ledger", "aggregate", "agreement")


def test_import_of_votes_tells_its_guess(tmp_path: Path) -> None:
    rows = "".join(f"t{n},w,{'Bored' if n > 19 else 'Joy'}\n" for n in range(24))
    (tmp_path / "v.csv").write_text("task,worker,label\n" + rows)
    shown = _run("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d")
    assert shown.splitlines()[1].startswith(
        "layer label, guessed: 20 of 24 answers are Basic-7 names, but not 'Bored'; --layer basic7"
    )


def test_who_is_who_is_at_most_twelve_lines(tmp_path: Path) -> None:
    for count, last in ((12, "  A12 = 'w12'\n"), (13, "  A11 = 'w11'\n  … and 2 more\n")):
        rows = "".join(f"t,w{n},Joy\n" for n in range(1, count + 1))
        (tmp_path / "v.csv").write_text("task,worker,label\n" + rows)
        shown = _run("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d")
        assert last in shown
        assert f"A{count + 1}" not in shown


def test_files_without_votes_say_so(tmp_path: Path) -> None:
    text = "video_id,clip_id,text,annotation,mode\nv,1,a,Positive,train\nv,2,b,Positive,train\n"
    (tmp_path / "meta.csv").write_text(text)
    shown = _run("import", "ch-sims", tmp_path, "-o", tmp_path / "d")
    assert re.search(r"ch-sims-v2 +train +Positive +2", shown)
    assert "These files hold no annotators' votes" in shown
    assert "–" not in shown
    assert "emos aggregate /" not in shown


def test_one_is_one(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("task,worker,label\nt,A1,Joy\n")
    shown = _run("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d")
    assert "votes (repair: full): 1 item, 1 answer by 1 annotator\n" in shown
    assert "Who is who" not in shown


def test_blanks_can_be_seen_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("task,worker,label\nt,A1,Joy \nt,A2,\u200bJoy\n")
    _run("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d", "--layer", "basic7")
    shown = _run("ledger", tmp_path / "d", "--rule", "blanks")
    assert "'Joy ' → 'Joy'" in shown
    assert r"'\u200bJoy' → 'Joy'" in shown


def test_a_row_for_many_places_is_told_from_one(tmp_path: Path) -> None:
    header = "video_id,clip_id,text,annotation,mode\n"
    (tmp_path / "meta.csv").write_text(header + "v,1,a,joy,train\nv,2,b,joy,train\n")
    layout = tmp_path / "layout.toml"
    layout.write_text(
        'name = "x"\n[[subsets]]\nname = "s"\n[subsets.items]\nfile = "meta.csv"\n'
        'item_id = "{clip_id}"\nsource_label = "{annotation}"\nsource_layer = "basic7"\n'
    )
    shown = _run("import", layout, tmp_path, "-o", tmp_path / "d")
    assert re.search(r"rows +cells or items +meaning", shown)
    assert re.search(r"repaired +source-label +1 +2 +the source's own", shown)


def test_import_by_a_layout_file(tmp_path: Path) -> None:
    layout = tmp_path / "layout.toml"
    layout.write_text(
        'name = "mine"\n[[subsets]]\nname = "s"\n[subsets.items]\nitem_id = "s/{id}"\n'
        '[[subsets.batches]]\nname = "b"\nworkbooks = "*.xlsx"\nannotators = ["A1"]\n'
        'layers = { basic7 = "emotion" }\n'
    )
    save_rows(tmp_path / "zoe.xlsx", [("id", "emotion"), ("1", "joy"), ("2", "Joi")])
    for arguments in ([layout, tmp_path], ["layout", tmp_path, "--layout", layout]):
        shown = _run("import", *arguments, "-o", tmp_path / "out", "--repair", "drop")
        assert shown.startswith("mine (repair: drop): 2 items, 2 answers by 1 annotator\n")
        assert re.search(r"s/b +2 +basic7 +1 +0 +0 +2 +2", shown)


def test_ledger_shows_totals_then_places(dataset: Path) -> None:
    shown = _run("ledger", dataset)
    assert shown.index("How often") < shown.index("misspelling (repaired)")
    assert "votes.csv line 5 (A1)  t2  'joyy' → 'joy'" in shown
    assert "zoe" not in shown
    only = _run("ledger", dataset, "--rule", "misspelling")
    assert "joyy" in only
    assert "hope" not in only
    assert "hope" in _run("ledger", dataset, "--kind", "aside", "--annotator", "A2")


def test_ledger_says_what_it_hides(tmp_path: Path) -> None:
    lines = "".join(f"t{n},w,joyy\n" for n in range(40))
    (tmp_path / "v.csv").write_text("task,worker,label\n" + lines)
    arguments = ("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d")
    _run(*arguments, "--layer", "goemotions")
    shown = _run("ledger", tmp_path / "d")
    assert shown.count("'joyy' → 'joy'") == 30
    assert "… and 10 more" in shown
    assert "10 of 40 rows are not shown: --limit 0 shows all" in shown
    assert _run("ledger", tmp_path / "d", "--limit", "2").count("'joyy' → 'joy'") == 2
    assert _run("ledger", tmp_path / "d", "--limit", "0").count("'joyy' → 'joy'") == 40


def test_ledger_as_data(dataset: Path) -> None:
    table = Dataset.load(dataset).ledger
    assert json.loads(_run("ledger", dataset, "--json")) == table.to_dicts()
    rows = list(csv.DictReader(io.StringIO(_run("ledger", dataset, "--csv", "--kind", "aside"))))
    assert [row["before"] for row in rows] == ["hope"]


def test_an_empty_ledger(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("task,worker,label\nt1,A1,cat\n")
    shown = _run("import", "votes", tmp_path / "v.csv", "-o", tmp_path / "d", "--layer", "label")
    assert "emos ledger" not in shown
    assert "The ledger is empty" in _run("ledger", tmp_path / "d")


def test_filters_that_match_nothing(dataset: Path) -> None:
    shown = _run("ledger", dataset, "--rule", "misspelling", "--kind", "aside")
    assert shown == "No row matches all of --rule, --kind and --annotator.\n"


def test_mistakes_end_in_one_line_and_status_2(
    dataset: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def line(*arguments: object) -> str:
        text = _fail(capsys, monkeypatch, *arguments)
        assert text.count("\n") == 1
        assert text.startswith("emos: ")
        return text

    assert "no row with --rule speling; it has" in line("ledger", dataset, "--rule", "speling")
    assert "no dataset here" in line("ledger", tmp_path)
    assert "--csv and --json are two forms" in line("ledger", dataset, "--csv", "--json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        assert "a pipe or a device" in line("import", "votes", path, "-o", tmp_path / "x")
        by_layout = ("import", "layout", tmp_path, "-o", tmp_path / "x", "--layout", path)
        assert "a pipe or a device" in line(*by_layout)
        assert "a pipe or a device" in line("lint", path)
    assert "unknown source 'vote'" in line("import", "vote", tmp_path, "-o", tmp_path / "x")
    line("import", "votes", tmp_path / "none.csv", "-o", tmp_path / "x")
    assert not (tmp_path / "x").exists()
    csv_as_workbook = tmp_path / "v.xlsx"
    csv_as_workbook.write_text(ROWS)
    assert "not a workbook but a text file; rename it to .csv" in line(
        "import", "votes", csv_as_workbook, "-o", tmp_path / "x"
    )


@pytest.mark.release
def test_import_of_the_release(release_path: Path, tmp_path: Path) -> None:
    shown = _run("import", "emos-release", release_path, "-o", tmp_path / "d")
    assert "9,449 items, 41,418 answers by 12 annotators, 46 monologues" in shown
    flagged = _run("ledger", tmp_path / "d", "--kind", "flagged")
    assert "A10.xlsx M2:M3001" in flagged
