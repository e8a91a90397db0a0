"""Putting a folder in the place of another so that a stopped run leaves no half-written one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl

from emos.errors import EmosError


def replace_folder(
    folder: Path, write: Callable[[Path], None], *, ours: Collection[str], mark: str
) -> None:
    """Write a folder beside ``folder``, then put it there.

    Parameters
    ----------
    folder : the folder to make or replace, or a link to it; what it holds and is not ``ours`` is
        carried over.
    write : fills the new folder.
    ours : names of the files that ``write`` is answerable for.
    mark : a file that tells our folders from others; a folder that has files and not this one is
        not replaced.

    Raises
    ------
    EmosError : if ``folder`` is another's or cannot be written; it is then as it was.
    """
    staging = None
    try:
        target = folder.resolve()
        _refuse_foreign(target, folder, mark)
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".emos-new.", dir=target.parent))
        write(staging)
        _keep_foreign_files(target, staging, ours)
        _swap(staging, target)
    except (OSError, pl.exceptions.PolarsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
        raise EmosError(
            f"cannot be written ({why})", file=folder, remedy="choose another folder or make room"
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _refuse_foreign(target: Path, folder: Path, mark: str) -> None:
    if target.is_dir():
        if not (target / mark).is_file() and any(target.iterdir()):
            raise EmosError(
                "folder exists and is not an EmoS dataset",
                file=folder,
                remedy="choose another -o or empty it",
            )
    elif target.exists():
        raise EmosError("this is a file", file=folder, remedy="name a folder for the dataset")


def _keep_foreign_files(old: Path, new: Path, ours: Collection[str]) -> None:
    """Carry over what is not a table (runs, notes), so that a re-import loses nothing."""
    if not old.is_dir():
        return
    for path in old.iterdir():
        if path.name in ours:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, copy_function=_link, symlinks=True)
        else:
            _link(path, new / path.name)


def _link(old: str | Path, new: str | Path) -> None:
    """Hard link, so that gigabytes of runs cost nothing; a copy where links do not exist."""
    try:
        Path(new).hardlink_to(old)
    except OSError:
        shutil.copy2(old, new, follow_symlinks=False)


def _swap(staging: Path, target: Path) -> None:
    staging.chmod(0o755)
    if not target.exists():
        staging.replace(target)
        return
    old = Path(tempfile.mkdtemp(prefix=".emos-old.", dir=target.parent))
    try:
        target.replace(old / "was")
        try:
            staging.replace(target)
        except OSError:
            (old / "was").replace(target)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
