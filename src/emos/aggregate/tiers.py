"""Quality tiers of a label by its confidence (EmoS paper, section 3.2.2 and Table 1).

High: all annotators gave one label, or confidence >= 0.9. Medium: 0.8 <= confidence < 0.9.
Low: confidence < 0.8. Both thresholds are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from emos.errors import EmosError

TIERS = ("low", "medium", "high")
THRESHOLDS = (0.9, 0.8)


def tier(
    confidence: float, unique_labels: int | None = None, high: float = 0.9, medium: float = 0.8
) -> str | None:
    """The tier of one label; ``None`` if its confidence is undefined (NaN).

    ``unique_labels`` is the number of distinct labels its annotators gave, 1 meaning that all
    agree; leave it out where they gave no single label.
    """
    place = int(tiers([confidence], [unique_labels or 0], high=high, medium=medium)[0])
    return TIERS[place] if place >= 0 else None


def tiers(
    confidence: ArrayLike,
    unique_labels: ArrayLike | None = None,
    *,
    votes: ArrayLike | None = None,
    high: float = 0.9,
    medium: float = 0.8,
) -> NDArray[np.int8]:
    """Places in `TIERS` of n labels, -1 where the confidence is NaN.

    Parameters
    ----------
    confidence : any shape, probabilities.
    unique_labels : distinct labels given, broadcast against ``confidence``.
    votes : number of votes; where it is 1 there is nobody to agree with, so ``unique_labels`` = 1
        does not make a label High.

    Raises
    ------
    EmosError : unless 0 <= medium <= high <= 1.
    """
    check_thresholds(high, medium)
    confidence = np.asarray(confidence, dtype=np.float64)
    above = confidence >= high
    if unique_labels is not None:
        agreed = np.asarray(unique_labels) == 1
        if votes is not None:
            agreed &= np.asarray(votes) > 1
        above |= agreed
    place = np.where(above, 2, np.where(confidence >= medium, 1, 0)).astype(np.int8)
    place[np.isnan(confidence)] = -1
    return place


def parse_thresholds(text: str) -> tuple[float, float]:
    """``HIGH,MEDIUM`` as on the command line.

    Raises
    ------
    EmosError : for anything but two numbers that make tiers.
    """
    try:
        high, medium = (float(part) for part in text.split(","))
    except ValueError:
        raise EmosError(
            f"tier thresholds {text[:40]!r} are not two numbers", remedy="give them as 0.9,0.8"
        ) from None
    check_thresholds(high, medium)
    return high, medium


def check_thresholds(high: float, medium: float) -> None:
    """Refuse thresholds that make no tiers.

    Raises
    ------
    EmosError : unless 0 <= medium <= high <= 1.
    """
    numbers = isinstance(high, Real) and isinstance(medium, Real)
    if not (numbers and 0 <= medium <= high <= 1):
        raise EmosError(
            f"tier thresholds {high}, {medium} are not 1 >= high >= medium >= 0",
            remedy="give them as 0.9,0.8",
        )


def tier_curve(
    confidence: ArrayLike,
    unique_labels: ArrayLike | None = None,
    *,
    votes: ArrayLike | None = None,
    thresholds: Sequence[float] | None = None,
) -> pl.DataFrame:
    """How many labels would be High at each threshold.

    Returns
    -------
    Rows ``threshold`` (by default 0.50, 0.51, ..., 1.00), ``items`` with a confidence of at least
    that or one label from all, their ``share`` of the labels with a confidence (NaN if there are
    none), and ``below``, the items that stay under it.
    """
    confidence = np.asarray(confidence, dtype=np.float64)
    if thresholds is None:
        thresholds = [step / 100 for step in range(50, 101)]
    defined = int((~np.isnan(confidence)).sum())
    sizes = [
        int((tiers(confidence, unique_labels, votes=votes, high=at, medium=0.0) == 2).sum())
        for at in thresholds
    ]
    return pl.DataFrame(
        {
            "threshold": pl.Series(list(thresholds), dtype=pl.Float64),
            "items": sizes,
            "share": [size / defined if defined else float("nan") for size in sizes],
            "below": [defined - size for size in sizes],
        }
    )
