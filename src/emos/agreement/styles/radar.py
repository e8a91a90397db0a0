"""The eight axes of the paper's Figure 3.

Shares are of all labels given, which is what the paper's Table 4 counts ("Neutral 25%" of A9 is
24.8 % of A9's labels and stands in 31.3 % of the answers). For drawing, each axis runs from 0 at
the centre to the largest value of any annotator on the layer at the rim: proportions are kept, and
annotators of different batches can be laid over one another.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from emos.agreement.styles.tables import RADAR

# In drawing order: axis, and the figure or label it shows.
AXES: dict[str, tuple[str, str]] = {
    "cardinality": ("figure", "cardinality"),
    "jaccard": ("figure", "jaccard-others"),
    "neutral": ("label", "neutral"),
    "joy": ("label", "joy"),
    "anger": ("label", "anger"),
    "disgust": ("label", "disgust"),
    "surprise": ("label", "surprise"),
    "cognitive-social": ("figure", "cognitive-social"),
}
_WHOSE = ("subset", "batch", "layer", "annotator")


def radar_table(figures: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The axes of every annotator, from the tables of figures and of labels."""
    parts = []
    for axis, (kind, name) in AXES.items():
        if kind == "figure":
            part = figures.filter(pl.col("figure") == name)
        else:
            part = _shares(figures, labels, name)
        parts.append(part.select(*_WHOSE, "value", "low", "high", "reason", axis=pl.lit(axis)))
    table = pl.concat(parts)
    largest = pl.col("value").fill_nan(None).max().over("layer", "axis")
    scaled = (
        pl.when(largest > 0)
        .then(pl.col("value") / largest)
        .when(largest == 0)  # nobody has any: at the centre
        .then(0.0)
        .otherwise(float("nan"))
    )
    place = pl.col("axis").cast(pl.Enum(list(AXES))).to_physical()
    order = figures.select(_WHOSE).unique(maintain_order=True).with_row_index("order")
    return (
        table.with_columns(scaled=scaled)
        .join(order, on=_WHOSE)
        .sort("order", place)
        .select(list(RADAR))
    )


def _shares(figures: pl.DataFrame, labels: pl.DataFrame, name: str) -> pl.DataFrame:
    """Share of one label in the labels each annotator gave; NaN where the layer lacks it."""
    everyone = figures.select(_WHOSE).unique(maintain_order=True)
    found = labels.filter(pl.col("label").str.to_lowercase() == name).select(
        *_WHOSE, value="token_share", low="token_low", high="token_high"
    )
    joined = everyone.join(found, on=_WHOSE, how="left", maintain_order="left")
    lacking = pl.col("value").is_null()
    reason: dict[str, Any] = {
        "reason": pl.when(lacking)
        .then(pl.lit(f"the layer has no label {name}"))
        .when(pl.col("value").is_nan())
        .then(pl.lit("no answer"))
    }
    return joined.with_columns(**reason).with_columns(
        pl.col("value", "low", "high").fill_null(float("nan"))
    )
