"""Where a command may write: refused before anything is computed, so that no input is lost.

Every command with output options calls `check_outputs` first and `put` at the end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from stat import S_ISLNK

import typer

from emos.errors import EmosError

STDOUT = Path("-")


def check_outputs(
    *outputs: Path | None, inputs: Iterable[Path | None], folder: Path | None = None
) -> None:
    """Refuse outputs that would destroy something or could not be written.

    Links are followed. Refused are: a file that is an input; a file that is there already inside
    an input folder that is no dataset; a dataset's own files (its tables, ``dataset.toml``,
    ``sources.toml``); a folder or anything else that is no file; a file in a folder that does not
    exist or cannot be written to; and two outputs in one place.

    Parameters
    ----------
    outputs : files to write, ``-`` for standard output; None for an option not given.
    inputs : every file and folder the command reads; None as above.
    folder : a dataset folder that the command writes. It may exist only as a dataset or empty.

    Raises
    ------
    EmosError : naming the output and what to do instead.
    """
    read = [_real(path) for path in inputs if path is not None]
    places: list[Path] = []
    if folder is not None:
        places.append(_real(folder))
        _check_folder(folder, places[0])
    for output in outputs:
        if output is None:
            continue
        place = output if output == STDOUT else _real(output)
        if any(_same(place, other) for other in places):
            raise EmosError(
                "two outputs in one place", file=output, remedy="write each to a file of its own"
            )
        places.append(place)
        if output != STDOUT:
            _check_inputs(output, place, read)
            _check_file(output, place, None if folder is None else places[0])


def put(text: str, path: Path) -> None:
    """Write ``text`` to a file, replaced at once or not at all, or for ``-`` to standard output."""
    if path == STDOUT:
        typer.echo(text, nl=False)
        return
    from emos.tables.writing import write_text

    write_text(text, path)


def _real(path: Path) -> Path:
    """Where ``path`` leads.

    Raises
    ------
    EmosError : for a link that leads to itself, or a path that the system cannot hold.
    """
    try:
        place = path.resolve()
        if S_ISLNK(place.lstat().st_mode):
            raise RuntimeError  # as older Pythons do
    except (FileNotFoundError, NotADirectoryError):
        return place
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "a link leads to itself"
        raise EmosError(f"no usable path ({why})", file=path, remedy="choose another") from error
    return place


def _same(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def _check_inputs(output: Path, place: Path, read: list[Path]) -> None:
    for source in read:
        if _same(place, source):
            raise EmosError("this is an input", file=output, remedy="choose another file")
        inside = source in place.parents and not (source / "dataset.toml").is_file()
        if inside and place.exists():
            raise EmosError(
                "a file of the input folder has this name", file=output, remedy="choose another"
            )


def _check_file(output: Path, place: Path, dataset: Path | None) -> None:
    if place.is_dir():
        raise EmosError("this is a folder", file=output, remedy="name a file in it")
    if place.exists() and not place.is_file():
        raise EmosError("this is no file", file=output, remedy="- writes to standard output")
    _check_name(output, place, dataset)
    if not place.parent.is_dir():
        remedy = "name another place" if place.parent.exists() else "make it first"
        raise EmosError("no such folder", file=output.parent, remedy=remedy)
    _check_writable(output, place.parent)


def _check_folder(output: Path, place: Path) -> None:
    if place.exists() and not place.is_dir():
        raise EmosError("this is a file", file=output, remedy="-o names a dataset folder")
    if place.is_dir() and not (place / "dataset.toml").is_file() and any(place.iterdir()):
        raise EmosError(
            "folder exists and is not an EmoS dataset",
            file=output,
            remedy="choose another -o or empty it",
        )
    _check_name(output, place, None)
    _check_writable(output, next(p for p in (place, *place.parents) if p.exists()))


def _check_name(output: Path, place: Path, dataset: Path | None) -> None:
    """Refuse a name that a dataset folder keeps for its own files."""
    from emos.tables import TABLES

    ours = {f"{name}.parquet" for name in TABLES} | {"dataset.toml", "sources.toml"}
    in_dataset = place.parent == dataset or (place.parent / "dataset.toml").is_file()
    if in_dataset and place.name in ours:
        raise EmosError(
            "this is a file of the dataset itself", file=output, remedy="choose another name"
        )


def _check_writable(output: Path, folder: Path) -> None:
    """Try it: permissions alone say nothing of read-only or special file systems."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EmosError(
            f"cannot be written ({error.strerror})", file=output, remedy="choose another folder"
        ) from error
