"""Data walks through the rooms one way: a room imports only earlier ones, never `cli`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import emos

PACKAGE = Path(emos.__file__).parent
BOTTOM = ["errors", "taxonomy", "tables"]
ROOMS = [
    "readers",
    "aggregate",
    "agreement",
    "evaluate",
    "score",
    "audit",
    "report",
    "demo",
    "cli",
]
ORDER = BOTTOM + ROOMS


def _imported_rooms(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: write imports in full"
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("emos.")}
    return found


def _files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_earlier_rooms(path: Path) -> None:
    place = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if place in ("__init__", "__main__"):
        return
    assert place in ORDER, f"{place} is no room: name it in DESIGN and here"
    for room in _imported_rooms(path):
        if room == place:
            continue
        assert ORDER.index(room) < ORDER.index(place), f"{path} imports emos.{room}"


def test_the_bottom_imports_no_room() -> None:
    for bottom in BOTTOM:
        for path in [PACKAGE / f"{bottom}.py", *sorted((PACKAGE / bottom).glob("*.py"))]:
            if path.exists():
                assert not _imported_rooms(path) & set(ROOMS)


def test_evaluating_and_scoring_meet_in_a_file_only() -> None:
    for room, other in (("score", "evaluate"), ("evaluate", "score")):
        for path in sorted((PACKAGE / room).rglob("*.py")):
            assert other not in _imported_rooms(path), f"{path} imports emos.{other}"


@pytest.mark.parametrize("path", _files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert path.name != "utils.py"
