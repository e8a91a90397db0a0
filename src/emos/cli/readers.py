"""Commands ``import`` and ``ledger``: files into a dataset, and what was done to them."""

from __future__ import annotations

import shlex
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from emos.errors import EmosError

if TYPE_CHECKING:
    import polars as pl

    from emos.tables import Dataset

_SHOWN = 30  # rows of a single rule
_SHOWN_PER_RULE = 3  # of each, where there are several
_WORKERS = 12  # lines of who is who
_WIDTH = 60  # characters of a cell's text shown in the ledger


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("import")(import_)
    app.command()(ledger)


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="emos-release, meld, ch-sims, votes, or a layout file (LAYOUT.toml).",
        ),
    ],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder or file to read.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DATASET", help="Folder to write.")
    ],
    repair: Annotated[
        str,
        typer.Option(help="full: repair what is certain; drop: count exact labels only."),
    ] = "full",
    layout: Annotated[
        Path | None, typer.Option(help="The layout file, with SOURCE layout.")
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(help="With SOURCE votes: basic7, goemotions or label (told from the data)."),
    ] = None,
) -> None:
    """Read annotators' files into a dataset folder.

    Labels are repaired where that is certain; every repair, every answer that could not be read
    and everything odd is listed by emos ledger.
    """
    from emos.cli.outputs import check_outputs
    from emos.readers import read_source

    check_outputs(inputs=[path, layout], folder=output)
    dataset = read_source(source, path, repair=repair, layout=layout, layer=layer)
    dataset.write(output)
    _show_import(dataset, output, layer)


def _show_import(dataset: Dataset, output: Path, layer: str | None) -> None:
    from emos.cli.show import note, table
    from emos.readers.summary import count_rules

    note(_headline(dataset))
    guesses = dataset.ledger.filter(dataset.ledger["rule"] == "layer-guess")["note"]
    for line in [f"layer {layer}, as --layer says"] if layer else guesses:
        note(line)
    if dataset.votes.height:
        _show_answers(dataset)
    elif not dataset.utterances.height:
        _show_source_labels(dataset)
    rules = count_rules(dataset.ledger)
    if rules.height:
        table("\nWhat was repaired, kept aside or noticed", *_rules_table(rules))
    _show_workers(dataset)
    note(f"\nWritten to {output}")
    _show_next(dataset, output)


def _show_answers(dataset: Dataset) -> None:
    from emos.cli.show import table
    from emos.readers.summary import count_answers

    table(
        "\nWhat was read",
        ("batch", "items", "layer", "by", "given", "unsure", "blank", "unread"),
        (
            ("/".join(filter(None, (subset, batch))), *counts)
            for subset, batch, *counts in count_answers(dataset).iter_rows()
        ),
    )


def _show_source_labels(dataset: Dataset) -> None:
    """Of files without votes: what labels the source itself gives."""
    from emos.cli.show import note, table

    note("\nThe source's own labels (column source_label of items.parquet)")
    counts = dataset.items.group_by("subset", "split", "source_label", maintain_order=True).len()
    table(
        "",
        ("subset", "split", "label", "items"),
        counts.sort("subset", "split", "source_label", maintain_order=True).rows(),
    )
    note(
        "\nThese files hold no annotators' votes: emos aggregate and emos agreement need some. "
        "What emos can show is the ledger; with votes on these items, describe both in a layout "
        "(docs/layouts.md)."
    )


def _show_workers(dataset: Dataset) -> None:
    """Who is who among a votes file's workers: on this screen, in no table."""
    from emos.cli.show import note

    workers = [
        (key.removeprefix("worker "), name)
        for key, name in dataset.sources.items()
        if key.startswith("worker ")
    ]
    if not workers:
        return
    note("\nWho is who (kept in sources.toml, which stays on this machine)")
    shown = workers if len(workers) <= _WORKERS else workers[: _WORKERS - 1]
    for number, name in shown:
        note(f"  {number} = {_quoted(name)}")
    if len(shown) < len(workers):
        note(f"  … and {len(workers) - len(shown):,} more")


def _show_next(dataset: Dataset, output: Path) -> None:
    """Commands to go on with, as lines that can be pasted."""
    folder = shlex.quote(str(output))
    lines = []
    if dataset.ledger.height:
        lines.append((f"emos ledger {folder}", "every repair, with file, sheet and cell"))
    if dataset.votes.height:
        lines.append((f"emos aggregate {folder}", "votes to labels"))
        lines.append((f"emos agreement {folder}", "how far the annotators agree"))
    width = max((len(command) for command, _ in lines), default=0)
    if lines:
        typer.echo("Next:")
    for command, what in lines:
        typer.echo(f"  {command:{width}}  # {what}")


def _headline(dataset: Dataset) -> str:
    from emos.readers.wording import counted

    parts = [counted(dataset.items.height, "item")]
    if dataset.votes.height:
        people = counted(dataset.votes["annotator"].n_unique(), "annotator")
        parts.append(f"{counted(dataset.votes.height, 'answer')} by {people}")
    if dataset.utterances.height:
        parts.append(
            f"{counted(dataset.monologues.height, 'monologue')} with "
            f"{counted(dataset.utterances.height, 'utterance')} and "
            f"{counted(dataset.sentences.height, 'sentence')}"
        )
    return f"{dataset.info.name} (repair: {dataset.info.repair}): {', '.join(parts)}"


def ledger(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")],
    rule: Annotated[
        list[str] | None, typer.Option(help="Only this rule, such as misspelling; repeatable.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only repaired, aside or flagged; repeatable.")
    ] = None,
    annotator: Annotated[
        list[str] | None, typer.Option(help="Only this annotator, such as A7; repeatable.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="Rows shown of each rule; 0 is all.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="All matching rows as CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="All matching rows as JSON.")] = False,
) -> None:
    """Show every repair, everything kept aside and everything noticed at import.

    repaired: a label was changed. aside: it was not certain what was meant, so it is no vote.
    flagged: nothing was changed, but you should know.
    """
    from emos.readers.summary import filter_ledger
    from emos.tables import Dataset

    if csv and json:
        raise EmosError("--csv and --json are two forms of one output", remedy="give one of them")
    found = Dataset.load(dataset).ledger
    for option, column, wanted in (
        ("--rule", "rule", rule),
        ("--kind", "kind", kind),
        ("--annotator", "annotator", annotator),
    ):
        _check_known(found, option, column, wanted or [])
    rows = filter_ledger(
        found, kinds=tuple(kind or ()), rules=tuple(rule or ()), annotators=tuple(annotator or ())
    )
    if csv:
        typer.echo(rows.write_csv(), nl=False)
    elif json:
        typer.echo(rows.write_json())
    else:
        _show_ledger(rows, limit, narrowed=bool(found.height))


def _check_known(ledger: pl.DataFrame, option: str, column: str, wanted: list[str]) -> None:
    there = set(ledger[column].drop_nulls())
    for value in wanted:
        if value not in there:
            raise EmosError(
                f"the ledger has no row with {option} {value}",
                remedy=f"it has {', '.join(sorted(there)) or 'no rows at all'}",
            )


def _rules_table(rules: pl.DataFrame) -> tuple[list[str], list[tuple[object, ...]]]:
    """Header and rows; what rows stand for is shown only where that is more than themselves."""
    if (rules["places"] > rules["rows"]).any():
        named = rules.rename({"places": "cells or items"})
    else:
        named = rules.drop("places")
    return named.columns, named.rows()


def _show_ledger(rows: pl.DataFrame, limit: int | None, *, narrowed: bool) -> None:
    from emos.cli.show import note, table
    from emos.readers.summary import count_rules

    if not rows.height:
        note(
            "No row matches all of --rule, --kind and --annotator."
            if narrowed
            else "The ledger is empty: nothing was repaired, kept aside or noticed."
        )
        return
    rules = count_rules(rows)
    table("How often", *_rules_table(rules))
    if limit is None:
        limit = _SHOWN if rules.height == 1 else _SHOWN_PER_RULE
    hidden = 0
    for kind, rule, count in rules.select("kind", "rule", "rows").iter_rows():
        note(f"\n{rule} ({kind})")
        of_rule = rows.filter((rows["kind"] == kind) & (rows["rule"] == rule))
        shown = of_rule.head(limit) if limit else of_rule
        for row in shown.iter_rows(named=True):
            note(f"  {_line(row)}")
        if shown.height < count:
            hidden += count - shown.height
            note(f"  … and {count - shown.height:,} more")
    if hidden:
        note(
            f"\n{hidden:,} of {rows.height:,} rows are not shown: --limit 0 shows all, "
            "--rule, --kind and --annotator narrow them, --csv and --json write them"
        )


def _line(row: dict[str, str | None]) -> str:
    """One ledger row: where, which item, what became what, why."""
    before, after = (row[key] and _quoted(row[key] or "") for key in ("before", "after"))
    change = f"{before} → {after}" if before and after else before or after
    parts = (_where(row), row["item_id"], change, f"({row['note']})" if row["note"] else "")
    return "  ".join(part for part in parts if part)


def _where(row: dict[str, str | None]) -> str:
    """Enough of the path to find the file, the cell, and whose answer it is."""
    path, annotator = PurePosixPath(row["file"] or ""), row["annotator"]
    own = annotator is not None and path.stem == annotator
    who = "" if own or annotator is None else f"({annotator})"
    return " ".join(part for part in (path.name, row["cell"], who) if part)


def _quoted(text: str) -> str:
    """A text on one line, so that blanks around it and what cannot be seen are seen."""
    more = f"… ({len(text):,} characters)" if len(text) > _WIDTH else ""
    return f"{text[:_WIDTH]!r}{more}"
