"""The folder of ``emos demo``: a rerun replaces what the demo made and harms nobody's files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emos.demo.folder import MARKER, replaced
from emos.errors import EmosError


def _make(folder: Path, **files: str) -> None:
    """A run of the demo that makes ``files`` (``__`` in a name is a folder's end)."""
    with replaced(folder) as staging:
        for name, text in files.items():
            path = staging / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def test_a_rerun_replaces_what_the_demo_made_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "emos-demo"
    _make(folder, audit="old", dataset__items="old", corpus__zh__a="old", gone__deep__b="old")
    (folder / "audit").write_text("edited")
    mine = {"notes": "mine", "dataset/figure": "mine", "corpus/zh/new/c": "mine"}
    for name, text in mine.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    _make(folder, audit="new", dataset__items="new", corpus__zh__a="new")
    assert _tree(folder) == mine | {"audit": "new", "dataset/items": "new", "corpus/zh/a": "new"}
    assert not (folder / "gone").exists()
    assert not list(folder.glob(".making*"))


def test_a_folder_of_ours_with_something_of_theirs_in_it_stays(tmp_path: Path) -> None:
    folder = tmp_path / "emos-demo"
    _make(folder, gone__b="old")
    (folder / "gone" / "thesis").write_text("years of work")
    _make(folder, audit="new")
    assert _tree(folder) == {"audit": "new", "gone/thesis": "years of work"}


@pytest.mark.parametrize("kind", ["file", "folder", "link", "parent"])
def test_what_stands_in_the_way_is_refused_before_anything_is_lost(
    tmp_path: Path, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "items").write_text("mine")
    folder = tmp_path / "emos-demo"
    _make(folder, audit="old")
    place = folder / "dataset" / "items"
    if kind == "parent":
        (folder / "dataset").symlink_to(outside)
    else:
        place.parent.mkdir()
        if kind == "file":
            place.write_text("mine")
        elif kind == "folder":
            place.mkdir()
        else:
            place.symlink_to(outside / "items")
    before = _tree(tmp_path)
    with pytest.raises(EmosError, match="stands where the demo writes"):
        _make(folder, audit="new", dataset__items="new")
    assert _tree(tmp_path) == before


def test_a_link_put_in_place_of_our_folder_leads_to_no_loss(tmp_path: Path) -> None:
    folder, outside = tmp_path / "emos-demo", tmp_path / "outside"
    _make(folder, dataset__items="old")
    (folder / "dataset").rename(outside)
    (folder / "dataset").symlink_to(outside)
    with pytest.raises(EmosError, match="stands where the demo writes"):
        _make(folder, audit="new")
    assert (outside / "items").read_text() == "old"


def test_a_marker_that_was_tampered_with_leads_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "file"
    outside.write_text("kept")
    folder = tmp_path / "emos-demo"
    _make(folder, audit="old", a__b="old")
    with (folder / MARKER).open("a") as marker:
        marker.write(f"../file\n..\n.\n/\n{outside}\na/../../file\n")
    _make(folder, audit="new")
    assert outside.read_text() == "kept"
    assert _tree(folder) == {"audit": "new"}


def test_a_run_that_fails_leaves_the_last_one(tmp_path: Path) -> None:
    folder = tmp_path / "emos-demo"
    _make(folder, audit="old")
    with pytest.raises(KeyboardInterrupt), replaced(folder) as staging:
        (staging / "audit").write_text("half")
        raise KeyboardInterrupt
    assert _tree(folder) == {"audit": "old"}


@pytest.mark.parametrize("there", [True, False])
def test_a_first_run_that_fails_leaves_nothing(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "emos-demo"
    if there:
        folder.mkdir()
    with pytest.raises(KeyboardInterrupt), replaced(folder):
        raise KeyboardInterrupt
    assert folder.exists() == there
    assert not there or not list(folder.iterdir())


def test_a_run_killed_while_it_put_files_in_place_can_be_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "emos-demo"
    _make(folder, a="old", b="old", c="old")
    real, moved = Path.replace, []

    def stopped(self: Path, target: Path) -> Path:
        if moved:
            raise KeyboardInterrupt
        moved.append(target)
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            _make(folder, a="half", b="half", d="half")
    assert moved
    _make(folder, a="new", b="new", d="new")
    assert _tree(folder) == {"a": "new", "b": "new", "d": "new"}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_command_can_be_stopped_and_run_again(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "emos", "demo"]
    folder = tmp_path / "emos-demo"
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        deadline = time.monotonic() + 60
        while not list(folder.glob(".making*/dataset*")):  # at work, and not done
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.005)
        run.send_signal(how)
        _, errors = run.communicate(timeout=60)
    assert run.returncode != 0
    assert "Traceback" not in errors
    if how == signal.SIGINT:
        assert not folder.exists()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "audit.txt").is_file()
    assert not list(folder.glob(".making*"))


def _foreign(place: Path, kind: str) -> Path:
    """Make ``kind`` at ``place``; returns the folder to ask the demo for."""
    if kind == "foreign folder":
        place.mkdir()
        (place / "thesis.docx").write_text("years of work")
    elif kind in ("file", "below a file"):
        place.write_text("a file")
    elif kind == "link to nowhere":
        place.symlink_to(place.parent / "nowhere")
    elif kind == "link to itself":
        place.symlink_to(place)
    elif kind == "long name":
        return place.parent / ("n" * 300)
    return place / "emos-demo" if kind == "below a file" else place


@pytest.mark.parametrize(
    "kind",
    ["foreign folder", "file", "below a file", "link to nowhere", "link to itself", "long name"],
)
def test_odd_places_are_refused_in_one_line_and_kept(tmp_path: Path, kind: str) -> None:
    folder = _foreign(tmp_path / "place", kind)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EmosError) as caught, replaced(folder):
        raise AssertionError("the demo ran")
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "-o" in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_parent_that_cannot_be_written_is_one_line(tmp_path: Path, mode: int) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    parent.chmod(mode)
    try:
        with pytest.raises(EmosError, match="Permission denied"), replaced(parent / "emos-demo"):
            raise AssertionError("the demo ran")
    finally:
        parent.chmod(0o700)


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    _make(tmp_path / "link", audit="new")
    assert _tree(tmp_path / "real") == {"audit": "new"}
