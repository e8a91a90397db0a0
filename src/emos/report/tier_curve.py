"""How the size of the High tier depends on its confidence threshold, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from emos.aggregate.tiers import THRESHOLDS, check_thresholds, tier_curve
from emos.errors import EmosError
from emos.report.pictures import DASHES, PALETTE

if TYPE_CHECKING:
    import altair as alt

# With the axis this is 3.3 inches, a column of a two-column paper: set at its own size, the 10-unit
# labels are 7.5 points.
_WIDTH, _HEIGHT = 256, 180


def tier_curve_chart(
    labels: pl.DataFrame, *, thresholds: tuple[float, float] = THRESHOLDS, title: str = ""
) -> alt.LayerChart:
    """One line per subset, batch and layer: the share of labels that would be High.

    Parameters
    ----------
    labels : a dataset's ``labels`` table.
    thresholds : of the High and the Medium tier, marked by vertical lines; by default the paper's
        (section 3.2.2).
    title : above the picture.

    Raises
    ------
    EmosError : if no label has a confidence, or the thresholds make no tiers.
    """
    import altair as alt

    check_thresholds(*thresholds)
    curves = tier_curves(labels)
    if curves.is_empty():
        raise EmosError("no label has a confidence", remedy="run emos aggregate first")
    names = curves["batch"].unique(maintain_order=True).to_list()
    colours = [PALETTE[place % len(PALETTE)] for place in range(len(names))]
    dashes = [list(DASHES[place % len(DASHES)]) for place in range(len(names))]
    x = alt.X(
        "threshold:Q",
        title="Confidence threshold",
        scale=alt.Scale(domain=[0.5, 1.0], zero=False),
        axis=alt.Axis(format=".1f", values=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0], grid=False),
    )
    lines = _chart(curves.to_dicts()).mark_line(strokeWidth=2)
    lines = lines.encode(
        x=x,
        y=alt.Y(
            "share:Q",
            title="Share of labels at or above it",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5),
        ),
        color=alt.Color(
            "batch:N",
            title=None,
            scale=alt.Scale(domain=names, range=colours),
            legend=alt.Legend(
                orient="bottom",
                columns=1,
                labelLimit=_WIDTH,
                symbolSize=400,  # 20 units long, which is a whole dash
                symbolStrokeWidth=2,
            ),
        ),
        strokeDash=alt.StrokeDash(
            "batch:N", title=None, scale=alt.Scale(domain=names, range=dashes)
        ),
        tooltip=[
            alt.Tooltip("batch:N", title="Batch"),
            alt.Tooltip("threshold:Q", title="Threshold", format=".2f"),
            alt.Tooltip("items:Q", title="At or above"),
            alt.Tooltip("below:Q", title="Below"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
    )
    marks = [
        {"threshold": at, "tier": name}
        for at, name in zip(thresholds, ("high", "medium"), strict=True)
    ]
    rules = _chart(marks).mark_rule(color="#767676", strokeDash=[2, 2]).encode(x=x)
    tiers = _chart(marks).mark_text(color="#595959", align="left", dx=4, baseline="bottom")
    tiers = tiers.encode(x=x, y=alt.value(_HEIGHT - 4), text="tier:N")
    chart = alt.LayerChart(layer=[rules, lines, tiers]).configure_view(stroke=None)
    sized: alt.LayerChart = chart.properties(width=_WIDTH, height=_HEIGHT, title=title)
    return sized


def tier_curves(labels: pl.DataFrame) -> pl.DataFrame:
    """The numbers behind the picture: `emos.aggregate.tiers.tier_curve` per batch and layer.

    Returns
    -------
    Rows of ``batch`` (subset, batch and layer in one text), ``threshold``, ``items``, ``share``,
    ``below``; none for a batch without any confidence.
    """
    curves = []
    groups = labels.filter(pl.col("confidence").is_not_null() & pl.col("confidence").is_not_nan())
    for key, rows in groups.group_by("subset", "batch", "layer", maintain_order=True):
        curve = tier_curve(
            rows["confidence"].to_numpy(),
            rows["unique_labels"].fill_null(0).to_numpy(),
            votes=rows["votes"].fill_null(0).to_numpy(),
        )
        name = " ".join(str(part) for part in key if part)
        curves.append(curve.select(pl.lit(f"{name} (n = {rows.height})").alias("batch"), pl.all()))
    return pl.concat(curves) if curves else pl.DataFrame(schema={"batch": pl.String})


def _chart(rows: list[dict[str, object]]) -> alt.Chart:
    """A chart over rows that are part of the specification, so that it stands alone."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows))
