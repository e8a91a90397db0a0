"""Commands ``fetch`` and ``lint``: getting a release, and looking it over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emos.errors import EmosError

if TYPE_CHECKING:
    from emos.readers.fetch import FetchReport, Plan

_SOURCES = ("emos-release",)
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(fetch)


def fetch(
    source: Annotated[str, typer.Argument(help="What to fetch: emos-release.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder to fetch into; made if need be.")
    ] = Path("EmoS"),
    media: Annotated[
        bool,
        typer.Option("--media", help="Fetch the videos too (18.5 GB in all); asks first."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before fetching videos.")] = False,
    base_url: Annotated[
        str,
        typer.Option(
            "--base-url", help="Where to fetch from, if not the public GitHub repository."
        ),
    ] = "",
) -> None:
    """Fetch the public EmoS release over HTTPS.

    Sizes are checked against the release's manifest. A stopped fetch goes on where it was; a
    second one fetches nothing. What is missing on the server is listed at the end, and the exit
    status is then 1. This was tested against a local server only: the public host could not be
    reached where it was written.
    """
    if source not in _SOURCES:
        raise EmosError(f"nothing to fetch is called {source!r}", remedy="try emos-release")
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from emos.cli.show import console, note
    from emos.readers.fetch import BASE_URL, fetch_release

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=console,
    )
    bar = progress.add_task("fetching", total=None)

    def accept(plan: Plan) -> bool:
        if not _agreed(plan, media, yes):
            return False
        progress.update(bar, total=plan.left_bytes)
        if plan.files:
            progress.start()
        return True

    try:
        report = fetch_release(
            output,
            media=media,
            base_url=base_url or BASE_URL,
            accept=accept,
            on_bytes=lambda count: progress.advance(bar, count),
        )
    finally:
        progress.stop()
    if report is None:
        note("Nothing fetched.")
        raise typer.Exit(1)
    _show_report(report, output)
    if report.problems:
        raise typer.Exit(1)


def _agreed(plan: Plan, media: bool, yes: bool) -> bool:
    from emos.cli.show import note

    note(f"{len(plan.files):,} files to fetch, {_size(plan.left_bytes)}; {plan.kept:,} are here.")
    if not media or not plan.media_files:
        return True
    note(f"Videos: {plan.media_files:,} files, {_size(plan.media_bytes)}.")
    return yes or typer.confirm("Fetch them?")


def _show_report(report: FetchReport, output: Path) -> None:
    from emos.cli.show import note, table, warn

    note(f"{report.fetched:,} files fetched, {report.kept:,} were here: {output}")
    if report.problems:
        warn(f"{len(report.problems):,} files did not come")
        rows = [(p.kind, p.path, p.why) for p in report.problems[:_SHOWN]]
        table("", ("what", "file", "why"), rows)
        if len(report.problems) > _SHOWN:
            note(f"… and {len(report.problems) - _SHOWN:,} more")
    else:
        note(f"Next: emos import emos-release {output} -o dataset")


def _size(count: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count} bytes"
