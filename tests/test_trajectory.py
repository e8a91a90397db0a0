"""The picture of one monologue: its table by hand, its marks where the table says, its size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from emos.errors import EmosError
from emos.report.pictures.registry import Choice
from emos.report.pictures.save import save_picture, svg_text
from emos.report.pictures.theme import BASIC7_COLOURS, COLUMN
from emos.report.pictures.trajectory import PICTURE
from emos.report.results import Results
from emos.report.words import read_words
from emos.tables import Dataset, DatasetInfo
from emos.tables.schemas import conform

EN, ZH = read_words("en"), read_words("zh")


def row(monologue: str, origin: str, index: int, primary: str | None, fine: str) -> dict[str, Any]:
    inside = [word for word in fine.split() if not word.endswith("*")]
    outside = [word.rstrip("*") for word in fine.split() if word.endswith("*")]
    return {
        "monologue_id": monologue,
        "origin": origin,
        "index": index,
        "start_s": 20.0 * (index - 1),
        "end_s": 20.0 * index - 5,
        "primary": primary,
        "secondary": inside,
        "secondary_aside": outside,
        "intensity": index,
    }


@pytest.fixture
def results() -> Results:
    """Two monologues; the first also as one annotator saw it."""
    told = [
        row("streaming/en/Tide", "settled", 1, "Neutral", "curiosity"),
        row("streaming/en/Tide", "settled", 2, "Fear", "fear dread*"),
        row("streaming/en/Tide", "settled", 3, "Fear", "fear"),
        row("streaming/en/Tide", "settled", 4, "Joy", "relief"),
        row("streaming/en/Tide", "A1", 1, "Neutral", "neutral"),
        row("streaming/en/Tide", "A1", 2, None, "fear"),
        row("streaming/en/Tide", "A1", 3, "Joy", "joy"),
        row("streaming/en/Tide", "A1", 4, "Joy", "joy"),
        row("streaming/zh/潮", "settled", 1, "Sadness", ""),
    ]
    dataset = Dataset(
        DatasetInfo(name="two monologues", version="1"),
        utterances=conform("utterances", pl.DataFrame(told)),
        monologues=conform(
            "monologues",
            pl.DataFrame({"monologue_id": ["streaming/en/Tide"], "origin": ["settled"]}),
        ),
    )
    return Results(dataset)


TIDE = Choice(item="streaming/en/Tide")


def test_the_table_by_hand(results: Results) -> None:
    table = PICTURE.numbers(results, TIDE)
    assert table["origin"].unique(maintain_order=True).to_list() == ["A1", "settled"]
    settled = table.filter("settled")
    assert settled.select("index", "layer", "label", "in_set").rows() == [
        (1, "basic7", "Neutral", True),
        (1, "goemotions", "curiosity", True),
        (2, "basic7", "Fear", True),
        (2, "goemotions", "fear", True),
        (2, "goemotions", "dread", False),
        (3, "basic7", "Fear", True),
        (3, "goemotions", "fear", True),
        (4, "basic7", "Joy", True),
        (4, "goemotions", "relief", True),
    ]
    turns = settled.filter(pl.col("layer") == "basic7")
    assert turns["turn_primary"].to_list() == [None, True, False, True]
    assert turns["turn_secondary"].to_list() == [None, True, True, True]
    assert turns["turn_valence"].to_list() == [None, True, False, True]
    annotator = table.filter(~pl.col("settled"), pl.col("layer") == "basic7")
    assert annotator["label"].to_list() == ["Neutral", None, "Joy", "Joy"]
    assert annotator["turn_primary"].to_list() == [None, None, None, False]


def test_which_monologue_and_whose_rows(results: Results) -> None:
    def named(choice: Choice) -> list[tuple[str, str]]:
        table = PICTURE.numbers(results, choice)
        return table.select("monologue", "origin").unique(maintain_order=True).rows()

    tide = "streaming/en/Tide"
    assert named(Choice()) == [(tide, "A1"), (tide, "settled")]  # the one with most utterances
    assert named(Choice(item=tide, annotators=("A2",))) == [(tide, "settled")]
    assert named(Choice(item="streaming/zh/潮")) == [("streaming/zh/潮", "settled")]
    with pytest.raises(EmosError, match=r"no monologue is called 'streaming/en/Tyde'.*en/Tide"):
        PICTURE.numbers(results, Choice(item="streaming/en/Tyde"))


def test_without_utterances_there_is_nothing() -> None:
    nothing = Results(Dataset(DatasetInfo(name="none", version="1")))
    table = PICTURE.numbers(nothing, Choice())
    assert table.is_empty()
    assert EN.has(PICTURE.needs)


def marks(svg: str) -> dict[str, list[tuple[float, float]]]:
    """From and to, in units, of the bars of each fill."""
    found: dict[str, list[tuple[float, float]]] = {}
    for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        box = re.fullmatch(r"M([-\d.]+),[-\d.]+h([-\d.]+)v[\d.]+h.*", path.get("d", ""))
        if box:
            start, wide = map(float, box.groups())
            found.setdefault(path.get("fill", ""), []).append((start, start + wide))
    return found


def test_bars_stand_where_their_times_are(results: Results) -> None:
    settled_only = Choice(item=TIDE.item, annotators=())
    bars = marks(svg_text(PICTURE.chart(PICTURE.numbers(results, settled_only), EN, settled_only)))
    neutral, *_ = bars[BASIC7_COLOURS["Neutral"]]
    first, second = bars[BASIC7_COLOURS["Fear"]]
    (joy,) = bars[BASIC7_COLOURS["Joy"]]
    second_of_time = joy[1] / 75  # the last utterance ends at 75 s
    for found, (start, end) in ((neutral, (0, 15)), (first, (20, 35)), (second, (40, 55))):
        assert found == pytest.approx((start * second_of_time, end * second_of_time), abs=0.01)


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_it_fits_a_column_and_names_everything(results: Results, words: Any) -> None:
    svg = svg_text(PICTURE.chart(PICTURE.numbers(results, TIDE), words, TIDE))
    root = ElementTree.fromstring(svg)
    assert float(root.get("viewBox", "").split()[2]) <= COLUMN + 1
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    labels = {words.label("basic7", name) for name in ("Neutral", "Fear", "Joy")}
    assert labels | {words.label("goemotions", "relief"), "dread *", "Tide"} <= texts
    assert {f"{words.say('streams.turn_primary')} (2)", "00:00", "01:00"} <= texts


def test_without_times_utterances_stand_in_order(results: Results) -> None:
    table = PICTURE.numbers(results, TIDE).with_columns(start_s=pl.lit(None, pl.Float64))
    svg = svg_text(PICTURE.chart(table, EN, TIDE))
    assert EN.say("streams.number") in svg
    widths = {round(end - start) for start, end in marks(svg)[BASIC7_COLOURS["Joy"]]}
    assert len(widths) == 1


def test_a_monologue_of_one_utterance_is_drawn(results: Results, tmp_path: Path) -> None:
    one = Choice(item="streaming/zh/潮")
    file = save_picture(PICTURE.chart(PICTURE.numbers(results, one), ZH, one), tmp_path / "o.pdf")
    assert file.read_bytes().startswith(b"%PDF")


def test_the_longest_monologue_of_the_release(release: Dataset) -> None:
    table = PICTURE.numbers(Results(release), Choice())
    assert table["monologue"].unique().to_list() == ["streaming/en/Any Given Sunday"]
    assert table.filter(pl.col("layer") == "basic7").height == 26
    svg = svg_text(PICTURE.chart(table, EN, Choice()))
    assert f"{EN.say('streams.turn_boundary')} (25)" in svg
