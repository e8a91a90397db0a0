"""``replay:FILE``: answers that were given before, read again.

The file is a run's ``attempts.jsonl`` or ``predictions.jsonl``, the run's folder, or any JSON
lines with ``item_id`` and ``raw`` (the model's words), and ``part`` where an item had several.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from emos.errors import EmosError
from emos.evaluate.backends.backend import Answer, Backend, BackendKind, FailedError, Request, Setup
from emos.evaluate.runner.journal import read_line, read_lines


class ReplayBackend(Backend):
    """Answers by item from a file; see `Backend` for the attributes."""

    at_once = 8

    def __init__(self, setup: Setup) -> None:
        path = Path(setup.model)
        if path.is_dir():
            path /= "attempts.jsonl"
        if not path.is_file():
            raise EmosError("no such file", file=path, remedy="replay:FILE names a JSON lines file")
        self._path = path
        self._places: dict[tuple[str, int | None], int] = {}
        for begin, record in read_lines(path):
            answered = isinstance(record.get("raw"), str)
            if isinstance(record.get("item_id"), str) and answered:
                self._places[record["item_id"], record.get("part")] = begin
        if not self._places:
            raise EmosError("no answers in it", file=path, remedy="each line needs item_id and raw")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        # The name alone: a run may be given away, and the path is nobody's business.
        name = Path(setup.model).resolve().name
        self.settings = {
            "model": f"replay:{name}",
            "answers": len(self._places),
            "file_sha256": digest,
        }
        self.sent = {"text": "nothing is sent: the answers are read from a file"}
        self.session = {"file": path.name}

    async def ask(self, request: Request) -> Answer:
        """The recorded answer."""
        begin = self._places.get((request.item.item_id, request.part))
        if begin is None:
            raise FailedError("no answer in the replayed file", again=False)
        record = read_line(self._path, begin)
        refused = record.get("outcome") == "refused" or record.get("status") == "refused"
        return Answer(record["raw"], refusal=record["raw"] if refused else None)


def make(setup: Setup) -> ReplayBackend:
    """The backend for ``replay:FILE``."""
    return ReplayBackend(setup)


BACKEND = BackendKind("replay", make)
