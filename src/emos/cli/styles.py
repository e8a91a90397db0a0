"""The command on annotator styles, of the ``agreement`` room."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from emos.agreement.styles import Styles


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("styles")(styles)


def styles(
    path: Annotated[Path, typer.Argument(help="A dataset, or a file of votes.")],
    layer: Annotated[
        list[str] | None,
        typer.Option(
            help="Of a dataset: only this layer; may be repeated. Of a votes file: what its labels "
            "are (basic7, goemotions or label); by default the labels tell."
        ),
    ] = None,
    paper: Annotated[
        str | None,
        typer.Option(
            help="Compare with what a paper claims of the annotators (emos_paper, or a folder)."
        ),
    ] = None,
    labels: Annotated[
        bool, typer.Option("--labels", help="Every label of every annotator, not the first alone.")
    ] = False,
    replicates: Annotated[
        int,
        typer.Option(min=0, help="Bootstrap resamples of the items, 2 or more; 0: no intervals."),
    ] = 1000,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of bootstrap, permutations and simulation.")
    ] = 12345,
    groups: Annotated[
        int,
        typer.Option(min=0, help="Simulated groups per batch and number of expansive members."),
    ] = 8,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every table as JSON ('-': to stdout).")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write one table as CSV ('-': to stdout).")
    ] = None,
    table: Annotated[
        str, typer.Option(help="Which table --csv writes: figures, labels, rules, drift, ...")
    ] = "figures",
) -> None:
    """Annotators' styles: figures, bias, drift, rules with margins, groups and their agreement."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # see the command `agreement`
    from emos.agreement.agreement import as_names
    from emos.agreement.styles import compare_claims, measure_styles
    from emos.agreement.styles.found import SCHEMAS
    from emos.agreement.styles.result import csv_text
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.errors import EmosError
    from emos.readers.opening import open_votes
    from emos.tables.writing import json_text

    check_outputs(json_file, csv_file, inputs=(path,))
    named = as_names(layer or ())
    of_file = path.is_file()
    if of_file and len(named) > 1:
        raise EmosError("a votes file is of one layer", file=path, remedy="give one --layer")
    known = (*SCHEMAS, "radar", *(() if paper is None else ("claims",)))
    if table not in known:
        raise EmosError(f"no table {table!r}", remedy=f"tables: {', '.join(known)}")
    said = None
    if paper is not None:
        from emos.audit import style_claims

        said = style_claims(paper)
    result = measure_styles(
        open_votes(path, layer=named[0] if of_file and named else None),
        layers=None if of_file or not named else named,
        replicates=replicates,
        seed=seed,
        groups=groups,
    )
    claims = None if said is None else compare_claims(result, said)
    tables = result.tables() | ({} if claims is None else {"claims": claims})
    if csv_file is not None:
        put(csv_text(tables[table]), csv_file)
    if json_file is not None:
        extra = {} if claims is None else {"claims": claims.to_dicts()}
        put(json_text(result.to_json() | extra), json_file)
    if STDOUT in (json_file, csv_file):
        return
    _report(result, claims, paper, labels=labels)
    again = f"emos styles {shlex.quote(str(path))}"
    for written in (json_file, csv_file):
        if written is not None:
            typer.echo(f"Written to {written}")
    if csv_file is None:
        typer.echo(f"Every rule as data:  {again} --table rules --csv rules.csv")
    typer.echo(result.signature)


def _report(
    result: Styles, claims: pl.DataFrame | None, paper: str | None, *, labels: bool
) -> None:
    from emos.agreement.styles.report import (
        claims_grid,
        composition_grids,
        group_grids,
        groups_of,
        reasons,
    )
    from emos.cli import show

    for group in groups_of(result):
        for grid in group_grids(result, group, labels=labels):
            show.note(grid.title)
            show.table("", grid.columns, grid.rows)
        for line in reasons(result, group):
            show.note(f"  {line}")
        show.console.print()
    for layer in result.mixing["layer"].unique(maintain_order=True):
        for grid in composition_grids(result, layer):
            show.note(grid.title)
            show.table("", grid.columns, grid.rows)
        overall = result.findings.filter(
            result.findings["layer"] == layer, result.findings["finding"] == "shared-rules"
        )
        for sentence in overall["sentence"]:
            show.note(f"  – {sentence}")
        show.console.print()
    if claims is not None:
        grid = claims_grid(claims, str(paper))
        show.note(grid.title)
        show.table("", grid.columns, grid.rows)
        show.console.print()
    for line in result.notes:
        show.note(line)
