"""Command ``evaluate``."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from emos.evaluate.canary import Verdict
    from emos.evaluate.runner.dry_run import Estimate
    from emos.evaluate.runner.prices import Price
    from emos.evaluate.runner.session import Outcome, Plan, Question


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command()(evaluate)


def evaluate(
    dataset: Annotated[
        Path | None, typer.Argument(help="A dataset (emos import); not needed with --canary.")
    ] = None,
    model: Annotated[
        str,
        typer.Option(help="BACKEND:NAME, such as baseline:majority, openai:NAME, replay:FILE."),
    ] = "baseline:majority",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The run's folder; by default runs/ in the dataset."),
    ] = None,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            help="Prompt by name (a, b, emotion-llama, ...) or file; twice for clips and "
            "monologues. Default: a for clips, b for monologues."
        ),
    ] = None,
    subset: Annotated[
        list[str] | None, typer.Option(help="Only this subset; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only this language; may be repeated.")
    ] = None,
    modalities: Annotated[
        str | None,
        typer.Option(help="What the model is given: text,audio,video or some of them."),
    ] = None,
    protocol: Annotated[
        str, typer.Option(help="Of monologues: whole, windowed, causal or segments.")
    ] = "whole",
    window: Annotated[float, typer.Option(min=1, help="Seconds of a window.")] = 30.0,
    overlap: Annotated[float, typer.Option(min=0, help="Seconds that windows share.")] = 5.0,
    context: Annotated[
        float | None, typer.Option(min=0, help="causal: at most so many seconds of the past.")
    ] = None,
    media: Annotated[
        Path | None, typer.Option(help="Folder that the dataset's media paths start from.")
    ] = None,
    media_url: Annotated[
        str | None, typer.Option(help="Address of that folder, for servers that fetch videos.")
    ] = None,
    fps: Annotated[float, typer.Option(min=0.01, help="Frames per second, as pictures.")] = 2.0,
    most_frames: Annotated[int, typer.Option(min=1, help="Most frames of a clip.")] = 64,
    size: Annotated[int, typer.Option(min=16, help="Longest side of a frame in pixels.")] = 448,
    audio_rate: Annotated[int, typer.Option(min=4000, help="Sound: samples per second.")] = 16000,
    profile: Annotated[
        str | None,
        typer.Option(help="How the server takes media: openai, vllm, sglang, ..., or a file."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="The server's address; default: OPENAI_BASE_URL.")
    ] = None,
    temperature: Annotated[
        str, typer.Option(help="Sampling temperature; 'server' leaves it to the server.")
    ] = "0",
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Longest answer.")] = None,
    extra: Annotated[
        str | None, typer.Option(help="More fields of each request, as a JSON object.")
    ] = None,
    synonyms: Annotated[
        str | None, typer.Option(help="Table of words that count as labels (docs/parsing.md).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of baselines (12345), and sent to the server if set.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many items; go on later.")
    ] = None,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help="Ask again what ended without an answer.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    canary: Annotated[
        bool, typer.Option("--canary", help="Test whether picture and sound reach the model.")
    ] = False,
    prices: Annotated[
        Path | None, typer.Option(help="Your own price list (docs/evaluating.md).")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Most requests under way.")] = 32,
    tries: Annotated[int, typer.Option(min=1, help="Most attempts at one request.")] = 6,
    backoff: Annotated[
        float, typer.Option(min=0, help="Seconds before the second attempt; doubled each time.")
    ] = 0.5,
    timeout: Annotated[float, typer.Option(min=0.1, help="Longest time of a request.")] = 300.0,
    give_up_after: Annotated[
        int, typer.Option(min=1, help="Stop after so many requests in a row without an answer.")
    ] = 25,
) -> None:
    """Ask a model about every item; stopped in any way, the same command goes on."""
    from emos.errors import EmosError
    from emos.evaluate.backends import Sampling
    from emos.evaluate.media.options import MediaOptions
    from emos.evaluate.runner.run import RunOptions
    from emos.evaluate.runner.session import Question

    if dataset is None and not canary:
        raise EmosError("no dataset", remedy="say emos evaluate DATASET --model ...")
    question = Question(
        dataset=dataset or Path(),
        model=model,
        prompts=prompt or (),
        subsets=subset,
        languages=language,
        modalities=_names(modalities),
        protocol=protocol,
        window_s=window,
        overlap_s=overlap,
        context_s=context,
        media=media,
        media_url=media_url,
        media_options=MediaOptions(fps, most_frames, size, audio_rate),
        sampling=Sampling(_temperature(temperature), max_tokens, seed, _fields(extra)),
        synonyms=synonyms,
        seed=12345 if seed is None else seed,
        profile=profile,
        base_url=base_url,
        timeout_s=timeout,
    )
    if canary:
        from emos.evaluate.canary import run_canary

        _show_canary(run_canary(question))
        return
    folder = output or question.dataset / "runs" / _slug(model)
    options = RunOptions(at_once, tries, backoff, give_up_after)
    _run(question, folder, options, prices, limit, retry_errors=retry_errors, dry_run=dry_run)


def _run(
    question: Question,
    folder: Path,
    options: Any,
    prices: Path | None,
    limit: int | None,
    *,
    retry_errors: bool,
    dry_run: bool,
) -> None:
    from emos.evaluate.runner.dry_run import estimate
    from emos.evaluate.runner.prices import read_price
    from emos.evaluate.runner.session import carry_out, prepare

    price = None if prices is None else read_price(prices, question.model.partition(":")[2])
    plan = prepare(question, cache=folder)
    if dry_run:
        _show_estimate(estimate(plan, plan.chosen.items[:limit], price), plan, price)
        return
    outcome = carry_out(plan, folder, limit=limit, retry_errors=retry_errors, options=options)
    _show_outcome(outcome, question, folder, price)


def _show_outcome(outcome: Outcome, question: Question, folder: Path, price: Price | None) -> None:
    if outcome.cut:
        typer.echo(f"A last line that was not finished ({outcome.cut:,} bytes) was cut off.")
    n = sum(outcome.statuses.values())
    counts = [f"{count:,} {name}" for name, count in sorted(outcome.statuses.items())]
    typer.echo(f"{n:,} items: {', '.join(counts) or 'none'}")
    if outcome.usage:
        tokens = [f"{count:,} {name}" for name, count in sorted(outcome.usage.items())]
        cost = "" if price is None else f"; {price.cost(outcome.usage):,.2f} {price.currency}"
        typer.echo(f"Tokens as the server counts them: {', '.join(tokens)}{cost}")
    typer.echo(f"Written to {folder}")
    if outcome.left:
        typer.echo(f"{outcome.left:,} items are left; the same command without --limit goes on.")
    if outcome.statuses.get("error"):
        typer.echo("Reasons stand in attempts.jsonl; --retry-errors asks again.")
    typer.echo(f"Score it:  emos score {_quoted(question.dataset)} {_quoted(folder)}")


def _show_estimate(found: Estimate, plan: Plan, price: Price | None) -> None:
    typer.echo(f"{found.requests:,} requests about {found.items:,} items; nothing was sent.")
    typer.echo(f"Text: {found.text_bytes / 1e6:,.2f} MB, about {found.text_tokens:,} tokens")
    if plan.sees_media:
        size = "unknown" if found.media_bytes is None else f"{found.media_bytes / 1e6:,.1f} MB"
        tokens = (
            "tokens not known"
            if found.media_tokens is None
            else f"about {found.media_tokens:,} tokens"
        )
        typer.echo(f"Media: {size} in base64, from {found.sampled} requests; {tokens}")
    typer.echo(f"Answers: about {found.answer_tokens:,} tokens, assumed")
    for fault in found.faults:
        typer.echo(f"! {fault}")
    if price is not None and found.cost is not None:
        missing = plan.sees_media and found.media_tokens is None
        typer.echo(
            f"Cost: about {found.cost:,.2f} {price.currency}{' and the media' if missing else ''}"
        )
    for name, how in plan.backend.sent.items():
        if isinstance(how, str):
            typer.echo(f"Sent as {name}: {how}")


def _show_canary(verdict: Verdict) -> None:
    for line in verdict.lines():
        typer.echo(line)
    if not verdict.arrives:
        raise typer.Exit(1)


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _temperature(text: str) -> float | None:
    from emos.errors import EmosError

    if text == "server":
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise EmosError(f"temperature {text!r}", remedy="use a number from 0, or 'server'")
    return value


def _fields(text: str | None) -> dict[str, Any]:
    from emos.errors import EmosError

    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise EmosError("--extra is no JSON object", remedy="""for instance '{"top_p": 0.9}'""")
    return found


def _slug(model: str) -> str:
    """A folder's name for a model."""
    return re.sub(r"[^\w.-]+", "-", model).strip("-.") or "run"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
