"""The corpus EmoS ships: made again from its script, and read with everything planted found."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest

from emos.aggregate.dawid_skene import dawid_skene
from emos.readers import read_source
from emos.tables import Dataset
from emos.taxonomy import BASIC7

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "src" / "emos" / "demo"
CORPUS, KEY = DEMO / "corpus", DEMO / "answer_key"
# How far an estimated confusion matrix may lie from the one its votes were drawn from: total
# variation distance of the rows, averaged over the true classes as often as they occur. With 140
# to 220 clips in seven classes the drawn votes themselves lie 0.09 to 0.14 away.
TOLERANCE = 0.18


@pytest.fixture(scope="module")
def corpus() -> Dataset:
    return read_source(str(CORPUS / "layout.toml"), CORPUS)


@pytest.fixture(scope="module")
def planted() -> list[dict[str, str]]:
    return _rows(KEY / "planted.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_script_makes_the_shipped_corpus(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_demo_corpus.py"
    subprocess.run([sys.executable, script, "-o", tmp_path], check=True)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == 12 + 2 * 6 + 2 + 2
    for name in made:
        one, other = tmp_path / name, DEMO / name
        if name.suffix != ".xlsx":
            assert one.read_bytes() == other.read_bytes(), name
            continue
        cells = [list(openpyxl.load_workbook(path).active.values) for path in (one, other)]
        assert cells[0] == cells[1], name
    shipped = {
        path.relative_to(DEMO)
        for folder in (CORPUS, KEY)
        for path in folder.rglob("*")
        if path.is_file()
    }
    by_hand = {"LICENSE", "README.md", "layout.toml", "simulation.toml", "paper.md"}
    assert {path.name for path in shipped - made} == by_hand
    assert made < shipped


def test_it_is_small() -> None:
    files = [*CORPUS.rglob("*"), *KEY.rglob("*")]
    assert sum(path.stat().st_size for path in files if path.is_file()) < 1_000_000


def test_size_is_as_the_data_card_says(corpus: Dataset) -> None:
    clips = Counter(corpus.items["subset"])
    assert clips == {"zh-daily": 400, "en-daily": 200, "streaming": 6}
    assert sorted(corpus.votes["annotator"].unique()) == sorted(f"A{n}" for n in range(1, 13))
    assert corpus.utterances.height == 35
    assert corpus.items.filter(pl.col("subset") != "streaming")["transcript"].n_unique() == 599


def test_everything_planted_is_in_the_ledger_at_its_cell(
    corpus: Dataset, planted: list[dict[str, str]]
) -> None:
    files = {real: published for published, real in corpus.sources.items()}
    listed = set(corpus.ledger.select("rule", "file", "cell").iter_rows())
    silent = {"blank", "unseen"}
    for entry in planted:
        if entry["kind"] not in silent:
            assert (entry["kind"], files[entry["file"]], entry["cell"]) in listed, entry
    kinds = {entry["kind"] for entry in planted} - silent
    assert kinds == {
        *("misspelling", "glued", "emoji", "pair", "chinese", "case", "width", "separator"),
        *("empty-token", "unknown-label", "outside-batch", "text-differs"),
    }
    found = set(corpus.ledger["rule"])
    assert {"markdown-fence", "cut-off", "advertisement", "duplicate-clip", "short-clip"} <= found


def test_repaired_answers_are_what_was_meant(
    corpus: Dataset, planted: list[dict[str, str]]
) -> None:
    votes = {
        (item, annotator, layer): labels
        for item, annotator, layer, labels in corpus.votes.select(
            "item_id", "annotator", "layer", "labels"
        ).iter_rows()
    }
    checked = 0
    for entry in planted:
        if entry["meant"] and entry["layer"]:
            meant = [] if entry["kind"] == "blank" else entry["meant"].split(";")
            place = entry["item_id"], entry["annotator"], entry["layer"]
            assert votes[place] == meant, entry
            checked += 1
    assert checked > 40


def test_blank_rows_are_no_votes(corpus: Dataset) -> None:
    blank = corpus.votes.filter(pl.col("status") == "blank")
    assert blank.filter(pl.col("batch") == "latter-180").height == 40 * 3 * 2
    assert blank.filter(pl.col("batch") != "latter-180").height == 3


def test_copied_answers_do_not_count(corpus: Dataset) -> None:
    a11 = corpus.votes.filter(pl.col("annotator") == "A11")
    assert a11.height == 80
    assert set(a11["batch"]) == {"last-80"}


def test_broken_json_is_reported_and_the_others_are_kept(corpus: Dataset) -> None:
    cut = corpus.ledger.filter(pl.col("rule") == "cut-off")
    assert cut.height == 1
    assert "旧自行车" in cut["file"][0]
    kept = dict(corpus.utterances["monologue_id"].value_counts().iter_rows())
    assert kept.pop("streaming/zh/旧自行车") == 3
    assert sorted(kept.values()) == [6, 6, 6, 7, 7]


@pytest.mark.parametrize("batch", ["first-220", "latter-180"])
def test_dawid_skene_recovers_the_stated_confusion_matrices(corpus: Dataset, batch: str) -> None:
    stated = tomllib.loads((KEY / "simulation.toml").read_text(encoding="utf-8"))["annotators"]
    truth = {row["item_id"]: row["true_class"] for row in _rows(KEY / "truth.csv")}
    votes = corpus.votes.filter(
        pl.col("batch") == batch, pl.col("layer") == "basic7", pl.col("status") == "given"
    )
    items = votes["item_id"].unique(maintain_order=True).to_list()
    people = sorted(votes["annotator"].unique())
    fit = dawid_skene(
        np.array([items.index(item) for item in votes["item_id"]]),
        np.array([people.index(name) for name in votes["annotator"]]),
        np.array([BASIC7.index(labels[0]) for labels in votes["labels"]]),
        n_items=len(items),
        n_annotators=len(people),
        n_labels=len(BASIC7),
    )
    share = np.bincount([BASIC7.index(truth[item]) for item in items], minlength=7) / len(items)

    def away(found: np.ndarray, name: str) -> float:
        rows = np.abs(found - np.array(stated[name]["confusion"])).sum(axis=1) / 2
        return float(rows @ share)

    for place, name in enumerate(people):
        distances = {other: away(fit.confusion[place], other) for other in people}
        assert distances[name] < TOLERANCE
        assert min(distances, key=distances.__getitem__) == name, "nearest to another's matrix"
