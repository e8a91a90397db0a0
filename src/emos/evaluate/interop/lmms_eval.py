"""Samples of lmms-eval (``--log_samples``): ``{datetime}_samples_{task}.jsonl``.

A line has ``doc_id`` (the doc's place in its split), ``input``, ``target``, ``filtered_resps``
(after the filters and without thinking), ``resps`` (before; left out where it is the same) and
what the task's ``process_results`` returned for each metric. Source: github.com/EvolvingLMMs-Lab/
lmms-eval, docs/getting-started/commands.md ("Log Samples Output Format") at commit
6c3e8532f8aeef33fcb5a80d19ef580627763932, and lmms_eval/loggers/evaluation_tracker.py of 0.7.3.
Older versions nest the responses in one more list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.interop.answers import Answer, Doc, doc_of
from emos.readers.predictions.json_lines import json_records

NAME = "lmms-eval"
# What its models answer in place of a request that failed (lmms_eval/models/chat/openai.py).
_FAILED = "[LMMS_EVAL_REQUEST_FAILED"
_DEEPEST = 4


def samples_file(folder: Path) -> Path | None:
    """The one file of samples in a folder of results; None if there is none.

    Raises
    ------
    EmosError : if there are several.
    """
    found = sorted(folder.glob("*samples_*.jsonl"))
    if len(found) > 1:
        raise EmosError(
            f"{len(found)} files of samples here",
            file=folder,
            remedy=f"name one, such as {found[-1].name}",
        )
    return found[0] if found else None


def is_sample(record: Mapping[str, Any]) -> bool:
    """Whether a line is a sample of lmms-eval."""
    return "doc_id" in record and ("resps" in record or "filtered_resps" in record)


def read_answers(path: Path, docs: Mapping[int, Doc] | None) -> Iterator[Answer]:
    """The answers, in the file's order.

    The item is the ``item_id`` that a task of `emos export` logs, or the doc of that number.

    Raises
    ------
    EmosError : for a line that is no sample, or one whose item cannot be told.
    """
    for place, record in json_records(path):
        if not is_sample(record):
            raise EmosError(
                "no sample of lmms-eval",
                file=path,
                place=place,
                remedy="run it with --log_samples and give its ..._samples_TASK.jsonl",
            )
        text = _response(record.get("resps", record.get("filtered_resps")))
        failed = None
        if text is not None and text.startswith(_FAILED):
            failed, text = text[:300], None
        yield Answer(_doc(record, docs, path, place), text, place, failed)


def _doc(record: Mapping[str, Any], docs: Mapping[int, Doc] | None, path: Path, place: str) -> Doc:
    number = record["doc_id"]
    known = docs.get(number) if docs is not None and isinstance(number, int) else None
    logged = [record, *(value for value in record.values() if isinstance(value, dict))]
    named = next((one for one in logged if isinstance(one.get("item_id"), str)), None)
    if named is None:
        if known is None:
            raise EmosError(
                f"doc {str(number)[:40]} is no known item",
                file=path,
                place=place,
                remedy="--docs names the docs.jsonl that the task was made of",
            )
        return known
    if known is not None:
        if known.item_id != named["item_id"]:
            raise EmosError(
                f"doc {number} is {known.item_id} in the docs, and {named['item_id']} here",
                file=path,
                place=place,
                remedy="give the docs that this run was made with",
            )
        return known
    return doc_of(named)


def _response(value: Any) -> str | None:
    """The first response; a sample asked once has only that."""
    for _ in range(_DEEPEST):
        if not isinstance(value, list):
            break
        value = value[0] if value else None
    return value if isinstance(value, str) else None
