"""Pictures: the formats they are written in, and SVG for the page."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from emos.errors import EmosError
from emos.report.pictures.registry import Choice, all_pictures, find_picture
from emos.report.pictures.save import save_picture, svg_text
from emos.report.pictures.theme import themed
from emos.report.pictures.tiers import chart, numbers
from emos.report.results import Results
from emos.report.words import read_words
from emos.tables import Dataset, DatasetInfo, conform

EN, ZH = read_words("en"), read_words("zh")


def _labels(
    confidence: list[float | None], unique: list[int | None], batch: str = "b"
) -> pl.DataFrame:
    n = len(confidence)
    rows = {
        "item_id": [f"{batch}/{place}" for place in range(n)],
        "subset": ["s"] * n,
        "batch": [batch] * n,
        "layer": ["basic7"] * n,
        "confidence": confidence,
        "unique_labels": unique,
        "votes": [3] * n,
    }
    return conform("labels", pl.DataFrame(rows, schema_overrides={"confidence": pl.Float64}))


def _curve(labels: pl.DataFrame) -> pl.DataFrame:
    return numbers(Results(Dataset(DatasetInfo("d"), labels=labels)), Choice())


def test_curve_counts_labels_at_or_above_each_threshold() -> None:
    # 0.95 and the agreed 0.55 are High at 0.9; at 0.5 all four are; the null has no confidence.
    rows = _curve(_labels([0.95, 0.85, 0.55, 0.6, None], [2, 2, 1, 3, 0])).to_dicts()
    curve = {round(row["threshold"], 2): row for row in rows}
    assert [curve[at]["items"] for at in (0.5, 0.6, 0.8, 0.86, 0.9, 1.0)] == [4, 4, 3, 2, 2, 1]
    assert curve[0.9]["share"] == 0.5
    assert curve[0.9]["below"] == 2
    assert {row["labels"] for row in rows} == {4}


def test_every_batch_has_a_line_of_its_own_colour_and_dash() -> None:
    labels = pl.concat([_labels([0.9, 0.7], [1, 2], batch) for batch in ("one", "two", "three")])
    spec = chart(_curve(labels), EN, Choice()).to_dict()
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    for channel in ("color", "strokeDash"):
        scale = line["encoding"][channel]["scale"]
        assert scale["domain"] == ["s/one (n = 2)", "s/two (n = 2)", "s/three (n = 2)"]
        assert len({str(value) for value in scale["range"]}) == 3


def test_twelve_batches_are_told_apart_and_the_rest_is_counted() -> None:
    labels = pl.concat([_labels([0.9] * (3 + at), [1] * (3 + at), f"b{at}") for at in range(14)])
    spec = chart(_curve(labels), EN, Choice()).to_dict()
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    scales = [line["encoding"][channel]["scale"] for channel in ("color", "strokeDash")]
    looks = [str(look) for look in zip(*(scale["range"] for scale in scales), strict=True)]
    assert len(looks) == len(set(looks)) == 12
    assert "s/b0 (n = 3)" not in scales[0]["domain"], "the smallest two are left out"
    assert "2 smaller batches are not drawn" in str(spec["title"]["text"])


def test_formats(tmp_path: Path) -> None:
    drawn = chart(_curve(_labels([0.9, 0.7, 0.99], [1, 2, 2])), EN, Choice())
    folder = tmp_path / "a folder 图"
    svg = save_picture(drawn, folder / "curve.svg")
    size = ElementTree.parse(svg).getroot().attrib
    assert 3.2 < float(size["width"]) / 96 <= 3.3, "a column of a paper, in inches"
    texts = [element.text for element in ElementTree.parse(svg).iter() if element.text]
    assert "Confidence threshold" in texts
    png = save_picture(drawn, folder / "curve.PNG").read_bytes()
    assert png.startswith(b"\x89PNG\r\n")
    pixels, _ = struct.unpack(">II", png[16:24])
    assert 3.2 < pixels / 300 <= 3.3, "300 pixels per inch"
    page = PdfReader(save_picture(drawn, folder / "curve.pdf")).pages[0]
    assert 3.2 < float(page.mediabox.width) / 72 <= 3.3, "a point is 1/72 inch"
    html = save_picture(drawn, folder / "curve.html").read_text(encoding="utf-8")
    assert "<script src=" not in html, "the page must open without a network"
    assert sorted(path.name for path in folder.iterdir()) == [
        "curve.PNG",
        "curve.html",
        "curve.pdf",
        "curve.svg",
    ]


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_files_with_chinese_carry_its_font(tmp_path: Path, ending: str) -> None:
    curve = _curve(_labels([0.9, 0.7], [1, 2]))
    font = "@font-face"
    english = save_picture(chart(curve, EN, Choice()), tmp_path / f"en.{ending}")
    assert font not in english.read_text(encoding="utf-8")
    chinese = save_picture(chart(curve, ZH, Choice()), tmp_path / f"zh.{ending}")
    assert font in chinese.read_text(encoding="utf-8")


def test_unknown_ending_is_refused(tmp_path: Path) -> None:
    drawn = chart(_curve(_labels([0.9], [1])), EN, Choice())
    with pytest.raises(EmosError, match=r"\.gif.*end the name in \.svg"):
        save_picture(drawn, tmp_path / "curve.gif")
    assert list(tmp_path.iterdir()) == []


def test_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    drawn = chart(_curve(_labels([0.9], [1])), EN, Choice())
    with pytest.raises(EmosError, match="cannot be written"):
        save_picture(drawn, tmp_path / "file" / "curve.svg")


def test_no_confidence_no_rows() -> None:
    assert _curve(_labels([None, float("nan")], [0, 0])).is_empty()


def _linked() -> str:
    import altair as alt

    values = [
        {"a": "x", "n": 3, "href": "https://emos.invalid/#s-12"},
        {"a": "<b>&", "n": 5, "href": None},
    ]
    bars = alt.Chart(alt.InlineData(values=values)).mark_bar(clip=True, cursor="pointer")
    return svg_text(themed(bars.encode(x="n:Q", y="a:N", href="href:N", color="n:Q")))


def test_svg_for_the_page_has_no_style_and_is_hidden_from_readers() -> None:
    root = ElementTree.fromstring(_linked())
    assert root.get("aria-hidden") == "true"
    for element in root.iter():
        assert element.tag != "{http://www.w3.org/2000/svg}style"
        assert not {"style", "role", "class"} & set(element.attrib)
        assert not any(name.startswith("aria-") for name in element.attrib if element is not root)


def test_svg_for_the_page_links_to_item_sets_only() -> None:
    links = re.findall(r"<a[^>]*>", _linked())
    assert len(links) == 1
    assert 'href="#s-12"' in links[0]
    assert 'tabindex="-1"' in links[0]


def test_ids_are_not_shared_by_pictures() -> None:
    text = _linked()
    ids = re.findall(r' id="([^"]+)"', text)
    assert ids, "a clipping path and a gradient"
    for used in re.findall(r"url\(#([^)]+)\)", text):
        assert used in ids
    other = svg_text(chart(_curve(_labels([0.9], [1])), EN, Choice()))
    assert not set(ids) & set(re.findall(r' id="([^"]+)"', other))


def test_text_of_data_is_escaped() -> None:
    assert "&lt;b&gt;&amp;" in _linked()


def test_every_picture_is_found_and_an_unknown_name_is_one_line() -> None:
    names = [picture.name for picture in all_pictures()]
    assert "tiers" in names
    assert len(set(names)) == len(names)
    with pytest.raises(EmosError, match=r"no picture is called 'pie'; choose one of .*tiers"):
        find_picture("pie")
