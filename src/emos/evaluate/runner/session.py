"""One start of a run from its options: what is asked, with what, and whether it may go on."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import emos
from emos.errors import EmosError
from emos.evaluate.backends import Backend, Sampling, Setup, find_backend, split_model
from emos.evaluate.media.options import MediaOptions
from emos.evaluate.media.paths import inside, media_root
from emos.evaluate.parsing import Synonyms, load_synonyms
from emos.evaluate.prompts import Prompt, load_prompt
from emos.evaluate.runner.folder import open_run
from emos.evaluate.runner.items import Chosen, Item, Kind
from emos.evaluate.runner.progress import Progress
from emos.evaluate.runner.protocols import ADDED_HASH, GIVEN_SEGMENTS, Protocol
from emos.evaluate.runner.reading import Choice, read_apart
from emos.evaluate.runner.records import Records
from emos.evaluate.runner.run import Run, RunOptions

MODALITIES = ("text", "audio", "video")


@dataclass(frozen=True)
class Question:
    """Everything that decides what is asked of which model.

    Attributes
    ----------
    model : ``BACKEND:NAME``.
    prompts : names or files; by default Prompt A for clips and Prompt B for monologues.
    modalities : of `MODALITIES`; by default text, and all three with a media root.
    media : the media root.
    """

    dataset: Path
    model: str
    prompts: Sequence[str] = ()
    subsets: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    modalities: Sequence[str] | None = None
    protocol: str = "whole"
    window_s: float = 30.0
    overlap_s: float = 5.0
    context_s: float | None = None
    media: Path | None = None
    media_url: str | None = None
    media_options: MediaOptions = field(default_factory=MediaOptions)
    sampling: Sampling = field(default_factory=Sampling)
    synonyms: str | None = None
    seed: int = 12345
    profile: str | None = None
    base_url: str | None = None
    timeout_s: float = 300.0


@dataclass(frozen=True)
class Plan:
    """A question worked out: the items, the model, and what ``run.toml`` is to say."""

    chosen: Chosen
    backend: Backend
    protocol: Protocol
    records: Records
    modalities: tuple[str, ...]
    root: Path | None
    wanted: Mapping[str, Any]

    @property
    def sees_media(self) -> tuple[str, ...]:
        """The modalities beside text."""
        return tuple(name for name in self.modalities if name != "text")

    def find(self, item: Item) -> Path | None:
        """The item's media file below the root; None if it has none."""
        if self.root is None or item.media is None:
            return None
        return inside(self.root, item.media, item.item_id)


@dataclass(frozen=True)
class Outcome:
    """How a session ended.

    Attributes
    ----------
    statuses : items by status, over all sessions.
    left : items not asked yet (``limit``).
    asked : items that this session asked about.
    usage : tokens over all sessions, as the server counted them.
    cut : bytes of a torn last line that were cut off at the start.
    """

    statuses: Mapping[str, int]
    left: int
    asked: int
    usage: Mapping[str, int]
    cut: int = 0


def prepare(question: Question, *, cache: Path | None = None) -> Plan:
    """Read the items, find the prompts and reach for the model; nothing is sent yet.

    Raises
    ------
    EmosError : for anything that cannot be asked so; MissingExtraError where a part is missing.
    """
    kind = find_backend(split_model(question.model)[0])
    labels, stream = _prompts(question.prompts)
    choice = Choice(question.subsets, question.languages, _kinds(question, labels, stream))
    chosen = read_apart(question.dataset, choice)
    modalities = _modalities(question)
    root = None if question.media is None else media_root(question.media)
    backend = kind.make(
        Setup(
            model=split_model(question.model)[1],
            dataset=question.dataset,
            items=chosen.items,
            modalities=modalities,
            media=question.media_options,
            sampling=question.sampling,
            seed=question.seed,
            profile=question.profile,
            base_url=question.base_url,
            media_url=question.media_url,
            timeout_s=question.timeout_s,
            cache=cache,
            environment=os.environ,
        )
    )
    if not backend.asks:
        modalities, root = ("text",), None
    protocol = _protocol(question, labels, stream, modalities, backend)
    synonyms = None if question.synonyms is None else load_synonyms(question.synonyms)
    plan = Plan(chosen, backend, protocol, Records(protocol, synonyms), modalities, root, wanted={})
    data = dict(chosen.data) | (_media_data(plan) if plan.sees_media else {})
    return replace(plan, wanted=_wanted(question, plan, data, synonyms))


def carry_out(
    plan: Plan,
    output: Path,
    *,
    limit: int | None = None,
    retry_errors: bool = False,
    options: RunOptions | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Ask what is not answered yet, and write the run to ``output``.

    Parameters
    ----------
    limit : only the first so many items of the dataset's order; a later start may go on.
    retry_errors : ask again what ended without an answer.

    Raises
    ------
    EmosError : if the run was begun otherwise or cannot go on; what was answered is kept.
    """
    options = options or RunOptions()
    items = plan.chosen.items[:limit]
    session = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        **plan.backend.session,
        "at_once": options.at_once,
        "tries": options.tries,
        "limit": limit,
        "retry_errors": retry_errors,
    }
    with open_run(output, plan.wanted, session, plan.chosen.items, plan.records) as folder:
        if retry_errors:
            folder.forget_failed()
        done = folder.settle()
        open_items = [item for item in items if item.item_id not in done]
        progress = progress or Progress(len(open_items), before=len(done))
        try:
            asyncio.run(_ask(plan, folder, open_items, options, progress))
        finally:
            progress.close()
        folder.order()
        return Outcome(
            folder.statuses(),
            len(plan.chosen.items) - sum(folder.statuses().values()),
            len(open_items),
            folder.usage(),
            folder.cut,
        )


async def _ask(
    plan: Plan, folder: Any, items: Sequence[Item], options: RunOptions, progress: Progress
) -> None:
    run = Run(
        plan.backend,
        folder,
        plan.protocol,
        plan.records,
        options,
        progress,
        modalities=plan.sees_media,
        find=plan.find,
    )
    try:
        await run.ask(items)
    finally:
        await plan.backend.close()


def _prompts(names: Sequence[str]) -> tuple[Prompt | None, Prompt | None]:
    """The prompt for labels and the one for utterances."""
    found: dict[bool, Prompt] = {}
    for name in names or ("a", "b"):
        prompt = load_prompt(name)
        stream = "utterances" in prompt.asks
        if stream in found:
            raise EmosError(
                f"prompts {found[stream].name} and {prompt.name} ask for the same",
                remedy="one for clips and one for monologues; a run of its own for each other",
            )
        found[stream] = prompt
    return found.get(False), found.get(True)


def _kinds(question: Question, labels: Prompt | None, stream: Prompt | None) -> tuple[Kind, ...]:
    if not question.prompts:
        return ("clip", "monologue")
    if question.protocol in GIVEN_SEGMENTS:
        if labels is None:
            raise EmosError(
                f"protocol {question.protocol} needs a prompt for labels", remedy="give --prompt a"
            )
        return ("clip", "monologue")
    return (*(("clip",) if labels else ()), *(("monologue",) if stream else ()))


def _modalities(question: Question) -> tuple[str, ...]:
    given = question.media is not None
    wanted = question.modalities or (MODALITIES if given else ("text",))
    strange = [name for name in wanted if name not in MODALITIES]
    if strange:
        raise EmosError(
            f"no modality is called {strange[0]!r}", remedy=f"use {', '.join(MODALITIES)}"
        )
    found = tuple(name for name in MODALITIES if name in wanted)
    if found != ("text",) and not given:
        raise EmosError(
            f"{' and '.join(found)} without a media folder",
            remedy="--media names the folder that the dataset's media paths start from",
        )
    return found


def _protocol(
    question: Question,
    labels: Prompt | None,
    stream: Prompt | None,
    modalities: tuple[str, ...],
    backend: Backend,
) -> Protocol:
    return Protocol(
        question.protocol if backend.asks else "whole",
        labels,
        stream,
        question.window_s,
        question.overlap_s,
        question.context_s,
        with_text="text" in modalities,
    )


def _media_data(plan: Plan) -> dict[str, Any]:
    """How many clips there are and a hash of their sizes; every path is checked here."""
    digest, count, size = hashlib.sha256(), 0, 0
    for item in plan.chosen.items:
        path = plan.find(item)
        length = path.stat().st_size if path is not None and path.is_file() else None
        digest.update(f"{item.item_id}\0{length}\n".encode())
        count += length is not None
        size += length or 0
    if not count:
        raise EmosError(
            "none of the clips is in it",
            file=plan.root,
            remedy="--media names the folder that the dataset's media paths start from",
        )
    return {"files": count, "bytes": size, "files_hash": digest.hexdigest()[:8]}


def _wanted(
    question: Question, plan: Plan, data: Mapping[str, Any], synonyms: Synonyms | None
) -> dict[str, Any]:
    protocol = plan.protocol
    settings: dict[str, Any] = {"model": question.model, **plan.backend.settings}
    prompts: dict[str, Any] = {}
    if plan.backend.asks:
        settings["modalities"] = list(plan.modalities)
        if data["monologues"]:
            settings |= {"protocol": protocol.name, "added_hash": ADDED_HASH}
            if protocol.name == "windowed":
                settings |= {"window_s": protocol.window_s, "overlap_s": protocol.overlap_s}
            if protocol.name == "causal" and protocol.context_s is not None:
                settings["context_s"] = protocol.context_s
        if synonyms is not None:
            settings |= {"synonyms": synonyms.name, "synonyms_hash": synonyms.hash[:16]}
        used = {protocol.prompt(item) for item in plan.chosen.items}
        for prompt in sorted(used, key=lambda one: one.name):
            prompts[prompt.name] = {
                "version": prompt.version,
                "sha256": prompt.hash,
                "form": prompt.form,
                "asks": list(prompt.asks),
            }
    return {
        "emos": emos.__version__,
        "settings": settings,
        "prompts": prompts,
        "data": data,
        "sent": dict(plan.backend.sent),
    }
