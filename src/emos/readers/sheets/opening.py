"""Opening what a user names as a file: anything else ends in one line, and never in a wait."""

from __future__ import annotations

from pathlib import Path

from emos.errors import EmosError


def check_file(path: Path, *, wanted: str = "file") -> None:
    """Stop unless ``path`` is a file: a pipe or a device may never end, or never begin.

    ``wanted`` is what might have been there, for the message.

    Raises
    ------
    EmosError : if there is nothing there, a folder, or something that is no file.
    """
    try:
        there, folder, file = path.exists(), path.is_dir(), path.is_file()
    except (OSError, ValueError) as error:
        raise cannot_be_read(path, error) from error
    if not there:
        raise EmosError(f"no such {wanted}", file=path, remedy="check the path")
    if folder:
        raise EmosError("this is a folder, not a file", file=path, remedy="name the file in it")
    if not file:
        raise EmosError(
            "a pipe or a device, not a file", file=path, remedy="save its content to a file first"
        )


def cannot_be_read(path: Path, error: OSError | ValueError) -> EmosError:
    """The one line for a file that the system does not give out."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    remedy = "check the path and the disk"
    if isinstance(error, PermissionError):
        remedy = "give yourself the right to read it"
    return EmosError(f"cannot be read ({why})", file=path, remedy=remedy)
