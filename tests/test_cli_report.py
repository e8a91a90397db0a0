"""``emos report``: what it writes and says, what it refuses, and how each ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from emos.cli import app
from emos.demo import run_demo
from emos.errors import EmosError
from emos.report.beside import MOST_ITEMS
from making_votes import dataset_of
from reading_pages import ReadPage

Run = Callable[..., Result]

ROWS = [
    (f"i{item}", f"A{who}", "basic7", label)
    for item, labels in enumerate([("Joy", "Joy", "Anger"), ("Anger",) * 3, ("", "Joy", "Joy")])
    for who, label in enumerate(labels, 1)
]
VOTES = "task,worker,label\n1,x,Joy\n1,y,joyy\n2,x,Fear\n2,y,Fear\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in an empty folder; an `EmosError` is raised, not printed."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        done = CliRunner().invoke(app, ["report", *map(str, arguments), "--replicates", "0"])
        if done.exception is not None:
            raise done.exception
        return done

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "made of votes 数据"
    dataset_of(ROWS).write(place)
    return place


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_demo(tmp_path_factory.mktemp("demo") / "emos-demo").folder


def test_the_page_is_report_html_unless_named(run: Run, folder: Path, tmp_path: Path) -> None:
    output = run(folder).output
    assert sorted(one.name for one in tmp_path.iterdir()) == [folder.name, "report.html"]
    lines = output.splitlines()
    assert re.fullmatch(r"Written to report\.html \(\d\.\d MB\); open it in a browser\.", lines[-1])
    page = ReadPage(tmp_path / "report.html")
    findings = [
        "".join(one.text.split()) for one in page.section("findings").all("p")
        if one.has_class("what")
    ]  # fmt: skip
    told = ["".join(line.removeprefix("– ").split()) for line in lines[:-1]]
    assert 0 < len(told) <= 5
    assert all(line in finding for line, finding in zip(told, findings, strict=False))


def test_an_earlier_page_is_replaced_and_a_dataset_may_hold_it(run: Run, folder: Path) -> None:
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    for _ in range(2):
        run(folder, "-o", folder / "page.html")
    after = {one.name: one.read_bytes() for one in folder.iterdir()}
    assert after.pop("page.html").startswith(b"<!doctype html>")
    assert after == before


def test_a_file_of_votes_will_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(VOTES)
    run("answers.csv", "-o", "page.htm")
    page = ReadPage(tmp_path / "page.htm")
    assert page.data["items"]["ids"] == ["1", "2"]
    assert (tmp_path / "answers.csv").read_text() == VOTES


def test_only_these_sections_in_this_language(run: Run, folder: Path, tmp_path: Path) -> None:
    run(folder, "--only", "items", "--only", "agreement", "--lang", "zh")
    page = ReadPage(tmp_path / "report.html")
    assert page.sections == ["findings", "agreement", "items"]
    assert page.all("html")[0].attributes["lang"] == "zh-CN"
    assert page.section("items").all("h2")[0].text == "条目"


def test_a_command_on_the_page_names_the_dataset(run: Run, folder: Path, tmp_path: Path) -> None:
    dataset_of(ROWS).write(tmp_path / "ds")
    run("ds")
    commands = [one.text for one in ReadPage(tmp_path / "report.html").all("code")]
    assert commands
    assert all(" ds " in command for command in commands if command.startswith("emos plot"))


def test_a_paper_and_a_folder_of_sources(run: Run, demo: Path, tmp_path: Path) -> None:
    corpus = demo / "corpus"
    run(demo / "dataset", "--paper", "demo_paper", "--sources", corpus)
    page = ReadPage(tmp_path / "report.html")
    assert {"audit", "lint"} <= set(page.sections)
    assert page.missing == []
    # The paper of a dataset's name is found without being named.
    run(demo / "dataset", "-o", "again.html", "--only", "audit")
    assert "audit" in ReadPage(tmp_path / "again.html").sections


def test_a_chinese_page_speaks_chinese(run: Run, demo: Path, tmp_path: Path) -> None:
    run(demo / "dataset", "--sources", demo / "corpus", "--lang", "zh")
    page = ReadPage(tmp_path / "report.html")
    said = [one["what"] for one in page.data["sets"]["sets"]]
    said += [
        one.text for one in page.all("h2", "h3", "p", "li", "caption", "figcaption", "summary")
    ]
    chinese = re.compile("[\u4e00-\u9fff]")
    # Three English words in a row are a sentence; names and commands have fewer.
    english = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
    left = [one for one in said if english.search(one) and not chinese.search(one)]
    assert len(said) > 300
    assert [one for one in left if not one.startswith(("emos", "report|"))] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("answers.csv", "-o", "answers.csv"), "a page cannot be called 'answers.csv'"),
        (("votes.html", "-o", "votes.html"), "votes.html: this is an input"),
        (("ds", "-o", "-"), "a page cannot be called '-'; end the name in .html"),
        (("ds", "-o", "ds"), "a page cannot be called 'ds'"),
        (("ds", "-o", "is.html"), "is.html: this is a folder"),
        (("ds", "-o", "nowhere/page.html"), "nowhere: no such folder; make it first"),
        (("ds", "--sources", "files", "-o", "files/old.html"), "a file of the input folder has"),
        (("ds", "--sources", "no-files"), "no-files"),
        (("ds", "--lang", "fr"), "no words in 'fr'; languages are en, zh"),
        (("ds", "--only", "votes"), "no section is called 'votes'; known: distributions,"),
        (("ds", "--paper", "nothing"), "nothing"),
        (("ds", "--paper", "emos_paper"), "is about the dataset"),
        (("empty",), "empty"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_what_is_refused(run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    dataset_of(ROWS).write(tmp_path / "ds")
    for name in ("is.html", "files", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "files" / "old.html").write_text("<p>a source")
    for name in ("answers.csv", "votes.html"):
        (tmp_path / name).write_text(VOTES)
    before = {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    with pytest.raises(EmosError, match=re.escape(said)) as caught:
        run(*arguments)
    assert "\n" not in str(caught.value)
    assert {one: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before


def test_the_file_beside_a_large_page_is_no_input(run: Run, tmp_path: Path) -> None:
    def votes(count: int) -> bytes:
        numbers = pl.Series(range(count)).cast(pl.String)
        frame = pl.DataFrame({"task": numbers, "worker": "a", "label": "Joy"})
        frame.write_parquet(tmp_path / "page.votes.parquet")
        return (tmp_path / "page.votes.parquet").read_bytes()

    large = votes(MOST_ITEMS + 1)
    with pytest.raises(EmosError, match=r"page\.votes\.parquet: this is an input"):
        run("page.votes.parquet", "-o", "page.html", "--only", "items")
    assert (tmp_path / "page.votes.parquet").read_bytes() == large
    assert not (tmp_path / "page.html").exists()

    output = run("page.votes.parquet", "-o", "other.html", "--only", "items").output
    assert output.splitlines()[-1] == (
        "Too large for one page: every vote is in other.votes.parquet"
    )
    assert pl.read_parquet(tmp_path / "other.votes.parquet").height == MOST_ITEMS + 1

    small = votes(3)  # has no file beside its page
    run("page.votes.parquet", "-o", "page.html", "--only", "items")
    assert (tmp_path / "page.votes.parquet").read_bytes() == small


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("ds", "--only", "items"), 0, ""),
        (("ds", "--only", "nothing"), 2, "emos: no section is called 'nothing'"),
        (("ds", "--replicates", "-1"), 2, "Invalid value for '--replicates'"),
        (("ds", "--replicates", "1"), 2, "emos: replicates"),
        ((), 2, "Missing argument"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_how_it_ends(tmp_path: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    dataset_of(ROWS).write(tmp_path / "ds")
    done = subprocess.run(
        [sys.executable, "-m", "emos", "report", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == (1 if status else 0)
    assert (tmp_path / "report.html").exists() == (status == 0)
