"""Commands ``export`` and ``convert``: tasks for other frameworks, and their results."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from emos.evaluate.interop import Results

_SHOWN_RULES = 8


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    exports = typer.Typer(help="Tasks for other evaluation frameworks.", no_args_is_help=True)
    exports.command("lmms-eval")(lmms_eval)
    app.add_typer(exports, name="export")
    app.command()(convert)


def lmms_eval(
    dataset: Annotated[Path, typer.Argument(help="A dataset (emos import).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The task's folder.")],
    prompt: Annotated[
        str, typer.Option(help="Prompt by name (a, b, emotion-llama, ...) or file.")
    ] = "a",
    name: Annotated[
        str | None, typer.Option(help="The task's name; by default emos_ and the prompt's.")
    ] = None,
    subset: Annotated[
        list[str] | None, typer.Option(help="Only this subset; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only this language; may be repeated.")
    ] = None,
    media: Annotated[
        Path | None, typer.Option(help="Folder that the dataset's media paths start from.")
    ] = None,
) -> None:
    """A task folder for lmms-eval: YAML, its functions, and a line per item."""
    from emos.cli.show import note, warn
    from emos.evaluate.interop import export_lmms_eval
    from emos.evaluate.prompts import load_prompt
    from emos.readers.wording import counted
    from emos.tables import Dataset

    made = export_lmms_eval(
        Dataset.load(dataset),
        output,
        prompt=load_prompt(prompt),
        name=name,
        subsets=subset,
        languages=language,
        media=media,
    )
    note(
        f"Task {made.task}: {counted(made.items, 'item')}, {made.with_media:,} with media, "
        f"{made.with_label:,} with a label. Written to {made.folder}"
    )
    if media is None and made.with_media:
        warn("No --media: the model is given text alone unless EMOS_MEDIA names the folder.")
    folder = shlex.quote(str(made.folder))
    typer.echo(
        f"Next:\n  python -m lmms_eval --model MODEL --tasks {made.task} --include_path {folder} "
        "--log_samples --output_path results\n"
        "  emos convert results/MODEL/..._samples_"
        f"{made.task}.jsonl -o predictions.jsonl"
    )


def convert(
    results: Annotated[
        Path,
        typer.Argument(help="Samples of lmms-eval (.jsonl), or VLMEvalKit's .xlsx, .tsv, .json."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Predictions to write (.jsonl; '-': to stdout).")
    ],
    framework: Annotated[
        str | None,
        typer.Option("--from", help="lmms-eval or vlmevalkit; by default the ending tells."),
    ] = None,
    docs: Annotated[
        Path | None,
        typer.Option(help="The task's docs.jsonl, where the results do not name the items."),
    ] = None,
    utterances: Annotated[
        bool, typer.Option("--utterances", help="The answers are to Prompt B (monologues).")
    ] = False,
    synonyms: Annotated[
        str | None, typer.Option(help="Table of words that count as labels (docs/parsing.md).")
    ] = None,
) -> None:
    """Results of lmms-eval or VLMEvalKit as predictions that emos score reads."""
    from emos.cli.outputs import STDOUT, check_outputs, put
    from emos.evaluate.interop import read_results
    from emos.evaluate.parsing import load_synonyms

    check_outputs(output, inputs=(results, docs))
    found = read_results(
        results,
        framework=framework,
        docs=docs,
        synonyms=None if synonyms is None else load_synonyms(synonyms),
        **({"asks": ("utterances",)} if utterances else {}),
    )
    lines = (json.dumps(record, ensure_ascii=False) for record in found.records)
    put("".join(f"{line}\n" for line in lines), output)
    if output != STDOUT:
        _report(found, output)


def _report(found: Results, output: Path) -> None:
    from emos.cli import show
    from emos.readers.wording import counted

    show.note(f"{counted(len(found.records), 'answer')} of {found.framework} in {found.file}")
    show.table("", ("status", "items"), list(found.counts().items()))
    rules = Counter(
        note.split(":", 1)[0] for record in found.records for note in set(record.get("notes", []))
    )
    if rules:
        show.table("Notes", ("rule", "times"), rules.most_common(_SHOWN_RULES))
    typer.echo(f"Written to {output}")
    typer.echo(f"Next: emos score DATASET {shlex.quote(str(output))}")
