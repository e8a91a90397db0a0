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


def check_page(output: Path | None, language: str) -> None:
    """Refuse a page's name or language before anything is computed."""
    if output is not None:
        from emos.report.write_report import check_choices

        check_choices(output, language)


def write_page(
    results: Results,
    output: Path,
    *,
    inputs: Iterable[Path | None],
    language: str = "en",
    only: Iterable[str] | None = None,
    named: Path,
) -> Written:
    """Write a page; the file that a large dataset has beside it is no input either."""
    from emos.cli.outputs import check_outputs
    from emos.report.beside import beside_page, is_large
    from emos.report.write_report import write_report

    if is_large(results.dataset):
        check_outputs(beside_page(output), inputs=inputs)
    return write_report(results, output, language=language, only=only, named=named)


def say_findings(written: Written) -> None:
    """The weightiest findings."""
    from emos.cli import show

    for finding in written.findings[:_SHOWN]:
        show.note(f"– {finding}")


def say_written(written: Written | None) -> None:
    """Where the page is, if one was written."""
    if written is None:
        return
    size = written.page.stat().st_size / 1e6
    typer.echo(f"Written to {written.page} ({size:.1f} MB); open it in a browser.")
    if written.beside is not None:
        typer.echo(f"Too large for one page: every vote is in {written.beside}")
