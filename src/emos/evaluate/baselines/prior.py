"""``baseline:prior``: labels drawn as often as they occur in the item's subset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from emos.evaluate.baselines.baseline import Answer, Baseline
from emos.evaluate.baselines.shares import Shares, known

if TYPE_CHECKING:
    from emos.tables import Dataset


def answers(dataset: Dataset, item_ids: Sequence[str], seed: int) -> Mapping[str, Answer]:
    """Independent draws for each item, or each given segment of a monologue.

    Basic-7: one class drawn by its share, which is also the confidence. GoEmotions: each label
    with a chance of its share. Intensity: the median. The draws of an item depend on ``seed`` and
    its id alone.

    Raises
    ------
    EmosError : if no item has a label.
    """
    facts = known(dataset, item_ids)
    found: dict[str, Answer] = {}
    for item, subset in facts.subset.items():
        draw, shares = Random(f"{seed}|{item}"), facts.shares[subset]
        if item in facts.segments:
            found[item] = {
                "utterances": [
                    {"index": index, "start_s": start, "end_s": end} | _answer(shares, draw)
                    for index, start, end in facts.segments[item]
                ]
            }
        else:
            found[item] = {k: v for k, v in _answer(shares, draw).items() if k != "intensity"}
    return found


def _answer(shares: Shares, draw: Random) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if shares.basic7:
        label = draw.choices(list(shares.basic7), list(shares.basic7.values()))[0]
        answer |= {"basic7": label, "confidence": shares.basic7[label]}
    if shares.goemotions:
        answer["goemotions"] = {
            name: share for name, share in shares.goemotions.items() if draw.random() < share
        }
    if shares.intensity is not None:
        answer["intensity"] = shares.intensity
    return answer


BASELINE = Baseline("prior", "labels drawn as often as they occur in the item's subset", answers)
