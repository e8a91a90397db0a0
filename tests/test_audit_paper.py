"""The frame of an audit: papers as folders, keys, verdicts, JSON."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from emos.audit import (
    Evidence,
    Verdict,
    audit_paper,
    describe,
    known_papers,
    load_paper,
    read_table,
)
from emos.errors import EmosError
from emos.tables import Dataset, DatasetInfo
from emos.taxonomy import BASIC7

ROOT = Path(__file__).parents[1]


def tiny_dataset() -> Dataset:
    """Three items, two annotators, five answers of which the last is blank."""
    answers = [("a", "A1", "Joy"), ("a", "A2", "Joy"), ("b", "A1", "Fear"), ("b", "A2", "Joy")]
    votes = [
        {
            "item_id": item,
            "annotator": annotator,
            "layer": "basic7",
            "labels": [label],
            "status": "given",
            "raw": label,
            "file": f"{annotator}.xlsx",
            "sheet": "Sheet1",
            "cell": f"B{row}",
        }
        for row, (item, annotator, label) in enumerate(answers, start=2)
    ]
    votes.append(
        {"item_id": "c", "annotator": "A1", "layer": "basic7", "labels": [], "status": "blank"}
    )
    items = pl.DataFrame({"item_id": ["a", "b", "c"]})
    info = DatasetInfo("tiny", label_sets={"basic7": BASIC7.labels})
    return Dataset(info, items=items, votes=pl.DataFrame(votes, infer_schema_length=None))


@pytest.fixture
def tiny_paper(tmp_path: Path) -> Path:
    """The folder that docs/audit.md walks through, written from its code blocks."""
    text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    walkthrough = text[text.index("## Adding another paper's audit") :]
    names = re.findall(r"`tiny_paper/([\w.]+)`", walkthrough)
    blocks = re.findall(r"   ```\w+\n(.*?)   ```\n", walkthrough, flags=re.DOTALL)
    folder = tmp_path / "tiny_paper"
    folder.mkdir()
    for name, block in zip(names, blocks, strict=True):
        lines = [line.removeprefix("   ") for line in block.splitlines()]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_walkthrough_works_as_written(tiny_paper: Path) -> None:
    audit = audit_paper(tiny_dataset(), paper=tiny_paper)
    assert [(cell.key, cell.computed, cell.verdict.value) for cell in audit.cells] == [
        ("1:answers:all", 4, "holds"),
        ("1:blank:all", Fraction(20), "differs"),
    ]
    blank = audit.find("1:blank:all")
    assert [other.value for other in blank.alternatives] == [25]
    assert blank.items is not None
    assert blank.items()["item_id"].to_list() == ["c"]
    assert audit.paper.title == "A tiny paper"


def test_json_has_keys_printed_text_and_numbers(tiny_paper: Path, tmp_path: Path) -> None:
    path = tiny_paper / "table_1.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"4"', '"~4"'), encoding="utf-8")
    audit = audit_paper(tiny_dataset(), paper=tiny_paper)
    audit.write_json(tmp_path / "audit.json")
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8")) == [
        {
            "key": "1:answers:all",
            "table": "1",
            "row": "Answers",
            "column": "All",
            "printed": "~4",
            "paper": 4,
            "computed": 4,
            "verdict": "holds",
            "rule": "Answers that are not blank.",
            "alternatives": [],
        },
        {
            "key": "1:blank:all",
            "table": "1",
            "row": "Blank (%)",
            "column": "All",
            "printed": "33.3",
            "paper": 33.3,
            "computed": 20.0,
            "verdict": "differs",
            "rule": "Blank answers in all answers.",
            "alternatives": [{"value": 25.0, "rule": "Blank in given answers."}],
        },
    ]
    with pytest.raises(EmosError, match="cannot be written"):
        audit.write_json(tmp_path / "no" / "audit.json")
    assert list(tmp_path.glob(".*")) == []


def test_a_cell_in_words_names_the_fitting_rule_first(tiny_paper: Path) -> None:
    path = tiny_paper / "table_1.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("33.3", "25.0"), encoding="utf-8")
    cell = audit_paper(tiny_dataset(), paper=tiny_paper).find("1:blank:all")
    assert cell.verdict is Verdict.OTHER_RULE
    assert describe(cell) == [
        "paper 25.0, computed 20.0",
        "Blank answers in all answers.",
        "25.0: Blank in given answers.",
    ]


RULES = """
from emos.audit import Alternative

def cells(table, evidence):
    yield table.cell("answers", "all", 4, "Answers.")
    yield table.cell("blank", "all", 33.41, "Stated.", alternatives=[
        Alternative(33.41, "The same number."),
        Alternative(33.411, "Shown as the same number."),
        Alternative(30.0, "Another number."),
        Alternative(33.31, "The printed number.", lambda: evidence.trace(["c"])),
    ])
"""


def test_alternatives_are_those_that_say_something_and_the_fitting_come_first(
    tiny_paper: Path,
) -> None:
    (tiny_paper / "table_1.py").write_text(RULES, encoding="utf-8")
    cell = audit_paper(tiny_dataset(), paper=tiny_paper).find("1:blank:all")
    assert [other.value for other in cell.alternatives] == [33.31, 30.0]
    fitting = cell.alternative(1)
    assert fitting.items is not None
    assert fitting.items()["item_id"].to_list() == ["c"]
    for number in (0, 3):
        with pytest.raises(EmosError, match=f"has no alternative {number}; it has 1 to 2"):
            cell.alternative(number)


def test_a_paper_says_how_the_votes_behind_its_cells_are_read(tiny_paper: Path) -> None:
    data = tiny_dataset()
    misspelt = data.votes.with_columns(pl.col("raw").replace("Joy", "Joyy"))
    data = data.with_tables(votes=misspelt)
    for reading, labels in (("full", [["Joy"], ["Joy"]]), ("drop", [[], []])):
        (tiny_paper / "paper.toml").write_text(
            f'title = "T"\nsource = ""\nreading = "{reading}"\n', encoding="utf-8"
        )
        evidence = audit_paper(data, paper=tiny_paper).evidence
        assert evidence.trace(["a"])["labels"].to_list() == labels
        assert evidence.trace(["a"])["raw"].to_list() == ["Joyy", "Joyy"]
        assert evidence.trace(["a"], reading="full")["labels"].to_list() == [["Joy"], ["Joy"]]
        assert evidence.trace(["a"], reading="drop")["labels"].to_list() == [[], []]


def test_selection_and_typing_errors(tiny_paper: Path) -> None:
    audit = audit_paper(tiny_dataset(), paper=tiny_paper)
    assert [cell.key for cell in audit.where(verdict="Differs")] == ["1:blank:all"]
    assert [cell.key for cell in audit.where(table="1", verdict="holds")] == ["1:answers:all"]
    assert audit.where(verdict="not-recoverable") == ()
    assert audit.find("1:bl").key == "1:blank:all"
    for call, message in (
        (lambda: audit.where(table="9"), "has no table '9'; there are 1"),
        (lambda: audit.where(verdict="wrong"), "no verdict is called 'wrong'; there are holds, "),
        (lambda: audit.find("1:blnk:all"), "no cell '1:blnk:all'; did you mean 1:blank:all"),
        (lambda: audit.find("1:"), "2 cells begin with '1:'; did you mean 1:answers:all, 1:blank"),
        (lambda: audit.find("zzzzzz"), "no cell 'zzzzzz'; see --cells for all keys"),
    ):
        with pytest.raises(EmosError) as caught:
            call()
        assert message in str(caught.value)


def test_the_signature_changes_with_the_votes(tiny_paper: Path) -> None:
    data = tiny_dataset()
    first = audit_paper(data, paper=tiny_paper).signature
    assert first.startswith("audit|paper=tiny_paper|data=tiny|repair=full|votes=")
    assert audit_paper(data, paper=tiny_paper).signature == first
    other = data.with_tables(votes=data.votes.reverse())
    assert audit_paper(other, paper=tiny_paper).signature != first


def test_a_dataset_folder_is_audited_like_the_dataset(tiny_paper: Path, tmp_path: Path) -> None:
    data = tiny_dataset()
    folder = tmp_path / "数据 set"
    data.write(folder)
    audits = [audit_paper(source, paper=tiny_paper) for source in (data, folder, str(folder))]
    assert len({audit.signature for audit in audits}) == 1
    assert audits[0].to_json() == audits[1].to_json() == audits[2].to_json()


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("paper.toml", "title =", "title", "not valid TOML"),
        (
            "paper.toml",
            "source",
            "url",
            "must have the texts title and source, and may have dataset",
        ),
        ("paper.toml", "source", 'reading = "none"\nsource', "reading is 'none'; use full or drop"),
        ("table_1.toml", 'answers = { all = "4" }', 'answers = "4"', "values.answers: has no col"),
        (
            "table_1.toml",
            'answers = "Answers"',
            "answers = 1",
            "'answers' cannot stand in a key or",
        ),
        ("table_1.toml", "[rows]\n", "rows = 3\n[extra]\n", "key 'extra' is missing or unknown"),
        ("table_1.toml", "[rows]", "[rowz]", "key 'rows' is missing or unknown"),
        ("table_1.toml", 'title = "Answers', 'note = ""\ntitle = "Answers', "key 'note'"),
        ("table_1.toml", '"33.3"', "33.3", "values.blank.all: value 33.3 is not text; put it in"),
        ("table_1.toml", "answers = {", "answer = {", "values.answer.all: row or column has no"),
        ("table_1.toml", 'blank = "B', '"Blank %" = "B', "'Blank %' cannot stand in a key"),
        ("table_1.toml", "[rows]", "needs = 3\n[rows]", "'needs' is no list of batches"),
        ("table_1.py", "def cells", "def rows", "has no function cells(table, evidence)"),
        ("table_1.py", "yield table", "yield 1 / 0, table", "ZeroDivisionError: division by zero"),
        ("table_1.py", "yield table", "yield 3, table", "must yield cells"),
        ("table_1.py", "yield table", "raise SystemExit(5)\n    yield table", "SystemExit: 5"),
        ("table_1.py", "import polars", "import no_such_module", "cannot be loaded"),
        ("table_1.py", "yield table.cell(\n", "(\n", "the printed value 1:blank:all gets no cell"),
        ("table_1.py", '"blank",\n', '"blink",\n', "the paper prints no value 1:blink:all"),
        ("table_1.py", '"blank",\n', '"answers",\n', "two cells have the key 1:answers:all"),
    ],
)
def test_a_faulty_paper_ends_in_one_line(
    tiny_paper: Path, file: str, old: str, new: str, message: str
) -> None:
    path = tiny_paper / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    if new == "(\n":  # the second cell is made but not yielded
        changed = text.replace(
            "    yield table.cell(\n", "    dict(cell=table.cell)\n    dict(a=(\n"
        )
        changed = changed[: changed.index("    dict(cell")]
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(EmosError) as caught:
        audit_paper(tiny_dataset(), paper=tiny_paper)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_paper_is_not_held_against_another_dataset(tiny_paper: Path) -> None:
    path = tiny_paper / "paper.toml"
    path.write_text(path.read_text(encoding="utf-8") + 'dataset = "tiny"\n', encoding="utf-8")
    assert len(audit_paper(tiny_dataset(), paper=tiny_paper).cells) == 2
    with pytest.raises(EmosError, match="about the dataset 'EmoS', and this is 'tiny'"):
        audit_paper(tiny_dataset())
    other = Dataset(DatasetInfo("EmoS demo"))
    with pytest.raises(EmosError, match="use --paper demo_paper"):
        audit_paper(other)


def test_a_table_without_its_batches_is_not_recoverable(tiny_paper: Path) -> None:
    path = tiny_paper / "table_1.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[rows]", 'needs = ["s/b", "t"]\n[rows]'), encoding="utf-8")
    data = tiny_dataset()
    audit = audit_paper(data, paper=tiny_paper)
    assert {cell.verdict.value for cell in audit.cells} == {"not recoverable"}
    assert audit.cells[0].rule == "Not computed: the dataset has no items of s/b, t."
    there = pl.DataFrame({"subset": ["s", "t", "t"], "batch": ["b", "", None]})
    data = data.with_tables(items=data.items.with_columns(there["subset"], there["batch"]))
    assert audit_paper(data, paper=tiny_paper).cells[0].verdict.value == "holds"


def test_damaged_files_are_cautioned_against(tiny_paper: Path) -> None:
    ledger = pl.DataFrame(
        {
            "kind": ["flagged", "flagged", "repaired"],
            "rule": ["unreadable-json", "unreadable-json", "case"],
            "file": ["s/x.json", "s/x.json", "A1.xlsx"],
        }
    )
    data = tiny_dataset().with_tables(ledger=ledger)
    found = audit_paper(data, paper=tiny_paper).evidence.cautions
    assert found == ("s/x.json: unreadable-json",)


def test_a_table_without_code_and_a_paper_that_is_not_there(tiny_paper: Path) -> None:
    (tiny_paper / "table_1.py").unlink()
    with pytest.raises(EmosError, match=r"the table has no Python file; write table_1.py"):
        load_paper(tiny_paper)
    with pytest.raises(EmosError, match=r"no paper called 'nobody'.*known are .*emos_paper"):
        load_paper("nobody")


def test_tables_come_by_number_then_sections(tiny_paper: Path) -> None:
    code = (tiny_paper / "table_1.py").read_text(encoding="utf-8")
    values = (tiny_paper / "table_1.toml").read_text(encoding="utf-8")
    for name, table in (("b", "10"), ("c", "2"), ("d", "3.10"), ("e", "3.2"), ("f", "abstract")):
        (tiny_paper / f"{name}.py").write_text(code, encoding="utf-8")
        text = values.replace('table = "1"', f'table = "{table}"')
        (tiny_paper / f"{name}.toml").write_text(text, encoding="utf-8")
    order = [part.table.id for part in load_paper(tiny_paper).tables]
    assert order[:3] == ["1", "2", "10"]
    assert order.index("3.2") < order.index("3.10")
    assert set(order) == {"1", "2", "10", "3.2", "3.10", "abstract"}


def test_a_file_of_a_paper_may_import_its_neighbour(tiny_paper: Path) -> None:
    (tiny_paper / "words.py").write_text('RULE = "From a neighbour."\n', encoding="utf-8")
    path = tiny_paper / "table_1.py"
    code = path.read_text(encoding="utf-8").replace('"Answers that are not blank."', "RULE")
    path.write_text("from .words import RULE\n" + code, encoding="utf-8")
    audit = audit_paper(tiny_dataset(), paper=tiny_paper)
    assert audit.find("1:answers:all").rule == "From a neighbour."


def test_the_trace_of_items_keeps_order_and_items_without_votes() -> None:
    evidence = Evidence(tiny_dataset())
    trace = evidence.trace(["c", "a", "nobody", "a"])
    assert trace["item_id"].to_list() == ["c", "a", "a", "nobody"]
    assert trace["cell"].to_list() == [None, "B2", "B3", None]
    assert trace["file"].to_list() == [None, "A1.xlsx", "A2.xlsx", None]
    assert evidence.trace(["a"], layer="goemotions")["annotator"].to_list() == [None]


def test_every_shipped_paper_can_be_loaded_and_its_values_are_named() -> None:
    assert "emos_paper" in known_papers()
    for name in known_papers():
        paper = load_paper(name)
        keys = [
            part.table.key(row, column)
            for part in paper.tables
            for row, column in part.table.values
        ]
        assert len(keys) == len(set(keys))
        for part in paper.tables:
            assert part.table.title
            assert set(part.table.rows.values()), part.file
            assert read_table(part.file.with_suffix(".toml")) == part.table


def test_nothing_is_computed_from_an_empty_dataset() -> None:
    """Only what the paper's printed values say about one another is left."""
    audit = audit_paper(Dataset(DatasetInfo("EmoS")))
    for cell in audit.cells:
        if cell.table not in ("7", "8", "12", "13", "4.1", "4.2", "4.3", "introduction"):
            assert (cell.computed, cell.verdict) == (None, Verdict.NOT_RECOVERABLE), cell.key
            assert cell.rule


@pytest.mark.release
def test_keys_of_the_release_audit_are_unique_and_its_json_is_plain(release: Dataset) -> None:
    audit = audit_paper(release)
    keys = [cell.key for cell in audit.cells]
    assert len(keys) == len(set(keys))
    assert "2:exact-match:latter" in keys
    assert all(re.fullmatch(r"[a-z0-9.-]+:[a-z0-9.-]+:[a-z0-9.-]+", key) for key in keys)
    triples = [(o["table"], o["row"], o["column"]) for o in audit.to_json()]
    assert len(triples) == len(set(triples))
    for one in json.loads(json.dumps(audit.to_json(), allow_nan=False)):
        assert one["rule"].endswith((".", "?", ")")), one
        assert one["verdict"] in tuple(Verdict)
    for cell in audit.cells:
        if cell.items is not None:
            assert isinstance(cell.items(), pl.DataFrame)
