"""Labelled datasets and predictions for tests of scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from emos.tables import Dataset, DatasetInfo, conform
from emos.tables.predictions import PREDICTIONS, Predictions
from emos.taxonomy import BASIC7, GOEMOTIONS

ANSWERS = (*BASIC7.labels, "happiness", "", None)  # the last three are no label


def labelled(labels: Sequence[str | None], **columns: Sequence[Any]) -> Dataset:
    """A dataset of clips ``i0``, ``i1``, ... with these Basic-7 labels (None: no label).

    ``columns`` are columns of the items table, or ``tier`` of the labels table.
    """
    ids = [f"i{place}" for place in range(len(labels))]
    tiers = columns.pop("tier", ["high"] * len(labels))
    items = {"subset": ["s"] * len(ids), "language": ["en"] * len(ids)} | columns
    return Dataset(
        info=DatasetInfo(
            name="made", label_sets={"basic7": BASIC7.labels, "goemotions": GOEMOTIONS.labels}
        ),
        items=conform("items", pl.DataFrame({"item_id": ids} | items)),
        labels=conform(
            "labels",
            pl.DataFrame(
                {
                    "item_id": ids,
                    "layer": ["basic7"] * len(ids),
                    "label": pl.Series(list(labels), dtype=pl.String),
                    "tier": pl.Series(list(tiers), dtype=pl.String),
                }
            ),
        ),
    )


def answers(given: Mapping[str, Any], *, name: str = "model", status: str = "ok") -> Predictions:
    """Predictions that answer each item id with a Basic-7 label, or with a row's own columns."""
    rows = []
    for item_id, said in given.items():
        own = said if isinstance(said, Mapping) else {"basic7": said}
        empty: dict[str, Any] = dict.fromkeys(PREDICTIONS)
        rows.append(empty | {"item_id": item_id, "status": status} | dict(own))
    return Predictions(name, pl.DataFrame(rows, schema=dict(PREDICTIONS), orient="row"))


def numbered(given: Sequence[Any], **more: Any) -> Predictions:
    """Answers to ``i0``, ``i1``, ... in order."""
    return answers({f"i{place}": one for place, one in enumerate(given)}, **more)


@st.composite
def labels_and_answers(
    draw: st.DrawFn, *, least: int = 1, most: int = 40
) -> tuple[list[str], list[str | None]]:
    """As many labels as answers, of few classes or of many; some answers are no label."""
    pool = draw(st.lists(st.sampled_from(BASIC7.labels), min_size=1, unique=True))
    n = draw(st.integers(least, most))
    gold = draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n))
    given = draw(st.lists(st.sampled_from(ANSWERS), min_size=n, max_size=n))
    return gold, given


def simulated(seed: int, n: int, accuracy: float) -> tuple[list[str], list[str | None]]:
    """Labels with the class shares of Table 7's caption, and answers right this often."""
    rng = np.random.default_rng(seed)
    shares = np.array([15.5, 4.4, 5.1, 26.0, 37.1, 8.7, 3.3])
    gold = rng.choice(BASIC7.labels, size=n, p=shares / shares.sum())
    wrong = rng.choice(np.array([*BASIC7.labels, "happiness"]), size=n)
    return gold.tolist(), np.where(rng.random(n) < accuracy, gold, wrong).tolist()
