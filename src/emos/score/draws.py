"""Named draws of clips: the test sets of the EmoS paper by their description (section 4.1).

The paper tests on 800 clips of high and 400 of low confidence, and does not say which. A draw here
is stratified by class (each class has its share of all clips of the tier, to the clip), seeded, and
made from the whole dataset, so that it is the same whatever else is chosen. A score that rests on
one lists its clips (table ``answers``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from emos.errors import EmosError
from emos.score.metric import Ints
from emos.tables import Dataset


class Draw(NamedTuple):
    """How many clips of which tier, and what for."""

    tier: str
    clips: int
    purpose: str


DRAWS: Mapping[str, Draw] = {
    "high-800": Draw("high", 800, "the paper's main results (Tables 7 and 8)"),
    "low-400": Draw("low", 400, "the paper's low-confidence subset (Table 8)"),
}


def draw_items(dataset: Dataset, name: str, *, seed: int) -> list[str]:
    """The item ids of a named draw, in alphabetical order.

    Parameters
    ----------
    name : one of `DRAWS`.
    seed : the same seed, labels and tiers give the same clips, whatever order the tables have.

    Raises
    ------
    EmosError : for an unknown name, or a dataset with too few clips of the tier.
    """
    if name not in DRAWS:
        raise EmosError(f"no draw {name!r}", remedy=f"there are {', '.join(DRAWS)}")
    draw = DRAWS[name]
    clips = dataset.labels.filter(
        pl.col("layer") == "basic7", pl.col("tier") == draw.tier, pl.col("label").is_not_null()
    ).sort("label", "item_id")
    if clips.height < draw.clips:
        raise EmosError(
            f"{name} needs {draw.clips} clips of tier {draw.tier}, and the dataset has "
            f"{clips.height}",
            remedy=f"choose --tier {draw.tier} instead",
        )
    classes = clips["label"].unique(maintain_order=True).to_list()
    sizes = np.array([(clips["label"] == label).sum() for label in classes])
    generator = np.random.default_rng(seed)
    drawn: list[str] = []
    for label, size in zip(classes, largest_remainders(sizes, draw.clips), strict=True):
        ids = clips.filter(pl.col("label") == label)["item_id"].to_list()
        drawn += [ids[place] for place in generator.permutation(len(ids))[:size]]
    return sorted(drawn)


def largest_remainders(sizes: Ints, seats: int) -> Ints:
    """``seats`` shared out in proportion to ``sizes``, whole, by largest remainder (Hamilton).

    Equal remainders go to the earlier one.
    """
    exact = sizes * seats
    whole: Ints = exact // sizes.sum()
    rest = exact - whole * sizes.sum()
    whole[np.argsort(-rest, kind="stable")[: seats - whole.sum()]] += 1
    return whole
