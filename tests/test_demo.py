"""``emos demo``: it runs end to end, finds what is false, and harms nobody's files."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len

from emos.audit import Verdict, audit_paper, demo_paper
from emos.demo import Demo, false_cells, read_words, run_demo
from emos.errors import EmosError
from emos.tables import Dataset

DEMO = Path(__file__).parents[1] / "src" / "emos" / "demo"
CORPUS, KEY = DEMO / "corpus", DEMO / "answer_key"
FALSE = {
    "1:medium:latter": Verdict.DIFFERS,
    "2:exact-match:zh-latter": Verdict.OTHER_RULE,
    "4:turning-points:value": Verdict.OTHER_RULE,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo(tmp_path_factory.mktemp("with space 演示") / "emos-demo")


def test_exactly_the_three_false_cells_are_found(demo: Demo) -> None:
    assert {cell.key: cell.verdict for cell in false_cells(demo.audit)} == FALSE
    assert len(demo.audit.cells) > 40
    assert all(cell.items is not None for cell in false_cells(demo.audit))


def test_the_verdicts_follow_the_printed_values(demo: Demo, tmp_path: Path) -> None:
    """With the three mended and one true value spoilt, that one alone is found."""
    paper = tmp_path / "paper"
    shutil.copytree(Path(demo_paper.__file__).parent, paper)
    for name, printed, other in (
        ("table_1.toml", 'latter = "19"', 'latter = "10"'),
        ("table_2.toml", '"24.4"', '"2.9"'),
        ("table_4.toml", '"29"', '"19"'),
        ("table_3.toml", '"34.2"', '"34.1"'),
    ):
        text = (paper / name).read_text(encoding="utf-8")
        assert text.count(printed) == 1
        (paper / name).write_text(text.replace(printed, other), encoding="utf-8")
    audit = audit_paper(demo.folder / "dataset", paper=paper)
    assert [cell.key for cell in false_cells(audit)] == ["3:share:first"]


def test_the_rule_behind_a_false_cell_is_named(demo: Demo) -> None:
    exact = demo.audit.find("2:exact-match:zh-latter")
    # Counted by hand from the workbooks (openpyxl): see test_exact_match_by_hand.
    assert "40 rows" in exact.alternatives[0].rule
    turning = demo.audit.find("4:turning-points:value")
    # Boundaries: utterances less monologues. Changes: read off monologues.toml.
    assert turning.alternatives[0].value == 35 - 6 == int(turning.paper or 0)
    assert turning.computed == 4 + 4 + 3 + 3 + 4 + 1


def test_exact_match_by_hand(demo: Demo) -> None:
    """From the raw cells, repaired by the list of what was planted: no reader of EmoS in it."""
    openpyxl = pytest.importorskip("openpyxl")
    with (KEY / "planted.csv").open(encoding="utf-8", newline="") as file:
        meant = {
            (row["file"], row["cell"]): row["meant"]
            for row in csv.DictReader(file)
            if row["layer"] == "goemotions" and row["meant"] and row["typed"]
        }
    sheets = []
    for name in ("kiwi", "mango", "plum"):
        sheet = openpyxl.load_workbook(CORPUS / f"zh/latter-180/{name}.xlsx").active
        column = next(cell.column for cell in sheet[1] if "go" in str(cell.value).lower())
        cells = [sheet.cell(row, column) for row in range(222, 402)]
        texts = [
            meant.get((f"zh/latter-180/{name}.xlsx", cell.coordinate), cell.value or "")
            for cell in cells
        ]
        sheets.append([frozenset(filter(None, text.split(";"))) for text in texts])
    rows = list(zip(*sheets, strict=True))
    answered = [row for row in rows if any(row)]
    same = sum(len(set(row)) == 1 for row in answered)
    assert (len(rows), len(answered)) == (180, 140)
    cell = demo.audit.find("2:exact-match:zh-latter")
    assert cell.computed == pytest.approx(100 * same / 140)
    assert cell.alternatives[0].value == pytest.approx(100 * (same + 40) / 180)


def test_audit_cells_match_the_printed_page(demo: Demo) -> None:
    """Every printed value of the tables stands in paper.md, in the row of its name."""
    page = (demo.folder / "corpus" / "paper.md").read_text(encoding="utf-8").splitlines()
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in page if "|" in line]
    for cell in demo.audit.cells:
        if cell.table == "abstract":
            assert any(f"{cell.paper} {cell.row.lower()}" in line for line in page), cell.key
        else:
            assert any(row[0] == cell.row and cell.paper in row[1:] for row in rows), cell.key


def test_everything_is_written(demo: Demo) -> None:
    names = {path.name for path in demo.folder.iterdir() if not path.name.startswith(".")}
    assert names == {
        *("answer_key", "corpus", "dataset", "agreement.csv", "audit.json", "audit.txt"),
        *("ledger.csv", "lint.txt", "report.html", "tiers.svg"),
    }
    dataset = Dataset.load(demo.folder / "dataset")
    labelled = dataset.labels.filter(pl.col("label").is_not_null())
    assert labelled.height == 360 + 200
    assert dataset.soft_labels.height > 0
    verdicts = Counter(
        cell["verdict"] for cell in json.loads((demo.folder / "audit.json").read_text("utf-8"))
    )
    assert verdicts["holds"] == len(demo.audit.cells) - 3
    assert pl.read_csv(demo.folder / "ledger.csv").height == dataset.ledger.height
    for path in demo.folder.rglob("*"):
        assert os.access(path, os.W_OK), f"{path} cannot be changed by its owner"


def test_findings_are_counted_not_claimed(demo: Demo) -> None:
    findings = {finding.key: finding for finding in demo.findings}
    assert next(iter(findings)) == "audit"
    assert findings["audit"].what.startswith("3 of the ")
    assert findings["blank"].what.startswith("40 rows of zh-daily/latter-180")
    assert findings["outside"].what.startswith("122 cells")
    assert "A8" in findings["outside"].why
    assert "3 of its utterances" in findings["streaming"].what
    assert findings["lint"].why.startswith("6 workbooks are called after their annotators, 6 files")
    assert all(finding.where for finding in demo.findings)


def test_corrected_labels_are_better_than_the_ones_they_replace(demo: Demo) -> None:
    with (KEY / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["item_id"]: row["true_class"] for row in csv.DictReader(file)}
    labels = Dataset.load(demo.folder / "dataset").labels.filter(pl.col("subset") == "en-daily")
    right = {
        column: sum(truth[item] == label for item, label in labels.select("item_id", column).rows())
        for column in ("original", "label")
    }
    assert right["label"] > right["original"] + 20


def _command(folder: Path, *options: str, columns: int = 100) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "emos", "demo", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": str(columns)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_command_prints_findings_and_what_comes_next(tmp_path: Path) -> None:
    printed = _command(tmp_path)
    assert "3 of the" in printed
    assert "emos audit emos-demo/dataset --paper demo_paper --cell 1:medium:latter" in printed
    assert "emos import votes your.csv" in printed
    names = {path.name for path in (tmp_path / "emos-demo").iterdir()} - {".made-by-emos-demo"}
    listed = set(read_words("en").files) | {"audit.json"}  # named beside audit.txt
    assert {name.rstrip("/") for name in listed} == names


@pytest.mark.parametrize("language", ["en", "zh"])
def test_printed_lines_fit_80_columns(tmp_path: Path, language: str) -> None:
    lines = _command(tmp_path, "--lang", language, columns=80).splitlines()
    # A command is one line, so that it can be copied.
    wide = [line for line in lines if cell_len(line) > 80 and not line.startswith("  emos ")]
    assert wide == []
    assert [line for line in lines if line != line.rstrip()] == []
    after_a_head = [
        below for line, below in itertools.pairwise(lines) if re.match(r"\d\. ", line) and below
    ]
    assert after_a_head and all(below.startswith("   ") for below in after_a_head)


def test_everything_printed_is_chinese_if_asked_for(tmp_path: Path) -> None:
    printed = _command(tmp_path, "--lang", "zh", "-o", "演示 文件夹", columns=1000)
    ours = [line for line in printed.splitlines() if not line.startswith("  emos ")]
    # What is quoted from the demo paper, which is English, stands in quotation marks.
    said = re.sub(r"“[^”]*”", "", "\n".join(ours))
    assert re.findall(r"[A-Za-z]+(?: [A-Za-z]+){2,}", said) == []
    assert not [word for word in Verdict if word.value in said]
    for text in read_words("zh").said.values():
        pattern = re.escape(text).replace(re.escape("{}"), r"\d+")
        assert re.search(pattern, said), f"nothing says {text}"


def test_both_languages_say_the_same() -> None:
    english, chinese = read_words("en"), read_words("zh")
    for part in ("findings", "files", "closing"):
        ours, theirs = getattr(english, part), getattr(chinese, part)
        assert ours.keys() == theirs.keys()
        for key in ours:
            names = [sorted(re.findall(r"\{(\w+)", words[key])) for words in (ours, theirs)]
            assert set(names[0]) == set(names[1]), key
    assert english.translated("differs") == "differs"
    assert chinese.translated("said by nobody") == "said by nobody"


def test_an_unknown_language_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="known are en, zh"):
        run_demo(tmp_path / "other", language="fr")
    assert not (tmp_path / "other").exists()
