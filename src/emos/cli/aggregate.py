"""Commands of the ``aggregate`` room."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from emos.aggregate import Aggregation
    from emos.aggregate.consistency import Consistency


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command("aggregate")(aggregate)


def aggregate(
    path: Annotated[Path, typer.Argument(help="A dataset, or a file of votes.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Dataset to write; by default the dataset itself."),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="A votes file's layer: basic7, goemotions or label.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="emos-paper: stop after 50 iterations, as the release did.")
    ] = None,
    method: Annotated[
        str, typer.Option(help="dawid-skene, majority, or crowd-kit:NAME (crowd-kit:GLAD).")
    ] = "dawid-skene",
    max_iter: Annotated[
        int | None, typer.Option(help="Most EM iterations.", show_default="1000")
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            help="Converged when a posterior moves less, on average.", show_default="1e-6"
        ),
    ] = None,
    smoothing: Annotated[float, typer.Option(help="Pseudo-votes in every cell.")] = 0.0,
    pool: Annotated[bool, typer.Option("--pool", help="One model for all batches.")] = False,
    gold: Annotated[
        Path | None, typer.Option(help="Known labels: a table with item_id, label.")
    ] = None,
    initial_confusion: Annotated[
        Path | None,
        typer.Option(help="Where EM starts: a table with annotator, true, given, probability."),
    ] = None,
    bootstrap: Annotated[
        int, typer.Option(help="Replicates for intervals and flips; 0 for none.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 12345,
    tiers: Annotated[str, typer.Option(help="Lowest confidence of High and Medium.")] = "0.9,0.8",
    label_map: Annotated[
        str | None,
        typer.Option("--map", help="Check labels against fine labels under this map."),
    ] = None,
    tier_curve: Annotated[
        Path | None, typer.Option(help="Write tier sizes by threshold as CSV.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write models as JSON.")] = None,
) -> None:
    """Votes to labels: Dawid-Skene, soft labels, quality tiers, corrected labels."""
    from emos.aggregate import AggregateOptions, aggregate_dataset
    from emos.aggregate.consistency import check_consistency
    from emos.aggregate.inputs import default_folder, read_confusion, read_gold
    from emos.aggregate.results import write_curve, write_json, write_labels
    from emos.aggregate.tiers import parse_thresholds
    from emos.readers.opening import open_votes
    from emos.taxonomy import get_map

    options = AggregateOptions(
        preset=preset,
        method=method,
        max_iter=max_iter,
        tolerance=tolerance,
        smoothing=smoothing,
        pool=pool,
        bootstrap=bootstrap,
        seed=seed,
        tiers=parse_thresholds(tiers),
    )
    checked_under = get_map(label_map) if label_map else None
    dataset = open_votes(path, layer=layer)
    found = aggregate_dataset(
        dataset,
        options,
        gold=read_gold(gold) if gold else None,
        initial_confusion=read_confusion(initial_confusion) if initial_confusion else None,
    )
    checked = check_consistency(dataset, found.labels, checked_under) if checked_under else None
    folder = out or default_folder(path)
    write_labels(dataset, found, folder, in_place=folder == path)
    if tier_curve is not None:
        write_curve(found.labels, tier_curve)
    if json_file is not None:
        write_json(found, json_file, consistency=checked)
    _report(found, checked)
    for written in (folder, tier_curve, json_file):
        if written is not None:
            typer.echo(f"Written to {written}")
    typer.echo(found.signature)
    typer.echo(f"Next: emos agreement {shlex.quote(str(folder))}")


def _report(found: Aggregation, checked: Consistency | None) -> None:
    from emos.cli import show

    show.table(
        "Labels",
        ("batch", "items", "high", "medium", "low", "no tier", "changed"),
        [(m.name, m.items, *m.tiers.values(), m.changed) for m in found.models],
    )
    show.table(
        "\nModels",
        ("batch", "method", "votes", "iterations", "converged"),
        [
            (m.name, m.method, m.votes, fit and fit.iterations, fit and fit.converged)
            for m in found.models
            for fit in (m.fit,)
        ],
    )
    flips = [(model.name, model.flips) for model in found.models if model.flips is not None]
    if flips:
        show.table(
            "\nBootstrap over items: share of labels that change",
            ("batch", "replicates", "tier", "label", "not converged"),
            [(name, f.replicates, f.tiers, f.labels, f.not_converged) for name, f in flips],
        )
    if checked is not None:
        columns = ("subset", "batch", "items", "consistent", "named", "unchecked")
        show.table("\nLabels against fine labels", columns, checked.rates.select(columns).rows())
    show.console.print()
    for note in found.notes:
        show.note(note)
    for warning in found.warnings:
        show.warn(warning)
    show.note(f"{found.labels.height:,} labels, {found.soft_labels.height:,} soft labels")
