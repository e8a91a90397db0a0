"""How every picture looks: sizes, fonts, colours, and the grid that small pictures stand in.

A unit of a chart is 1/96 inch, so that a text of 10 units is 7.5 points in print.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from emos.report.fonts import FAMILY

if TYPE_CHECKING:
    import altair as alt

COLUMN = 315  # 3.3 inches: one column of a two-column paper
WIDE = 661  # 6.9 inches: both
PADDING = 3
TEXT = 10
SMALL = 9.4  # no text is smaller: 7 points
GAP = 8

INK = "#1a1a1a"
SOFT = "#595959"  # 7:1 on white
LINE = "#8c8c8c"
FAINT = "#e2e2e2"
PLAIN = "#5a6f86"  # bars of labels without a colour of their own

# Okabe and Ito (2008): told apart with any kind of colour vision.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
# In grey some of them look alike, so lines also differ in dash and points in shape.
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4), (1, 3), (10, 4))
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "stroke")
BASIC7_COLOURS = {
    "Anger": "#D55E00",
    "Disgust": "#009E73",
    "Fear": "#CC79A7",
    "Joy": "#E69F00",
    "Neutral": "#999999",
    "Sadness": "#0072B2",
    "Surprise": "#56B4E9",
}
RAMP = ("#ffffff", "#6f9cc6", "#0b3c6f")  # of matrices: 0 to 1
DARK = 0.63  # white text reads better than black from here on
TIER_COLOURS = {"high": "#0b3c6f", "medium": "#6f9cc6", "low": "#d7e5f2", "none": "#ffffff"}
# Advance widths of the font in 1/1000 of its size, rounded up to 30; other characters are 1000.
_WIDTHS = {
    240: " ",
    300: "|',.:;Iijl",
    360: "!f()[]{}-",
    420: "rt/\\",
    480: '"?*sz',
    540: "JYvycx–",
    570: "#$+0123456789<=>^~FkL_aegé",
    600: "ESTVX",
    630: "AZ`obdpqhunü",
    660: "BCKPR",
    690: "&DG",
    750: "HNOQU",
    810: "w",
    900: "MW—",
    960: "%m@",
}
_EMS = {character: size / 1000 for size, found in _WIDTHS.items() for character in found}


def colour(label: str) -> str:
    """The fixed colour of a Basic-7 class; one colour for all other labels."""
    return BASIC7_COLOURS.get(label, PLAIN)


def width(wide: bool) -> int:
    """Of a whole picture, in units."""
    return WIDE if wide else COLUMN


def text_width(text: str, size: float = TEXT) -> float:
    """About how wide a text is set in our font, in units."""
    return sum(_EMS.get(character, 1.0) for character in text) * size


def extent(texts: Iterable[str], *, most: float = 160) -> int:
    """Room for labels beside an axis, with tick and gap."""
    return math.ceil(min(most, max(map(text_width, texts), default=0))) + 6


def label_axis(texts: Sequence[str] = (), *, room: int | None = None, **options: Any) -> alt.Axis:
    """A y axis of labels that takes exactly ``room`` (by default `extent`), so that widths add up.

    Without texts or room it is the axis of a small picture whose labels stand at another.
    """
    import altair as alt

    room = (extent(texts) if texts else 0) if room is None else room
    defaults: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "labelPadding": 4}
    defaults |= {"labels": bool(room), "labelLimit": max(1, room - 4)}
    return alt.Axis(minExtent=room, maxExtent=room, **(defaults | options))


def percent_axis(most: float, room: float, **options: Any) -> alt.Axis:
    """An x axis of shares from 0 to ``most``, with as many ticks as fit."""
    import altair as alt

    steps = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
    step = next((step for step in steps if most / step <= max(2, room / 34)), 1.0)
    values = [round(step * place, 3) for place in range(int(most / step + 1e-9) + 1)]
    defaults: dict[str, Any] = {"title": None, "format": ".0%", "values": values}
    return alt.Axis(**(defaults | options))


def legend_columns(texts: Sequence[str], room: float, symbol: float = 22) -> int:
    """Into how many columns a legend's entries fit; the widest of each column counts."""
    entries = [text_width(text) + symbol for text in texts]
    for columns in range(len(entries), 1, -1):
        if sum(max(entries[at::columns]) for at in range(columns)) <= room:
            return columns
    return 1


def rows(frame: pl.DataFrame) -> alt.InlineData:
    """A table as part of the specification, so that it stands alone; ``href`` from ``behind``."""
    import altair as alt

    if "behind" in frame.columns:
        link = pl.format("https://emos.invalid/#s-{}", "behind")
        frame = frame.with_columns(href=link).drop("behind")
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    frame = frame.with_columns(pl.col(floats).fill_nan(None)) if floats else frame
    return alt.InlineData(values=frame.to_dicts())


def links(frame: pl.DataFrame) -> dict[str, Any]:
    """The channel that makes marks lead to the items behind them, where the table names them."""
    import altair as alt

    return {"href": alt.Href("href:N")} if "behind" in frame.columns else {}


def wrapped(text: str, room: float) -> list[str]:
    """``text`` in lines of at most ``room`` units, broken at spaces or between wide characters."""
    lines = [""]
    for piece in re.findall(
        r"\s*[\x21-\u2e7f]+[、。，：；！？）”]*|\s*[^\x21-\u2e7f\s][、。，：；！？）”]*", text
    ):
        if lines[-1] and text_width(lines[-1] + piece) > room:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def heading(text: str | Sequence[str], **options: Any) -> alt.Title:
    """A line above a part of a picture, at its left."""
    import altair as alt

    lines = text if isinstance(text, str) else list(text)
    defaults: dict[str, Any] = {"anchor": "start", "frame": "group", "offset": 6}
    return alt.Title(lines, **(defaults | options))


def stacked(parts: Sequence[alt.ChartType]) -> alt.ChartType:
    """Parts one above the other; a single part as it is."""
    import altair as alt

    return parts[0] if len(parts) == 1 else alt.vconcat(*parts, spacing=16)


def themed(chart: Any) -> Any:
    """``chart`` with the font, sizes and lines of all pictures."""
    text = {"labelFontSize": TEXT, "labelColor": INK, "titleFontSize": TEXT, "titleColor": INK}
    plain = {"titleFontWeight": "normal"}
    lines = {"domainColor": LINE, "tickColor": LINE, "gridColor": FAINT, "tickSize": 4}
    limits = {"labelLimit": WIDE, "titleLimit": WIDE}
    return chart.configure(
        font=f"{FAMILY}, sans-serif",
        background="white",
        padding=PADDING,
        axis={**text, **plain, **lines, "titlePadding": 5, "labelPadding": 3},
        legend={**text, **plain, **limits, "orient": "bottom", "offset": 8},
        title={"fontSize": TEXT, "fontWeight": "normal", "color": INK, "subtitleColor": SOFT},
        view={"stroke": None},
        text={"fontSize": TEXT, "color": INK},
        concat={"spacing": GAP},
    )
