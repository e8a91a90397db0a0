"""One process per run: a lock that the system takes back however the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emos.errors import EmosError

LOCK_FILE = "run.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run in ``folder`` for the length of the block.

    Raises
    ------
    EmosError : if another process holds it, or the folder cannot be written.
    """
    path = folder / LOCK_FILE
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=path) from error
    try:
        if not _take(file):
            raise EmosError(
                "another process works on this run",
                file=folder,
                remedy="wait for it, stop it, or choose another -o",
            )
        yield
    finally:
        os.close(file)  # which gives the lock back


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
