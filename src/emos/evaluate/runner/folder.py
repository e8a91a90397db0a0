"""A run's folder: ``run.toml``, ``attempts.jsonl``, ``predictions.jsonl``, and one owner at a time.

``attempts.jsonl`` is what happened; ``predictions.jsonl`` is read from it and can be made anew at
any time. An attempt is written before anything is concluded from it.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.evaluate.runner.items import Item
from emos.evaluate.runner.journal import Journal, read_line, read_lines
from emos.evaluate.runner.lock import LOCK_FILE, locked
from emos.evaluate.runner.protocols import Part, Protocol
from emos.evaluate.runner.records import Records
from emos.evaluate.runner.settings import RUN_TOML, agree, run_text

ATTEMPTS = "attempts.jsonl"
PREDICTIONS = "predictions.jsonl"


def key_of(item_id: str, part: int | None) -> str:
    """A request's name: its item's, and the number of its part where there are several."""
    return item_id if part is None else f"{item_id}\x1f{part}"


class RunFolder:
    """The state of a run; use `open_run`.

    Attributes
    ----------
    ended : requests that need not be made again, with where their last attempt stands.
    failed : those of them that ended without an answer.
    tries : attempts so far at requests that failed.
    cut : bytes of a torn last line that were cut off.
    """

    def __init__(self, path: Path, items: Sequence[Item], records: Records) -> None:
        self.path = path
        self._records = records
        self._items = items
        self._attempts = Journal(path / ATTEMPTS)
        self.ended: dict[str, int] = {}
        self.failed: set[str] = set()
        self.tries: dict[str, int] = {}
        for begin, attempt in read_lines(path / ATTEMPTS):
            if not {"item_id", "outcome"} <= set(attempt):
                raise EmosError(
                    "a line is no attempt",
                    file=path / ATTEMPTS,
                    place=f"byte {begin}",
                    remedy="take the line out; its item is asked again",
                )
            self._note(attempt, begin)
        self._predictions = Journal(path / PREDICTIONS)
        self.cut = self._attempts.cut + self._predictions.cut

    @property
    def _protocol(self) -> Protocol:
        return self._records.protocol

    def _note(self, attempt: Mapping[str, Any], begin: int) -> None:
        key = key_of(attempt["item_id"], attempt.get("part"))
        if attempt["outcome"] == "failed":
            self.tries[key] = self.tries.get(key, 0) + 1
        if attempt.get("final"):
            self.ended[key] = begin
            self.failed.discard(key)
            if attempt["outcome"] == "failed":
                self.failed.add(key)

    def forget_failed(self) -> int:
        """Have requests without an answer made again; how many."""
        count = len(self.failed)
        for key in self.failed:
            del self.ended[key]
        self.failed.clear()
        return count

    def settle(self) -> set[str]:
        """Bring ``predictions.jsonl`` in line with the attempts; the items that are done."""
        done = {item.item_id for item in self._items if self.is_done(item)}
        kept, there, every = [], set(), 0
        for name, begin, length in _lines(self.path / PREDICTIONS):
            every += 1
            if name in done and name not in there:
                there.add(name)
                kept.append((begin, length))
        if len(kept) < every:
            self._rewrite(kept)
        for item in self._items:
            if item.item_id in done and item.item_id not in there:
                self.predict(item)
        return done

    def is_done(self, item: Item) -> bool:
        """Whether every request of an item has ended."""
        return all(
            key_of(item.item_id, part.number) in self.ended for part in self._protocol.parts(item)
        )

    def add(self, attempt: dict[str, Any]) -> None:
        """Write an attempt."""
        self._note(attempt, self._attempts.append(attempt))

    def last(self, item: Item, part: Part) -> dict[str, Any]:
        """The attempt that ended a request."""
        return read_line(self.path / ATTEMPTS, self.ended[key_of(item.item_id, part.number)])

    def predict(self, item: Item) -> str:
        """Write the prediction of an item whose requests have ended; its status."""
        parts = {part: self.last(item, part) for part in self._protocol.parts(item)}
        record = self._records.record(item, parts)
        self._predictions.append(record)
        return str(record["status"])

    def order(self) -> None:
        """Put the predictions into the dataset's order."""
        order = {item.item_id: place for place, item in enumerate(self._items)}
        # Numbers, not objects: a run of a million items has these all at once.
        places, begins, lengths = array("q"), array("q"), array("q")
        for name, begin, length in _lines(self.path / PREDICTIONS):
            places.append(order[name])
            begins.append(begin)
            lengths.append(length)
        wanted = sorted(range(len(places)), key=places.__getitem__)
        if wanted != list(range(len(places))):
            self._rewrite((begins[n], lengths[n]) for n in wanted)

    def statuses(self) -> dict[str, int]:
        """How many items ended how."""
        counts: dict[str, int] = {}
        for _, record in read_lines(self.path / PREDICTIONS):
            counts[record["status"]] = counts.get(record["status"], 0) + 1
        return counts

    def usage(self) -> dict[str, int]:
        """Tokens in and out over all answers, as the server counted them."""
        total: dict[str, int] = {}
        for _, attempt in read_lines(self.path / ATTEMPTS):
            for name, count in (attempt.get("usage") or {}).items():
                total[name] = total.get(name, 0) + count
        return total

    def _rewrite(self, places: Iterable[tuple[int, int]]) -> None:
        """Keep these lines of ``predictions.jsonl``, in this order, by an atomic rename."""
        self._predictions.close()
        path = self.path / PREDICTIONS
        part = path.with_name(f".{PREDICTIONS}.part")
        with path.open("rb") as old, part.open("wb") as new:
            for begin, length in places:
                old.seek(begin)
                new.write(old.read(length))
            new.flush()
            os.fsync(new.fileno())
        part.replace(path)
        self._predictions = Journal(path)

    def close(self) -> None:
        """Have everything on the disk."""
        self._attempts.close()
        self._predictions.close()


def _lines(path: Path) -> Iterator[tuple[str, int, int]]:
    """Each prediction's item, where its line begins, and how long it is."""
    previous: tuple[str, int] | None = None
    for begin, record in read_lines(path):
        if previous is not None:
            yield (*previous, begin - previous[1])
        previous = (str(record.get("item_id")), begin)
    if previous is not None:
        yield (*previous, path.stat().st_size - previous[1])


@contextmanager
def open_run(
    path: Path,
    wanted: Mapping[str, Any],
    session: Mapping[str, Any],
    items: Sequence[Item],
    records: Records,
) -> Iterator[RunFolder]:
    """The run in ``path``, begun or gone on with, held by this process alone.

    Parameters
    ----------
    wanted : what ``run.toml`` is to say; see `settings`.
    session : how this start is carried out.

    Raises
    ------
    EmosError : if the folder is something else, another process has it, its settings differ, or
        it cannot be written.
    """
    _make(path)
    with locked(path):
        sessions = agree(path / RUN_TOML, wanted)
        _write(path / RUN_TOML, run_text(wanted, [*sessions, dict(session)]))
        folder = RunFolder(path, items, records)
        try:
            yield folder
        finally:
            folder.close()


def _make(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise EmosError("this is a file", file=path, remedy="-o names a folder for the run")
    if path.is_dir() and not (path / RUN_TOML).is_file():
        ours = (LOCK_FILE, f".{RUN_TOML}.part")  # all there is if it was killed at its beginning
        strangers = [entry.name for entry in path.iterdir() if entry.name not in ours]
        if strangers:
            raise EmosError(
                "folder exists and is no run", file=path, remedy="choose another -o or empty it"
            )
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmosError(f"cannot be made ({error.strerror})", file=path) from error


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=path) from error
