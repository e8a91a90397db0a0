"""Command ``report``: the page of a dataset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(report)


def report(
    path: Annotated[Path, typer.Argument(help="A dataset, or a file of votes.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The page to write (.html).")
    ] = Path("report.html"),
    lang: Annotated[str, typer.Option(help="Language of the page's words: en or zh.")] = "en",
    paper: Annotated[
        str | None,
        typer.Option(
            help="Paper to hold against the dataset; by default the one EmoS ships for it, if any."
        ),
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="Folder of source files to look over too (emos lint)."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this section; may be repeated.")
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=0, help="Bootstrap resamples of the items; 0: no intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 12345,
) -> None:
    """One page that works offline: findings, pictures, and every number's votes in two clicks."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as for agreement
    from emos.cli.outputs import check_outputs
    from emos.cli.page import say_findings, say_written, write_page
    from emos.readers.opening import open_votes
    from emos.report.results import Results
    from emos.report.write_report import check_choices

    inputs = (path, sources, None if paper is None else Path(paper))
    check_choices(output, lang, only)
    check_outputs(output, inputs=inputs)
    results = Results(
        open_votes(path), paper=paper, folder=sources, replicates=replicates, seed=seed
    )
    written = write_page(results, output, inputs=inputs, language=lang, only=only, named=path)
    say_findings(written)
    say_written(written)
