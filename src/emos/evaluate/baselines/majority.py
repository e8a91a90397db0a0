"""``baseline:majority``: the most frequent label of the item's subset, whatever the item is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emos.evaluate.baselines.baseline import Answer, Baseline
from emos.evaluate.baselines.shares import Shares, known

if TYPE_CHECKING:
    from emos.tables import Dataset


def answers(dataset: Dataset, item_ids: Sequence[str], seed: int) -> Mapping[str, Answer]:
    """The same answer for all items of a subset.

    Basic-7: the most frequent class, the first in the label set's order among equals; its share
    is the confidence. GoEmotions: the labels that at least half of the items have, or the most
    frequent one. Intensity: the median. Nothing is drawn: ``seed`` changes nothing.

    Raises
    ------
    EmosError : if no item has a label.
    """
    facts = known(dataset, item_ids)
    said = {name: _answer(shares) for name, shares in facts.shares.items()}
    found: dict[str, Answer] = {}
    for item, subset in facts.subset.items():
        if item in facts.segments:
            rows = facts.segments[item]
            found[item] = {
                "utterances": [
                    {"index": index, "start_s": start, "end_s": end} | said[subset]
                    for index, start, end in rows
                ]
            }
        else:
            found[item] = {k: v for k, v in said[subset].items() if k != "intensity"}
    return found


def _answer(shares: Shares) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if shares.basic7:
        label = max(shares.basic7, key=lambda name: shares.basic7[name])
        answer |= {"basic7": label, "confidence": shares.basic7[label]}
    if shares.goemotions:
        most = max(shares.goemotions, key=lambda name: shares.goemotions[name])
        common = {name: share for name, share in shares.goemotions.items() if share >= 0.5}
        answer["goemotions"] = common or {most: shares.goemotions[most]}
    if shares.intensity is not None:
        answer["intensity"] = shares.intensity
    return answer


BASELINE = Baseline("majority", "the most frequent label of the item's subset", answers)
