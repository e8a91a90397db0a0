"""Make the demo corpus that EmoS ships: ``python scripts/make_demo_corpus.py [-o FOLDER]``.

Texts are in ``scripts/demo_corpus/*.toml``, the annotators' habits in
``src/emos/demo/answer_key/simulation.toml``, the planted mistakes in ``mistakes.toml``. The same
inputs give the same files. Needs openpyxl (``pip install -e '.[test]'``).
"""

from __future__ import annotations

import argparse
import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from demo_corpus import monologues
from demo_corpus.clips import Clip, chinese_clips, english_clips, with_duplicate, with_short
from demo_corpus.mistakes import Answers, plant
from demo_corpus.votes import perceive, vote
from demo_corpus.workbooks import Row, Sheet, write

HERE = Path(__file__).parent / "demo_corpus"
DEMO = Path(__file__).parents[1] / "src" / "emos" / "demo"

ZH_COLUMNS = {"video": "video_id", "clip": "clip_id", "text": "text"}
EN_COLUMNS = {
    "number": "Sr No.",
    "text": "Utterance",
    "speaker": "Speaker",
    "emotion": "Emotion",
    "dialogue": "Dialogue_ID",
    "utterance": "Utterance_ID",
    "season": "Season",
    "episode": "Episode",
    "start": "StartTime",
    "end": "EndTime",
}
FINE, BASIC = "goemotions", "basic7"


@dataclass(frozen=True)
class Batch:
    """Who answered which rows of a language's sheet, and in which workbooks."""

    language: str
    folder: str
    rows: range
    files: dict[str, str]  # annotator -> workbook
    unseen: range = range(0)  # rows of the batch that nobody answered


BATCHES = (
    Batch("zh", "zh/first-220", range(220), {"A1": "a1", "A2": "a2", "A3": "a3"}),
    Batch(
        "zh",
        "zh/latter-180",
        range(220, 400),
        {"A4": "kiwi", "A5": "mango", "A6": "plum"},
        unseen=range(360, 400),
    ),
    Batch("en", "en/first-120", range(120), {"A7": "ash", "A8": "birch", "A9": "cedar"}),
    Batch("en", "en/last-80", range(120, 200), {"A10": "a10", "A11": "a11", "A12": "a12"}),
)
# Answer columns are headed differently from workbook to workbook, and not always in one order.
HEADERS = {
    "A1": {FINE: "goemotion", BASIC: "basic-7-class"},
    "A2": {FINE: "goemotion", BASIC: "basic-7-class"},
    "A3": {FINE: "goemotion", BASIC: "basic-7-class"},
    "A4": {FINE: "go-emotion", BASIC: "7-emotion"},
    "A5": {FINE: "goemotion", BASIC: "basic-7-class", "note": "备注"},
    "A6": {BASIC: "basic-7-class", FINE: "GoEmotion"},
}
NOTES = ("有点吵", "只看得到侧脸", "再听一遍", "声音很小")
COPIES = ("A11", "A8")  # the second one's answers stand in the first one's rows before his batch


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the demo corpus that EmoS ships.")
    parser.add_argument("-o", "--output", type=Path, default=DEMO)
    make(parser.parse_args().output)


def make(folder: Path) -> None:
    """Write the generated files into ``corpus`` and ``answer_key`` of ``folder``."""
    simulation = _toml(DEMO / "answer_key" / "simulation.toml")
    classes: list[str] = simulation["classes"]
    rng = Random(simulation["seed"])
    counts = {
        language: dict(zip(classes, numbers, strict=True))
        for language, numbers in simulation["clips"].items()
    }
    english = english_clips(rng, _toml(HERE / "en.toml"), counts["en"])
    english = with_short(with_duplicate(english, BATCHES[2].rows), (33, 150))
    clips = {
        "zh": chinese_clips(rng, _toml(HERE / "zh.toml"), counts["zh"]),
        "en": english,
    }
    original = [
        perceive(rng, clip.true, simulation["original"]["confusion"], classes)
        for clip in clips["en"]
    ]
    answers = _answers(rng, clips, simulation)
    plant(rng, answers, _toml(HERE / "mistakes.toml")["mistake"])

    planted: list[dict[str, str]] = []
    for batch in BATCHES:
        for annotator in batch.files:
            seen = clips[batch.language]
            sheet = _sheet(batch, annotator, seen, original, answers, planted)
            write(sheet, folder / "corpus")
    texts = _toml(HERE / "monologues.toml")["monologue"]
    monologues.write(texts, folder / "corpus" / "streaming")
    truth = [
        {"item_id": clip.item_id, "true_class": clip.true, "suggested": ";".join(clip.fine)}
        for language in clips
        for clip in clips[language]
    ]
    (folder / "answer_key").mkdir(parents=True, exist_ok=True)
    _csv(folder / "answer_key" / "truth.csv", truth)
    _csv(folder / "answer_key" / "planted.csv", planted)


def _answers(rng: Random, clips: dict[str, list[Clip]], simulation: dict[str, Any]) -> Answers:
    answers = Answers()
    for batch in BATCHES:
        for annotator in batch.files:
            habit = simulation["annotators"][annotator]
            for row in batch.rows:
                given = vote(rng, clips[batch.language][row], habit, simulation["classes"])
                if row in batch.unseen:
                    continue
                answers.put((annotator, row, FINE), given.fine)
                if batch.language == "zh":
                    answers.put((annotator, row, BASIC), (given.basic,))
    return answers


def _sheet(
    batch: Batch,
    annotator: str,
    clips: list[Clip],
    original: list[str],
    answers: Answers,
    planted: list[dict[str, str]],
) -> Sheet:
    """One annotator's workbook; what is planted in it is added to ``planted``."""
    chinese = batch.language == "zh"
    columns = dict(ZH_COLUMNS if chinese else EN_COLUMNS)
    if annotator == "A10":  # an extra column without a name
        columns = {"number": "Sr No.", "text": "Utterance", "unnamed": ""} | columns
    columns |= HEADERS.get(annotator, {FINE: "go-emotion"})
    rows = [_row(clip, place, original) for place, clip in enumerate(clips)]
    sheet = Sheet(
        f"{batch.folder}/{batch.files[annotator]}.xlsx",
        "Sheet1" if chinese else "utterances",
        columns,
        rows,
        empty_before=(57,) if annotator == "A3" else (),
    )

    def note(kind: str, cell: str, row: int | None, layer: str, meant: str, typed: str) -> None:
        planted.append(
            {
                "kind": kind,
                "annotator": annotator,
                "file": sheet.file,
                "sheet": sheet.name,
                "cell": cell,
                "item_id": "" if row is None else clips[row].item_id,
                "layer": layer,
                "meant": meant,
                "typed": typed,
            }
        )

    for place, text in answers.cells.items():
        name, row, layer = place
        if name == annotator:
            rows[row][layer] = text
            if place in answers.kinds:
                cell = sheet.cell(row, layer)
                note(answers.kinds[place], cell, row, layer, answers.clean[place], text)
    if annotator == "A5":
        for turn, row in enumerate(range(batch.rows.start, batch.rows.stop, 23)):
            rows[row]["note"] = NOTES[turn % len(NOTES)]
        stray = batch.rows.start - 1  # answered although it is the other batch's
        rows[stray] |= {BASIC: "Joy", FINE: "joy"}
        for layer in (FINE, BASIC):
            note(
                "outside-batch", sheet.cell(stray, layer), stray, layer, "", str(rows[stray][layer])
            )
    if annotator == "A6":  # this sheet was made from an older version of the texts
        row = batch.rows.start + 30
        rows[row]["text"] = clips[row].text[:-1] + "？？"
        note(
            "text-differs",
            sheet.cell(row, "text"),
            row,
            "",
            clips[row].text,
            str(rows[row]["text"]),
        )
    if annotator == COPIES[0]:
        last = batch.rows.start - 1
        for row in range(batch.rows.start):
            rows[row][FINE] = answers.cells[COPIES[1], row, FINE]
        run = f"{sheet.cell(0, FINE)}:{sheet.cell(last, FINE)}"
        note("outside-batch", run, None, FINE, "", f"answers of {COPIES[1]}")
    for layer in (FINE, BASIC) if batch.unseen else ():
        run = f"{sheet.cell(batch.unseen[0], layer)}:{sheet.cell(batch.unseen[-1], layer)}"
        note("unseen", run, None, layer, "", "")
    return sheet


def _row(clip: Clip, place: int, original: list[str]) -> Row:
    if not clip.speaker:
        return {"video": f"scene_{clip.group:03}", "clip": f"{clip.number:04}", "text": clip.text}
    return {
        "number": place + 1,
        "text": clip.text,
        "speaker": clip.speaker,
        "emotion": original[place].lower(),
        "dialogue": clip.group,
        "utterance": clip.number,
        "season": clip.season,
        "episode": clip.episode,
        "start": _clock(clip.start),
        "end": _clock(clip.end),
    }


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02},{rest % 1000:03}"


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
