"""Finding a layout's files without ever leaving the folder, and their names without a person's."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from emos.errors import EmosError
from emos.readers.layout import BatchLayout
from emos.readers.wording import counted

_PROGRAMS_NAME = re.compile(r"(?i)(sheet|工作表|feuil|hoja|tabelle) ?\d*")


class Workbook(NamedTuple):
    """One annotator's file.

    Attributes
    ----------
    path : where it is.
    real : the same relative to the root.
    published : the path that tables hold, with A1, A2, ... in place of names.
    sheet : the sheet's name as tables hold it; ``None`` for a CSV file, and where it may name its
        annotator.
    """

    annotator: str
    path: Path
    real: str
    published: str
    sheet: str | None = None


def inside(root: Path, path: Path) -> Path:
    """``path`` if it lies under ``root`` once links are followed.

    Raises
    ------
    EmosError : if it does not.
    """
    try:
        there = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        raise EmosError("cannot be followed", file=path, remedy="check the link") from error
    if not there:
        raise EmosError(
            "lies outside the imported folder",
            file=path,
            remedy="links and paths must stay under the folder given to emos import",
        )
    return path


def find_workbooks(
    root: Path, folder: Path, batch: BatchLayout, layout_file: Path
) -> list[Workbook]:
    """The batch's workbooks in the order of its annotators.

    Each pattern of ``workbooks`` gives its files in alphabetical order; one file may serve all
    annotators of a batch whose layers name a column for each of them.

    Raises
    ------
    EmosError : if their number is not that of the annotators, or one lies outside ``root``.
    """
    found: list[tuple[str, Path]] = []
    for pattern in batch.workbooks:
        if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
            raise EmosError(
                f"the pattern {pattern!r} leaves the folder",
                file=layout_file,
                place=f"batch {batch.name}",
                remedy="paths start at the subset's folder and stay in it",
            )
        excluded = {path for entry in batch.exclude for path in folder.glob(entry)}
        parent = str(PurePosixPath(pattern).parent)
        excluded |= {path for entry in batch.exclude for path in (folder / parent).glob(entry)}
        paths = sorted(
            path
            for path in folder.glob(pattern)
            if path not in excluded and not path.name.startswith(("~$", "."))
        )
        found += [(pattern, inside(root, path)) for path in paths]
    _refuse_twins(found, batch)
    shared = all(isinstance(column, tuple) for column in batch.layers.values())
    if len(found) == 1 and shared:
        pattern, path = found[0]
        real = path.relative_to(root).as_posix()
        published = _published(path.relative_to(folder), pattern, batch.name, folder, root)
        return [Workbook(annotator, path, real, published) for annotator in batch.annotators]
    if len(found) != len(batch.annotators):
        names = ", ".join(path.name for _, path in found) or "none"
        raise EmosError(
            f"{counted(len(found), 'workbook')} of batch {batch.name} for "
            f"{counted(len(batch.annotators), 'annotator')} ({names})",
            file=folder / batch.workbooks[0],
            remedy="check that the folder is complete, or fetch the missing files again",
        )
    return [
        Workbook(
            annotator,
            path,
            path.relative_to(root).as_posix(),
            _published(path.relative_to(folder), pattern, annotator, folder, root),
        )
        for annotator, (pattern, path) in zip(batch.annotators, found, strict=True)
    ]


def _refuse_twins(found: list[tuple[str, Path]], batch: BatchLayout) -> None:
    """One file under two names, or named twice, would be two people's answers."""
    seen: dict[tuple[int, int], Path] = {}
    for _, path in found:
        try:
            stat = path.stat()
        except OSError:  # a link that leads nowhere: reading it says so
            continue
        other = seen.setdefault((stat.st_dev, stat.st_ino), path)
        if other is not path:
            also = "" if other.name == path.name else f" (it is {other.name}, too)"
            raise EmosError(
                f"one file for two annotators of batch {batch.name}{also}",
                file=path,
                remedy="each needs a workbook; one for all has a column per annotator in 'layers'",
            )


def set_apart(books: dict[str, list[Workbook]]) -> dict[str, list[Workbook]]:
    """The same, where one annotator's files of two batches would be published under one path."""
    real: dict[str, set[str]] = {}
    for book in (book for each in books.values() for book in each):
        real.setdefault(book.published, set()).add(book.real)

    def apart(batch: str, book: Workbook) -> Workbook:
        if len(real[book.published]) == 1:
            return book
        path = PurePosixPath(book.published)
        return book._replace(published=str(path.with_stem(f"{path.stem}-{batch}")))

    return {batch: [apart(batch, book) for book in each] for batch, each in books.items()}


def name_sheets(batch: BatchLayout, books: list[Workbook], names: list[str]) -> list[Workbook]:
    """``books`` with their sheets' names, left out where only one annotator's sheet has it.

    A name that the layout gives, that all sheets of the batch share, or that a program gave is
    nobody's.
    """
    common = batch.sheet is not None or (len(names) > 1 and len(set(names)) == 1)
    return [
        book._replace(sheet=name if name and (common or _PROGRAMS_NAME.fullmatch(name)) else None)
        for book, name in zip(books, names, strict=True)
    ]


def _published(path: Path, pattern: str, name: str, folder: Path, root: Path) -> str:
    """The path with the file's name, and any folder matched by a wildcard, called ``name``."""
    wild = [any(mark in part for mark in "*?[") for part in PurePosixPath(pattern).parts[:-1]]
    parents = path.parts[:-1]
    if len(wild) != len(parents):  # a ** in the pattern: no telling which folder is whose
        wild = [True] * len(parents)
    parts = [name if w else part for part, w in zip(parents, wild, strict=True)]
    return (folder.relative_to(root) / Path(*parts, name + path.suffix)).as_posix()
