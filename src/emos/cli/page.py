"""How commands write a page, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from emos.report.results import Results
    from emos.report.write_report import Written

_SHOWN = 5


def write_page(
    results: Results,
    output: Path,
    *,
    inputs: Iterable[Path | None],
    language: str = "en",
    only: Iterable[str] | None = None,
    named: Path,
) -> None:
    """Write a page and say so; the file that a large dataset has beside it is no input either."""
    from emos.cli.outputs import check_outputs
    from emos.report.beside import beside_page, is_large
    from emos.report.write_report import write_report

    if is_large(results.dataset):
        check_outputs(beside_page(output), inputs=inputs)
    say_written(write_report(results, output, language=language, only=only, named=named))


def say_written(written: Written) -> None:
    """The weightiest findings, and where the rest is."""
    from emos.cli import show

    for finding in written.findings[:_SHOWN]:
        show.note(f"– {finding}")
    size = written.page.stat().st_size / 1e6
    typer.echo(f"Written to {written.page} ({size:.1f} MB); open it in a browser.")
    if written.beside is not None:
        typer.echo(f"Too large for one page: every vote is in {written.beside}")
