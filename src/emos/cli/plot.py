"""Command ``plot``: one picture of the page as a file of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(plot)


def plot(
    name: Annotated[
        str | None, typer.Argument(help="Of the picture; --list tells them.", show_default=False)
    ] = None,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATASET", help="A dataset, or a file of votes.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The picture: .pdf, .svg, .png or .html."),
    ] = None,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help="Write the table behind it as CSV ('-': to stdout)."),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of its words: en or zh.")] = "en",
    wide: Annotated[
        bool, typer.Option("--wide", help="6.9 inches wide, not one column of 3.3 inches.")
    ] = False,
    layer: Annotated[str | None, typer.Option(help="Only this layer.")] = None,
    subset: Annotated[str | None, typer.Option(help="Only this subset.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only this batch.")] = None,
    annotator: Annotated[
        list[str] | None,
        typer.Option("--annotator", "--annotators", help="Only this one; may be repeated."),
    ] = None,
    item: Annotated[str | None, typer.Option(help="The monologue, for trajectory.")] = None,
    replicates: Annotated[
        int, typer.Option(min=0, help="Bootstrap resamples of the items; 0: no intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 12345,
    list_: Annotated[bool, typer.Option("--list", help="Tell the pictures there are.")] = False,
) -> None:
    """A picture as vector PDF, SVG, PNG or HTML, and the table behind it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as for agreement
    from emos.report.pictures.drawing import listed
    from emos.report.words import read_words

    words = read_words(lang)
    if list_:
        for key, told in listed(words):
            typer.echo(f"{key:<14}{told}")
        return
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.errors import EmosError
    from emos.readers.opening import open_votes
    from emos.report.pictures.drawing import draw
    from emos.report.pictures.registry import Choice, find_picture
    from emos.report.pictures.save import check_ending, save_picture
    from emos.report.results import Results

    if name is None or path is None:
        raise EmosError("name a picture and a dataset", remedy="emos plot --list tells pictures")
    find_picture(name)
    if output is None and csv_file is None:
        raise EmosError("nothing to write", remedy=f"-o {name}.pdf names the picture")
    if output is not None:
        check_ending(output)
    check_outputs(output, csv_file, inputs=(path,))
    choice = Choice(
        layer=layer,
        subset=subset,
        batch=batch,
        annotators=tuple(annotator) if annotator else None,
        item=item,
        wide=wide,
    )
    results = Results(open_votes(path), replicates=replicates, seed=seed)
    drawing = draw(results, name, words, choice, named=path)
    if output is not None:
        save_picture(drawing.chart, output)
    if csv_file is not None:
        put(drawing.numbers.write_csv(), csv_file)
    if csv_file != STDOUT:
        for written in filter(None, (output, csv_file)):
            typer.echo(f"Written to {written}")
