"""The sources of ``emos import``: one module each, found because it stands in this folder.

A module holds ``SOURCE``, a `Source`. Nothing else has to be told about it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from emos.errors import EmosError
from emos.tables import Dataset


@dataclass(frozen=True)
class Source:
    """A kind of input.

    Attributes
    ----------
    name : as given to ``emos import``.
    what : one line for the help text.
    read : called as ``read(path, repair=..., layout=..., layer=...)``; the last two are ``None``
        unless given.
    options : which of ``layout`` and ``layer`` it takes.
    """

    name: str
    what: str
    read: Callable[..., Dataset]
    options: tuple[str, ...] = ()


@cache
def sources() -> dict[str, Source]:
    """Every source by name, in alphabetical order."""
    found = (
        import_module(f"{__name__}.{module.name}").SOURCE
        for module in pkgutil.iter_modules(__path__)
    )
    return {source.name: source for source in sorted(found, key=lambda s: s.name)}


def read_source(
    source: str,
    path: str | Path,
    *,
    repair: str = "full",
    layout: str | Path | None = None,
    layer: str | None = None,
) -> Dataset:
    """Read files of the world into a dataset.

    Parameters
    ----------
    source : a name of `sources`, or the path of a layout file (``*.toml``).
    path : the folder or file to read.
    repair : ``full``, or ``drop`` for exact labels only.
    layout : the layout file, for source ``layout``.
    layer : the votes' layer, for source ``votes``; told from the labels if ``None``.

    Raises
    ------
    EmosError : for an unknown source, mode or option, and whatever is wrong with the files.
    """
    from emos.readers.repair import MODES
    from emos.readers.sheets.opening import cannot_be_read

    if source.endswith(".toml"):
        source, layout = "layout", source
    if source not in sources():
        raise EmosError(
            f"unknown source {source!r}",
            remedy=f"it is one of {', '.join(sources())}, or a layout file (.toml)",
        )
    if repair not in MODES:
        raise EmosError(f"unknown repair {repair!r}", remedy=f"it is {' or '.join(MODES)}")
    found = sources()[source]
    options = {"layout": layout, "layer": layer}
    for name, value in options.items():
        if value is not None and name not in found.options:
            raise EmosError(f"source {source!r} takes no {name}")
    root = Path(path)
    try:
        there = root.exists()
    except (OSError, ValueError) as error:
        raise cannot_be_read(root, error) from error
    if not there:
        raise EmosError("no such file or folder", file=root, remedy="check the path")
    return found.read(root, repair=repair, **options)
