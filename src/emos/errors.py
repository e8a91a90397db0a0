"""What a user sees when an input cannot be used: one line with file, place and remedy."""

from __future__ import annotations

from numbers import Integral
from pathlib import Path


class EmosError(Exception):
    """A mistake in the input or the call that its user can mend (exit status 2).

    Parameters
    ----------
    problem : what is wrong, as a sentence without a full stop.
    file : the file it was found in.
    place : where in the file (sheet and cell, line, JSON pointer).
    remedy : what to do about it.

    ``str(error)`` is one line: ``file, place: problem; remedy``.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.place = place
        self.remedy = remedy
        where = ", ".join(part for part in (self.file, place) if part)
        line = (f"{where}: " if where else "") + problem + (f"; {remedy}" if remedy else "")
        super().__init__(" ".join(line.split()))


class MissingExtraError(EmosError):
    """An optional part is not installed; the message says which extra brings it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed", remedy=f"pip install 'emos[{extra}]'")


def check_whole(what: str, value: object, *, least: int, none_is: int | None = None) -> None:
    """Refuse anything but a whole number of ``least`` or more, or ``none_is``.

    Raises
    ------
    EmosError : naming ``what``.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not (whole and (value == none_is or value >= least)):  # type: ignore[operator]
        either = "" if none_is is None else f"{none_is}, or "
        raise EmosError(f"{what} is {value!r}", remedy=f"use {either}a whole number from {least}")
