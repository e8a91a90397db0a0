"""Pages of single commands: ``emos audit``, ``emos agreement``, ``emos lint`` with ``-o``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import emos.demo
from emos.__main__ import main
from emos.readers.lint import lint
from emos.report.words import read_words
from emos.tables import Dataset
from reading_pages import ReadPage
from test_cli_audit import PAPER

CORPUS = Path(emos.demo.__file__).parent / "corpus"
VOTES = """task,worker,label
a,w1,Joy
a,w2,Joy
b,w1,Anger
b,w2,Joy
c,w1,Fear
c,w2,
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``emos`` in a folder with a votes file, a paper and a folder of sources."""
    monkeypatch.chdir(tmp_path)
    Path("votes.csv").write_text(VOTES, encoding="utf-8")
    Path("paper").mkdir()
    for name, text in PAPER.items():
        Path("paper", name).write_text(text, encoding="utf-8")
    Path("my files").mkdir()
    Path("my files", "a.json").write_text("{'joy': 1,}", encoding="utf-8")

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["emos", *arguments])
        try:
            main()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    assert command("import", "votes", "votes.csv", "-o", "data")[0] == 0
    return command


def _said(out: str, page: str) -> bool:
    return f"Written to {page} (" in out and "open it in a browser" in out


def test_the_page_of_an_audit(run: Run) -> None:
    status, out, err = run("audit", "data", "--paper", "paper", "-o", "a.html")
    assert (status, err) == (0, "")
    assert _said(out, "a.html")
    assert "2:joy:all paper 50.0" in " ".join(out.split()), "the terminal says what it did before"
    page = ReadPage(Path("a.html"))
    assert page.sections == ["findings", "audit"]
    data = page.data["browser-audit"]["data"]
    assert sorted(data["key"]) == ["2:answers:all", "2:joy:all"]
    # Followed to the items: both stand on the page with their votes.
    joy = data["computed"][data["key"].index("2:joy:all")]
    assert page.behind(joy[1]) == ["a", "b"]
    assert [len(votes) for votes in page.data["items"]["votes"]] == [2, 2, 2]


def test_an_audits_page_holds_all_cells_whatever_the_terminal_shows(run: Run) -> None:
    arguments = ("audit", "data", "--paper", "paper", "--verdict", "holds", "-o", "a.html")
    status, out, _ = run(*arguments)
    assert (status, "2:joy:all  paper" in out) == (0, False)
    assert len(ReadPage(Path("a.html")).data["browser-audit"]["data"]["key"]) == 2


def test_the_page_of_agreement_is_of_what_was_measured(run: Run) -> None:
    arguments = ["agreement", "data", "--replicates", "20", "--policy", "skip"]
    status, out, err = run(*arguments, "-o", "g.html", "--lang", "zh")
    assert (status, err) == (0, "")
    assert _said(out, "g.html")
    page = ReadPage(Path("g.html"))
    assert {"agreement"} <= set(page.sections) <= {"findings", "agreement"}
    assert page.all("html")[0].attributes["lang"] == "zh-CN"
    told = page.section("agreement").text
    words = read_words("zh")
    assert words.say("agreement.policy_skip") in told
    assert words.say("agreement.policy_listwise") not in told, "it was not asked for"


def test_the_page_of_a_votes_file(run: Run) -> None:
    status, out, err = run("agreement", "votes.csv", "--replicates", "0", "-o", "g.html")
    assert (status, err) == (0, "")
    assert _said(out, "g.html")
    assert ReadPage(Path("g.html")).data["items"]["ids"] == ["a", "b", "c"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_lint_needs_no_dataset(run: Run, language: str) -> None:
    status, out, err = run("lint", "my files", "-o", "l.html", "--lang", language)
    assert (status, err) == (0, "")
    assert _said(out, "l.html")
    page = ReadPage(Path("l.html"))
    assert page.sections == ["findings", "lint"]
    assert page.all("h1")[0].text.startswith("my files")
    assert page.data["items"]["ids"] == []
    faults = lint("my files")
    assert faults
    data = page.data["browser-lint"]["data"]
    assert data["message"] == [fault.message for fault in faults]


def test_a_lint_page_of_a_clean_folder(run: Run) -> None:
    Path("my files", "a.json").write_text('{"joy": 1}', encoding="utf-8")
    status, out, _ = run("lint", "my files", "-o", "l.html", "--strict")
    assert (status, lint("my files")) == (0, ())
    assert _said(out, "l.html")
    assert "Nothing to mend" in ReadPage(Path("l.html")).section("lint").text


def test_strict_writes_its_page_all_the_same(run: Run) -> None:
    status, _, _ = run("lint", "my files", "-o", "l.html", "--strict")
    assert status == 1
    assert Path("l.html").is_file()


def test_a_lint_page_names_nobody_that_the_terminal_does_not(run: Run) -> None:
    status, _, _ = run("lint", str(CORPUS), "-o", "l.html")
    assert status == 0
    page = ReadPage(Path("l.html"))
    data = page.data["browser-lint"]["data"]
    assert any("*" in file for file in data["file"])
    # Fruits, which the demo's workbooks are called after.
    for name in ("mango", "kiwi", "plum"):
        assert (CORPUS / f"zh/latter-180/{name}.xlsx").is_file()
        assert name not in page.html
        assert not any(name in text for values in data.values() for text in values if text)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("audit", "data", "--paper", "paper"), "key"),
        (("agreement", "data", "--replicates", "0"), "signature"),
        (("lint", "my files"), "rule"),
    ],
)
def test_data_on_stdout_stays_data(run: Run, arguments: tuple[str, ...], key: str) -> None:
    status, out, err = run(*arguments, "--json", "-", "-o", "p.html")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert key in (told[0] if isinstance(told, list) else told)
    assert Path("p.html").is_file()


COMMANDS = {
    "audit": ("audit", "data", "--paper", "paper"),
    "agreement": ("agreement", "votes.csv"),
    "lint": ("lint", "my files"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "page.txt"), "a page cannot be called 'page.txt'; end the name in .html"),
        (("-o", "p.html", "--lang", "fr"), "no words in 'fr'; languages are en, zh"),
        (("-o", "nowhere/p.html"), "no such folder"),
        (("-o", "p.html", "--json", "p.html"), "two outputs in one place"),
    ],
)
def test_what_cannot_be_written_is_refused_first(
    run: Run, command: str, options: tuple[str, ...], message: str
) -> None:
    status, out, err = run(*COMMANDS[command], *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(Path().glob("p*.html"))


def test_an_input_is_never_replaced(run: Run) -> None:
    Path("votes.csv").rename("votes.html")
    status, _, err = run("agreement", "votes.html", "-o", "votes.html")
    assert status == 2
    assert "this is an input" in err
    assert Path("votes.html").read_text(encoding="utf-8") == VOTES


def test_a_page_of_audit_is_the_one_of_the_dataset(run: Run) -> None:
    """The same cells as on the whole page of the same dataset and paper."""
    run("audit", "data", "--paper", "paper", "-o", "a.html")
    run("report", "data", "--paper", "paper", "--only", "audit", "-o", "r.html")
    whole, alone = ReadPage(Path("r.html")), ReadPage(Path("a.html"))
    assert Dataset.load("data").items["item_id"].to_list() == alone.data["items"]["ids"]
    for key in ("key", "verdict", "rule"):
        assert whole.data["browser-audit"]["data"][key] == alone.data["browser-audit"]["data"][key]
