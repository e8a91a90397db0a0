"""How often each label is given in each subset: all that the simplest baselines know.

The labels are those of the very items that are answered, so these baselines are as good as they
can get, and a model that does not beat them has learned nothing of the items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emos.errors import EmosError
from emos.taxonomy import BASIC7, GOEMOTIONS

if TYPE_CHECKING:
    import polars as pl

    from emos.tables import Dataset


@dataclass(frozen=True)
class Shares:
    """What is known of one subset; shares are 0 to 1.

    Attributes
    ----------
    basic7 : share of each class that occurs, in the order of the label set; they sum to 1. Empty
        where nothing is labelled on this layer.
    goemotions : share of the items (or utterances) that have each label at all.
    intensity : median intensity of utterances, None for clips.
    """

    basic7: Mapping[str, float]
    goemotions: Mapping[str, float]
    intensity: float | None = None


@dataclass(frozen=True)
class Known:
    """Shares by subset, each item's subset, and each monologue's given segments."""

    shares: Mapping[str, Shares]
    subset: Mapping[str, str]
    segments: Mapping[str, Sequence[tuple[int, float | None, float | None]]]


def known(dataset: Dataset, item_ids: Sequence[str]) -> Known:
    """Count the labels of the items to be answered.

    Raises
    ------
    EmosError : if none of them has a label.
    """
    import polars as pl

    items = dataset.items.filter(pl.col("item_id").is_in(list(item_ids)))
    subset = {name: where or "" for name, where in items.select("item_id", "subset").iter_rows()}
    labels = dataset.labels.filter(pl.col("layer") == "basic7", pl.col("label").is_not_null())
    soft = dataset.soft_labels.filter(pl.col("layer") == "goemotions", pl.col("votes") > 0)
    spoken = dataset.utterances.filter(pl.col("monologue_id").is_in(list(item_ids)))
    names = list(dict.fromkeys(subset.values()))
    shares = {}
    for name in names:
        own = [item for item, where in subset.items() if where == name]
        clips = _clip_shares(
            labels.filter(pl.col("item_id").is_in(own)), soft.filter(pl.col("item_id").is_in(own))
        )
        said = spoken.filter(pl.col("monologue_id").is_in(own))
        shares[name] = _spoken_shares(said) if said.height else clips
    if not any(one.basic7 or one.goemotions for one in shares.values()):
        raise EmosError(
            "no item has a label to count", remedy="run emos aggregate on the dataset first"
        )
    segments: dict[str, list[tuple[int, float | None, float | None]]] = {}
    ordered = spoken.sort("monologue_id", "index")
    for name, *place in ordered.select("monologue_id", "index", "start_s", "end_s").iter_rows():
        segments.setdefault(name, []).append((place[0], place[1], place[2]))
    return Known(shares, subset, segments)


def _clip_shares(labels: pl.DataFrame, soft: pl.DataFrame) -> Shares:
    return Shares(
        _of_classes(labels["label"].to_list()),
        _of_sets(soft["union"].to_list()),
    )


def _spoken_shares(utterances: pl.DataFrame) -> Shares:
    middle = utterances["intensity"].median()
    return Shares(
        _of_classes(utterances["primary"].drop_nulls().to_list()),
        _of_sets(utterances["secondary"].drop_nulls().to_list()),
        float(middle) if isinstance(middle, int | float) else None,
    )


def _of_classes(labels: Sequence[str]) -> dict[str, float]:
    counts = {label: labels.count(label) for label in BASIC7.labels}
    total = sum(counts.values())
    return {label: count / total for label, count in counts.items() if count}


def _of_sets(sets: Sequence[Iterable[str] | None]) -> dict[str, float]:
    held = [set(one or ()) for one in sets]
    counts = {label: sum(label in one for one in held) for label in GOEMOTIONS.labels}
    return {label: count / len(held) for label, count in counts.items() if count}
