"""A paper's printed scores: read from its tables, or refused with the place that is wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from emos.audit import published_scores
from emos.errors import EmosError
from emos.score.family import all_families
from emos.score.metric import all_metrics

TABLE = """
table = "1"
title = "Scores"
[rows]
joy = "joy"
"a-en" = "Model A, English"
[columns]
p = "P"
acc = "Accuracy"
[values]
joy = { p = "0.50" }
"a-en" = { acc = "61.1" }
"""
CODE = """
def cells(table, evidence):
    for row, column in table.values:
        yield table.cell(row, column, None, "Nothing is recomputed.", recoverable=False)
"""
WHOLE = """
[[tables]]
table = "1"
items = "all clips"
[tables.rows]
"a-en" = { model = "A", items = "English clips" }
[tables.columns]
acc = { metric = "accuracy", percent = true }

[[tables]]
table = "1"
items = "all clips"
[tables.rows]
joy = {}
[tables.columns]
p = { metric = "goemotions/precision/{row}", model = "B" }
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny_scores"
    folder.mkdir()
    for name, text in (
        ("paper.toml", 'title = "Tiny"\nsource = "https://example.org"\n'),
        ("table_1.toml", TABLE),
        ("table_1.py", CODE),
        ("published.toml", WHOLE),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_values_are_the_tables_own(paper: Path) -> None:
    first, second = published_scores(paper)
    assert (first.model, first.metric, first.items) == ("A", "accuracy", "English clips")
    assert (first.value, first.printed) == (pytest.approx(0.611), "61.1 %")
    assert first.source == "Tiny, Table 1"
    assert (second.model, second.metric) == ("B", "goemotions/precision/joy")
    assert (second.value, second.printed, second.items) == (0.5, "0.50", "all clips")


def test_a_paper_need_not_have_any(paper: Path) -> None:
    (paper / "published.toml").unlink()
    assert published_scores(paper) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('table = "1"', 'table = "9"', "no table '9'"),
        ('"a-en" = {', '"b-en" = {', "no row or column 'b-en'"),
        ('model = "A", ', "", "is no score of a model"),
        ("percent = true", 'percent = "yes"', "'percent' is unknown or of another form"),
        ("percent = true", "per_cent = true", "'per_cent' is unknown"),
        ("[tables.rows]", "[tables.rows", "not valid TOML"),
    ],
)
def test_a_slip_is_named(paper: Path, old: str, new: str, said: str) -> None:
    (paper / "published.toml").write_text(WHOLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EmosError) as caught:
        published_scores(paper)
    assert said in str(caught.value)
    assert str(paper / "published.toml") in str(caught.value)


def test_the_paper_prints_what_its_tables_say() -> None:
    """24 rows of 5 models (7), 28 labels of 2 models twice (12), 10 rows of 3 (13), 3 (4.4)."""
    found = published_scores("emos_paper")
    by_table = Counter(one.source.rpartition(" ")[2] for one in found)
    for table, count in (("7", 24 * 5), ("12", 28 * 4), ("13", 10 * 3), ("4.4", 3)):
        assert by_table[table] == count
    assert len({(one.model, one.metric, one.items) for one in found}) == len(found)
    values = {(one.model, one.metric): one for one in found}
    assert values["Gemini-3", "goemotions/recall/joy"].printed == "0.658"
    assert values["Gemini-3", "streaming/accuracy"].value == pytest.approx(0.71)
    assert values["Gemini-3", "streaming/goemotions_macro_f1"].value == 0.55


def test_printed_scores_have_the_names_of_computed_ones() -> None:
    """Otherwise they would be left out of every leaderboard in silence."""
    single = {metric.name for metric in all_metrics() if metric.per == "all"}
    per_class = {metric.name for metric in all_metrics() if metric.per == "class"}
    for one in published_scores("emos_paper"):
        family = one.metric.split("/")[0]
        if "/" in one.metric and family not in (*all_families(), *per_class):
            continue  # a family that this version does not compute
        assert one.metric in single or one.metric.rpartition("/")[0] in per_class, one.metric
