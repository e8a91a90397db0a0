"""Tables 7, 8, 12, 13 and section 4: what their printed values imply, worked out by hand.

No file of the release is needed: model outputs are not released, so these tables can only be
checked against themselves.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from emos.audit import Audit, Cell, Verdict, audit_paper, load_paper, parse_printed, read_table
from emos.audit.emos_paper import table_12, table_13
from emos.audit.emos_paper.model_scores import CLASSES, MODELS, class_shares, model_scores
from emos.audit.evidence import Evidence
from emos.audit.implied import Interval
from emos.audit.table import Table
from emos.tables import Dataset, DatasetInfo

TABLES = ("7", "8", "12", "13", "4.1", "4.2", "4.3", "4.4")


@pytest.fixture(scope="module")
def audit() -> Audit:
    paper = load_paper("emos_paper")
    chosen = tuple(part for part in paper.tables if part.table.id in TABLES)
    return audit_paper(
        Dataset(DatasetInfo("EmoS")), paper=replace(paper, tables=chosen, highlights=())
    )


def cell(audit: Audit, key: str) -> Cell:
    return audit.find(key)


def number(found: Cell) -> float:
    assert isinstance(found.computed, int | float) or hasattr(found.computed, "numerator")
    return float(found.computed)  # type: ignore[arg-type]


def test_every_f1_follows_from_its_precision_and_recall(audit: Audit) -> None:
    for label in CLASSES:
        for model in MODELS:
            for score in ("p", "r", "f1"):
                assert cell(audit, f"7:{label}-{score}:{model}").verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("key", "computed", "verdict"),
    [
        # .155*.770 + .044*.143 + .051*.590 + .260*.802 + .371*.422 + .087*.721 + .033*.808
        ("7:accuracy:gemini-3", 0.610203, "holds"),
        ("7:accuracy:qwen-3-ft", 0.703963, "holds"),
        ("7:accuracy:qwen-2.5", 0.565611, "differs"),
        ("7:accuracy:emotionllama", 0.383911, "differs"),
        ("7:weighted-f1:emotionllama", 0.393813, "differs"),
        ("7:weighted-f1:gemini-3", 0.604371, "holds"),
        # (.716 + .172 + .465 + .735 + .547 + .613 + .447) / 7
        ("7:macro-f1:gemini-3", 0.527857, "holds"),
        # 2 * .669 * .770 / 1.439
        ("7:anger-f1:gemini-3", 0.715955, "holds"),
        # 800 * (.155*.759/.670 + .044*.704/.819 + .051*.571/.720 + ...)
        ("7:answers:qwen-3-ft", 874.0460, "differs"),
        ("7:answers:gemini-3", 799.1880, "holds"),
        ("7:answers:qwen-3", 782.5292, "holds"),
        ("7:answers:qwen-2.5", 717.0362, "holds"),
        ("7:answers:emotionllama", 801.0179, "holds"),
        ("8:gemini-3:difference", -0.013, "holds"),
        ("8:qwen-2.5:difference", 0.002, "holds"),
        ("13:emotionllama-zh:accuracy", 0.4049, "differs"),
        ("13:qwen-3-ft-en:accuracy", 0.6739, "differs"),
        # English share 0.4978 from the two other models: (.611 - .5022 * .682) / .4978
        ("13:gemini-3-en:accuracy", 0.5394, "holds"),
    ],
)
def test_values_worked_out_elsewhere(audit: Audit, key: str, computed: float, verdict: str) -> None:
    found = cell(audit, key)
    assert number(found) == pytest.approx(computed, abs=1e-4)
    assert found.verdict == verdict


def test_which_columns_can_be_the_scores_of_a_confusion_matrix(audit: Audit) -> None:
    with_caption = {m: cell(audit, f"7:consistency:{m}").verdict.value for m in MODELS}
    assert with_caption == {
        "gemini-3": "holds",
        "qwen-3": "differs",  # by 0.0032 units of a last digit, and proved
        "qwen-3-ft": "differs",
        "qwen-2.5": "differs",
        "emotionllama": "differs",
    }
    any_shares = {m: cell(audit, f"7:consistency-any-shares:{m}").verdict.value for m in MODELS}
    assert any_shares == dict.fromkeys(MODELS, "holds") | {"qwen-3-ft": "differs"}
    for row in ("consistency", "consistency-any-shares"):
        together = cell(audit, f"7:{row}:all-models")
        assert together.verdict is Verdict.DIFFERS
        assert number(together) >= max(number(cell(audit, f"7:{row}:{m}")) for m in MODELS) - 1e-6


def test_a_sum_of_moves_is_said_to_be_a_lower_bound(audit: Audit) -> None:
    tiny = cell(audit, "7:consistency:qwen-3")
    assert 0 < number(tiny) < 0.01
    assert "at least 0.0032 units of last digits must change beyond rounding" in tiny.rule
    assert tiny.rule.endswith(
        "puts them at 7:neutral-f1:qwen-3 0.547 by +0.0032, which need not be enough."
    )
    assert " and 1 more, which need not be enough." in cell(audit, "7:consistency:qwen-3-ft").rule


def test_the_shares_of_the_caption_are_of_801_clips(audit: Audit) -> None:
    """15.5 % of 800 is 124 (15.45 to 15.55: 123.6 to 124.4), ..., 8.7 % only 70 (8.75 exactly)."""
    found = cell(audit, "7:share-sum:caption")
    assert (found.computed, found.verdict, found.paper) == (801, Verdict.DIFFERS, None)
    assert "(124, 35, 41, 208, 297, 70, 26; 8.7 and 3.3 only as exact ties)" in found.rule


def test_what_is_undefined_or_impossible_is_not_reported_as_a_value(audit: Audit) -> None:
    """0 / 0 has no value; 0.051 * 0.026 / (0.052 - 0.051) = 1.326 is no precision."""
    for score in ("p", "r"):
        undefined = cell(audit, f"7:disgust-{score}:emotionllama")
        assert (undefined.computed, undefined.verdict) == (None, Verdict.HOLDS)
        assert "(0 / 0 as printed, so undefined)" in undefined.rule
        assert "0.0000 to 1.0000" in undefined.rule
    assert "0.0000 to 0.0005." in cell(audit, "7:disgust-f1:emotionllama").rule
    assert number(cell(audit, "7:fear-p:qwen-2.5")) == 1
    assert "(1.326 as printed, more than there can be)" in cell(audit, "7:fear-p:qwen-2.5").rule


def test_a_computed_value_lies_in_the_range_that_its_rule_gives(audit: Audit) -> None:
    ranges = re.compile(r"(-?\d\.\d{4}) to (-?\d\.\d{4})\.$")
    checked = 0
    for found in audit.cells:
        bounds = ranges.search(found.rule)
        if bounds and found.paper is not None and found.computed is not None:
            low, high = map(float, bounds.groups())
            assert low - 5e-5 <= number(found) <= high + 5e-5, found.key
            checked += 1
    assert checked > 120


def test_the_programme_reads_table_7_as_it_is_printed() -> None:
    table = read_table(Path(table_12.__file__).with_name("table_7.toml"))
    scores = model_scores(table, "qwen-2.5")
    assert scores.classes["fear"].precision.text == "1.000"
    assert scores.classes["fear"].recall.text == "0.026"
    assert scores.accuracy is not None
    assert scores.accuracy.text == "0.571"
    shares = [float(share.number or 0) for share in class_shares(table).values()]
    assert shares == [15.5, 4.4, 5.1, 26.0, 37.1, 8.7, 3.3]


def test_recalls_are_not_of_one_set_of_800_clips(audit: Audit) -> None:
    """5.1 % of 800 are 41 clips, of which 24 are 0.585 and 25 are 0.610: not Gemini-3's 0.590."""
    fear = cell(audit, "7:class-size-fear:all-models")
    assert (fear.computed, fear.verdict) == (0, Verdict.DIFFERS)
    assert "Gemini-3 0.590, 39 clips would do" in fear.rule
    assert fear.items is not None
    frame = fear.items()
    assert frame.height == len(MODELS)
    # 1/38 = 0.0263 and 1/39 = 0.0256; 2/78 = 0.0256, 2/77 = 0.0260, 2/76 = 0.0263, 2/79 = 0.0253.
    by_model = dict(zip(frame["model"], frame[frame.columns[-1]], strict=True))
    assert by_model["Qwen-2.5"] == "38, 39, 76, 77, 78"
    # 35 clips: 5/35 = 0.143 (Gemini-3) and 0/35 (EmotionLLaMA), no other of the printed recalls.
    assert cell(audit, "7:class-size-disgust:all-models").computed == 2


def test_the_languages_of_three_models_mix_in_one_share(audit: Audit) -> None:
    """(0.682 - 0.611) / (0.682 - 0.541) = 0.504, 0.498, 0.453, 0.5 and, for EmotionLLaMA, 0.799."""
    found = cell(audit, "13:mixing-weight:all-models")
    assert (found.computed, found.verdict) == (3, Verdict.DIFFERS)
    table = read_table(Path(table_13.__file__).with_name("table_13.toml"))
    assert {c.verdict for c in table_13.cells(table, Evidence(Dataset(DatasetInfo("x"))))} == {
        Verdict.HOLDS,
        Verdict.DIFFERS,
        Verdict.NOT_RECOVERABLE,
    }
    for model in ("gemini-3", "qwen-3", "qwen-2.5"):
        for language in ("en", "zh"):
            assert cell(audit, f"13:{model}-{language}:accuracy").verdict is Verdict.HOLDS
    for model in ("qwen-3-ft", "emotionllama"):
        assert cell(audit, f"13:{model}-en:accuracy").verdict is Verdict.DIFFERS


def test_of_groups_of_one_size_the_smallest_share_is_taken() -> None:
    tenth = Fraction(1, 10)
    weights = {
        "a": Interval(tenth, 3 * tenth),
        "b": Interval(2 * tenth, 4 * tenth),
        "c": Interval(6 * tenth, 8 * tenth),
        "d": Interval(7 * tenth, 9 * tenth),
        "e": None,
    }
    assert table_13.agreed(weights) == (Interval(2 * tenth, 3 * tenth), ("a", "b"))
    assert table_13.agreed({"e": None}) == (Interval(Fraction(0), Fraction(1)), ())


def test_a_difference_may_be_off_by_the_rounding_of_both_terms(audit: Audit) -> None:
    """0.8035 - 0.8175 to 0.8045 - 0.8165."""
    assert "-0.0140 to -0.0120" in cell(audit, "8:gemini-3:difference").rule
    assert "0.8160 to 0.8180" in cell(audit, "8:gemini-3:high").rule
    assert "0.8030 to 0.8050" in cell(audit, "8:gemini-3:low").rule


def test_fine_grained_scores_of_the_tuned_model_carry_two_digits(audit: Audit) -> None:
    tuned, other = (cell(audit, f"12:last-digit:{m}") for m in ("qwen-3-ft", "gemini-3"))
    assert (tuned.computed, tuned.verdict) == (55, Verdict.DIFFERS)
    assert (other.computed, other.verdict) == (8, Verdict.HOLDS)


def test_the_smallest_class_behind_a_row_of_table_12() -> None:
    """Grief: 0.667 and 0.820 of one class. 37/45 is 0.822, 41/50 is 0.820 but 33/50 is 0.660."""
    table = read_table(Path(table_12.__file__).with_name("table_12.toml"))
    sizes = {row.label: row.size for row in map_smallest(table, ("grief", "approval"))}
    # Brute force over sizes, right answers and answers given.
    assert sizes == {label: brute_force(table, label) for label in sizes}


def map_smallest(table: Table, labels: tuple[str, ...]) -> list[table_12.Row]:
    return [table_12.smallest_size(table, label) for label in labels]


def brute_force(table: Table, label: str) -> int:
    for size in range(1, 1201):
        fits = True
        for model in ("gemini-3", "qwen-3-ft"):
            p, r = (table.printed(label, f"{model}-{score}") for score in ("p", "r"))
            fits = fits and any(
                abs(right / size - float(r.number or 0)) <= 0.0005 + 1e-12
                and any(
                    abs(right / given - float(p.number or 0)) <= 0.0005 + 1e-12
                    for given in range(right, 1201)
                )
                for right in range(1, size + 1)
            )
        if fits:
            return size
    raise AssertionError(label)


def test_the_text_repeats_its_tables(audit: Audit) -> None:
    for found in audit.where(table="4.1"):
        missing = "confidence" in found.key or "-classes" in found.key  # no votes here
        assert found.verdict is (Verdict.NOT_RECOVERABLE if missing else Verdict.HOLDS), found.key
    assert {c.verdict for c in audit.where(table="4.3")} == {Verdict.HOLDS}
    assert {c.verdict for c in audit.where(table="4.4")} == {Verdict.NOT_RECOVERABLE}
    assert cell(audit, "4.2:higher-recall:qwen-3-ft").computed == 28


def test_a_changed_value_is_noticed() -> None:
    """Each identity finds the cell that breaks it: Table 8 with one wrong difference."""
    paper = load_paper("emos_paper")
    part = next(part for part in paper.tables if part.table.id == "8")
    values = dict(part.table.values) | {("gemini-3", "difference"): parse_printed("-0.018")}
    cells = list(
        part.cells(replace(part.table, values=values), Evidence(Dataset(DatasetInfo("x"))))
    )
    wrong = {found.key for found in cells if found.verdict is Verdict.DIFFERS}
    assert wrong == {"8:gemini-3:high", "8:gemini-3:low", "8:gemini-3:difference"}


def test_what_a_derived_cell_rests_on_is_listed(audit: Audit) -> None:
    found = cell(audit, "7:anger-f1:gemini-3")
    assert found.items is not None
    frame = found.items()
    assert frame["key"].to_list() == ["7:anger-p:gemini-3", "7:anger-r:gemini-3"]
    assert frame["printed"].to_list() == ["0.669", "0.770"]
    assert frame["at least"].to_list() == pytest.approx([0.6685, 0.7695])
