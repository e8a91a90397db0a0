"""Make tests/browser/box.ttf, a font in which every character is the box of a missing one.

    pip install fonttools && python scripts/make_box_font.py

Chromium ends itself where there is no font at all; with this one there is none that shows anything.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

FONT = Path(__file__).parent.parent / "tests" / "browser" / "box.ttf"
OUTER = ((50, 0), (50, 700), (450, 700), (450, 0))
INNER = ((100, 50), (400, 50), (400, 650), (100, 650))


def main() -> None:
    pen = TTGlyphPen(None)
    for first, *others in (OUTER, INNER):
        pen.moveTo(first)
        for point in others:
            pen.lineTo(point)
        pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "space"])
    font.setupCharacterMap({ord(" "): "space"})
    font.setupGlyf({".notdef": pen.glyph(), "space": TTGlyphPen(None).glyph()})
    font.setupHorizontalMetrics({".notdef": (500, 50), "space": (500, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Box", "styleName": "Regular", "psName": "Box"})
    font.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    font.setupPost(keepGlyphNames=False)
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False  # the same bytes each time
    font.save(FONT)


if __name__ == "__main__":
    main()
