"""All rules over one folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from emos.errors import EmosError
from emos.readers.lint.finding import SEVERITIES, Finding
from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import all_rules


def lint(
    path: str | Path,
    *,
    names: Iterable[str] = (),
    show_names: bool = False,
    only: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Look a folder (or a file) over before others rely on it.

    Parameters
    ----------
    path : any folder with workbooks, CSV, JSON or text files; nothing in it is changed.
    names : names of persons to look for, beside those the files give away.
    show_names : give names in full; otherwise they are starred but for the first letter, in file
        names as well.
    only : names of the rules to apply; all if empty.

    Returns
    -------
    Findings, errors first, then by rule, file and place.

    Raises
    ------
    EmosError : if there is no such path, or no such rule. A file that cannot be read is a finding.
    """
    wanted = tuple(only) or tuple(all_rules())
    for name in wanted:
        if name not in all_rules():
            raise EmosError(f"no rule {name!r}", remedy=f"the rules are {', '.join(all_rules())}")
    folder = Folder(Path(path), names)
    found = [finding for name in wanted for finding in all_rules()[name].findings(folder)]
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), f.rule, f.file, f.place))
    if show_names:
        return tuple(found)
    mask = folder.people.mask
    return tuple(
        replace(f, file=mask(f.file), place=mask(f.place), message=mask(f.message)) for f in found
    )
