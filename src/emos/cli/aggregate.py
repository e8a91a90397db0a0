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
        str | None,
        typer.Option(
            help="What a votes file's labels are: basic7, goemotions or label; by default the "
            "labels tell. Not for a dataset, which says so itself."
        ),
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
        int, typer.Option(help="Replicates for intervals, 2 or more; 0 for none.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 12345,
    tiers: Annotated[str, typer.Option(help="Lowest confidence of High and Medium.")] = "0.9,0.8",
    label_map: Annotated[
        str | None,
        typer.Option("--map", help="Check labels against fine labels under this map."),
    ] = None,
    tier_curve: Annotated[
        Path | None, typer.Option(help="Write tier sizes by threshold as CSV ('-': to stdout).")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write models as JSON ('-': to stdout).")
    ] = None,
) -> None:
    """Votes to labels: Dawid-Skene, soft labels, quality tiers, corrected labels."""
    from emos.aggregate import AggregateOptions, aggregate_dataset
    from emos.aggregate.consistency import check_consistency
    from emos.aggregate.inputs import default_folder, read_confusion, read_gold
    from emos.aggregate.results import curve_text, json_text, write_labels
    from emos.aggregate.tiers import parse_thresholds
    from emos.cli.outputs import STDOUT, check_outputs, put
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
    folder = out or default_folder(path)
    check_outputs(tier_curve, json_file, inputs=(path, gold, initial_confusion), folder=folder)
    found = aggregate_dataset(
        dataset,
        options,
        gold=read_gold(gold) if gold else None,
        initial_confusion=read_confusion(initial_confusion) if initial_confusion else None,
    )
    checked = check_consistency(dataset, found.labels, checked_under) if checked_under else None
    texts = []  # made before anything is written
    if tier_curve is not None:
        texts.append((curve_text(found.labels), tier_curve))
    if json_file is not None:
        texts.append((json_text(found, consistency=checked), json_file))
    write_labels(dataset, found, folder, in_place=folder.resolve() == path.resolve())
    for text, target in texts:
        put(text, target)
    if STDOUT in (tier_curve, json_file):
        return
    _report(found, checked, label_map)
    for written in (folder, *(target for _, target in texts)):
        typer.echo(f"Written to {written}")
    typer.echo(found.signature)
    typer.echo(f"Next: emos agreement {shlex.quote(str(folder))}")


def _report(found: Aggregation, checked: Consistency | None, label_map: str | None) -> None:
    from emos.cli import show

    show.table(
        "Labels",
        ("batch", "items", "high", "medium", "low", "no tier", "changed"),
        [(m.name, m.items, *m.tiers.values(), m.changed) for m in found.models],
    )
    if any(model.changed is not None for model in found.models):
        show.note("changed: labels that differ from those the items came with")
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
            "\nBootstrap over items",
            ("batch", "replicates", "labels moved", "tiers moved", "not converged"),
            [(name, f.replicates, f.labels, f.tiers, f.not_converged) for name, f in flips],
        )
        show.note(
            "moved: mean share of items with another label, or tier, in a replicate than in the "
            "table; not converged: replicates that used up --max-iter"
        )
    if checked is not None:
        columns = ("subset", "batch", "items", "consistent", "named", "unchecked")
        show.table("\nLabels against fine labels", columns, checked.rates.select(columns).rows())
        show.note(
            f"consistent: share of items whose label is what most of their fine labels mean under "
            f"{label_map}; named: what any of them means; unchecked: items none of whose fine "
            "labels has a meaning there"
        )
    show.console.print()
    for note in found.notes:
        show.note(note)
    for warning in found.warnings:
        show.warn(warning)
    show.note(_total(found))


def _total(found: Aggregation) -> str:
    from emos.readers.wording import counted

    labels = found.labels["label"].count()
    soft = found.soft_labels.filter(found.soft_labels["votes"] > 0).height
    parts = [counted(labels, "label"), counted(soft, "soft label")]
    for missing, what in (
        (found.labels.height - labels, "label"),
        (found.soft_labels.height - soft, "soft label"),
    ):
        if missing:
            parts.append(f"{counted(missing, 'item')} without a {what}")
    return ", ".join(parts)
