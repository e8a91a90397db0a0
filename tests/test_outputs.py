"""Where a command may write: nothing that it reads, nothing that is the dataset itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emos.cli.outputs import STDOUT, check_outputs, put
from emos.errors import EmosError
from emos.tables.writing import staged
from making_votes import dataset_of


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "votes.csv").write_text("task,worker,label\n1,a,x\n")
    (tmp_path / "link.csv").symlink_to("votes.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "dangling").symlink_to("not-yet")
    os.link(tmp_path / "votes.csv", tmp_path / "hard.csv")
    dataset_of([("i", "A1", "basic7", "Joy")]).write(tmp_path / "ds")
    (tmp_path / "linked").symlink_to("ds")
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "manifest.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("votes.csv", "this is an input"),
        ("empty/../votes.csv", "this is an input"),
        ("link.csv", "this is an input"),
        ("hard.csv", "this is an input"),
        ("ds/votes.parquet", "a file of the dataset itself"),
        ("ds/soft_labels.parquet", "a file of the dataset itself"),
        ("linked/dataset.toml", "a file of the dataset itself"),
        ("ds/sources.toml", "a file of the dataset itself"),
        ("release/manifest.json", "a file of the input folder has this name"),
        ("empty", "this is a folder"),
        ("/dev/null", "this is no file; - writes to standard output"),
        ("nowhere/a.json", "nowhere: no such folder"),
        ("votes.csv/a.json", "no such folder"),
        ("loop.csv", "no usable path"),
        ("n" * 300, "no usable path"),
        ("/proc/a.json", "cannot be written"),
    ],
)
def test_outputs_that_are_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, output: str, message: str
) -> None:
    monkeypatch.chdir(place)
    inputs = (Path("votes.csv"), Path("linked"), Path("release"), None)
    with pytest.raises(EmosError, match=message):
        check_outputs(None, Path(output), inputs=inputs)


def test_outputs_that_are_fine(place: Path) -> None:
    new = ("a.json", "ds/models.json", "release/audit.json", "empty/labels.parquet", "dangling")
    check_outputs(*(place / name for name in new), STDOUT, inputs=(place / "ds", place / "release"))
    assert not list((place / "empty").iterdir()), "trying leaves nothing behind"


@pytest.mark.parametrize(
    "two", [("a.csv", "a.csv"), ("a.csv", "ds/../a.csv"), ("-", "-"), ("dangling", "not-yet")]
)
def test_two_outputs_in_one_place(
    place: Path, monkeypatch: pytest.MonkeyPatch, two: tuple[str, str]
) -> None:
    monkeypatch.chdir(place)
    with pytest.raises(EmosError, match="two outputs in one place"):
        check_outputs(*map(Path, two), inputs=())


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("votes.csv", "votes.csv: this is a file; -o names a dataset folder"),
        ("link.csv", "link.csv: this is a file"),
        ("release", "is not an EmoS dataset"),
        ("ds/items.parquet", "this is a file"),
        ("ds/ledger.parquet", "a file of the dataset itself"),
        ("loop.csv", "no usable path"),
        ("/proc/ds", "cannot be written"),
    ],
)
def test_dataset_folders_that_are_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, folder: str, message: str
) -> None:
    monkeypatch.chdir(place)
    with pytest.raises(EmosError, match=message):
        check_outputs(inputs=(), folder=Path(folder))


def test_dataset_folders_that_are_fine(place: Path) -> None:
    for name in ("ds", "linked", "dangling", "empty", "new/and/deep"):
        check_outputs(inputs=(place / "ds",), folder=place / name)
    assert not (place / "new").exists()


def test_a_file_may_not_take_the_name_of_a_table_to_come(place: Path) -> None:
    with pytest.raises(EmosError, match="a file of the dataset itself"):
        check_outputs(place / "empty" / "labels.parquet", inputs=(), folder=place / "empty")
    with pytest.raises(EmosError, match="two outputs in one place"):
        check_outputs(place / "new", inputs=(), folder=place / "new")


def test_a_link_is_written_through(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("new\n", place / "link.csv")
    assert (place / "link.csv").is_symlink()
    assert (place / "votes.csv").read_text() == "new\n"
    put("first\n", place / "dangling")
    assert (place / "not-yet").read_text() == "first\n"
    put("shown\n", STDOUT)
    assert capsys.readouterr().out == "shown\n"


def test_what_fails_half_way_leaves_the_old_file(place: Path) -> None:
    before = sorted(place.iterdir())
    with pytest.raises(KeyError), staged(place / "votes.csv") as part:
        part.write_text("half")
        raise KeyError
    assert (place / "votes.csv").read_text().startswith("task")
    assert sorted(place.iterdir()) == before
    with pytest.raises(EmosError, match=r"loop\.csv: a link leads to itself"):
        put("x", place / "loop.csv")
