"""The sections on what was changed and what is to be mended: ledger and source files."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import emos.report
from emos.readers.ledger import RULES
from emos.readers.lint import Finding, all_rules
from emos.report.blocks import Block, Browser, Paragraph, Section, Table
from emos.report.items import listed_items
from emos.report.making import Making
from emos.report.reasons import said
from emos.report.results import Results
from emos.report.sections import ledger, lint
from emos.report.sets import ItemSets
from emos.report.words import LANGUAGES, Number, read_words
from emos.tables import Dataset, DatasetInfo, conform
from making_votes import dataset_of

WORDS = Path(emos.report.__file__).parent / "words"
LEDGER: list[dict[str, Any]] = [
    {"kind": "repaired", "rule": "misspelling", "item_id": "b", "annotator": "P1", "cell": "C3",
     "file": "x/P1.xlsx", "sheet": "S", "layer": "basic7", "before": "Joyy", "after": "Joy"},
    {"kind": "repaired", "rule": "misspelling", "item_id": "b", "annotator": "P2", "cell": "C3",
     "file": "x/P2.xlsx", "sheet": "S", "layer": "basic7", "before": "Yoy", "after": "Joy"},
    {"kind": "aside", "rule": "unknown-label", "item_id": "a", "annotator": "P1", "cell": "C2",
     "file": "x/P1.xlsx", "layer": "basic7", "before": "sleepy",
     "note": "not a label, and no single label is near"},
    {"kind": "flagged", "rule": "outside-batch", "annotator": "P2", "cell": "C4:C9",
     "file": "x/P2.xlsx", "note": "6 cells outside the annotator's batch: not votes"},
    {"kind": "flagged", "rule": "outside-batch", "item_id": "a", "annotator": "P2", "cell": "D2",
     "file": "x/P2.xlsx", "before": "Fear", "note": "not a vote: outside the annotator's batch"},
    {"kind": "repaired", "rule": "of-another-reader", "item_id": "a", "before": "j", "after": "J"},
]  # fmt: skip


def _made(module: Any, results: Results, language: str = "en") -> tuple[Making, Section | None]:
    making = Making(results, read_words(language), ItemSets())
    return making, module.make(making)


def _blocks(section: Section | None, kind: Any) -> list[Any]:
    assert section is not None
    return [block for block in section.blocks if isinstance(block, kind)]


def _text(value: object) -> str:
    return value.text if isinstance(value, Number) else str(value)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rows = [(item, who, "basic7", "Joy", "s", batch) for item, batch in (("a", "x"), ("b", "y"))
            for who in ("P1", "P2")]  # fmt: skip
    frame = pl.DataFrame(LEDGER, infer_schema_length=None)
    return dataset_of(rows).with_tables(ledger=conform("ledger", frame))


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_by_rule_what_wants_an_eye_first(dataset: Dataset, language: str) -> None:
    making, section = _made(ledger, Results(dataset), language)
    (table,) = _blocks(section, Table)
    assert [(row[1], _text(row[3])) for row in table.rows] == [
        ("outside-batch", "2"),
        ("unknown-label", "1"),
        ("misspelling", "2"),
        ("of-another-reader", "1"),
    ]
    meanings = [str(row[2]) for row in table.rows]
    assert meanings[3] == "Of-another-reader", "a rule that nobody put into words has its name"
    if language == "en":
        assert meanings[2] == "A misspelling of the one label that is near"
    else:
        assert not any(letter.isascii() and letter.isalpha() for letter in meanings[2])
    packed = making.sets.packed({"a": 0, "b": 1})["sets"]
    misspelt, rows = packed[table.rows[2][3].behind], packed[table.rows[0][3].behind]
    assert misspelt["n"] == 2
    assert misspelt["notes"] == ["Joyy → Joy · P1, C3", "Yoy → Joy · P2, C3"]
    # One of the two is about no item: rows are listed, not items.
    assert [row[-1] for row in rows["rows"]] == ["C4:C9", "D2"]


def test_the_browser_holds_every_row(dataset: Dataset) -> None:
    _, section = _made(ledger, Results(dataset), "zh")
    (browser,) = _blocks(section, Browser)
    # items.js reads these to show an item's repairs.
    assert {"item", "rule", "before", "after", "note"} <= set(browser.data)
    assert {len(values) for values in browser.data.values()} == {len(LEDGER)}
    assert list(browser.data["kind"]) == ["flagged"] * 2 + ["aside"] + ["repaired"] * 3
    ids = listed_items(dataset)["item_id"].to_list()
    assert [None if at is None else ids[at] for at in browser.data["item"]] == [
        None, "a", "a", "b", "b", "a",
    ]  # fmt: skip
    assert list(browser.data["batch"]) == [None, "x", "x", "y", "y", "x"]
    columns = {column.key: column for column in browser.columns}
    filters = {key for key, column in columns.items() if column.choose}
    assert filters == {"kind", "rule", "annotator", "layer", "subset", "batch"}
    notes = columns["note"].names
    assert notes["not a label, and no single label is near"] == "不是标签，也没有唯一相近的标签"
    assert "6 个单元格" in notes["6 cells outside the annotator's batch: not votes"]
    assert columns["note"].lang == "en", "what has no Chinese words is read as English"
    lead = _blocks(section, Paragraph)[0].phrase
    found = {part.at: part.text for part in lead if isinstance(part, Number)}
    assert found == {
        "b-ledger:kind=repaired": "3",
        "b-ledger:kind=aside": "1",
        "b-ledger:kind=flagged": "2",
    }


def test_nothing_changed_is_said_and_nothing_there_is_no_section(dataset: Dataset) -> None:
    clean = dataset.with_tables(ledger=dataset.ledger.clear())
    _, section = _made(ledger, Results(clean))
    (paragraph,) = _blocks(section, Block)
    assert "nothing was repaired" in "".join(map(_text, paragraph.phrase))
    assert _made(ledger, Results(Dataset(DatasetInfo("empty"))))[1] is None


def test_a_count_of_none_leads_nowhere(dataset: Dataset) -> None:
    repaired = dataset.ledger.filter(pl.col("kind") == "repaired")
    _, section = _made(ledger, Results(dataset.with_tables(ledger=repaired)))
    lead = _blocks(section, Paragraph)[0].phrase
    assert [(part.text, part.at) for part in lead if isinstance(part, Number)] == [
        ("3", "b-ledger:kind=repaired"),
        ("0", ""),
        ("0", ""),
    ]


def test_every_rule_is_in_words() -> None:
    def told(part: str) -> Any:
        return tomllib.loads((WORDS / f"{part}.toml").read_text(encoding="utf-8"))

    assert told("ledger_rules")["en"] == RULES
    english = read_words("en")
    for name, rule in all_rules().items():
        assert english.say(f"lint_rules.{name}") == rule.finds
        assert said(english, rule.remedy, "lint_remedies") == rule.remedy
        assert said(read_words("zh"), rule.remedy, "lint_remedies") != rule.remedy, name
    assert set(told("lint_rules")["en"]) == set(all_rules())


@pytest.mark.release
def test_the_ledger_of_the_release(release: Dataset) -> None:
    """46 fenced JSON files, 73 uses of words outside the set in the monologues."""
    making, section = _made(ledger, Results(release))
    (table,) = _blocks(section, Table)
    counts = {str(row[1]): row[3] for row in table.rows}
    assert counts["markdown-fence"].text == "46"
    place = {one: at for at, one in enumerate(listed_items(release)["item_id"])}
    packed = making.sets.packed(place)["sets"]
    for number in counts.values():
        listed = packed[number.behind]
        assert f"{listed['n']:,}" == number.text
    words = making.sets.packed(place)["lists"][packed[counts["unknown-label"].behind]["list"]]
    ids = [release.items["item_id"][at] for at in accumulate(words)]
    assert sum(one.startswith("streaming/") for one in ids) == 73
    assert sum(int(one.text) for one in counts.values()) == release.ledger.height


FAULTS = (
    Finding("personal-name", "error", "a*.xlsx", "", "names", "use codes (A1, A2, ...) and keep "
            "the key apart"),
    Finding("untidy-label", "info", "b.xlsx", "C3", "a ; too many", "something else"),
    Finding("untidy-label", "info", "b.xlsx", "C4", "a ; too many", "something else"),
    Finding("of-my-own", "warning", "b.xlsx", "", "odd", "mend it"),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_source_files_by_rule_with_what_to_do(language: str) -> None:
    results = Results(Dataset(DatasetInfo("folder")), faults=FAULTS)
    _, section = _made(lint, results, language)
    (table,) = _blocks(section, Table)
    assert [(row[1], row[3].text, row[3].at) for row in table.rows] == [
        ("personal-name", "1", "b-lint:severity=error/rule=personal-name"),
        ("of-my-own", "1", "b-lint:severity=warning/rule=of-my-own"),
        ("untidy-label", "2", "b-lint:severity=info/rule=untidy-label"),
    ]
    (browser,) = _blocks(section, Browser)
    assert Counter(browser.data["severity"]) == {"error": 1, "warning": 1, "info": 2}
    remedies = next(column for column in browser.columns if column.key == "remedy")
    assert list(browser.data["remedy"]) == [fault.remedy for fault in FAULTS]
    expected = {FAULTS[0].remedy: "改用代号（A1、A2……），对照表另外保管"}
    assert remedies.names == ({} if language == "en" else expected)


def test_a_clean_folder_is_said_and_no_folder_is_no_section() -> None:
    empty = Dataset(DatasetInfo("folder"))
    _, section = _made(lint, Results(empty, faults=()))
    assert section is not None
    assert "Nothing to mend" in "".join(map(_text, _blocks(section, Paragraph)[0].phrase))
    assert _made(lint, Results(empty))[1] is None
