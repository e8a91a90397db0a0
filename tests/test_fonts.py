"""The font that is shipped: what it holds, and that pictures use it where a system has none.

`hidden` runs a picture in a process of its own in which fontdb (the font search of vl-convert)
reads a configuration that names an empty folder. That hides every font of the system; Liberation
Sans, which is inside vl-convert, stays and has no Chinese.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from emos.errors import EmosError
from emos.report import fonts
from emos.report.fonts import FAMILY, not_covered, slices_for
from emos.taxonomy import BASIC7, GOEMOTIONS

FONTS = Path(__file__).parents[1] / "src" / "emos" / "report" / "fonts"
PICTURE = FONTS / "pictures" / "EmoSSansSC-Regular.otf"
SAID = "愤怒 Anger ≥ 0.9 鬣"  # the last from level 2


def gb2312() -> str:
    pairs = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    return b"".join(pairs).decode("gb2312", "ignore")


def test_every_character_of_gb_2312_is_there() -> None:
    characters = gb2312()
    assert len(set(characters)) == 6763
    assert not_covered(characters) == ""
    assert set(characters) <= {chr(code) for code in TTFont(PICTURE).getBestCmap()}


def test_labels_and_all_sentences_of_pages_and_pictures_are_covered() -> None:
    source = FONTS.parents[1]
    words = [path.read_text(encoding="utf-8") for path in source.rglob("words/*.toml")]
    names = [each.name(label, "zh") for each in (BASIC7, GOEMOTIONS) for label in each.labels]
    assert words
    assert not_covered("".join((*words, *names, "≥≤–—×±…✓→←↑↓−·κα"))) == ""


def test_slices_hold_what_they_say_and_nothing_twice() -> None:
    found = slices_for(gb2312() + "aé≥")
    for weight in (400, 700):
        seen: set[int] = set()
        for part in (each for each in found if each.weight == weight):
            font = TTFont(io.BytesIO(part.woff2))
            assert font.flavor == "woff2"
            codes = set(font.getBestCmap())
            assert codes == in_range(part.unicode_range)
            assert not codes & seen
            seen |= codes


def in_range(text: str) -> set[int]:
    found: set[int] = set()
    for run in text.split(","):
        first, _, last = run.removeprefix("U+").partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def test_a_page_carries_only_the_slices_it_needs() -> None:
    english = slices_for("Anger ≥ 0.9")
    assert [each.weight for each in english] == [400, 700]
    assert sum(len(each.woff2) for each in english) < 80_000
    assert len(slices_for("愤怒")) == 2
    assert len(slices_for("Anger 愤怒 鬣", weights=(400,))) == 3
    assert slices_for("") == []
    assert len(slices_for("\U0001f622")) == 0


def test_what_the_font_has_not_is_told() -> None:
    assert not_covered("grief 😢\n\t悲") == "😢"


def test_the_whole_is_small() -> None:
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) < 5_000_000


@pytest.mark.parametrize("path", [*sorted(FONTS.rglob("*-0.woff2")), PICTURE], ids=lambda p: p.name)
def test_licence_and_names(path: Path) -> None:
    """OFL 1.1: copyright and licence stay, the reserved name "Source" is not used."""
    names = TTFont(path)["name"]
    assert "Adobe" in names.getDebugName(0)
    assert "SIL Open Font License, Version 1.1" in names.getDebugName(13)
    assert names.getDebugName(1) == FAMILY
    for number in (1, 3, 4, 6):
        assert "Source" not in names.getDebugName(number)
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "Reserved Font Name 'Source'" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.fixture
def hidden(tmp_path: Path) -> Callable[..., dict[str, Path]]:
    """Draws `SAID` where no system font can be found; with our font or without."""

    def draw(*, registered: bool) -> dict[str, Path]:
        folder = tmp_path / str(registered)
        (folder / "empty").mkdir(parents=True)
        config = folder / "fonts.conf"
        config.write_text(
            f'<?xml version="1.0"?><fontconfig><dir>{folder}/empty</dir></fontconfig>'
        )
        spec = {
            "data": {"values": [{"said": SAID}]},
            "mark": {"type": "text", "font": f"{FAMILY}, sans-serif"},
            "encoding": {"text": {"field": "said"}},
        }
        program = f"""
import sys, vl_convert
from emos.report.fonts import register
if {registered}:
    register()
spec = {json.dumps(spec)}
open(sys.argv[1] + "/o.pdf", "wb").write(vl_convert.vegalite_to_pdf(spec))
open(sys.argv[1] + "/o.png", "wb").write(vl_convert.vegalite_to_png(spec))
"""
        environment = {**os.environ, "FONTCONFIG_FILE": str(config)}
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True, env=environment)
        return {ending: folder / f"o.{ending}" for ending in ("pdf", "png")}

    return draw


def test_chinese_without_any_system_font(hidden: Callable[..., dict[str, Path]]) -> None:
    ours, without = hidden(registered=True), hidden(registered=False)
    assert pdf_fonts(ours["pdf"]) == {"EmoSSansSC-Regular"}
    assert PdfReader(ours["pdf"]).pages[0].extract_text().split() == SAID.split()
    # Without our font the same picture has none of it: the test can fail.
    assert pdf_fonts(without["pdf"]) == {"LiberationSans"}
    assert "愤怒" not in PdfReader(without["pdf"]).pages[0].extract_text()
    assert ours["png"].read_bytes() != without["png"].read_bytes()


def pdf_fonts(path: Path) -> set[str]:
    """Names of the fonts embedded in a PDF, without the prefix of a subset."""
    reader = PdfReader(path)
    found = set()
    for number in range(1, int(reader.trailer["/Size"])):
        entry = reader.get_object(number)
        if isinstance(entry, dict) and "/FontDescriptor" in entry:
            descriptor = entry["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            found.add(str(entry["/BaseFont"]).split("+")[-1])
    return found


def test_a_missing_font_is_said_before_boxes_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_HERE", tmp_path)
    with pytest.raises(EmosError, match="font of the pictures is missing; install EmoS again"):
        fonts.register.__wrapped__()
