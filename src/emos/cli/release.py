"""Commands ``fetch`` and ``lint``: getting a release, and looking it over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emos.errors import EmosError

if TYPE_CHECKING:
    from emos.readers.fetch.release import FetchReport, Plan
    from emos.readers.lint import Finding

_SOURCES = ("emos-release",)
_SHOWN = 20
_SHOWN_FINDINGS = 3  # of each rule


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(fetch)
    app.command()(lint)


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
    from emos.readers.fetch.release import BASE_URL, fetch_release

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

    note(f"To fetch: {len(plan.files):,} files, {_size(plan.left_bytes)}. Here: {plan.kept:,}.")
    if not media or not plan.media_files:
        return True
    note(f"Videos: {plan.media_files:,} files, {_size(plan.media_bytes)}.")
    return yes or typer.confirm("Fetch them?")


def _show_report(report: FetchReport, output: Path) -> None:
    from emos.cli.show import note, table, warn

    note(f"Fetched: {report.fetched:,}. Here before: {report.kept:,}. Folder: {output}")
    if report.problems:
        warn(f"Not fetched: {len(report.problems):,}")
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


def lint(
    path: Annotated[Path, typer.Argument(help="Folder (or file) to look over.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all findings to this file.")
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", help="Apply this rule only, and list all it finds."),
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="File of names to look for, one a line.")
    ] = None,
    show_names: Annotated[
        bool, typer.Option("--show-names", help="Give personal names in full, not starred.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 if anything was found.")
    ] = False,
) -> None:
    """Look over a folder of annotations before others rely on it.

    Finds invalid JSON, files that are missing or twice, personal names, labels outside the set,
    blank rows that would count as agreement, and more (docs/lint.md lists the rules). Nothing is
    changed. Personal names are starred in the output, file names included.
    """
    from emos.readers.lint import lint as look_over
    from emos.readers.lint.people import read_names

    known = read_names(names, _read_text(names)) if names else []
    findings = look_over(path, names=known, show_names=show_names, only=rule or ())
    if json_file is not None:
        _write_findings(findings, json_file)
    _show_findings(findings, path, every=bool(rule))
    if strict and findings:
        raise typer.Exit(1)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EmosError("cannot be read as UTF-8 text", file=path) from error


def _write_findings(findings: Sequence[Finding], path: Path) -> None:
    text = json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=path) from error


def _show_findings(findings: Sequence[Finding], path: Path, *, every: bool) -> None:
    from rich.markup import escape

    from emos.cli.show import console, note
    from emos.readers.lint import SEVERITIES, all_rules

    colours = dict(zip(SEVERITIES, ("red", "yellow", "cyan"), strict=True))
    for (severity, name), group in groupby(findings, key=lambda f: (f.severity, f.rule)):
        found = list(group)
        shown = found if every else found[:_SHOWN_FINDINGS]
        head = f"[{colours[severity]}]{severity}[/] [bold]{name}[/] ({len(found):,})"
        console.print(f"{head} {escape(all_rules()[name].finds)}", soft_wrap=True)
        for finding in shown:
            place = f", {finding.place}" if finding.place else ""
            console.print(escape(f"  {finding.file}{place}: {finding.message}"), soft_wrap=True)
        if len(shown) < len(found):
            console.print(f"  … and {len(found) - len(shown):,} more: --rule {name}")
    counts = Counter(finding.severity for finding in findings)
    total = ", ".join(f"{counts[severity]:,} {severity}" for severity in SEVERITIES)
    note(f"{len(findings):,} findings in {path}: {total}")
