"""A task folder that lmms-eval loads with ``--include_path``: YAML, its functions, and the docs.

The YAML's fields are those of lmms-eval's task guide (github.com/EvolvingLMMs-Lab/lmms-eval,
docs/guides/task_guide.md at commit 72c8d287218aa184cbb82172b6fc9c6e7dd65c12), ``cluster_key`` and
``reasoning_tags`` those of ``TaskConfig`` in lmms_eval/api/task.py of 0.7.3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emos.errors import EmosError
from emos.evaluate.media.paths import inside, media_root
from emos.evaluate.prompts import Prompt
from emos.tables.folder import replace_folder

if TYPE_CHECKING:
    from emos.evaluate.runner.items import Item
    from emos.tables import Dataset

DOCS = "docs.jsonl"
UTILS = "utils.py"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,60}")
_LONGEST_ANSWER = {True: 8192, False: 1024}  # tokens: of a monologue, of a clip


@dataclass(frozen=True)
class Exported:
    """A task that was written.

    Attributes
    ----------
    task : its name, for ``--tasks``.
    folder : for ``--include_path``.
    items, with_media, with_label : how many docs it has, and how many of them have media and a
        Basic-7 label.
    """

    task: str
    folder: Path
    items: int
    with_media: int
    with_label: int


def export_lmms_eval(
    dataset: Dataset,
    folder: str | Path,
    *,
    prompt: Prompt,
    name: str | None = None,
    subsets: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    media: str | Path | None = None,
) -> Exported:
    """Write a task that asks ``prompt`` about clips, or about monologues if it asks for utterances.

    Parameters
    ----------
    folder : to write; a task written before is replaced.
    name : of the task; ``emos_`` and the prompt's name by default.
    media : the folder that the dataset's media paths start from. The task knows it, and
        ``EMOS_MEDIA`` in the environment takes its place elsewhere. Without either the model is
        given the text alone.

    Raises
    ------
    EmosError : for a name that cannot be one, no items, a media path that leads outside, or a
        folder that is not a task written here.
    """
    from emos.evaluate.runner.reading import Choice, choose

    task = name or re.sub(r"\W+", "_", f"emos_{prompt.name}".lower())
    if not _NAME.fullmatch(task):
        raise EmosError(f"task {task[:60]!r}", remedy="use small letters, digits and _")
    root = None if media is None else media_root(media)
    stream = "utterances" in prompt.asks
    chosen = choose(
        dataset, Choice(subsets, languages, ("monologue",) if stream else ("clip",))
    ).items
    docs = [_doc(item, prompt, root) for item in chosen]
    _add_labels(docs, dataset)
    texts = {
        f"{task}.yaml": _yaml(task, prompt, stream, labelled=any(doc["target"] for doc in docs)),
        UTILS: _utils(root),
        DOCS: "".join(json.dumps(doc, ensure_ascii=False) + "\n" for doc in docs),
    }

    def write(place: Path) -> None:
        for file, text in texts.items():
            (place / file).write_text(text, encoding="utf-8")

    _refuse_another(Path(folder), f"{task}.yaml")
    replace_folder(Path(folder), write, ours=frozenset(texts), mark=f"{task}.yaml")
    return Exported(
        task,
        Path(folder),
        len(docs),
        sum(bool(doc["media"]) for doc in docs),
        sum(bool(doc["target"]) for doc in docs),
    )


def _refuse_another(folder: Path, mark: str) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise EmosError(
            f"folder exists and does not hold {mark}",
            file=folder,
            remedy="choose another -o or empty it",
        )


def _doc(item: Item, prompt: Prompt, root: Path | None) -> dict[str, Any]:
    if root is not None and item.media:
        inside(root, item.media, item.item_id)
    return {
        "item_id": item.item_id,
        "language": item.language or "",
        "group": "",
        "prompt": prompt.render({"language": item.language, "transcript": item.transcript}),
        "media": item.media or "",
        "target": "",
        "asks": " ".join(prompt.asks),
        "form": prompt.form,
    }


def _add_labels(docs: list[dict[str, Any]], dataset: Dataset) -> None:
    """The Basic-7 label of a clip, and the dialogue or video that it belongs to."""
    items = dataset.items.select("item_id", "group")
    groups = {item_id: group for item_id, group in items.iter_rows() if group}
    labels = dataset.labels
    labels = labels.filter((labels["layer"] == "basic7") & labels["label"].is_not_null())
    found = dict(labels.select("item_id", "label").iter_rows())
    for doc in docs:
        doc["group"] = groups.get(doc["item_id"], doc["item_id"])
        doc["target"] = found.get(doc["item_id"], "")


def _yaml(task: str, prompt: Prompt, stream: bool, *, labelled: bool) -> str:
    """The task; strings are written as JSON, which YAML reads too."""
    metrics = ["emos_read", *(["emos_accuracy"] if labelled and not stream else [])]
    lines = [
        f"task: {json.dumps(task)}",
        "dataset_path: json",
        "dataset_kwargs:",
        "  data_files:",
        f"    test: {json.dumps(DOCS)}",
        "test_split: test",
        "output_type: generate_until",
        "doc_to_visual: !function utils.doc_to_visual",
        "doc_to_text: !function utils.doc_to_text",
        "doc_to_target: target",
        "process_results: !function utils.process_results",
        "# Without until, lmms-eval would end an answer at its first empty line.",
        "generation_kwargs:",
        f"  max_new_tokens: {_LONGEST_ANSWER[stream]}",
        "  temperature: 0",
        "  do_sample: false",
        "  until: []",
        "cluster_key: group",
        "metric_list:",
    ]
    for metric in metrics:
        lines += [
            f"  - metric: {metric}",
            f"    aggregation: !function utils.{metric}",
            "    higher_is_better: true",
        ]
    told = {"prompt": prompt.name, "prompt_version": prompt.version, "prompt_hash": prompt.hash}
    lines += ["metadata:", f"  version: {json.dumps(prompt.version or '0')}"]
    lines += [f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    return "\n".join(lines) + "\n"


def _utils(root: Path | None) -> str:
    source = files("emos.evaluate.interop").joinpath("lmms_eval_utils.py.txt")
    written = "None" if root is None else repr(str(root))
    text = source.read_text(encoding="utf-8")
    return text.replace("MEDIA_ROOT = None", f"MEDIA_ROOT = {written}")
