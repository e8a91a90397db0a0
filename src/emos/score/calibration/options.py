"""What scoring stated confidences leaves to choose."""

from __future__ import annotations

from dataclasses import dataclass

from emos.errors import check_whole


@dataclass(frozen=True)
class CalibrationOptions:
    """Every choice of the family ``calibration``.

    Attributes
    ----------
    bins : of confidence, both of equal width and of equal mass (Guo et al., 2017, take 15).

    Raises
    ------
    EmosError : for anything but a whole number from 1.
    """

    bins: int = 15

    def __post_init__(self) -> None:
        check_whole("bins", self.bins, least=1)
