"""Sizes of differences on one scale, so that margins of different rules can be compared.

Cohen (1988): d is a difference of means in standard deviations (section 2.2), h a difference of
shares after the arcsine transformation that makes its spread the same everywhere (section 6.2).
0.2 is a small effect, 0.5 a medium and 0.8 a large one, for both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import Floats, ratio


def cohen_d(difference: npt.ArrayLike, deviation: npt.ArrayLike) -> Floats:
    """``difference / deviation``; NaN where nothing varies."""
    return ratio(np.asarray(difference, np.float64), np.asarray(deviation, np.float64))


def cohen_h(share: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    """2 asin(sqrt(share)) - 2 asin(sqrt(other)), from -pi to pi; NaN for an undefined share."""
    # Sums of floats may lie a rounding error outside 0 to 1.
    one, two = (np.clip(np.asarray(value, np.float64), 0, 1) for value in (share, other))
    return np.asarray(2 * np.arcsin(np.sqrt(one)) - 2 * np.arcsin(np.sqrt(two)))
