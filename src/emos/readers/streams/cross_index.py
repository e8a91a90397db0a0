"""The cross-index of a streaming folder: all monologues of a language in one file.

``Chinese_sentence_level.json`` and ``English_sentence_level.json`` repeat what the folders'
``sentence_level_timestamps.json`` say, in times of the source video. Here they are read and
compared; where a folder has no timestamps they stand in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from emos.errors import EmosError
from emos.readers.json_fields import Fields, Ledger, elements
from emos.readers.salvage import Salvaged, read_json

PATTERN = "*_sentence_level.json"
_GRID_S = 0.021  # both files round to hundredths, and a difference of two has two roundings


@dataclass(frozen=True)
class Sentence:
    """One sentence; times in seconds from the start of its monologue."""

    index: int
    start_s: float | None
    end_s: float | None
    text: str
    media: str | None


@dataclass(frozen=True)
class Timeline:
    """One monologue's place in its source video (seconds) and its sentences."""

    fields: Fields
    language: str | None
    film: str | None
    recording: str | None
    start_s: float | None
    end_s: float | None
    sentences: tuple[Sentence, ...]

    @property
    def duration_s(self) -> float | None:
        """Length in seconds, None if an end is unknown."""
        if self.start_s is None or self.end_s is None:
            return None
        return self.end_s - self.start_s


def read_reported(path: Path, published: str, ledger: Ledger) -> object | None:
    """A salvaged JSON file; mends become ledger rows, an unreadable one is flagged (None)."""
    try:
        salvaged: Salvaged = read_json(path)
    except EmosError as error:
        ledger.add(
            "flagged",
            "unreadable-json",
            published,
            cell=error.place,
            note=f"{error.problem}; left out",
        )
        return None
    for mend in salvaged.repairs:
        ledger.add("repaired", mend.rule, published, cell=mend.place, note=mend.note)
    if salvaged.value is None:
        ledger.add("flagged", "unreadable-json", published, note="holds only null")
    value: object = salvaged.value
    return value


def timeline(fields: Fields, *, local: bool) -> Timeline:
    """A timeline from a folder's timestamps (``local``) or from an entry of the cross-index.

    The two differ in key names, and in that the cross-index counts sentences from the start of
    the source video.
    """
    start = fields.number("t_start_global" if local else "t_start")
    end = fields.number("t_end_global" if local else "t_end")
    offset = 0.0 if local or start is None else start
    sentences = []
    for place, segment in enumerate(fields.objects("segments")):
        if segment is None:
            continue
        number = segment.number("index")
        times = (segment.number("start"), segment.number("end"))
        start_s, end_s = (None if t is None else round(t - offset, 6) for t in times)
        index = int(number) if number is not None and 0 <= number < 10**9 else place + 1
        sentences.append(
            Sentence(
                index, start_s, end_s, segment.text("text") or "", segment.file_name("filename")
            )
        )
    return Timeline(
        fields,
        fields.text("lang"),
        fields.text("film"),
        fields.text("source_rel"),
        start,
        end,
        tuple(sentences),
    )


class CrossIndex:
    """Every entry of the cross-index files of ``root``, by film."""

    def __init__(self, root: Path, prefix: str, ledger: Ledger) -> None:
        self.present = False
        self._films: dict[str | None, list[Timeline]] = defaultdict(list)
        for path in sorted(root.glob(PATTERN)):
            published = f"{prefix}{path.name}"
            value = read_reported(path, published, ledger)
            if value is None:
                continue
            self.present = True
            for entry in elements(value, ledger, published):
                found = timeline(entry, local=False)
                self._films[found.film].append(found)

    def take(self, film: str | None, recording: str | None) -> Timeline | None:
        """The entry of a film, of its recording where several bear the name; each only once."""
        entries = self._films.get(film, [])
        matching = [entry for entry in entries if entry.recording == recording] or entries
        if not matching:
            return None
        chosen = matching[0]
        entries.remove(chosen)
        return chosen

    def flag_rest(self) -> None:
        """Flag the entries that no folder took."""
        for entries in self._films.values():
            for entry in entries:
                entry.fields.flag(
                    "index-without-folder", "", entry.film, "in the index, but there is no folder"
                )


def compare(local: Timeline, index: Timeline) -> None:
    """Flag every difference between a folder's timestamps and its entry in the cross-index."""

    def differ(key: str, here: object, there: object) -> None:
        local.fields.flag("index-differs", key, here, f"the cross-index has {str(there)[:80]!r}")

    for key, here, there in (
        ("lang", local.language, index.language),
        ("source_rel", local.recording, index.recording),
    ):
        if here != there:
            differ(key, here, there)
    for key, start, other in (
        ("t_start_global", local.start_s, index.start_s),
        ("t_end_global", local.end_s, index.end_s),
    ):
        if not _close(start, other):
            differ(key, start, other)
    if len(local.sentences) != len(index.sentences):
        differ("segments", len(local.sentences), f"{len(index.sentences)} sentences")
        return
    for place, (ours, theirs) in enumerate(zip(local.sentences, index.sentences, strict=True)):
        if ours.text.strip() != theirs.text.strip():
            differ(f"segments/{place}/text", ours.text, theirs.text)
        for key, time, time2 in (
            ("start", ours.start_s, theirs.start_s),
            ("end", ours.end_s, theirs.end_s),
        ):
            if not _close(time, time2):
                differ(f"segments/{place}/{key}", time, time2)


def _close(first: float | None, second: float | None) -> bool:
    if first is None or second is None:
        return first is second
    return abs(first - second) <= _GRID_S
