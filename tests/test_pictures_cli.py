"""``emos plot``: what it writes, and how bad input ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from emos.cli import app
from emos.errors import EmosError
from emos.report.pictures.registry import all_pictures
from making_votes import dataset_of

Run = Callable[..., Result]

ROWS = [
    (f"i{n}", f"A{r}", "basic7", label)
    for n, labels in enumerate([("Joy", "Joy", "Anger"), ("Anger",) * 3, ("Joy",) * 3])
    for r, label in enumerate(labels, 1)
]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder; an `EmosError` is raised, not printed."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        done = CliRunner().invoke(app, list(map(str, arguments)))
        if done.exception is not None:
            raise done.exception
        return done

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "votes 数据"
    dataset_of(ROWS).write(place)
    return place


def test_a_picture_and_the_table_behind_it(run: Run, folder: Path) -> None:
    done = run("plot", "distribution", folder, "-o", "fig.pdf", "--csv", "fig.csv")
    assert Path("fig.pdf").read_bytes().startswith(b"%PDF-")
    table = pl.read_csv("fig.csv")
    # Not aggregated: an item counts for every label that anyone named.
    assert table.select("rule", "label", "items", "of").rows()[:2] == [
        ("any", "Anger", 2, 3),
        ("any", "Joy", 2, 3),
    ]
    assert done.output.split() == ["Written", "to", "fig.pdf", "Written", "to", "fig.csv"]


def test_after_emos_aggregate_labels_are_counted(run: Run, folder: Path) -> None:
    run("aggregate", folder)
    done = run("plot", "distribution", folder, "--csv", "-")
    lines = done.output.splitlines()
    assert lines[0] == "layer,subset,batch,rule,label,items,of,share"
    assert lines[1].endswith("label,Joy,2,3,0.6666666666666666")
    assert "Written" not in done.output


def test_a_file_of_votes_is_enough(run: Run, tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_text("task,worker,label\n" + "".join(f"{t},{w},Joy\n" for t in "ab" for w in "xy"))
    run("plot", "distribution", votes, "-o", "fig.svg", "--lang", "zh")
    assert "喜悦" in Path("fig.svg").read_text(encoding="utf-8")


def test_the_list_names_every_picture(run: Run) -> None:
    for lang in ("en", "zh"):
        lines = run("plot", "--list", "--lang", lang).output.splitlines()
        assert [line.split()[0] for line in lines] == [picture.name for picture in all_pictures()]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pie", "{folder}", "-o", "f.pdf"], "no picture is called 'pie'; choose one of agreement"),
        (["tiers", "{folder}", "-o", "f.pdf"], "no label has a confidence: emos aggregate "),
        (["tiers", "{folder}", "-o", "f.gif"], r"f.gif: no picture .* end the name in \.svg"),
        (["tiers", "{folder}"], "nothing to write; -o tiers.pdf"),
        (["tiers", "{folder}", "-o", "no/f.pdf"], "no such folder; make it first"),
        (["tiers", "{folder}", "-o", "f.pdf", "--csv", "f.pdf"], "two outputs in one place"),
        (["tiers", "nowhere", "-o", "f.pdf"], "nowhere"),
        (["tiers"], "name a picture and a dataset; emos plot --list"),
        ([], "name a picture and a dataset"),
        (["tiers", "{folder}", "-o", "f.pdf", "--lang", "fr"], "languages are en, zh"),
        (["distribution", "{folder}", "-o", "f.pdf", "--layer", "x"], "layer x; there is basic7"),
        (["distribution", "{folder}", "-o", "f.pdf", "--annotator", "A1"], "cannot be narrowed"),
        (["trajectory", "{folder}", "-o", "f.pdf"], "there are no monologues"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    run: Run, folder: Path, arguments: list[str], told: str
) -> None:
    with pytest.raises(EmosError, match=told) as error:
        run("plot", *(part.format(folder=folder) for part in arguments))
    assert "\n" not in str(error.value)
    assert not Path("f.pdf").exists()


def test_the_command_that_helps_can_be_pasted(run: Run, folder: Path) -> None:
    with pytest.raises(EmosError, match=r"emos aggregate '.*votes 数据' makes labels"):
        run("plot", "tiers", folder, "-o", "f.pdf")
    run("aggregate", folder)
    run("plot", "tiers", folder, "-o", "f.pdf")
