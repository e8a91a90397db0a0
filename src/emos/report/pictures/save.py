"""Write a chart to a file, whose ending says what it becomes, or as SVG for a page.

SVG, PNG and PDF are made by vl-convert without a browser. HTML is a page that can be hovered and
zoomed; its JavaScript is inside it, so that it opens without a network. All carry the font they
need, so that Chinese shows where no font of the system has it.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emos.errors import EmosError
from emos.report.fonts import FAMILY, register, slices_for
from emos.report.pictures.inline import inline_svg
from emos.tables.writing import staged

if TYPE_CHECKING:
    import altair as alt

ENDINGS = (".svg", ".png", ".pdf", ".html")
PNG_SCALE = 300 / 96  # a chart's unit is 1/96 inch; journals ask for 300 pixels per inch
PDF_SCALE = 72 / 96  # vl-convert makes a unit a point, and has no scale for PDF

# What every JavaScript object has a property of.
_OF_EVERY_OBJECT = (
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
)


def save_picture(chart: alt.TopLevelMixin, path: str | Path) -> Path:
    """Write ``chart`` to ``path`` (.svg, .png, .pdf or .html), by way of a file beside it.

    Raises
    ------
    EmosError : for another ending, or if the file cannot be written.
    """
    path = Path(path)
    check_ending(path)
    content = _drawn(chart, path.suffix.lower())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=path) from error
    with staged(path) as part:
        part.write_bytes(content)
    return path


def check_ending(path: Path) -> None:
    """Refuse a file that `save_picture` could not make.

    Raises
    ------
    EmosError : for an ending that is none of `ENDINGS`.
    """
    if path.suffix.lower() not in ENDINGS:
        raise EmosError(
            f"no picture is called {path.suffix or path.name!r}",
            file=path,
            remedy=f"end the name in {', '.join(ENDINGS)}",
        )


def svg_text(chart: alt.TopLevelMixin) -> str:
    """``chart`` as an ``<svg>`` element to stand on the page, see `emos.report.pictures.inline`."""
    return inline_svg(_svg(chart))


def _drawn(chart: alt.TopLevelMixin, ending: str) -> bytes:
    if ending == ".html":
        return _page(chart).encode()
    if ending == ".svg":
        drawing = _svg(chart)
        style = _font_faces(drawing)
        head, _, rest = drawing.partition(">")
        return (f"{head}><style>{style}</style>{rest}" if style else drawing).encode()
    import vl_convert

    if ending == ".png":
        register()
        return bytes(vl_convert.vegalite_to_png(_spec(chart), scale=PNG_SCALE))
    return bytes(vl_convert.svg_to_pdf(_scaled(_svg(chart), PDF_SCALE)))


def _spec(chart: alt.TopLevelMixin) -> str:
    """The specification as JSON.

    Vega looks names up in plain JavaScript objects and fails on a label called ``constructor``;
    with a space that is not seen it does not.
    """
    spec = chart.to_json(indent=None, ensure_ascii=False, validate=False)
    for name in _OF_EVERY_OBJECT:
        spec = spec.replace(f'"{name}"', f'"{name}\u00a0"')
    return spec


def _svg(chart: alt.TopLevelMixin) -> str:
    import vl_convert

    register()
    return str(vl_convert.vegalite_to_svg(_spec(chart)))


def _scaled(drawing: str, scale: float) -> str:
    """``drawing`` in another size; its view box keeps the units."""
    head, end, rest = drawing.partition(">")
    for side in ("width", "height"):
        found = re.search(rf' {side}="([0-9.]+)"', head)
        if found:
            head = head.replace(found[0], f' {side}="{float(found[1]) * scale:g}"', 1)
    return head + end + rest


def _page(chart: alt.TopLevelMixin) -> str:
    """A page of one picture. Text is drawn as SVG, once the font has been read from the page."""
    import vl_convert

    bundle: Any = vl_convert.javascript_bundle  # without an argument, whatever its stub says
    spec = _spec(chart)
    script = f"""
const spec = {_in_script(spec)};
const options = {{renderer: "svg", mode: "vega-lite", actions: {{export: true, source: false,
  compiled: false, editor: false}}}};
document.fonts.load('10px "{FAMILY}"', JSON.stringify(spec))
  .finally(() => vegaEmbed("#picture", spec, options));
"""
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<title>EmoS</title>
<style>{_font_faces(spec)}</style>
<script>{bundle()}</script>
</head>
<body>
<div id="picture"></div>
<script>{script}</script>
</body>
</html>
"""


def _in_script(text: str) -> str:
    """JSON that can stand in a script: no text of the data ends it."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _font_faces(text: str) -> str:
    """``@font-face`` rules with the parts of our font that ``text`` needs; none for Latin."""
    if all(ord(character) < 0x2E80 for character in text):
        return ""
    return "".join(
        f'@font-face{{font-family:"{one.family}";font-weight:{one.weight};'
        f"unicode-range:{one.unicode_range};"
        f"src:url(data:font/woff2;base64,{base64.b64encode(one.woff2).decode()})"
        'format("woff2")}'
        for one in slices_for(text, weights=(400,))
    )
