"""``emos demo``: it runs end to end, finds what is false, and harms nobody's files."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from emos.audit import Verdict, audit_paper, demo_paper
from emos.demo import Demo, false_cells, run_demo
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
        *("ledger.csv", "lint.txt", "tiers.svg"),
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


def test_findings_in_chinese(tmp_path: Path) -> None:
    run = run_demo(tmp_path / "演示", language="zh")
    assert run.findings[0].what.startswith("演示论文")
    with pytest.raises(EmosError, match="known are en, zh"):
        run_demo(tmp_path / "other", language="fr")
    assert not (tmp_path / "other").exists()


def test_the_command_prints_findings_and_what_comes_next(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emos", "demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": "100"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "3 of the" in done.stdout
    assert "emos audit emos-demo/dataset --paper demo_paper --cell 1:medium:latter" in done.stdout
    assert "emos import votes your.csv" in done.stdout
