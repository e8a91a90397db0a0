"""The cells that a paper's reader should know first, and the sentences on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from emos.audit import audit_paper, known_papers, load_paper
from emos.audit.highlights import FILE, Highlight, read_highlights
from emos.errors import EmosError
from emos.tables import Dataset, DatasetInfo

GOOD = '[[cell]]\nkey = "1:a:b"\nen = "{paper}, not {computed}."\nen_why = "Because."\n'


def written(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_a_highlight_is_said_in_its_language_or_in_english(tmp_path: Path) -> None:
    (found,) = read_highlights(written(tmp_path, GOOD + 'zh = "{paper}，应为 {computed}。"\n'))
    assert found == Highlight(
        "1:a:b",
        {"en": "{paper}, not {computed}.", "zh": "{paper}，应为 {computed}。"},
        {"en": "Because."},
    )
    assert found.said("zh") == ("{paper}，应为 {computed}。", "Because.")
    assert found.said("pt") == ("{paper}, not {computed}.", "Because.")


def test_a_paper_may_have_none(tmp_path: Path) -> None:
    assert read_highlights(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[cell]", "not valid TOML"),
        ('[cell]\nkey = "1:a:b"', "must be a list"),
        (GOOD + "\n[other]\n", "must be a list"),
        (GOOD + "zh = 3\n", "holds texts only"),
        (GOOD.replace("en_why", "en_wy"), "must have en, en_why, key"),
        (GOOD.replace("{paper}", "{printed}"), "en names a value that is not there"),
        (GOOD.replace("{paper}", "{paper"), "stray brace"),
        (GOOD.replace("{paper}", "{}"), "en names a value that is not there"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(EmosError, match=problem) as error:
        read_highlights(written(tmp_path, text))
    assert str(error.value).startswith(str(tmp_path / FILE))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", known_papers())
def test_the_shipped_papers_highlight_cells_that_are_there_in_both_languages(name: str) -> None:
    paper = load_paper(name)
    assert paper.highlights
    cells = audit_paper(Dataset(DatasetInfo(paper.dataset)), paper=paper).cells
    keys = {cell.key for cell in cells}
    for highlight in paper.highlights:
        assert highlight.key in keys
        assert set(highlight.what) == set(highlight.why) == {"en", "zh"}


def test_a_highlight_of_no_cell_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text('title = "T"\nsource = "S"\n', encoding="utf-8")
    written(tmp_path, GOOD)
    with pytest.raises(EmosError, match=r"highlights\.toml names '1:a:b', which is no cell"):
        audit_paper(Dataset(DatasetInfo("any")), paper=tmp_path)
