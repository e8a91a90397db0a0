"""Every picture, in both languages and every ending, on the demo's dataset."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from emos.aggregate import aggregate_dataset
from emos.errors import EmosError
from emos.readers import read_source
from emos.readers.opening import open_votes
from emos.report.pictures.drawing import draw, listed
from emos.report.pictures.registry import Choice, all_pictures
from emos.report.pictures.save import save_picture, svg_text
from emos.report.pictures.theme import (
    BASIC7_COLOURS,
    DARK,
    INK,
    RAMP,
    SMALL,
    legend_columns,
    wrapped,
)
from emos.report.results import Results
from emos.report.words import read_words
from emos.tables import Dataset, DatasetInfo

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [picture.name for picture in all_pictures()]
# Cells of a matrix are not drawn out to fill the width.
NARROWER = {"correction", "confusion", "trajectory"}


@pytest.fixture(scope="module")
def results() -> Results:
    corpus = Path(str(files("emos.demo") / "corpus"))
    dataset = read_source("layout", corpus, layout=corpus / "layout.toml")
    found = aggregate_dataset(dataset)
    whole = dataset.with_tables(labels=found.labels, soft_labels=found.soft_labels)
    return Results(whole, replicates=20)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_every_picture_at_column_width(results: Results, name: str, language: str) -> None:
    root = ElementTree.fromstring(svg_text(draw(results, name, read_words(language)).chart))
    inches = float(root.get("viewBox", "").split()[2]) / 96
    assert inches <= 3.31, "a column of a two-column paper"
    assert inches > (2 if name in NARROWER else 3.2)
    texts = list(root.iter(f"{SVG}text"))
    assert texts
    for text in texts:
        size = text.get("font-size") or root.get("font-size") or ""
        assert float(size.removesuffix("px")) * 0.75 >= 7, "points"
        assert "…" not in str(text.text), "a label was cut"
        assert str(text.text) not in ("null", "undefined", "NaN")
    for element in root.iter():
        assert not {"style", "class", "role", "onload"} & set(element.attrib)


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_in_every_ending(results: Results, name: str, tmp_path: Path) -> None:
    chart = draw(results, name, read_words("zh")).chart
    pdf = PdfReader(save_picture(chart, tmp_path / "o.pdf"))
    assert float(pdf.pages[0].mediabox.width) / 72 <= 3.31
    assert _kinds(pdf) == {"EmoSSansSC-Regular"}, "fonts in it, all embedded, and no image"
    assert re.search(r"[\u4e00-\u9fff]", pdf.pages[0].extract_text())
    png = save_picture(chart, tmp_path / "o.png").read_bytes()
    assert struct.unpack(">II", png[16:24])[0] > 600
    page = save_picture(chart, tmp_path / "o.html").read_text(encoding="utf-8")
    head, _, rest = page.partition("<script>")
    bundle, _, body = rest.partition("</script>")
    assert len(bundle) > 500_000, "Vega is in the file"
    assert "@font-face" in head
    assert not re.search(r"<script\s|src=|href=|url\((?!data:)", head + body)


def _kinds(pdf: PdfReader) -> set[str]:
    """Names of the embedded fonts, and "image" if there is one."""
    found = set()
    for number in range(1, int(str(pdf.trailer["/Size"]))):
        entry = pdf.get_object(number)
        if isinstance(entry, DictionaryObject) and "/FontDescriptor" in entry:
            descriptor = entry["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)  # type: ignore[call-overload]
            found.add(str(entry["/BaseFont"]).split("+")[-1])
        if isinstance(entry, DictionaryObject) and entry.get("/Subtype") == "/Image":
            found.add("image")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_at_the_width_of_a_page(results: Results, name: str) -> None:
    chart = draw(results, name, read_words("en"), Choice(wide=True)).chart
    text = svg_text(chart)
    root = ElementTree.fromstring(text)
    assert float(root.get("viewBox", "").split()[2]) / 96 <= 6.91
    assert len(text) < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_marks_lead_to_what_is_behind_them(results: Results, name: str) -> None:
    """Of the numbers with something behind them, each mark is a link, and no other is."""
    words, picture = read_words("en"), next(one for one in all_pictures() if one.name == name)
    numbers = picture.numbers(results, Choice())
    if name in ("tiers", "trajectory", "composition"):
        return  # lines are no links, and what a group of annotators did is everywhere
    numbers = numbers.filter(pl.col("batch") == numbers["batch"][0])
    behind = pl.int_range(pl.len()) + 100
    numbers = numbers.with_columns(behind=pl.when(behind % 2 == 0).then(behind))
    links = re.findall(r'<a [^>]*href="([^"]+)"', svg_text(picture.chart(numbers, words, Choice())))
    assert links
    found = [int(link.removeprefix("#s-")) for link in links]
    assert all(number % 2 == 0 and number >= 100 for number in found)


def test_one_colour_per_class_everywhere(results: Results) -> None:
    assert BASIC7_COLOURS == {
        "Anger": "#D55E00",
        "Disgust": "#009E73",
        "Fear": "#CC79A7",
        "Joy": "#E69F00",
        "Neutral": "#999999",
        "Sadness": "#0072B2",
        "Surprise": "#56B4E9",
    }
    for name in ("distribution", "bias"):
        spec = draw(results, name, read_words("en"), Choice(layer="basic7")).chart.to_dict()
        rows = [row for data in _datasets(spec) for row in data if "colour" in row]
        assert rows
        assert {row["label"]: row["colour"] for row in rows} == BASIC7_COLOURS


def _datasets(spec: object) -> Iterator[list[dict[str, str]]]:
    if isinstance(spec, dict):
        values = spec.get("values")
        if isinstance(values, list) and values and isinstance(values[0], dict):
            yield values
        for name, part in spec.items():
            if name == "datasets":
                yield from part.values()
            else:
                yield from _datasets(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from _datasets(part)


def test_figures_in_a_matrix_can_be_read_on_every_shade() -> None:
    """Contrast as WCAG 2 defines it: 4 to 1 or more at every share of the row, in grey too."""
    for step in range(101):
        share = step / 100
        shade = _mixed(RAMP, share)
        ink = (255, 255, 255) if share > DARK else _rgb(INK)
        light, dark = sorted((_luminance(shade), _luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4, share


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _mixed(colours: tuple[str, ...], share: float) -> tuple[float, ...]:
    at = min(int(share * (len(colours) - 1)), len(colours) - 2)
    part = share * (len(colours) - 1) - at
    low, high = _rgb(colours[at]), _rgb(colours[at + 1])
    return tuple(a + (b - a) * part for a, b in zip(low, high, strict=True))


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [value / 255 for value in colour]
    parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_tiers_are_told_apart_in_grey() -> None:
    from emos.report.pictures.theme import TIER_COLOURS

    shades = sorted(_luminance(_rgb(colour)) for colour in TIER_COLOURS.values())
    assert all(high - low > 0.1 for low, high in pairwise(shades))


def test_nothing_to_draw_says_what_is_missing(tmp_path: Path) -> None:
    empty = Results(Dataset(DatasetInfo("empty")), replicates=0)
    for name in NAMES:
        with pytest.raises(EmosError) as error:
            draw(empty, name, read_words("en"), named=tmp_path)
        assert str(error.value).count("\n") == 0
        assert "{" not in str(error.value)
        with pytest.raises(EmosError, match=r"[\u4e00-\u9fff]"):
            draw(empty, name, read_words("zh"), named=tmp_path)


def test_a_choice_that_is_not_there_is_one_line(results: Results) -> None:
    words = read_words("en")
    with pytest.raises(EmosError, match=r"batch nope; there is first-220, latter-180, first-120"):
        draw(results, "tiers", words, Choice(batch="nope"))
    with pytest.raises(EmosError, match="annotator A99; there is A1, A2"):
        draw(results, "bias", words, Choice(annotators=("A99",)))
    with pytest.raises(EmosError, match="chosen together"):
        draw(results, "tiers", words, Choice(subset="zh-daily", batch="last-80"))
    with pytest.raises(EmosError, match="tiers cannot be narrowed by --annotator"):
        draw(results, "tiers", words, Choice(annotators=("A1",)))


def test_every_picture_is_described_in_both_languages() -> None:
    english, chinese = dict(listed(read_words("en"))), dict(listed(read_words("zh")))
    assert list(english) == list(chinese) == NAMES
    assert all(english[name] != chinese[name] for name in NAMES)


HOSTILE = [
    "</script><script>x()</script>",
    '" onload="x()',
    "<img src=x>",
    "${x}",
    "'), x(//",
    "constructor",
    "__proto__",
    "toString",
]


def test_labels_and_names_of_any_kind_are_only_text(tmp_path: Path) -> None:
    rows = ["task,worker,label"]
    for task in range(40):
        for worker in range(3):
            label = HOSTILE[(task * (worker + 1)) % len(HOSTILE)].replace('"', '""')
            rows.append(f'{task},"w{worker} <i>",  "{label}"'.replace(",  ", ","))
    votes = tmp_path / "votes.csv"
    votes.write_text("\n".join(rows), encoding="utf-8")
    dataset = open_votes(votes)
    found = aggregate_dataset(dataset)
    whole = dataset.with_tables(labels=found.labels, soft_labels=found.soft_labels)
    strange = pl.lit("<b onclick='x()'>&\"`")
    whole = whole.with_tables(
        votes=whole.votes.with_columns(batch=strange),
        labels=whole.labels.with_columns(batch=strange),
    )
    hostile = Results(whole, replicates=10)
    drawn = set()
    for name in NAMES:
        try:
            chart = draw(hostile, name, read_words("en")).chart
        except EmosError:
            continue
        drawn.add(name)
        page = save_picture(chart, tmp_path / "o.html").read_text(encoding="utf-8")
        assert len(re.findall("<script", page)) == 2
        assert "<img" not in page.split('<div id="picture">')[1]
        svg = ElementTree.fromstring(svg_text(chart))
        tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
        assert not tags & {"script", "img", "i"}
        assert not any("onload" in element.attrib for element in svg.iter())
    assert drawn == {"agreement", "bias", "confusion", "distribution", "tier-sizes", "tiers"}


def test_lines_are_broken_at_spaces_or_between_wide_characters() -> None:
    assert wrapped("one two three", 40) == ["one two", "three"]
    assert wrapped("一二三四五", 30) == ["一二三", "四五"]
    assert wrapped("一二，三", 20) == ["一", "二，", "三"] or wrapped("一二，三", 30)[0] == "一二，"
    assert wrapped("short", 400) == ["short"]


def test_a_legend_takes_as_many_columns_as_fit() -> None:
    assert legend_columns(["a", "b"], 200) == 2
    assert legend_columns(["a" * 40, "b" * 40], 200) == 1


def test_no_text_is_smaller_than_seven_points() -> None:
    assert SMALL * 0.75 >= 7
