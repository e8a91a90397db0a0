"""Pictures: the numbers in them, the formats they are written in."""

from __future__ import annotations

import json
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import polars as pl
import pytest

from emos.errors import EmosError
from emos.report.pictures import save_picture
from emos.report.tier_curve import tier_curve_chart, tier_curves
from emos.tables import conform


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


def test_curve_counts_labels_at_or_above_each_threshold() -> None:
    # 0.95 and the agreed 0.55 are High at 0.9; at 0.5 all four are; the null has no confidence.
    labels = _labels([0.95, 0.85, 0.55, 0.6, None], [2, 2, 1, 3, 0])
    curve = {round(row["threshold"], 2): row for row in tier_curves(labels).to_dicts()}
    assert [curve[at]["items"] for at in (0.5, 0.6, 0.8, 0.86, 0.9, 1.0)] == [4, 4, 3, 2, 2, 1]
    assert curve[0.9]["share"] == 0.5
    assert curve[0.9]["below"] == 2
    assert curve[0.9]["batch"] == "s b basic7 (n = 4)"


def test_every_batch_has_a_line_of_its_own_colour_and_dash() -> None:
    labels = pl.concat([_labels([0.9, 0.7], [1, 2], batch) for batch in ("one", "two", "three")])
    spec = json.loads(tier_curve_chart(labels).to_json())
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    for channel in ("color", "strokeDash"):
        scale = line["encoding"][channel]["scale"]
        assert len(scale["domain"]) == 3
        assert len({str(value) for value in scale["range"]}) == 3


def test_formats(tmp_path: Path) -> None:
    chart = tier_curve_chart(_labels([0.9, 0.7, 0.99], [1, 2, 2]), title="A title")
    folder = tmp_path / "a folder 图"
    svg = save_picture(chart, folder / "curve.svg")
    size = ElementTree.parse(svg).getroot().attrib
    assert float(size["width"]) / 96 < 3.4, "wider than a column of a paper, in inches"
    texts = [element.text for element in ElementTree.parse(svg).iter() if element.text]
    assert "A title" in texts
    assert "Confidence threshold" in texts
    png = save_picture(chart, folder / "curve.PNG").read_bytes()
    assert png.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", png[16:24])
    assert width > 900  # 300 pixels per inch
    assert height > 600
    assert save_picture(chart, folder / "curve.pdf").read_bytes().startswith(b"%PDF-")
    page = save_picture(chart, folder / "curve.html").read_text(encoding="utf-8")
    assert "<script src=" not in page, "the page must open without a network"
    assert sorted(path.name for path in folder.iterdir()) == [
        "curve.PNG",
        "curve.html",
        "curve.pdf",
        "curve.svg",
    ]


def test_unknown_ending_is_refused(tmp_path: Path) -> None:
    chart = tier_curve_chart(_labels([0.9], [1]))
    with pytest.raises(EmosError, match=r"\.gif.*end the name in \.svg"):
        save_picture(chart, tmp_path / "curve.gif")
    assert list(tmp_path.iterdir()) == []


def test_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmosError, match="cannot be written"):
        save_picture(tier_curve_chart(_labels([0.9], [1])), tmp_path / "file" / "curve.svg")


def test_no_confidence_no_picture() -> None:
    with pytest.raises(EmosError, match="no label has a confidence"):
        tier_curve_chart(_labels([None, float("nan")], [0, 0]))
