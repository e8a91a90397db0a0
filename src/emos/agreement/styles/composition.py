"""Union, exact match and Jaccard of groups of annotators, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emos.agreement.bootstrap import percentile_interval
from emos.agreement.coefficient import Floats, Ints, ratio
from emos.agreement.label_sets import Bits, jaccard_similarity
from emos.agreement.styles.panel import Booleans, Panel
from emos.agreement.styles.sums import Draws

MEASURES = ("union", "exact", "jaccard")
MOST_MEMBERS = 8  # a batch with more annotators is no group whose composition one can name
_ROWS = 4096


@dataclass(frozen=True)
class Group:
    """A group of annotators on the items of a batch.

    Attributes
    ----------
    members : their names.
    simulated : those of them whose answers are simulated.
    kind : observed, simulated, check or stranger.
    values : `MEASURES` per item, ``[3, items]``; 0 where not ``counted``.
    counted : items that all members answered, ``[items]``.
    """

    members: tuple[str, ...]
    simulated: tuple[str, ...]
    kind: str
    values: Floats
    counted: Booleans


def item_values(answers: Sequence[Bits]) -> Floats:
    """`MEASURES` per item of two or more members' answers, each ``[items, words]``: ``[3, items]``.

    Union: distinct labels given. Exact: 1 if all answers are the same set. Jaccard: mean similarity
    over pairs of members.
    """
    union = np.bitwise_or.reduce(np.stack(answers))
    size = np.bitwise_count(union).sum(axis=-1).astype(np.float64)
    same = np.all([(other == answers[0]).all(axis=-1) for other in answers[1:]], axis=0)
    alike = [jaccard_similarity(a, b) for a, b in combinations(answers, 2)]
    return np.stack((size, same.astype(np.float64), np.mean(alike, axis=0)))


def seats(panel: Panel) -> Ints:
    """Each annotator's answer to each item, ``[annotators, items]``, -1 for none."""
    table = np.full((len(panel.annotators), panel.items), -1, dtype=np.int64)
    table[panel.annotator, panel.item] = np.where(panel.answered, panel.code, -1)
    return table


def observed_groups(panel: Panel) -> list[Group]:
    """Every pair of a panel's annotators, and all of them together."""
    table, people = seats(panel), len(panel.annotators)
    chosen = [*combinations(range(people), 2), *([tuple(range(people))] if people > 2 else [])]
    groups = []
    for places in chosen:
        codes = table[list(places)]
        counted: Booleans = np.all(codes >= 0, axis=0)
        values = np.zeros((len(MEASURES), panel.items))
        values[:, counted] = item_values([panel.sets[row[counted]] for row in codes])
        names = tuple(panel.annotators[place] for place in places)
        groups.append(Group(names, (), "observed", values, counted))
    return groups


@dataclass(frozen=True)
class Means:
    """`MEASURES` of several groups.

    Attributes
    ----------
    point : ``[groups, 3]``.
    replicates : ``[groups, 3, samples]``; no sample without resamples.
    """

    point: Floats
    replicates: Floats


def group_means(groups: Sequence[Group], draws: Draws | None) -> Means:
    """Means over the items all members answered, as they are and in every resample of the items."""
    stacked = np.concatenate([group.values for group in groups])
    counted = np.stack([group.counted for group in groups]).astype(np.float64)
    shape = (len(groups), len(MEASURES))
    point = ratio(
        stacked.sum(axis=1).reshape(shape),
        np.broadcast_to(counted.sum(axis=1)[:, None], shape),
    )
    samples = 0 if draws is None else draws.shape[1]
    total, items = np.zeros((len(stacked), samples)), np.zeros((len(groups), samples))
    for start in range(0, stacked.shape[1] if draws is not None else 0, _ROWS):
        assert draws is not None
        part = slice(start, start + _ROWS)
        weights = draws[part].astype(np.float64)
        total += stacked[:, part] @ weights
        items += counted[:, part] @ weights
    full = (*shape, samples)
    return Means(point, ratio(total.reshape(full), np.broadcast_to(items[:, None], full)))


def composition_rows(
    groups: Sequence[Group],
    means: Means,
    styles: dict[str, str],
    expansive: set[str],
    confidence: float,
) -> list[dict[str, object]]:
    """Rows of the table of compositions, without the columns of the batch."""
    rows = []
    for at, group in enumerate(groups):
        row: dict[str, object] = {
            "kind": group.kind,
            "members": list(group.members),
            "simulated": list(group.simulated),
            "styles": [styles.get(name) or "none" for name in group.members],
            "size": len(group.members),
            "expansive": sum(name in expansive for name in group.members),
            "items": int(group.counted.sum()),
        }
        low = high = np.full(len(MEASURES), np.nan)
        if means.replicates.shape[2] and group.counted.any():
            low, high, _ = percentile_interval(means.replicates[at], confidence)
        for place, name in enumerate(MEASURES):
            row[name] = float(means.point[at, place])
            row[f"{name}_low"], row[f"{name}_high"] = float(low[place]), float(high[place])
        row["reason"] = None if group.counted.any() else "no item was answered by all"
        rows.append(row)
    return rows
