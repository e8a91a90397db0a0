"""The folder that ``emos demo`` writes: only what the demo made is ever replaced.

A marker file lists what the demo put there. A rerun removes exactly that, so that whatever else
somebody keeps in the folder stays.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path

from emos.errors import EmosError

MARKER = ".made-by-emos-demo"
_STAGING = ".making."
_MARKER_HEAD = "# Made by emos demo. A rerun replaces the files and folders named below.\n"


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to write to, whose content takes its place in ``folder`` at the end.

    If anything goes wrong before, ``folder`` stays as it was.

    Raises
    ------
    EmosError : if ``folder`` holds something that the demo did not make, is no folder, or cannot
        be written.
    """
    refuse_foreign(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).exists():  # first, so that a run cut short can be run again
            (folder / MARKER).write_text(_MARKER_HEAD, encoding="utf-8")
        for left in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(left)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
    except OSError as error:
        raise EmosError(f"cannot write here ({error.strerror})", file=folder) from error
    try:
        yield staging
        for name in _made(folder):
            _remove(folder / name)
        names = sorted(path.name for path in staging.iterdir())
        for name in names:
            if (folder / name).exists():
                raise EmosError(
                    "stands where the demo writes", file=folder / name, remedy="move it or use -o"
                )
        (folder / MARKER).write_text(_MARKER_HEAD + "\n".join(names) + "\n", encoding="utf-8")
        for name in names:
            (staging / name).replace(folder / name)
    except OSError as error:
        place = error.filename or folder
        raise EmosError(f"cannot write here ({error.strerror})", file=place) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_foreign(folder: Path) -> None:
    """An `EmosError` unless ``folder`` is absent, empty, or was made by the demo."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise EmosError("is not a folder", file=folder, remedy="choose another with -o")
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


def _made(folder: Path) -> list[str]:
    marker = folder / MARKER
    if not marker.is_file():
        return []
    lines = marker.read_text(encoding="utf-8").splitlines()
    # A name is one entry of the folder: an edited marker must not lead anywhere else.
    return [line for line in lines if line and line[0] != "#" and Path(line).name == line != ".."]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
