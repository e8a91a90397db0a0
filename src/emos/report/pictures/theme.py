"""How every picture looks: sizes, fonts, colours, and the grid that small pictures stand in.

A unit of a chart is 1/96 inch, so that a text of 10 units is 7.5 points in print.
"""

from __future__ import annotations

import unicodedata
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
GAP = 10

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
RAMP = ("#ffffff", "#0b3c6f")  # of matrices: 0 to 1
DARK = 0.7  # white text reads better than black from here on
TIER_COLOURS = {"high": "#0b3c6f", "medium": "#6f9cc6", "low": "#d7e5f2", "none": "#ffffff"}


def colour(label: str) -> str:
    """The fixed colour of a Basic-7 class; one colour for all other labels."""
    return BASIC7_COLOURS.get(label, PLAIN)


def width(wide: bool) -> int:
    """Of a whole picture, in units."""
    return WIDE if wide else COLUMN


def text_width(text: str, size: float = TEXT) -> float:
    """About how wide a text is set in our font, in units; rather too much than too little."""
    ems = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            ems += 1.0
        elif character in "iljftI.,:;'|()[] ":
            ems += 0.36
        elif character in "mwMW@%":
            ems += 0.92
        else:
            ems += 0.67 if character.isupper() else 0.58
    return ems * size


def extent(texts: Iterable[str], *, most: float = 140) -> int:
    """Room for labels beside an axis, with tick and gap."""
    return int(min(most, max(map(text_width, texts), default=0))) + 8


def label_axis(texts: Sequence[str], *, shown: bool = True, **options: Any) -> alt.Axis:
    """A y axis of labels that takes exactly `extent`, so that widths add up."""
    import altair as alt

    if not shown:
        return alt.Axis(labels=False, ticks=False, title=None, minExtent=0, maxExtent=0, **options)
    room = extent(texts)
    defaults: dict[str, Any] = {"title": None, "ticks": False, "domain": False}
    defaults |= {"labelPadding": 4, "labelLimit": room}
    return alt.Axis(minExtent=room, maxExtent=room, **(defaults | options))


def percent_axis(most: float, room: float, **options: Any) -> alt.Axis:
    """An x axis of shares from 0 to ``most``, with as many ticks as fit."""
    import altair as alt

    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
    ticks = max(1, int(room // 30))
    step = next((step for step in steps if most / step <= ticks), 1.0)
    values = [round(step * place, 2) for place in range(int(most / step + 1e-9) + 1)]
    defaults: dict[str, Any] = {"title": None, "format": ".0%", "values": values}
    return alt.Axis(**(defaults | options))


def rows(frame: pl.DataFrame) -> alt.InlineData:
    """A table as part of the specification, so that it stands alone; ``href`` from ``behind``."""
    import altair as alt

    if "behind" in frame.columns:
        link = pl.format("https://emos.invalid/#s/{}", "behind")
        frame = frame.with_columns(href=link).drop("behind")
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    frame = frame.with_columns(pl.col(floats).fill_nan(None)) if floats else frame
    return alt.InlineData(values=frame.to_dicts())


def links(frame: pl.DataFrame) -> dict[str, Any]:
    """The channel that makes marks lead to the items behind them, where the table names them."""
    import altair as alt

    return {"href": alt.Href("href:N")} if "behind" in frame.columns else {}


def heading(text: str | Sequence[str], **options: Any) -> alt.Title:
    """A line above a part of a picture, at its left."""
    import altair as alt

    lines = text if isinstance(text, str) else list(text)
    defaults: dict[str, Any] = {"anchor": "start", "frame": "group", "offset": 6}
    return alt.Title(lines, **(defaults | options))


def stacked(parts: Sequence[alt.ChartType]) -> alt.ChartType:
    """Parts one above the other; a single part as it is."""
    import altair as alt

    return parts[0] if len(parts) == 1 else alt.vconcat(*parts, spacing=18)


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
