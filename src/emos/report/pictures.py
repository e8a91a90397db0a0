"""Write a chart to a file; the file's ending says which kind of picture it becomes.

SVG, PNG and PDF are made by vl-convert without a browser. HTML is a page that can be hovered and
zoomed; its JavaScript is inside it, so that it opens without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emos.errors import EmosError
from emos.tables.writing import staged

if TYPE_CHECKING:
    import altair as alt

ENDINGS = (".svg", ".png", ".pdf", ".html")
PNG_SCALE = 300 / 96  # a chart's unit is 1/96 inch; journals ask for 300 pixels per inch

# Okabe and Ito (2008): told apart with any kind of colour vision.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
# In grey some of them look alike, so lines also differ in dash.
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (1, 3), (10, 4))


def save_picture(chart: alt.TopLevelMixin, path: str | Path) -> Path:
    """Write ``chart`` to ``path`` (.svg, .png, .pdf or .html), by way of a file beside it.

    Raises
    ------
    EmosError : for another ending, or if the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise EmosError(
            f"no picture is called {path.suffix or path.name!r}",
            file=path,
            remedy=f"end the name in {', '.join(ENDINGS)}",
        )
    content = _drawn(chart, path.suffix.lower())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=path) from error
    with staged(path) as part:
        part.write_bytes(content)
    return path


def _drawn(chart: alt.TopLevelMixin, ending: str) -> bytes:
    if ending == ".html":
        return str(chart.to_html(inline=True)).encode()
    import vl_convert

    spec = chart.to_json()
    if ending == ".svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode()
    if ending == ".png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=PNG_SCALE))
    return bytes(vl_convert.vegalite_to_pdf(spec))
