"""The section on a paper's numbers: verdicts, rules, and what is behind every value."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import emos.demo
from emos.aggregate import aggregate_dataset
from emos.audit import Verdict
from emos.readers import read_source
from emos.report.blocks import Browser, Details, Paragraph, Section, Table
from emos.report.items import listed_items
from emos.report.making import Making
from emos.report.results import Results
from emos.report.sections import audit
from emos.report.sets import ItemSets
from emos.report.words import LANGUAGES, Number, read_words
from emos.tables import Dataset
from making_votes import dataset_of
from test_cli_audit import PAPER

CORPUS = Path(emos.demo.__file__).parent / "corpus"


class Shown:
    """The section of some results, and the lists behind its numbers."""

    def __init__(self, results: Results, language: str = "en") -> None:
        making = Making(results, read_words(language), ItemSets())
        section = audit.make(making)
        assert section is not None
        self.section: Section = section
        self._ids = listed_items(results.dataset)["item_id"].to_list()
        self._packed = making.sets.packed({one: at for at, one in enumerate(self._ids)})
        (self.browser,) = [one for one in section.blocks if isinstance(one, Browser)]
        self.columns = {column.key: column for column in self.browser.columns}
        self.row = {key: at for at, key in enumerate(self.browser.data["key"])}

    def told(self, key: str, column: str) -> Any:
        return self.browser.data[column][self.row[key]]

    def kept(self, pair: list[Any]) -> dict[str, Any]:
        """What is behind a shown value."""
        return dict(self._packed["sets"][pair[1]])

    def ids(self, pair: list[Any]) -> list[str]:
        places = accumulate(self._packed["lists"][self.kept(pair)["list"]])
        return [self._ids[place] for place in places]

    def rules(self) -> list[str]:
        """Every rule as the audit says it."""
        lines = [*self.browser.data["rule"], *self.browser.data["others"]]
        return [line[-1] for several in lines for line in several]

    def values(self) -> list[list[Any]]:
        """Every computed value and every other rule's, each with what is behind it."""
        others = [line[0] for lines in self.browser.data["others"] for line in lines]
        return [*self.browser.data["computed"], *others]


@pytest.fixture(scope="module")
def demo() -> Dataset:
    dataset = read_source(str(CORPUS / "layout.toml"), CORPUS)
    made = aggregate_dataset(dataset)
    return dataset.with_tables(labels=made.labels, soft_labels=made.soft_labels)


@pytest.fixture(scope="module", params=LANGUAGES)
def shown(request: pytest.FixtureRequest, demo: Dataset) -> Shown:
    return Shown(Results(demo, paper="demo_paper"), request.param)


@pytest.fixture
def two_cells(tmp_path: Path) -> Path:
    for name, text in PAPER.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_cell_with_its_rule_and_what_other_rules_give(two_cells: Path) -> None:
    rows = [("a", "A1", "basic7", "Joy"), ("a", "A2", "basic7", "Fear"), ("b", "A1", "basic7", "J")]
    found = Shown(Results(dataset_of(rows), paper=two_cells))
    # What does not hold comes first, although the paper has it last.
    assert list(found.row) == ["2:joy:all", "2:answers:all"]
    assert found.browser.address == "c"
    assert found.told("2:joy:all", "verdict") == "holds under another rule"
    assert found.told("2:joy:all", "printed") == "50.0"
    computed = found.told("2:joy:all", "computed")
    assert (computed[0], found.ids(computed)) == ("66.67", ["a", "b"])
    assert found.kept(computed)["what"] == "Table 2, Joy (%), All: Joy in all answers."
    (first, second) = found.told("2:joy:all", "others")
    assert (first[0][0], first[1:], found.ids(first[0])) == (
        "50.0",
        [": ", "Joy in all items."],
        ["b"],
    )
    assert second == [["10", None], ": ", "Joy elsewhere."], "nothing can be listed"
    assert found.told("2:answers:all", "computed") == ["3", None]
    assert found.told("2:answers:all", "about") == [["Answers"]]


def test_verdicts_lead_to_their_cells(two_cells: Path) -> None:
    rows = [("a", "A1", "basic7", "Joy"), ("a", "A2", "basic7", "Fear"), ("b", "A1", "basic7", "J")]
    found = Shown(Results(dataset_of(rows), paper=two_cells))
    (table,) = [block for block in found.section.blocks if isinstance(block, Table)]
    (details,) = [block for block in found.section.blocks if isinstance(block, Details)]
    counts = {row[0]: row[1] for row in table.rows}
    assert counts == {
        "differs": Number("0"),
        "holds under another rule": Number(
            "1", at="b-audit:verdict=holds%20under%20another%20rule"
        ),
        "not recoverable": Number("0"),
        "holds": Number("1", at="b-audit:verdict=holds"),
    }
    (per_table,) = details.blocks
    assert isinstance(per_table, Table)
    (row,) = per_table.rows
    assert row[:2] == ["Table 2", Number("2", at="b-audit:table=2")]
    assert row[-1] == Number("1", at="b-audit:table=2/verdict=holds")


def test_no_paper_is_no_section() -> None:
    results = Results(dataset_of([("a", "A1", "basic7", "Joy")]))
    assert audit.make(Making(results, read_words("en"), ItemSets())) is None


@pytest.mark.parametrize(
    ("table", "english", "chinese"),
    [
        ("2", "Table 2", "表 2"),
        ("3.3.1", "Section 3.3.1", "第 3.3.1 节"),
        ("appendix B", "Appendix B", "Appendix B"),
        ("introduction", "Introduction", "Introduction"),
    ],
)
def test_parts_of_a_paper_have_names(table: str, english: str, chinese: str) -> None:
    assert audit.place_name(table, read_words("en")) == english
    assert audit.place_name(table, read_words("zh")) == chinese


# The demo paper, in both languages


def test_every_number_of_the_demo_paper_can_be_followed(shown: Shown) -> None:
    assert len(shown.row) == 49
    assert [value for value in shown.values() if value[1] is None] == []
    # A count leads to just so many entries or rows.
    for key, computed in zip(shown.row, shown.browser.data["computed"], strict=True):
        if re.fullmatch(r"[\d,]+", computed[0]) and not key.startswith("2:"):
            assert f"{shown.kept(computed)['n']:,}" == computed[0], key


def test_what_is_planted_comes_first(shown: Shown) -> None:
    assert list(shown.row)[:3] == [
        "1:medium:latter",
        "2:exact-match:zh-latter",
        "4:turning-points:value",
    ]
    exact = shown.told("2:exact-match:zh-latter", "others")[0][0]
    computed = shown.told("2:exact-match:zh-latter", "computed")
    assert len(set(shown.ids(exact)) - set(shown.ids(computed))) == 40, "the rows nobody annotated"
    changes = shown.kept(shown.told("4:turning-points:value", "computed"))
    assert changes["n"] == len(changes["notes"]) == 19, "every change names its utterance"


def test_rules_are_in_the_language_of_the_page(demo: Dataset) -> None:
    results = Results(demo, paper="demo_paper")
    english, chinese = Shown(results, "en"), Shown(results, "zh")
    assert english.columns["rule"].names == {}
    names = chinese.columns["rule"].names
    assert set(chinese.rules()) == set(names), "each rule of the demo paper has Chinese words"
    assert names["With 40 rows that nobody annotated counted as agreement."] == (
        "把无人作答的 40 行算作一致。"
    )
    what = chinese.kept(chinese.told("4:turning-points:value", "computed"))["what"]
    assert what == "表 4，Turning points，Value：主要情绪改变的句间边界。"


def test_damaged_files_are_a_warning(demo: Dataset) -> None:
    section = Shown(Results(demo, paper="demo_paper")).section
    warnings = [
        one for one in section.blocks if isinstance(one, Paragraph) and one.kind == "warning"
    ]
    cut = demo.ledger.filter(pl.col("rule") == "cut-off")["file"].to_list()
    assert len(warnings) == len(cut) == 1
    assert cut[0] in "".join(map(str, warnings[0].phrase))


# The EmoS paper


@pytest.fixture(scope="module")
def paper(release: Dataset) -> Shown:
    made = aggregate_dataset(release)
    return Shown(Results(release.with_tables(labels=made.labels)), "zh")


@pytest.mark.release
def test_the_paper_about_the_release(paper: Shown) -> None:
    verdicts = Counter(paper.browser.data["verdict"])
    assert list(verdicts) == [
        Verdict.DIFFERS, Verdict.OTHER_RULE, Verdict.NOT_RECOVERABLE, Verdict.HOLDS,
    ]  # fmt: skip
    computed = paper.told("2:exact-match:latter", "computed")
    (other, *_) = paper.told("2:exact-match:latter", "others")
    assert other[0][0] == "24.4"
    assert len(set(paper.ids(other[0])) - set(paper.ids(computed))) == 595, "blank rows"
    turning = paper.told("6:turning-points:value", "computed")
    assert (turning[0], paper.kept(turning)["n"]) == ("233", 233)
    for value in paper.values():
        if value[1] is not None:
            assert paper.kept(value)["n"] > 0
    listed = [value for value in paper.browser.data["computed"] if value[0] != "无"]
    assert sum(value[1] is None for value in listed) < 0.02 * len(listed)


@pytest.mark.release
def test_nearly_every_rule_of_the_paper_has_chinese_words(paper: Shown, demo: Dataset) -> None:
    rules = paper.rules()
    names = paper.columns["rule"].names
    assert sum(rule in names for rule in rules) > 0.98 * len(rules)
    assert not any("{" in told for told in names.values())
    # And no words are left from a rule that is gone.
    rules += Shown(Results(demo, paper="demo_paper")).rules()
    for key, sentence in read_words("en").known.items():
        if key.startswith("audit_rules."):
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(str(sentence)))
            assert any(re.fullmatch(pattern, rule) for rule in rules), key
