"""Commands ``score`` and ``compare``."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from emos.score.compare import Comparison
    from emos.score.grids import Grid
    from emos.score.options import ScoreOptions
    from emos.score.published import Published
    from emos.score.result import Score

_Dataset = Annotated[Path, typer.Argument(help="A dataset with labels (emos aggregate).")]
_Subset = Annotated[
    list[str] | None, typer.Option("--subset", help="Only this subset; may be repeated.")
]
_Batch = Annotated[
    list[str] | None, typer.Option("--batch", help="Only this batch; may be repeated.")
]
_Tier = Annotated[
    list[str] | None,
    typer.Option("--tier", help="Only clips of this tier (high, medium, low); may be repeated."),
]
_Language = Annotated[
    list[str] | None, typer.Option("--language", help="Only this language; may be repeated.")
]
_Split = Annotated[
    list[str] | None, typer.Option("--split", help="Only this split; may be repeated.")
]
_Draw = Annotated[
    str | None, typer.Option(help="Only a named draw of clips (docs/scoring.md lists them).")
]
_DrawSeed = Annotated[int, typer.Option("--draw-seed", min=0, help="Seed of the draw.")]
_Policy = Annotated[
    str, typer.Option(help="What an unusable answer counts as: wrong, leave-out or neutral.")
]
_By = Annotated[
    str, typer.Option(help="What the bootstrap draws: item, or group (dialogue, source video).")
]
_Family = Annotated[
    list[str] | None,
    typer.Option("--family", help="Only this family of metrics; may be repeated."),
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="An option of one family, as FAMILY.OPTION=VALUE; may be repeated."),
]
_Replicates = Annotated[
    int, typer.Option(min=0, help="Bootstrap resamples, 2 or more; 0: no intervals.")
]
_Seed = Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")]
_Json = Annotated[
    Path | None, typer.Option("--json", help="Write everything as JSON ('-': to stdout).")
]
_Csv = Annotated[Path | None, typer.Option("--csv", help="Write a table as CSV ('-': to stdout).")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(score)
    app.command()(compare)


def score(
    dataset: _Dataset,
    predictions: Annotated[
        list[Path], typer.Argument(help="Runs, or files of predictions (.jsonl or .csv).")
    ],
    subset: _Subset = None,
    batch: _Batch = None,
    tier: _Tier = None,
    language: _Language = None,
    split: _Split = None,
    draw: _Draw = None,
    draw_seed: _DrawSeed = 12345,
    policy: _Policy = "wrong",
    by: _By = "item",
    family: _Family = None,
    set_: _Set = None,
    replicates: _Replicates = 1000,
    seed: _Seed = 12345,
    table: Annotated[
        str, typer.Option(help="What --csv writes: metrics, answers, confusion, ...")
    ] = "metrics",
    json_file: _Json = None,
    csv_file: _Csv = None,
) -> None:
    """A model's answers against the labels: every metric with its interval, every item counted."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # see the command `agreement`
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.score.score import score_all
    from emos.tables.writing import json_text

    check_outputs(json_file, csv_file, inputs=(dataset, *predictions))
    _check_table(table, "metrics", csv_file)
    options = _options(
        subset,
        batch,
        tier,
        language,
        split,
        draw,
        draw_seed,
        policy,
        by,
        family,
        set_,
        replicates,
        seed,
    )
    scores = score_all(dataset, predictions, options)
    if csv_file is not None:
        put(_table(scores, table), csv_file)
    if json_file is not None:
        each = [one.to_json() for one in scores]
        put(json_text(each[0] if len(each) == 1 else each), json_file)
    if STDOUT in (json_file, csv_file):
        return
    _report_scores(scores)
    again = " ".join(shlex.quote(str(path)) for path in (dataset, *predictions))
    _say_written(json_file, csv_file)
    if csv_file is None:
        typer.echo(f"Each item's answer: emos score {again} --table answers --csv answers.csv")
    for one in scores:
        typer.echo(one.signature)


def compare(
    dataset: _Dataset,
    runs: Annotated[list[Path], typer.Argument(help="Two runs or files of predictions, or more.")],
    subset: _Subset = None,
    batch: _Batch = None,
    tier: _Tier = None,
    language: _Language = None,
    split: _Split = None,
    draw: _Draw = None,
    draw_seed: _DrawSeed = 12345,
    policy: _Policy = "wrong",
    by: _By = "item",
    family: _Family = None,
    set_: _Set = None,
    replicates: _Replicates = 1000,
    seed: _Seed = 12345,
    paper: Annotated[
        str | None,
        typer.Option(
            help="Paper whose printed scores stand beside; by default the one EmoS ships for "
            "the dataset, if any."
        ),
    ] = None,
    table: Annotated[
        str, typer.Option(help="What --csv writes: differences, mcnemar or leaderboard.")
    ] = "differences",
    json_file: _Json = None,
    csv_file: _Csv = None,
) -> None:
    """Models side by side: differences on the same resamples, McNemar, and published rows."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # see the command `agreement`
    from emos.audit import published_beside
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.errors import EmosError
    from emos.score.compare import compare_predictions
    from emos.score.published import leaderboard
    from emos.tables import Dataset
    from emos.tables.writing import json_text

    check_outputs(json_file, csv_file, inputs=(dataset, *runs))
    _check_table(table, "differences", csv_file)
    options = _options(
        subset,
        batch,
        tier,
        language,
        split,
        draw,
        draw_seed,
        policy,
        by,
        family,
        set_,
        replicates,
        seed,
    )
    data = Dataset.load(dataset)
    published = published_beside(data.info.name, paper)
    result = compare_predictions(data, runs, options)
    tables = {
        "differences": result.differences,
        "mcnemar": result.mcnemar,
        "leaderboard": leaderboard(result.scores, published),
    }
    if table not in tables:
        raise EmosError(f"no table {table!r}", remedy=f"tables: {', '.join(tables)}")
    if csv_file is not None:
        put(_csv(tables[table]), csv_file)
    if json_file is not None:
        rows = {"leaderboard": tables["leaderboard"].to_dicts()}
        put(json_text(result.to_json() | rows), json_file)
    if STDOUT in (json_file, csv_file):
        return
    _report_comparison(result, published)
    _say_written(json_file, csv_file)
    typer.echo(result.signature)


def _check_table(table: str, default: str, csv_file: Path | None) -> None:
    from emos.errors import EmosError

    if table != default and csv_file is None:
        raise EmosError(f"--table {table} goes nowhere", remedy="give --csv FILE too")


def _options(
    subset: list[str] | None,
    batch: list[str] | None,
    tier: list[str] | None,
    language: list[str] | None,
    split: list[str] | None,
    draw: str | None,
    draw_seed: int,
    policy: str,
    by: str,
    family: list[str] | None,
    settings: list[str] | None,
    replicates: int,
    seed: int,
) -> ScoreOptions:
    from emos.score.options import ScoreOptions
    from emos.score.settings import read_settings

    return ScoreOptions(
        subsets=tuple(subset or ()),
        batches=tuple(batch or ()),
        tiers=tuple(tier or ()),
        languages=tuple(language or ()),
        splits=tuple(split or ()),
        draw=draw,
        draw_seed=draw_seed,
        policy=policy,
        by=by,  # type: ignore[arg-type]  # checked by ScoreOptions, with a remedy
        families=tuple(family or ()),
        settings=read_settings(settings or ()),
        replicates=replicates,
        seed=seed,
    )


def _table(scores: Sequence[Score], name: str) -> str:
    """One table of every model, with the model's name in front, as CSV."""
    import polars as pl

    from emos.errors import EmosError

    found = []
    for one in scores:
        tables = {"metrics": one.table()} | dict(one.tables)
        if name not in tables:
            raise EmosError(f"no table {name!r}", remedy=f"tables: {', '.join(tables)}")
        found.append(tables[name].select(pl.lit(one.name).alias("model"), pl.all()))
    return _csv(pl.concat(found))


def _csv(frame: pl.DataFrame) -> str:
    """A table as CSV; undefined numbers are empty fields, lists have semicolons between."""
    import polars as pl
    from polars import selectors as cs

    lists = cs.by_dtype(pl.List(pl.String))
    return frame.fill_nan(None).with_columns(lists.list.join(";")).write_csv()


def _report_scores(scores: Sequence[Score]) -> None:
    from emos.cli import show
    from emos.score.grids import class_grids, main_grid

    _show(main_grid(scores))
    for one in scores:
        for grid in class_grids(one):
            _show(grid)
    for line in _notes(scores):
        show.note(line)


def _report_comparison(result: Comparison, published: Sequence[Published]) -> None:
    from emos.cli import show
    from emos.score.grids import MARK, difference_grid, leaderboard_grid, mcnemar_grid

    board = leaderboard_grid(result.scores, published)
    _show(board)
    if any(str(row[0]).startswith(MARK) for row in board.rows):
        sources = dict.fromkeys(one.source.rpartition(", ")[0] for one in published)
        show.note(f"{MARK} published, not computed here, on the items named: {'; '.join(sources)}")
        show.console.print()
    _show(difference_grid(result, published))
    _show(mcnemar_grid(result))
    for line in (*_notes(result.scores), *result.notes):
        show.note(line)


def _notes(scores: Sequence[Score]) -> list[str]:
    """What is said of all models once, then what is said of some, with their names."""
    lines = dict.fromkeys(line for one in scores for line in one.notes)
    common = [line for line in lines if all(line in one.notes for one in scores)]
    own = [f"{one.name}: {line}" for one in scores for line in one.notes if line not in common]
    return [*common, *own]


def _show(grid: Grid) -> None:
    from emos.cli import show

    if grid.rows:
        if grid.title:
            show.note(grid.title)
        show.table("", grid.columns, grid.rows)
        show.console.print()


def _say_written(*files: Path | None) -> None:
    for file in files:
        if file is not None:
            typer.echo(f"Written to {file}")
