"""What results of any framework come down to: a text for each item, read as any answer is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.parsing import Synonyms, parse_answer, parse_utterances, to_record
from emos.readers.predictions.json_lines import json_records

LAYERS = ("basic7", "goemotions")


@dataclass(frozen=True)
class Doc:
    """One line of a file of docs: which item a number means, and what it was asked for.

    Attributes
    ----------
    item_id : in the dataset.
    asks : what the prompt asked for, as `emos.evaluate.prompts.ASKABLE`; empty if it is not said.
    form : ``json`` or ``text``, None if it is not said.
    language : of the item, None if it is not said.
    """

    item_id: str
    asks: tuple[str, ...] = ()
    form: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Answer:
    """One answer of a framework's results.

    Attributes
    ----------
    doc : the item and what it was asked for.
    text : as the model gave it; None if there is none.
    place : where it stands in the results.
    failed : why no answer came, if none did.
    """

    doc: Doc
    text: str | None
    place: str
    failed: str | None = None


def read_docs(path: str | Path) -> dict[int, Doc]:
    """The docs that a task was made of, by number: their ``index``, or their place from 0.

    Raises
    ------
    EmosError : for a line without ``item_id``, or a number that is there twice.
    """
    path = Path(path)
    if not path.is_file():
        raise EmosError("no such file", file=path, remedy="--docs names the task's docs.jsonl")
    docs: dict[int, Doc] = {}
    for number, (place, record) in enumerate(json_records(path)):
        item_id, index = record.get("item_id"), record.get("index", number)
        if not isinstance(item_id, str) or not item_id:
            raise EmosError("no item_id", file=path, place=place, remedy="one doc to a line")
        if isinstance(index, bool) or not isinstance(index, int) or index in docs:
            raise EmosError(
                f"index {str(index)[:40]!r} is no number of its own", file=path, place=place
            )
        docs[index] = doc_of(record)
    return docs


def doc_of(record: Mapping[str, Any]) -> Doc:
    """The doc that an object with an ``item_id`` describes."""
    said = {k: v for k in ("asks", "form", "language") if isinstance(v := record.get(k), str) and v}
    asks = tuple(said.get("asks", "").split())
    return Doc(record["item_id"], asks, said.get("form"), said.get("language"))


def to_records(
    answers: Iterable[Answer], path: Path, *, asks: Sequence[str], synonyms: Synonyms | None
) -> list[dict[str, Any]]:
    """The objects of ``predictions.jsonl``, one to each item.

    Parameters
    ----------
    asks : what was asked for where a doc does not say.

    Raises
    ------
    EmosError : for a second answer to an item, or no answer at all.
    """
    records: dict[str, dict[str, Any]] = {}
    for answer in answers:
        item_id = answer.doc.item_id
        if item_id in records:
            raise EmosError(
                f"a second answer to {item_id}",
                file=path,
                place=answer.place,
                remedy="keep one answer per item",
            )
        records[item_id] = _record(answer, answer.doc.asks or tuple(asks), synonyms)
    if not records:
        raise EmosError("no answers in it", file=path, remedy="check what the framework wrote")
    return list(records.values())


def _record(answer: Answer, asks: tuple[str, ...], synonyms: Synonyms | None) -> dict[str, Any]:
    doc = answer.doc
    if answer.failed is not None:
        made = to_record(doc.item_id, parse_answer(None), answer.text)
        return made | {"status": "error", "notes": [answer.failed]}
    if "utterances" in asks:
        stream = parse_utterances(
            answer.text, form=doc.form, language=doc.language or "zh", synonyms=synonyms
        )
        return to_record(doc.item_id, stream, answer.text)
    layers = [layer for layer in LAYERS if layer in asks] or LAYERS
    parsed = parse_answer(answer.text, layers=layers, form=doc.form, synonyms=synonyms)
    return to_record(doc.item_id, parsed, answer.text)
