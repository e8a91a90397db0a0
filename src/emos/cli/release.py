"""Commands ``fetch`` and ``lint``: getting a release, and looking it over."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emos.errors import EmosError

if TYPE_CHECKING:
    from rich.progress import Progress

    from emos.readers.fetch.release import FetchReport, Plan
    from emos.readers.lint import Finding
    from emos.report.write_report import Written

_SOURCES = ("emos-release",)
_IMPORTED = (".xlsx", ".csv", ".json")  # what emos import reads of the release
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
    from emos.readers.fetch.release import BASE_URL, MANIFEST, fetch_release

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

    def waiting(name: str, why: str, seconds: float) -> None:
        note(f"{name}: {why}; trying again in {seconds:g} s")

    if not (output / MANIFEST).is_file():
        note(f"Asking {base_url or BASE_URL} for the list of files ({MANIFEST})")
    try:
        report = fetch_release(
            output,
            media=media,
            base_url=base_url or BASE_URL,
            accept=accept,
            on_bytes=lambda count: progress.advance(bar, count),
            on_wait=waiting,
        )
    finally:
        _stop(progress)
    if report is None:
        note("Nothing fetched.")
        raise typer.Exit(1)
    _show_report(report, output)
    if report.problems:
        raise typer.Exit(1)


def _stop(progress: Progress) -> None:
    """Leave the bar as it is; a bar that was never shown leaves no empty line."""
    if progress.live.is_started:
        progress.stop()


def _agreed(plan: Plan, media: bool, yes: bool) -> bool:
    from emos.cli.show import note
    from emos.readers.wording import counted

    here = plan.kept - 1  # without the manifest, which is always there by now
    already = f" Already here: {counted(here, 'file')}." if here else ""
    if plan.files:
        note(f"To fetch: {counted(len(plan.files), 'file')}, {_size(plan.left_bytes)}.{already}")
    else:
        note("Nothing to fetch: every file is here in its full size.")
    if not media or not plan.media_files:
        return True
    note(f"Videos: {counted(plan.media_files, 'file')}, {_size(plan.media_bytes)}.")
    return yes or typer.confirm("Fetch them?")


def _show_report(report: FetchReport, output: Path) -> None:
    from emos.cli.show import note, table, warn
    from emos.readers.wording import counted

    if report.fetched:
        note(f"Fetched {counted(report.fetched, 'file')} into {output}")
    if report.problems:
        warn(f"Not fetched: {counted(len(report.problems), 'file')}")
        rows = [(p.kind, p.path, p.why) for p in report.problems[:_SHOWN]]
        table("", ("what", "file", "why"), rows)
        if len(report.problems) > _SHOWN:
            note(f"… and {len(report.problems) - _SHOWN:,} more")
        note("Run the same command again for what is missing; what is here is kept.")
    if not any(Path(problem.path).suffix.lower() in _IMPORTED for problem in report.problems):
        folder = shlex.quote(str(output))
        typer.echo(f"Next:\n  emos import emos-release {folder} -o dataset  # votes to tables")


def _size(count: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return "1 byte" if count == 1 else f"{count} bytes"


def lint(
    path: Annotated[Path, typer.Argument(help="Folder (or file) to look over.")],
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write all findings as JSON ('-': to stdout)."),
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
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write all findings on one page with filters (.html) as well."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the page's words: en or zh.")] = "en",
) -> None:
    """Look over a folder of annotations before others rely on it.

    Finds invalid JSON, files that are missing or twice, personal names, labels outside the set,
    blank rows that would count as agreement, and more (docs/lint.md lists the rules). Nothing is
    changed. Personal names are starred in the output, file names included.
    """
    from emos.cli.outputs import STDOUT, check_outputs
    from emos.cli.page import check_page, say_written
    from emos.readers.lint import lint as look_over
    from emos.readers.lint.people import read_names

    check_page(output, lang)
    check_outputs(json_file, output, inputs=[path, names])
    known = read_names(names, _read_text(names)) if names else []
    findings = look_over(path, names=known, show_names=show_names, only=rule or ())
    page = None if output is None else _write_page(findings, path, output, lang)
    if json_file is not None:
        _write_findings(findings, json_file)
    if json_file != STDOUT:
        _show_findings(findings, path, every=bool(rule))
        say_written(page)
    if strict and findings:
        raise typer.Exit(1)


def _read_text(path: Path) -> str:
    from emos.readers.sheets.opening import cannot_be_read, check_file

    check_file(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EmosError("not UTF-8 text", file=path, remedy="save it as UTF-8") from error
    except OSError as error:
        raise cannot_be_read(path, error) from error


def _write_findings(findings: Sequence[Finding], path: Path) -> None:
    from emos.cli.outputs import put

    text = json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)
    put(text + "\n", path)


def _write_page(findings: tuple[Finding, ...], path: Path, output: Path, language: str) -> Written:
    from emos.cli.page import write_page
    from emos.report.results import Results
    from emos.tables import Dataset, DatasetInfo

    # The page is about files, which need not be a dataset: an empty one lends it the name.
    folder = Dataset(DatasetInfo(path.resolve().name))
    results = Results(folder, faults=findings)
    return write_page(results, output, inputs=[path], language=language, only=["lint"], named=path)


def _show_findings(findings: Sequence[Finding], path: Path, *, every: bool) -> None:
    from rich.markup import escape

    from emos.cli.show import console, note
    from emos.readers.lint import SEVERITIES, all_rules
    from emos.readers.wording import counted

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
    note(f"{counted(len(findings), 'finding')} in {path}: {total}")
