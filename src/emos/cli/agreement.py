"""Commands of the ``agreement`` room."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from emos.agreement import Agreement


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command("agreement")(agreement)


def agreement(
    path: Annotated[Path, typer.Argument(help="A dataset, or a file of votes.")],
    layer: Annotated[
        list[str] | None,
        typer.Option(
            help="Of a dataset: only this layer; may be repeated. Of a votes file: what its labels "
            "are (basic7, goemotions or label); by default the labels tell."
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Only this blank policy (skip, agree, listwise); may be repeated."),
    ] = None,
    leave_out_unsure: Annotated[
        bool, typer.Option("--leave-out-unsure", help="'unsure' is no vote, not a label.")
    ] = False,
    labels: Annotated[
        bool, typer.Option("--labels", help="All figures of every label, not its kappa alone.")
    ] = False,
    replicates: Annotated[
        int,
        typer.Option(min=0, help="Bootstrap resamples of the items, 2 or more; 0: no intervals."),
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 12345,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything as JSON ('-': to stdout).")
    ] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help="Write one row per figure as CSV ('-': to stdout)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write a page with pictures, and the items behind each figure (.html).",
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the page's words: en or zh.")] = "en",
) -> None:
    """Fleiss, Cohen, Krippendorff and more, under each way of counting blanks."""
    # NumPy reads this when it is first loaded. Its products here are too small to share out: a
    # second thread saves no time, and on a busy machine the two wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from emos.agreement import POLICIES, measure_agreement
    from emos.agreement.agreement import as_names
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.cli.page import check_page, say_written, write_page
    from emos.errors import EmosError
    from emos.readers.opening import open_votes

    check_page(output, lang)
    check_outputs(json_file, csv_file, output, inputs=(path,))
    named = as_names(layer or ())
    of_file = path.is_file()
    if of_file and len(named) > 1:
        raise EmosError("a votes file is of one layer", file=path, remedy="give one --layer")
    data = open_votes(path, layer=named[0] if of_file and named else None)
    result = measure_agreement(
        data,
        layers=None if of_file or not named else named,
        policies=policy or POLICIES,
        unsure="leave-out" if leave_out_unsure else "label",
        replicates=replicates,
        seed=seed,
    )
    page = None
    if output is not None:
        from emos.report.results import Results

        results = Results(data, agreement=result, replicates=replicates, seed=seed)
        page = write_page(
            results, output, inputs=(path,), language=lang, only=["agreement"], named=path
        )
    if csv_file is not None:
        put(result.csv_text(), csv_file)
    if json_file is not None:
        put(result.json_text(), json_file)
    if STDOUT in (json_file, csv_file):
        return
    _report(result, labels=labels)
    again = shlex.quote(str(path))
    for written in (json_file, csv_file):
        if written is not None:
            typer.echo(f"Written to {written}")
    say_written(page)
    if csv_file is None:
        typer.echo(f"Every figure as data:     emos agreement {again} --csv agreement.csv")
    typer.echo(f"Labels from these votes:  emos aggregate {again}")
    typer.echo(result.signature)


def _report(result: Agreement, *, labels: bool) -> None:
    from emos.agreement.report import group_table, label_table, reasons
    from emos.cli import show

    for group in result.groups.iter_rows(named=True):
        grid = group_table(result, group, labels=labels)
        show.note(grid.title)
        show.table("", grid.columns, grid.rows)
        for line in reasons(result, group):
            show.note(f"  {line}")
        show.console.print()
    if not labels:
        for grid in label_table(result):
            show.note(grid.title)
            show.table("", grid.columns, grid.rows)
            show.console.print()
    for warning in result.warnings:
        show.warn(str(warning))
    for line in result.notes:
        show.note(line)
