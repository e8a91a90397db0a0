"""Which framework results are of, and their answers as predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.interop import lmms_eval, vlmevalkit
from emos.evaluate.interop.answers import LAYERS, read_docs, to_records
from emos.evaluate.parsing import Synonyms
from emos.tables.predictions import STATUSES

_READERS = {module.NAME: module.read_answers for module in (lmms_eval, vlmevalkit)}
FRAMEWORKS = tuple(_READERS)
_ENDINGS = {".jsonl": "lmms-eval"} | dict.fromkeys(
    (".xlsx", ".tsv", ".csv", ".json", ".pkl"), "vlmevalkit"
)


@dataclass(frozen=True)
class Results:
    """A framework's results as predictions.

    Attributes
    ----------
    framework : one of `FRAMEWORKS`.
    records : the objects of ``predictions.jsonl``, in the order of the file.
    file : the file that was read.
    """

    framework: str
    records: list[dict[str, Any]]
    file: Path

    def counts(self) -> dict[str, int]:
        """How many items ended with each status."""
        found = Counter(record["status"] for record in self.records)
        return {status: found[status] for status in STATUSES if found[status]}


def read_results(
    path: str | Path,
    *,
    framework: str | None = None,
    docs: str | Path | None = None,
    asks: Sequence[str] = LAYERS,
    synonyms: Synonyms | None = None,
) -> Results:
    """Read the results of lmms-eval or VLMEvalKit; every answer is read as `parse_answer` does.

    Parameters
    ----------
    path : lmms-eval's ``..._samples_TASK.jsonl`` or the folder that holds it; VLMEvalKit's
        ``MODEL_DATASET.xlsx``, ``.tsv`` or ``.json``.
    framework : one of `FRAMEWORKS`; told by the file's ending if None.
    docs : JSON lines with ``item_id``, and ``index`` where it is not the line's place from 0; not
        needed where the results name the items.
    asks : what the prompt asked for, where neither results nor docs say: ``utterances`` for
        monologues, else layers.

    Raises
    ------
    EmosError : for a file that is no such result, an answer whose item cannot be told, and a
        second answer to an item.
    """
    path = Path(path)
    if path.is_dir():
        found = lmms_eval.samples_file(path)
        if found is None:
            raise EmosError(
                "no samples of lmms-eval here", file=path, remedy="name the file of results"
            )
        path = found
    if not path.is_file():
        raise EmosError("no such file", file=path, remedy="check the path")
    told = framework or _ENDINGS.get(path.suffix.lower())
    if told is None or told not in _READERS:
        problem = f"no framework {told!r}" if told else "results of which framework?"
        raise EmosError(problem, file=path, remedy=f"--from {' or '.join(FRAMEWORKS)}")
    answers = _READERS[told](path, None if docs is None else read_docs(docs))
    return Results(told, to_records(answers, path, asks=asks, synonyms=synonyms), path)
