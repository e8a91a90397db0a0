"""The folder that ``emos demo`` writes: only files that the demo made are ever replaced.

A marker file lists the files that the demo put there. A rerun removes exactly those, so that
whatever else somebody keeps in the folder, or in a folder inside it, stays.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from emos.errors import EmosError

MARKER = ".made-by-emos-demo"
_STAGING = ".making."
_MARKER_HEAD = "# Made by emos demo. A rerun replaces the files named below and no others.\n"


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to write to, whose files take their places in ``folder`` at the end.

    If anything goes wrong before, ``folder`` stays as it was.

    Raises
    ------
    EmosError : if ``folder`` was not made by the demo, holds something of somebody else's where
        the demo writes, is no folder, or cannot be written.
    """
    try:
        refuse_foreign(folder)
        with _marked(folder):
            for left in folder.glob(f"{_STAGING}*"):
                shutil.rmtree(left)
            staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
            try:
                yield staging
                _swap(staging, folder)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        place = error.filename or folder
        raise EmosError(
            f"cannot write here ({error.strerror})", file=place, remedy="choose another with -o"
        ) from error


def refuse_foreign(folder: Path) -> None:
    """An `EmosError` unless ``folder`` is absent, empty, or was made by the demo."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "is a link that leads nowhere"
        raise EmosError(problem, file=folder, remedy="choose another with -o")
    if not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise EmosError(
            "was not made by emos demo, so nothing in it is replaced",
            file=folder,
            remedy="choose another folder with -o",
        )


def copy_tree(source: Traversable, target: Path) -> None:
    """Copy package data, which need not be files, to a folder of plain writable ones."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_dir():
            copy_tree(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())


@contextmanager
def _marked(folder: Path) -> Iterator[None]:
    """``folder`` with a marker, so that a run that was killed can be run again.

    A run that ends before it made anything takes an otherwise empty folder with it.
    """
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    try:
        if not marker.exists():
            _list_made(folder, ())
        yield
    finally:
        if not _made(folder) and [*folder.iterdir()] == [marker]:
            marker.unlink()
            if new:
                folder.rmdir()


def _swap(staging: Path, folder: Path) -> None:
    """Replace the files of the last run by those of this one.

    The marker names both for as long as either may be there: a run stopped here can be run again.
    """
    old = _made(folder)
    new = [path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file()]
    _refuse_in_the_way(folder, old, new)
    _list_made(folder, {*old, *new})
    for name in old:
        (folder / name).unlink(missing_ok=True)
    for name in new:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(folder / name)
    _list_made(folder, new)
    parents = {folder / parent for name in old for parent in PurePosixPath(name).parents}
    for parent in sorted(parents - {folder}, reverse=True):  # inner ones first
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()


def _refuse_in_the_way(folder: Path, old: Iterable[str], new: Iterable[str]) -> None:
    """An `EmosError` if a file or link of somebody else's stands where the demo writes."""
    ours = set(old)
    for name in sorted({*old, *new}):
        for place in (folder / parent for parent in PurePosixPath(name).parents):
            if place != folder and (place.is_symlink() or (place.exists() and not place.is_dir())):
                raise _in_the_way(place)
        place = folder / name
        if place.is_dir() or (name not in ours and (place.exists() or place.is_symlink())):
            raise _in_the_way(place)


def _in_the_way(place: Path) -> EmosError:
    return EmosError("stands where the demo writes", file=place, remedy="move it or use -o")


def _list_made(folder: Path, names: Iterable[str]) -> None:
    text = _MARKER_HEAD + "".join(f"{name}\n" for name in sorted(names))
    (folder / MARKER).write_text(text, encoding="utf-8")


def _made(folder: Path) -> list[str]:
    """The files that the marker names; none outside the folder, however the marker was edited."""
    marker = folder / MARKER
    if not marker.is_file():
        return []
    lines = marker.read_text(encoding="utf-8", errors="replace").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    return [name for name in names if not {"..", "/", "."} & {*PurePosixPath(name).parts, name}]
