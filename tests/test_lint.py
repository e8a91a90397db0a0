"""`emos lint`: every rule on a folder made to break it, none on a clean one, and the release."""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from emos.cli import app
from emos.errors import EmosError
from emos.readers.lint import SEVERITIES, Finding, all_rules, lint
from emos.readers.lint.people import People, find_people, read_names, word_pattern
from emos.readers.lint.rules.named_file_missing import tree_paths
from emos.readers.lint.table import labels_in

Row = Sequence[Any]
ROWS = 120
# Two annotators who agree in every other row, on labels that vary.
LABELS = ("Joy", "Anger", "Sadness", "Neutral", "Fear")
FINE = ("joy", "anger", "sadness", "neutral", "fear", "love", "grief")


def workbook(path: Path, rows: Iterable[Row], *, sheet: str = "Sheet1") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    book.save(path)


def answers(number: int, rows: int = ROWS) -> list[list[Any]]:
    """A workbook of one annotator: id, text, one column per layer."""
    table: list[list[Any]] = [["item", "text", "basic-7", "goemotion"]]
    for row in range(rows):
        other = number if row % 2 else 0
        table.append(
            [
                f"video_{row}",
                f"Sentence {row}, said aloud.",
                LABELS[(row + other) % 5],
                f"{FINE[(row + other) % 7]};{FINE[(row * 3 + 2 * other + 1) % 7]}"
                if (row + other) % 7 != (row * 3 + 2 * other + 1) % 7
                else FINE[(row + other) % 7],
            ]
        )
    return table


def clean(root: Path) -> Path:
    """A folder that breaks no rule."""
    root.mkdir()
    workbook(root / "votes/a1.xlsx", answers(1))
    workbook(root / "votes/a2.xlsx", answers(2))
    workbook(root / "votes/a3.xlsx", answers(3))
    (root / "items.csv").write_text(
        "item,text,start,end,video_id\n"
        + "".join(f"video_{n},It is {n}.,{n * 2},{n * 2 + 1.5},film\n" for n in range(ROWS)),
        encoding="utf-8",
    )
    (root / "README.md").write_text(
        "# Data\n\n```\n.\n├── README.md\n├── items.csv\n└── votes/\n    ├── a1.xlsx\n    └── ...\n"
        "```\n\nItems are in `items.csv`.\n",
        encoding="utf-8",
    )
    (root / "LICENSE").write_text("Do as you like.\n")
    (root / "summary.json").write_text(json.dumps({"items": ROWS, "annotators": ["a1", "a2"]}))
    monologue(root / "streams/Film")
    manifest(root)
    return root


def monologue(folder: Path, **changes: Any) -> None:
    folder.mkdir(parents=True)
    utterance = {
        "timestamp_range": "00:00-00:04",
        "transcript_en": "Hello there.",
        "emotion_primary": "Joy",
        "emotion_secondary": ["joy"],
        "intensity": 3,
    }
    (folder / f"{folder.name}.emotion.json").write_text(
        json.dumps(
            {
                "summary": "s",
                "overall_emotion_trend": {"dominant": "Joy", "trajectory": ""},
                "utterances": [utterance | changes],
            }
        )
    )
    (folder / "sentence_level_timestamps.json").write_text(
        json.dumps(
            {
                "lang": "en",
                "film": folder.name,
                "source_rel": "v.mp4",
                "t_start_global": 0,
                "t_end_global": 5,
                "duration": 5,
                "clip": f"{folder.name}.mp4",
                "segments": [{"index": 1, "start": 0, "end": 4, "text": "Hello there."}],
            }
        )
    )


def manifest(root: Path) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    lines = [
        f"{path.relative_to(root).as_posix()},{path.stat().st_size}"
        for path in files
        if path.name != "manifest.csv"
    ]
    (root / "manifest.csv").write_text("release_path,size_bytes\n" + "\n".join(lines) + "\n")


def test_a_clean_folder_has_no_findings(tmp_path: Path) -> None:
    assert lint(clean(tmp_path / "clean")) == ()


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change_cells(path: Path, cells: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(path)
    for address, value in cells.items():
        book.active[address] = value
    book.save(path)


def edited_by(path: Path, name: str, document: str = "") -> None:
    book = openpyxl.load_workbook(path)
    book.properties.lastModifiedBy = name
    book.save(path)
    if document:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(
                "docProps/custom.xml",
                f'<Properties><property pid="2" name="ICV"><vt:lpwstr>{document}</vt:lpwstr>'
                "</property></Properties>",
            )


def break_copied(root: Path) -> None:
    own, other = answers(1, 240), answers(2, 240)
    workbook(root / "first/a1.xlsx", own)
    workbook(root / "first/a2.xlsx", other)
    mixed = [row[:2] + (own if n <= 110 else answers(4, 240))[n][2:] for n, row in enumerate(own)]
    workbook(root / "second/a4.xlsx", mixed)
    workbook(root / "second/a5.xlsx", answers(5, 240))


def break_blank(root: Path) -> None:
    rows: list[list[Any]] = [["item", "basic_a1", "basic_a2"]]
    rows += [[n, LABELS[n % 5], LABELS[(n + n % 2) % 5]] for n in range(60)]
    rows += [[n, None, None] for n in range(60, 100)]
    workbook(root / "combined.xlsx", rows)


def break_encrypted(root: Path) -> None:
    (root / "votes/secret.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    )


def break_ids(root: Path) -> None:
    put(root / "a/x.csv", "clip_id,t\n" + "".join(f"{n:04},t\n" for n in range(9)))
    put(root / "b/x.csv", "clip_id,t\n" + "".join(f"{n},t\n" for n in range(9)))


BROKEN: dict[str, tuple[Callable[[Path], Any], str, str, str]] = {
    # rule: (what to break, file, place, part of the message)
    "blank-agreement": (
        break_blank,
        "combined.xlsx",
        "B62",
        "40 of 100 rows are blank for all 2 annotators (basic_a1, basic_a2); counted as agreement "
        "they make exact match 70.0%, over the 60 rows that all answered it is 50.0% (30 rows)",
    ),
    "broken-text": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"B5": "My fianc篓娄e isn?t here."}),
        "votes/a1.xlsx",
        "B5",
        "1 cell of 'text': characters of a wrong encoding",
    ),
    "column-header": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"E3": "remark"}),
        "votes/a1.xlsx",
        "E1",
        "1 filled cell under no header",
    ),
    "copied-answers": (break_copied, "first/a1.xlsx", "C2", "100 of 100 answers are those of"),
    "document-properties": (
        lambda root: edited_by(root / "votes/a1.xlsx", "Grace H."),
        "votes/a1.xlsx",
        "docProps, lastModifiedBy",
        "its properties name 'G*******' (lastModifiedBy)",
    ),
    "duplicate-clip": (
        lambda root: put(
            root / "clips.csv",
            "season,episode,starttime,endtime,dialogue_id,utterance_id,emotion\n"
            "1,2,00:00:01,00:00:03,0,0,joy\n1,2,00:00:01,00:00:03,7,4,anger\n"
            "1,2,00:00:09,00:00:11,1,0,joy\n",
        ),
        "clips.csv",
        "line 3",
        "one clip under two ids: 0 0 and 7 4, labels joy and anger",
    ),
    "file-counts": (
        lambda root: put(
            root / "file_counts.json",
            '{"votes": {"files": 4, "size_bytes": 7}, "streams": {"files": 2, "size_bytes": 1}}',
        ),
        "file_counts.json",
        "/votes",
        "votes: 4 files of 7 bytes, by manifest.csv 3 of",
    ),
    "formula": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"B9": '=CONCAT("a","b")'}),
        "votes/a1.xlsx",
        "B9",
        "1 formula",
    ),
    "id-form": (break_ids, "b/x.csv", "line 1", "clip_id has lost its leading zeros"),
    "invalid-json": (
        lambda root: put(root / "summary.json", '```json\n{"a": 1,}\n```'),
        "summary.json",
        "line 1, column 1",
        "not plain JSON (markdown-fence, trailing-comma)",
    ),
    "leftover-file": (
        lambda root: put(root / "votes/.DS_Store", "x"),
        "votes/.DS_Store",
        "",
        "left over by a program",
    ),
    "local-path": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"B4": "C:\\Users\\grace\\a.mp4"}),
        "votes/a1.xlsx",
        "B4",
        "a path on somebody's computer",
    ),
    "manifest": (
        lambda root: (root / "items.csv").unlink(),
        "manifest.csv",
        "line 4",
        "items.csv is listed and not here",
    ),
    "missing-answer": (
        lambda root: change_cells(root / "votes/a2.xlsx", {"D7": None}),
        "votes/a2.xlsx",
        "D7",
        "1 cell of 'goemotion' blank where all others answered: D7",
    ),
    "named-file-missing": (
        lambda root: (root / "votes/a1.xlsx").unlink(),
        "README.md",
        "line 8",
        "names votes/a1.xlsx, which is not there; the manifest lists it",
    ),
    "no-licence": (
        lambda root: (root / "LICENSE").unlink(),
        "README.md",
        "",
        "no licence file stands beside it",
    ),
    "outside-label-set": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"D7": "annoyence", "D9": "annoyence"}),
        "votes/a1.xlsx",
        "D7",
        "'annoyence' is no label (2 cells of 'goemotion'); annoyance?",
    ),
    "personal-name": (
        lambda root: (root / "votes/a1.xlsx").rename(root / "votes/weber.xlsx"),
        "votes/w****.xlsx",
        "",
        "the file's name says 'w****'",
    ),
    "program-text": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"D7": "frozenset({'joy', 'love'})"}),
        "votes/a1.xlsx",
        "D7",
        "1 cell of 'goemotion': program text (frozenset({'joy', 'love'}))",
    ),
    "same-document": (
        lambda root: [
            edited_by(root / "votes/a1.xlsx", "x1", "9F2C"),
            edited_by(root / "votes/a2.xlsx", "x2", "9F2C"),
        ],
        "votes/a2.xlsx",
        "docProps",
        "the same document id as votes/a1.xlsx",
    ),
    "streaming-fault": (
        lambda root: monologue(root / "streams/Late", timestamp_range="00:00-00:09"),
        "streams/Late/Late.emotion.json",
        "/utterances/0/timestamp_range",
        "beyond-duration: '00:00-00:09' ends at 9 s of 5 s",
    ),
    "twin-files": (
        lambda root: [put(root / n, "same") for n in ("goemotion/sum.txt", "basic7/sum.txt")],
        "goemotion/sum.txt",
        "",
        "same bytes as basic7/sum.txt, though their names speak of different layers",
    ),
    "unreadable-file": (break_encrypted, "votes/secret.xlsx", "", "the workbook is encrypted"),
    "untidy-label": (
        lambda root: change_cells(root / "votes/a1.xlsx", {"D7": "joy;", "D9": "grief;"}),
        "votes/a1.xlsx",
        "D7",
        "2 cells of 'goemotion': a separator with nothing behind it",
    ),
}


def test_every_rule_has_a_case() -> None:
    assert set(BROKEN) == set(all_rules())


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_rule(rule: str, tmp_path: Path) -> None:
    break_it, file, place, message = BROKEN[rule]
    root = clean(tmp_path / "broken")
    break_it(root)
    found = [f for f in lint(root) if f.rule == rule]
    matching = [f for f in found if f.file == file and f.place == place and message in f.message]
    assert matching, found
    assert all(f.severity in SEVERITIES and f.remedy for f in found)


def test_the_table_in_the_documentation_is_the_registry() -> None:
    text = (Path(__file__).parents[1] / "docs/lint.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(r.name, r.severity, r.finds) for r in all_rules().values()]


def test_nothing_is_changed(tmp_path: Path) -> None:
    root = clean(tmp_path / "a")
    break_blank(root)

    def state() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*")
            if path.is_file()
        }

    before = state()
    lint(root)
    assert state() == before


def test_one_file_is_looked_at_alone(tmp_path: Path) -> None:
    root = clean(tmp_path / "a")
    change_cells(root / "votes/a1.xlsx", {"D7": "annoyence"})
    findings = lint(root / "votes/a1.xlsx")
    assert [(f.rule, f.file, f.place) for f in findings] == [("outside-label-set", "a1.xlsx", "D7")]


def test_media_that_a_copy_lacks_are_one_finding(tmp_path: Path) -> None:
    root = clean(tmp_path / "a")
    with (root / "manifest.csv").open("a") as file:
        file.writelines(f"videos/{n}.mp4,2000000\n" for n in range(500))
        file.writelines(f"extra/{n}.csv,100\n" for n in range(30))
    found = [f for f in lint(root) if f.rule == "manifest"]
    assert [(f.severity, f.message) for f in found] == [
        ("warning", "30 .csv files (0.0 GB) listed and not here"),
        ("info", "500 .mp4 files (1.0 GB) listed and not here"),
    ]


def test_manifest_sizes_extras_and_repeats(tmp_path: Path) -> None:
    root = clean(tmp_path / "a")
    put(root / "new.txt", "new")
    with (root / "items.csv").open("a") as file:
        file.write("video_120,It is 120.,240,242,film\n")
    with (root / "manifest.csv").open("a") as file:
        file.write("LICENSE,16\n")
    found = [(f.severity, f.file, f.message) for f in lint(root) if f.rule == "manifest"]
    size = (root / "items.csv").stat().st_size
    assert len(found) == 3
    assert found[0][:2] == ("error", "manifest.csv")
    assert found[0][2].startswith(f"items.csv has {size:,} bytes, listed with")
    assert ("warning", "manifest.csv", "LICENSE is listed 2 times") in found
    assert ("warning", "new.txt", "not listed in manifest.csv") in found


# Personal names


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["weber.xlsx", "chang.xlsx"], {"weber", "chang"}),
        (["annotator_wb_votes.xlsx", "annotator_chg_votes.xlsx"], {"wb", "chg"}),
        (["王小明votes.xlsx", "votes李大同.xlsx"], {"王小明", "李大同"}),
        (["a1.xlsx", "a2.xlsx"], set()),
        (["annotator_1.xlsx", "rater-2.xlsx"], set()),
        (["train.xlsx", "test.xlsx"], set()),
        (["first_half.xlsx", "second_half.xlsx"], set()),
    ],
)
def test_names_that_tell_workbooks_apart(tmp_path: Path, files: list[str], names: set[str]) -> None:
    for number, file in enumerate(files):
        workbook(tmp_path / file, answers(number))
    found = {
        name
        for finding in lint(tmp_path, only=["personal-name"], show_names=True)
        for name in re.findall(r"the file's name says '(.+?)'", finding.message)
    }
    assert found == names


def test_workbooks_of_different_items_name_nobody(tmp_path: Path) -> None:
    workbook(tmp_path / "weber.xlsx", answers(1, 20))
    workbook(tmp_path / "chang.xlsx", answers(1, 30))
    assert lint(tmp_path, only=["personal-name"]) == ()


def test_names_that_tell_columns_apart(tmp_path: Path) -> None:
    rows = [["item", "go_wb", "go_chg", "go_wb_count", "emotion_gold", "emotion_corrected"]]
    rows += [[str(n), FINE[n % 7], FINE[n % 3], "1", FINE[n % 5], FINE[n % 5]] for n in range(20)]
    workbook(tmp_path / "all.xlsx", rows)
    found = lint(tmp_path, only=["personal-name"], show_names=True)
    assert [(f.place, f.message) for f in found] == [
        ("B1", "2 columns named 'wb': B1 (go_wb), D1 (go_wb_count)"),
        ("C1", "1 column named 'chg': C1 (go_chg)"),
    ]


def test_a_name_behind_initials(tmp_path: Path) -> None:
    put(tmp_path / "notes.md", "Annotators\n\n**wxm（王小明）** likes joy; wxm works fast.\n")
    put(tmp_path / "data.json", json.dumps({"votes": {"wxm": 3, "wxm_vs_a1": 2}}))
    found = lint(tmp_path, only=["personal-name"], show_names=True)
    assert {(f.file, f.place, f.message) for f in found} == {
        ("notes.md", "line 3", "names 'wxm' in 1 line"),
        ("notes.md", "line 3", "names '王小明' in 1 line"),
        ("data.json", "/votes/wxm", "names 'wxm' 2 times"),
    }


@pytest.mark.parametrize(
    "text", ["TV（电视）", "CEO（首席执行官）", "AI（王者荣耀）", "Hanna（汉纳）"]
)
def test_words_in_brackets_are_no_names(text: str) -> None:
    assert find_people([], [text], [], []).names == {}


def test_given_names_are_found_in_cells_and_sheets(tmp_path: Path) -> None:
    root = tmp_path / "r"
    workbook(root / "x.xlsx", [["a"], ["asked Lovelace twice"], ["lovelaces"], ["ada"], ["Canada"]])
    put(tmp_path / "names.txt", "# people\nLovelace\nAda # first name\n\n")
    names = read_names("names.txt", (tmp_path / "names.txt").read_text())
    assert names == ["Lovelace", "Ada"]
    found = lint(root, only=["personal-name"], names=names)
    assert [(f.place, f.message) for f in found] == [
        ("A2", "'L*******' in 1 cell of 'a'"),
        ("A4", "'A**' in 1 cell of 'a'"),
    ]


def test_a_name_of_one_letter_is_refused() -> None:
    with pytest.raises(EmosError, match="too short"):
        read_names("n.txt", "ok\nx\n")


def test_names_are_masked_everywhere(tmp_path: Path) -> None:
    for number, name in enumerate(("weber", "chang")):
        rows = answers(number)
        rows[0][3] = f"goemotion-{name[:2]}"
        rows[3][3] = "annoyence"
        workbook(tmp_path / f"{name}.xlsx", rows)
        edited_by(tmp_path / f"{name}.xlsx", "Somebody Else")
    put(tmp_path / "README.md", "See `weber.xlsx` and `chang_old.xlsx`.\n")
    text = json.dumps([vars(f) for f in lint(tmp_path)])
    assert len(json.loads(text)) > 8
    assert not re.search("weber|chang|Somebody", text)
    assert not re.search("goemotion-(we|ch)", text)
    open_text = json.dumps([vars(f) for f in lint(tmp_path, show_names=True)])
    assert "weber.xlsx" in open_text
    assert "Somebody Else" in open_text


def test_masking() -> None:
    people = People({"weber": "", "wb": "", "王小明": ""}, ("Else",))
    assert people.mask("votes/weber.xlsx go_wb WB_1 王小明说 Else") == (
        "votes/w****.xlsx go_w* W*_1 王**说 E***"
    )
    assert people.mask("webers wbx elsewhere") == "webers wbx elsewhere"
    assert word_pattern("wb").search("basic_wb2")


# Single rules


def test_blank_rows_in_program_text_count_as_blank(tmp_path: Path) -> None:
    rows = [["item", "a1", "a2"]]
    rows += [[str(n), "frozenset({'joy'})", "frozenset({'joy', 'love'})"] for n in range(6)]
    rows += [[str(n), "frozenset()", "frozenset()"] for n in range(4)]
    workbook(tmp_path / "x.xlsx", rows)
    (finding,) = lint(tmp_path, only=["blank-agreement"])
    assert "exact match 40.0%, over the 6 rows that all answered it is 0.0%" in finding.message


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("joy; love", ("joy", "love")),
        ("joy;", ("joy",)),
        ("frozenset({'joy', 'love'})", ("joy", "love")),
        ('["joy"]', ("joy",)),
        ("frozenset()", ()),
        ("[]", ()),
    ],
)
def test_labels_in_a_cell(text: str, labels: tuple[str, ...]) -> None:
    assert labels_in(text) == labels


def test_all_rows_blank_is_undefined_not_zero(tmp_path: Path) -> None:
    rows = [["item", "a1", "a2"]] + [[str(n), "joy", None] for n in range(5)]
    rows += [[str(n), None, "anger"] for n in range(5)] + [["x", None, None]]
    workbook(tmp_path / "x.xlsx", rows)
    (finding,) = lint(tmp_path, only=["blank-agreement"])
    assert "it is undefined: there are none" in finding.message


def test_agreement_alone_is_not_copying(tmp_path: Path) -> None:
    """Two who agree in three of four rows did not copy."""
    first, second = answers(0, 400), answers(0, 400)
    for number, row in enumerate(second[1:]):
        if number % 4 == 0:
            row[2], row[3] = "Disgust", "disgust"
    workbook(tmp_path / "a1.xlsx", first)
    workbook(tmp_path / "a2.xlsx", second)
    workbook(tmp_path / "a3.xlsx", answers(3, 400))
    assert lint(tmp_path, only=["copied-answers"]) == ()


def test_latin_letters_in_chinese_text_are_not_broken(tmp_path: Path) -> None:
    workbook(
        tmp_path / "x.xlsx", [["text"], ["OK没问题"], ["我用APP软件"], ["好"], ["is it so? yes"]]
    )
    assert lint(tmp_path, only=["broken-text"]) == ()


def test_second_sheets_are_looked_at(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["b"])
    other = book.create_sheet("More")
    for row in (["goemotion"], ["joy"], ["love"], ["anger"], ["joy"], ["sadnes"]):
        other.append(row)
    book.save(tmp_path / "x.xlsx")
    (finding,) = lint(tmp_path, only=["outside-label-set"])
    assert finding.place == "More!A6"


def test_tree_of_a_readme() -> None:
    text = """.
├── a.csv
├── data/
│   ├── b.csv    # a comment
│   └── deep/
│       └── c d.json
└── e/
    └── ...

Text
+-- f.txt"""
    assert list(tree_paths(text.splitlines())) == [
        (2, "a.csv"),
        (3, "data/"),
        (4, "data/b.csv"),
        (5, "data/deep/"),
        (6, "data/deep/c d.json"),
        (7, "e/"),
        (11, "f.txt"),
    ]


# Bad input


def test_missing_path_and_unknown_rule_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="no such file or folder"):
        lint(tmp_path / "none")
    with pytest.raises(EmosError, match="no rule 'x'"):
        lint(tmp_path, only=["x"])


def test_ids_that_become_one_number(tmp_path: Path) -> None:
    """int("00001_0") is 10, as int("00010") is: a table of numbers has two rows for one."""
    ids = [("v", "00001_0"), ("v", "00010"), ("v", "0002"), ("w", "00001_0"), ("w", "0002")]
    put(tmp_path / "items.csv", "video_id,clip_id\n" + "".join(f"{v},{c}\n" for v, c in ids))
    rows = "".join(f"{v},{int(c)}\n" for v, c in ids)
    put(tmp_path / "derived.csv", "video_id,clip_id\n" + rows)
    found = [f for f in lint(tmp_path, only=["id-form"]) if f.severity == "error"]
    assert [(f.file, f.place, f.message) for f in found] == [
        (
            "derived.csv",
            "line 2",
            "clip_id 10 of v stands for 00001_0 and 00010: which row is whose is lost",
        )
    ]
    # A table with both forms beside them adds nothing.
    put(tmp_path / "mixed.csv", "video_id,clip_id\nv,0\nv,0002\nv,10\nv,20\n")
    assert [f for f in lint(tmp_path, only=["id-form"]) if f.severity == "error"] == found
    # One id written in two lengths is no collision.
    put(tmp_path / "items.csv", "video_id,clip_id\nv,0007\nv,00008\nv,00007\n")
    put(tmp_path / "derived.csv", "video_id,clip_id\nv,7\nv,8\nv,7\n")
    assert not [f for f in lint(tmp_path, only=["id-form"]) if f.severity == "error"]


def _refuse(name: str) -> Callable[..., Any]:
    """A function that opens everything but ``name``, for which the right is missing."""
    real = Path.open

    def open_(self: Path, *arguments: Any, **keywords: Any) -> Any:
        if self.name == name:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *arguments, **keywords)

    return open_


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx", "a.md", "a.mp4"])
def test_files_without_the_right_to_read_are_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in ("twin", name):  # of one size: compared byte by byte, if they can be
        put(tmp_path / other, "x" * 100)
    monkeypatch.setattr(Path, "open", _refuse(name))
    found = [finding for finding in lint(tmp_path) if finding.rule != "no-licence"]
    assert [(f.rule, f.file, f.message) for f in found] == [
        ("unreadable-file", name, "cannot be read (Permission denied)")
    ]
    assert found[0].remedy == "give yourself the right to read it"


def test_a_folder_that_cannot_be_entered_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "closed/a.csv", "a\n1\n")
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (finding,) = lint(tmp_path)
    assert (finding.rule, finding.file) == ("unreadable-file", "closed")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")
    assert lint(tmp_path) == ()
    with pytest.raises(EmosError, match="a pipe or a device, not a file"):
        lint(tmp_path / "p.csv")


def test_an_empty_folder_has_no_findings(tmp_path: Path) -> None:
    assert lint(tmp_path) == ()


def test_hostile_files_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "b.csv").write_bytes("名,字\n".encode("gbk"))
    (tmp_path / "c.json").write_bytes(b"[" * 200_000)
    (tmp_path / "d.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "e.csv").write_text('manifest,"unclosed\n')
    (tmp_path / "manifest.csv").write_text("path,size\n../../etc/passwd,1\n,\nx,NaN\n")
    (tmp_path / "f").symlink_to("/etc/passwd")
    (tmp_path / "Film").mkdir()
    (tmp_path / "Film/Film.emotion.json").write_text('{"utterances": [1, null, {"intensity": {}}]}')
    findings = lint(tmp_path)
    unreadable = {f.file for f in findings if f.rule == "unreadable-file"}
    assert {"a.xlsx", "b.csv"} <= unreadable
    assert {f.file for f in findings if f.rule == "invalid-json"} == {"c.json", "d.json"}
    assert all("\n" not in f.message for f in findings)


def test_command(tmp_path: Path) -> None:
    root = clean(tmp_path / "a")
    run = CliRunner().invoke(app, ["lint", str(root), "--strict"])
    assert run.exit_code == 0
    assert "0 findings" in run.stdout
    for row in range(7, 17):
        change_cells(root / "votes/a1.xlsx", {f"D{row}": f"annoyence{'e' * (row - 7)}"})
    output = tmp_path / "findings.json"
    run = CliRunner().invoke(app, ["lint", str(root), "--json", str(output)])
    assert run.exit_code == 0
    found = [Finding(**entry) for entry in json.loads(output.read_text(encoding="utf-8"))]
    assert found == list(lint(root))
    assert "more: --rule outside-label-set" in run.stdout
    run = CliRunner().invoke(app, ["lint", str(root), "--rule", "outside-label-set", "--strict"])
    assert run.exit_code == 1
    assert "annoyenceeeeeeeee" in run.stdout


def test_json_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["lint", str(tmp_path), "--json", str(tmp_path / "no/x.json")])
    assert isinstance(run.exception, EmosError)


# The public release: every point of what is known about it


@pytest.fixture(scope="module")
def found(release_path: Path) -> tuple[Finding, ...]:
    return lint(release_path)


def messages(found: Iterable[Finding], rule: str, file: str = "") -> list[str]:
    return [f.message for f in found if f.rule == rule and f.file.endswith(file)]


@pytest.mark.release
def test_release_files(found: tuple[Finding, ...]) -> None:
    assert len(messages(found, "invalid-json")) == 46
    twins = [f for f in found if f.rule == "twin-files"]
    assert [f.file.rpartition("/")[2] for f in twins if f.severity == "error"] == [
        "goemotion_summary_last2000.json"
    ]
    assert messages(found, "manifest", "manifest.csv")[-1] == (
        "11,275 .mp4 files (18.5 GB) listed and not here"
    )
    missing = " ".join(messages(found, "named-file-missing", "README.md"))
    for name in ("radar_filled.csv", "radar_template.csv", "radar_types.csv", ".gitignore", ".pdf"):
        assert name in missing
    assert len(messages(found, "no-licence")) == 1


@pytest.mark.release
def test_release_blank_rows(found: tuple[Finding, ...]) -> None:
    (message,) = [
        m for m in messages(found, "blank-agreement", "combined_after2500.xlsx") if "go_" in m
    ]
    assert "595 of 2,500 rows are blank" in message
    assert (
        "exact match 24.4%, over the 1,904 rows that all answered it is 0.8% (15 rows)" in message
    )
    blank = messages(found, "missing-answer", ".xlsx")
    assert "3 cells of 'go-emotion' blank where all others answered: M3614, M3954, M4903" in blank
    stray = messages(found, "missing-answer")
    assert "1 cell of 'basic-7-class' answered where nobody else did: K2500" in stray


@pytest.mark.release
def test_release_labels(found: tuple[Finding, ...]) -> None:
    def misspelt(folder: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for f in found:
            if f.rule == "outside-label-set" and f"/{folder}/" in f.file and "sent_emo" in f.file:
                label, cells = re.findall(r"'(.+?)' is no label \((\d+) cell", f.message)[0]
                counts[label] += int(cells)
        return counts

    first = misspelt("Annotations-3000")
    assert (len(first), sum(first.values())) == (30, 38)
    secondary = [
        f.message
        for f in found
        if f.rule == "outside-label-set"
        and "/emotion_secondary/" in f.place
        and "?" not in f.message
    ]
    assert len(secondary) == 37
    assert sum(int(re.findall(r"\((\d+) time", m)[0]) for m in secondary) == 73


@pytest.mark.release
def test_release_persons(found: tuple[Finding, ...], release_path: Path) -> None:
    named = [f for f in found if f.rule == "personal-name"]
    assert sum("the file's name says" in f.message for f in named) == 9
    assert sum("column" in f.message for f in named) == 19
    assert any(f.file.endswith("/summary") for f in named)
    assert any(f.file.endswith("analysis_summary.json") for f in named)
    # No more than the first letter of the workbooks' own names is shown anywhere.
    hidden = [
        path.stem for path in release_path.glob("datasets/data-final/datasets/*/Last-2500/*.xlsx")
    ]
    hidden.remove("combined_after2500")
    text = json.dumps([vars(f) for f in found], ensure_ascii=False)
    assert len(hidden) == 3
    assert not any(name in text for name in hidden)


@pytest.mark.release
def test_release_more_than_was_known(found: tuple[Finding, ...]) -> None:
    assert len(messages(found, "copied-answers")) == 3
    assert len(messages(found, "document-properties")) == 13
    assert len(messages(found, "same-document")) == 4
    assert sum("wrong encoding" in m for m in messages(found, "broken-text", "sent_emo.xlsx")) == 1
    assert "36 cells of 'Utterance': characters of a wrong encoding" in messages(
        found, "broken-text"
    )
    clips = [f for f in found if f.rule == "duplicate-clip"]
    assert Counter(f.severity for f in clips) == {"warning": 4, "info": 2}
    assert sum("labels joy and joy" not in f.message for f in clips if f.severity == "warning") == 3
    assert sum("advertisement" in m for m in messages(found, "streaming-fault")) == 1


@pytest.mark.meld
def test_meld_has_912_short_training_clips(meld_path: Path) -> None:
    found = lint(meld_path, only=["duplicate-clip"])
    assert "912 clips under 1 s" in messages(found, "duplicate-clip", "train_sent_emo.csv")
