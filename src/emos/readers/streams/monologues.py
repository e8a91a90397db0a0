"""Folders of streaming monologues, as in the EmoS release's ``streaming-finalsplit``.

A monologue is a folder NAME with ``NAME.emotion.json`` (utterances with labels) and
``sentence_level_timestamps.json`` (sentences of its transcript); beside the folders stands a
cross-index per language. Any of the three may be missing or broken: what is there is read, the
rest is flagged in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from emos.errors import EmosError
from emos.readers.json_fields import Fields, Ledger, LedgerRow
from emos.readers.sheets.opening import cannot_be_read
from emos.readers.streams.advertisements import split_speech
from emos.readers.streams.annotation import Row, monologue_row, utterance_rows
from emos.readers.streams.cross_index import CrossIndex, Timeline, compare, read_reported, timeline
from emos.readers.streams.timestamps import Span, check_order
from emos.tables import TABLES

SUBSET = "streaming"
EMOTION = "*.emotion.json"
TIMESTAMPS = "sentence_level_timestamps.json"

UNKNOWN_ORIGIN = "unknown"  # the files do not say who wrote them; a layout may

_HUNDREDTHS_S = 0.021  # times are rounded to hundredths, a difference of two has two roundings


@dataclass(frozen=True)
class StreamingTables:
    """What a streaming folder gives, in the tables of `emos.tables`.

    ``items`` holds a row per monologue (subset ``streaming``; ``start_s`` and ``end_s`` count in
    ``recording``, the source video); the times of ``utterances`` and ``sentences`` count from the
    start of the monologue. Seconds everywhere.
    """

    items: pl.DataFrame
    monologues: pl.DataFrame
    utterances: pl.DataFrame
    sentences: pl.DataFrame
    ledger: pl.DataFrame


def read_streaming(
    root: Path, *, repair: str = "full", base: Path | None = None, origin: str = UNKNOWN_ORIGIN
) -> StreamingTables:
    """Read every monologue folder in ``root``.

    Parameters
    ----------
    root : the folder of folders.
    repair : ``full`` or ``drop``, as in `emos.readers.repair.read_labels`.
    base : the imported folder that paths in the tables are relative to; ``root`` by default.
    origin : who or what wrote the annotations.

    Raises
    ------
    EmosError : if ``root`` is no folder or holds no monologue.
    """
    root = Path(root)
    if not root.is_dir():
        raise EmosError("no such folder", file=root, remedy="give the folder of monologue folders")
    folders = _monologue_folders(root)
    if not folders:
        raise EmosError(
            "no monologue here",
            file=root,
            remedy=f"each is a folder with NAME{EMOTION[1:]} or {TIMESTAMPS}",
        )
    prefix = _prefix(root, base)
    ledger = Ledger()
    index = CrossIndex(root, prefix, ledger)
    read = [_read_folder(path, f"{prefix}{path.name}/", index, repair, origin) for path in folders]
    index.flag_rest()
    changes = [row for monologue in read for row in monologue.ledger]
    return StreamingTables(
        _table("items", (monologue.item | {"position": i} for i, monologue in enumerate(read))),
        _table("monologues", (monologue.row for monologue in read)),
        _table("utterances", (row for monologue in read for row in monologue.utterances)),
        _table("sentences", (row for monologue in read for row in monologue.sentences)),
        _table("ledger", [*changes, *ledger.rows]),
    )


def holds_monologues(root: Path) -> bool:
    """Whether ``root`` is a folder with at least one monologue."""
    return root.is_dir() and bool(_monologue_folders(root))


def _monologue_folders(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir() and _is_monologue(path))
    except OSError as error:
        raise cannot_be_read(Path(error.filename or root), error) from error


def _is_monologue(folder: Path) -> bool:
    return (folder / TIMESTAMPS).is_file() or any(folder.glob(EMOTION))


def _prefix(root: Path, base: Path | None) -> str:
    """Path of ``root`` within ``base`` with a slash behind it; empty for ``root`` itself."""
    relative = root.resolve().relative_to((base or root).resolve()).as_posix()
    return "" if relative == "." else f"{relative}/"


def _table(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(TABLES[name]))


@dataclass(frozen=True)
class _Monologue:
    """One folder's rows of every table."""

    item: Row
    row: Row
    utterances: list[Row]
    sentences: list[Row]
    ledger: list[LedgerRow]


def _read_folder(
    folder: Path, published: str, index: CrossIndex, repair: str, origin: str
) -> _Monologue:
    ledger = Ledger()
    times = _read_times(folder, published, index, ledger)
    emotion = _read_emotion(folder, published, ledger)
    language = _language(times, published, ledger)
    item_id = f"{SUBSET}/{language}/{folder.name}"
    row: Row = {}
    utterances: list[Row] = []
    if emotion is not None:
        duration_s = times.duration_s if times else None
        row = monologue_row(emotion, repair) | {"origin": origin}
        utterances = utterance_rows(emotion, duration_s, repair)
    sentences, speech = _sentence_rows(times, published) if times else ([], None)
    item = _item_row(folder, published, times) | {"language": language, "transcript": speech}
    for record in ledger.rows:
        record["item_id"] = item_id
    of_monologue = {"monologue_id": item_id}
    return _Monologue(
        item | {"item_id": item_id},
        row | of_monologue | {"transcript": speech},
        [utterance | of_monologue | {"origin": origin} for utterance in utterances],
        [sentence | of_monologue for sentence in sentences],
        ledger.rows,
    )


def _read_times(folder: Path, published: str, index: CrossIndex, ledger: Ledger) -> Timeline | None:
    """The folder's timestamps, compared with the cross-index; or what the cross-index says."""
    top = None
    if (folder / TIMESTAMPS).is_file():
        top = _top_object(folder / TIMESTAMPS, published, ledger)
    else:
        ledger.add("flagged", "no-timestamps", published + TIMESTAMPS, note="no such file")
    if top is None:
        entry = index.take(folder.name, None)
        if entry is not None:
            note = "times and sentences are taken from the cross-index"
            ledger.add("flagged", "index-stands-in", published + TIMESTAMPS, note=note)
        return entry
    local = timeline(top, local=True)
    entry = index.take(local.film or folder.name, local.recording)
    if entry is not None:
        compare(local, entry)
    elif index.present:
        top.flag("not-in-index", "film", local.film, "no entry in the cross-index")
    _check_duration(local)
    return local


def _check_duration(times: Timeline) -> None:
    stated, measured = times.fields.number("duration"), times.duration_s
    if measured is None:
        return
    if measured <= 0:
        times.fields.flag("no-duration", "t_end_global", times.end_s, "ends before it starts")
    if stated is not None and abs(stated - measured) > _HUNDREDTHS_S:
        note = f"its start and end are {measured:.2f} s apart"
        times.fields.flag("duration-differs", "duration", stated, note)


def _read_emotion(folder: Path, published: str, ledger: Ledger) -> Fields | None:
    """The folder's annotation: NAME.emotion.json where there are several."""
    own = f"{folder.name}{EMOTION[1:]}"
    paths = sorted(folder.glob(EMOTION), key=lambda path: (path.name != own, path.name))
    if not paths:
        ledger.add("flagged", "no-annotation", published + own, note="no such file")
        return None
    for path in paths[1:]:
        note = f"not read: {paths[0].name} is the folder's annotation"
        ledger.add("flagged", "second-annotation", published + path.name, note=note)
    return _top_object(paths[0], published, ledger)


def _top_object(path: Path, published: str, ledger: Ledger) -> Fields | None:
    file = published + path.name
    value = read_reported(path, file, ledger)
    if value is None or isinstance(value, dict):
        return None if value is None else Fields(value, ledger, file)
    Fields({}, ledger, file).flag("not-an-object", "", value, "an object is expected; left out")
    return None


def _language(times: Timeline | None, published: str, ledger: Ledger) -> str:
    """The language's code; ``und`` (undetermined, ISO 639-2) if no file says it."""
    language = times.language if times else None
    if language and re.fullmatch("[a-z]{2,3}", language):
        return language
    file = times.fields.file if times else published + TIMESTAMPS
    ledger.add("flagged", "no-language", file, before=language, note="taken as und, undetermined")
    return "und"


def _item_row(folder: Path, published: str, times: Timeline | None) -> Row:
    row: Row = {"subset": SUBSET, "batch": "", "source_id": folder.name}
    if times is None:
        return row
    clip = times.fields.file_name("clip")
    renamed = folder.name + Path(clip).suffix if clip else None
    if clip != renamed and not (folder / str(clip)).is_file():
        # Folders and videos of the release were renamed, what its files call them was not.
        times.fields.row(
            "flagged", "clip-name", "clip", clip, renamed, "taken to bear its folder's name"
        )
        clip = renamed
    return row | {
        "group": times.recording,
        "source_id": times.film or folder.name,
        "media": published + clip if clip else None,
        "recording": times.recording,
        "start_s": times.start_s,
        "end_s": times.end_s,
    }


def _sentence_rows(times: Timeline, published: str) -> tuple[list[Row], str | None]:
    """Rows of the ``sentences`` table, and what of them is speech as one text."""
    rows: list[Row] = []
    speech: list[str] = []
    for place, sentence in enumerate(times.sentences):
        said = split_speech(sentence.text)
        flag = None
        if said.advertisement:
            flag = "advertisement beside speech" if said.text else "advertisement"
            pointer = f"segments/{place}/text"
            note = f"of a {said.service}; not speech"
            times.fields.row(
                "flagged", "advertisement", pointer, said.advertisement, said.text, note
            )
        if said.text:
            speech.append(said.text)
        rows.append(
            {
                "index": sentence.index,
                "start_s": sentence.start_s,
                "end_s": sentence.end_s,
                "text": sentence.text,
                "media": published + sentence.media if sentence.media else None,
                "flag": flag,
                "file": times.fields.file,
            }
        )
    spans = [Span(sentence.start_s, sentence.end_s) for sentence in times.sentences]
    for fault in check_order(spans, times.duration_s, tolerance_s=_HUNDREDTHS_S):
        start_s, end_s = spans[fault.position]
        times.fields.flag(
            fault.rule, f"segments/{fault.position}", f"{start_s} s to {end_s} s", fault.note
        )
    return rows, " ".join(speech) or None
