"""What commands say of a page that they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from emos.report.write_report import Written

_SHOWN = 5


def say_written(written: Written) -> None:
    """The weightiest findings, and where the rest is."""
    from emos.cli import show

    for finding in written.findings[:_SHOWN]:
        show.note(f"– {finding}")
    size = written.page.stat().st_size / 1e6
    typer.echo(f"Written to {written.page} ({size:.1f} MB); open it in a browser.")
    if written.beside is not None:
        typer.echo(f"Too large for one page: every vote is in {written.beside}")
