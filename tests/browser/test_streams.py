"""Monologues on the page: what is drawn is what the tables say; by pointer, keyboard and touch."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import OpenPage
from browser.looking import axe, screenshot, sideways
from browser.timing import change_ms, ready_ms
from emos.report.results import Results
from emos.report.write_report import write_report
from emos.tables import Dataset, DatasetInfo
from emos.tables.schemas import conform

ANSWER_MS = 100
MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"


def monologue(
    name: str, origin: str, primary: str, fine: list[str], *, timed: bool = True
) -> list[dict[str, object]]:
    """A row per letter of ``primary`` (N, A, J, or - for none), 10 s long with a gap of 2 s."""
    classes = {"N": "Neutral", "A": "Anger", "J": "Joy", "-": None}
    return [
        {
            "monologue_id": name,
            "origin": origin,
            "index": at + 1,
            "start_s": 12.0 * at if timed else None,
            "end_s": 12.0 * at + 10 if timed else None,
            "transcript_en": f"sentence {at + 1} of {origin}{MARKUP}",
            "transcript_zh": f"第{at + 1}句",
            "primary": classes[letter],
            "primary_raw": classes[letter],
            "secondary": [word for word in fine[at].split() if not word.endswith("*")],
            "secondary_aside": [word[:-1] for word in fine[at].split() if word.endswith("*")],
            "intensity": at + 1,
            "evidence": f"evidence {at + 1}",
            "file": f"{name}.json",
            "place": f"/utterances/{at}",
        }
        for at, letter in enumerate(primary)
    ]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rows = [
        *monologue("streaming/en/Rain", "A1", "NN-J", ["neutral", "neutral", "joy", "joy"]),
        *monologue("streaming/en/Rain", "A2", "NAAJ", ["neutral", "anger", "anger", "joy"]),
        *monologue(
            "streaming/en/Rain", "settled", "NAJJ", ["neutral", "anger", "joy", "joy glee*"]
        ),
        *monologue("streaming/zh/雪", "settled", "J", ["joy"]),
        *monologue("streaming/zh/风", "settled", "JA", ["joy", "anger"], timed=False),
    ]
    names = ["streaming/en/Rain", "streaming/zh/雪", "streaming/zh/风"]
    items = {"item_id": names, "subset": ["streaming"] * 3, "language": ["en", "zh", "zh"]}
    told = {"monologue_id": names[:1], "origin": ["settled"], "summary": [MARKUP]}
    heard = {"monologue_id": names[:1], "index": [1], "start_s": [0.0], "end_s": [9.5]}
    return Dataset(
        DatasetInfo(name="streams", version="1"),
        items=conform("items", pl.DataFrame(items)),
        utterances=conform("utterances", pl.DataFrame(rows, infer_schema_length=None)),
        monologues=conform("monologues", pl.DataFrame(told)),
        sentences=conform("sentences", pl.DataFrame(heard | {"text": [f"heard {MARKUP}"]})),
    )


@pytest.fixture(scope="module")
def pages(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("streams")
    for language in ("en", "zh"):
        path = folder / f"{language}.html"
        write_report(Results(dataset), path, language=language, only=["streams"])
    return {language: folder / f"{language}.html" for language in ("en", "zh")}


def opened(open_page: OpenPage, file: Path, **how: object) -> Page:
    page = open_page(file, **how)  # type: ignore[arg-type]
    ready_ms(page, "complete")
    return page


def option(page: Page, track: int, at: int) -> Locator:
    return page.locator(f".utterance[data-track='{track}'][data-at='{at}']")


def choose(page: Page, title: str) -> None:
    page.get_by_role("combobox", name="Monologue").select_option(label=title)


def test_turning_points_of_each_definition(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    # Settled: Neutral, Anger, Joy, Joy with one more word. A1: the third has no primary emotion.
    settled = {
        "every boundary (3)": (3, 0),
        "primary emotion (2)": (2, 0),
        "secondary labels (3)": (3, 0),
        "either layer (3)": (3, 0),
        "valence (2)": (2, 0),
    }
    for name, (turns, unknown) in settled.items():
        page.get_by_label(name, exact=True).check()
        expect(page.locator(".row.settled .marks .turn")).to_have_count(turns)
        expect(page.locator(".row.settled .marks .unknown")).to_have_count(unknown)
        expect(page.locator(".turns li")).to_have_count(turns)
    page.get_by_label("primary emotion (2)", exact=True).check()
    first = page.locator(".row.annotator").first
    expect(first.locator(".marks .turn")).to_have_count(0)
    expect(first.locator(".marks .unknown")).to_have_count(2)
    expect(first.locator(".marks .same")).to_have_count(1)
    told = page.locator(".streams .status")
    expect(told).to_contain_text("A1: 0 of 3 boundaries. 2 cannot be told.")
    expect(told).to_contain_text("A2: 2 of 3 boundaries.")
    expect(told).to_contain_text("settled: 2 of 3 boundaries.")
    expect(page.locator(".turns li")).to_have_text(["00:12 Neutral → Anger", "00:24 Anger → Joy"])


def test_tracks_and_times(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    names = page.locator(".row.annotator .gutter, .row.settled .gutter")
    expect(names).to_have_text(["A1", "A2", "settled"])
    lane = page.locator(".row.settled .utterances").bounding_box()
    box = option(page, 2, 2).bounding_box()
    assert lane is not None
    assert box is not None
    second = lane["width"] / 46  # the last utterance ends at 46 s
    assert box["x"] - lane["x"] == pytest.approx(24 * second, abs=1)
    assert box["width"] == pytest.approx(10 * second, abs=1)
    heights = page.locator(".row.settled .intensity").evaluate_all(
        "bars => bars.map((bar) => bar.getBoundingClientRect().height)"
    )
    assert heights == pytest.approx([heights[0] * strength for strength in (1, 2, 3, 4)], abs=0.5)
    rows = page.locator(".streams .fine .row .gutter")
    expect(rows).to_have_text(["joy", "anger", "neutral", "glee *"])  # by how often


def test_pointing_reads_and_a_click_keeps(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    card, tip = page.locator(".streams .card"), page.locator(".streams .tip")
    expect(tip).to_be_hidden()
    option(page, 2, 1).hover()
    expect(tip).to_contain_text(f"sentence 2 of settled{MARKUP}")
    expect(tip).to_contain_text("第2句")
    page.locator(".streams .chip").first.hover()  # joy, of the third utterance
    expect(tip).to_contain_text("sentence 3 of settled")
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    option(page, 2, 1).click()
    expect(card).to_contain_text("evidence 2")
    expect(card).to_contain_text("streaming/en/Rain.json /utterances/1")
    expect(card).to_contain_text("every boundary; primary emotion; secondary labels; either layer")
    page.mouse.move(0, 0)
    expect(card).to_contain_text("evidence 2")  # what was chosen stays
    page.locator(".turns button").last.click()
    expect(card).to_contain_text("evidence 3")
    assert page.locator(".streams img, .streams b").count() == 0


def test_a_word_that_scripts_know_is_a_word(
    open_page: OpenPage, dataset: Dataset, tmp_path: Path
) -> None:
    words = ["constructor", "__proto__", "undefined"]
    utterances = dataset.utterances.with_columns(
        primary=pl.lit("constructor"), secondary_aside=pl.lit(words), origin=pl.lit("toString")
    )
    told = dataset.with_tables(utterances=utterances.unique(["monologue_id", "index"]))
    write_report(Results(told), tmp_path / "page.html", only=["streams"])
    page = opened(open_page, tmp_path / "page.html")
    option(page, 0, 0).click()
    starred = [f"{word} *" for word in words]
    expect(page.locator(".streams .card .outside")).to_have_text(starred)
    expect(page.locator(".streams .fine .row.outside .gutter")).to_have_text(starred)
    expect(page.locator(".streams .legend")).to_contain_text("constructor")


def test_an_annotators_utterance_shows_that_annotators_labels(
    open_page: OpenPage, pages: dict[str, Path]
) -> None:
    page = opened(open_page, pages["en"])
    option(page, 0, 2).click()
    expect(page.locator(".streams .card")).to_contain_text("no primary emotion")
    expect(page.locator(".streams .band .fine")).to_contain_text("Secondary labels: A1")
    expect(page.locator(".streams .fine .row .gutter")).to_have_text(["joy", "neutral"])


def test_by_keyboard(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    page.get_by_label("valence (2)", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("either layer (3)", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    expect(option(page, 0, 0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(option(page, 1, 3)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(option(page, 1, 2)).to_be_focused()
    expect(option(page, 1, 2)).to_have_attribute(
        "aria-label", f"00:24–00:34. Anger. anger. intensity 3 of 5. sentence 3 of A2{MARKUP}"
    )
    tip = page.locator(".streams .tip")
    expect(tip).to_contain_text("sentence 3 of A2")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Enter")
    expect(option(page, 1, 2)).to_be_focused()
    expect(option(page, 1, 2)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".streams .card")).to_contain_text("evidence 3")


def test_which_monologue(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    title = page.locator(".streams h3")
    expect(title).to_have_text("Rain")
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(title).to_have_text("雪")
    page.get_by_role("combobox", name="Language").select_option(label="Chinese")
    expect(title).to_have_text("雪")
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(title).to_have_text("风")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.locator(".streams .facts")).to_contain_text("without times")
    widths = [option(page, 0, at).bounding_box() for at in (0, 1)]
    assert widths[0] is not None
    assert widths[1] is not None
    assert widths[0]["width"] == pytest.approx(widths[1]["width"], abs=1)


def test_one_utterance_has_no_turning_point(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    choose(page, "雪 (1)")
    expect(page.locator(".streams .status")).to_contain_text("Here 0 of 0 boundaries.")
    expect(page.locator(".streams .turn")).to_have_count(0)
    option(page, 0, 0).click()
    expect(page.locator(".streams .card")).to_contain_text("nothing comes before it")


def test_tables_open_with_everything(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    page.get_by_text("Utterances as a table").click()
    table = page.get_by_role("table", name="Utterances of Rain, from streaming/en/Rain.json")
    expect(table.locator("tbody tr")).to_have_count(4)
    expect(table.locator("tbody tr").nth(3)).to_contain_text("joy, glee *")
    page.get_by_label("every boundary (3)").check()
    turning = table.locator("tbody td:nth-child(3)")
    expect(turning).to_have_text(["", "●", "●", "●"])
    page.get_by_text("Transcript: 1 sentence").click()
    expect(page.get_by_role("table", name="Sentences of Rain")).to_contain_text(f"heard {MARKUP}")
    page.get_by_text("Summary and trajectory as written").click()
    expect(page.locator(".streams dd").filter(has_text=MARKUP)).to_have_count(1)


def test_a_change_is_drawn_at_once(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"])
    assert change_ms(page, lambda: page.get_by_label("valence (2)").check()) < ANSWER_MS
    assert change_ms(page, lambda: choose(page, "风 (2)")) < ANSWER_MS


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 375])
def test_nobody_is_left_out(
    open_page: OpenPage, pages: dict[str, Path], language: str, width: int
) -> None:
    page = opened(open_page, pages[language], width=width)
    option(page, 1, 1).click()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert axe(page) == []
    assert sideways(page) == []
    screenshot(page, f"streams-{language}-{width}")


def test_on_paper_the_whole_band_is_there(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = opened(open_page, pages["en"], width=718, media="print")
    assert sideways(page) == []
    assert page.locator(".streams .band").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_without_scripts_the_figures_are_there(open_page: OpenPage, pages: dict[str, Path]) -> None:
    page = open_page(pages["en"], javascript=False)
    table = page.get_by_role("table", name="Turning points under each definition")
    expect(table.locator("tbody tr")).to_have_count(5)
    expect(table.locator("tbody tr").nth(1)).to_contain_text("primary emotion")
    page.get_by_text("Every monologue", exact=True).click()
    each = page.get_by_role("table", name="Utterances and turning points of each monologue")
    expect(each.locator("tbody tr")).to_have_count(3)
