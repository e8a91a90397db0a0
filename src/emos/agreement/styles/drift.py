"""Whether an annotator changes over the rows: cardinality and the share of each label.

The annotator's answers, in row order, are cut into up to 20 blocks of consecutive items; a block's
mean is one observation. Neighbouring items are alike (scenes of one dialogue), so single rows are
no independent observations; blocks of a hundred rows nearly are. Of each series of blocks:

* the mean of the second half less that of the first, with an interval from drawing blocks with
  replacement within each half;
* Spearman's rank correlation with the block's number, and its p-value from permuting the blocks;
* p adjusted after Holm (1979) over all series of the annotator, as a layer has thirty of them.

The same is done for the series less the others' on the same items (``against`` = ``others``): what
changes for everybody is a change of the items and cancels. An annotator is said to drift where both
hold: the distance from the others has a trend (adjusted p), and so has the annotator's own series,
the same way (plain p); else one who changes would make the others seem to. Without others, the own
series decides alone (adjusted p). What all annotators do alike is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import polars as pl

from emos.agreement.coefficient import Floats, Ints, ratio
from emos.agreement.styles.result import StylesOptions
from emos.agreement.styles.tables import BLOCKS, GROUP
from emos.agreement.styles.values import Values

LEAST_BLOCKS = 8  # with fewer, no order of the blocks is unlikely enough
LEAST_ANSWERS = 8  # in a block
PERMUTATIONS = 9_999


@dataclass(frozen=True)
class Series:
    """One annotator's blocks. Rows are cardinality, then the labels.

    Attributes
    ----------
    own, others : means per block, ``[1 + labels, blocks]``; ``others`` is NaN where a block has
        no answer of others.
    difference : mean of own less others over the items that others answered too, as above.
    answers : ``[blocks]``.
    first, last : rows of the source where each block starts and ends, ``[blocks]``.
    """

    own: Floats
    others: Floats
    difference: Floats
    answers: Ints
    first: Ints
    last: Ints


def series(values: Values, annotator: int, most_blocks: int) -> Series | str:
    """An annotator's series of blocks, or why there is none."""
    panel = values.panel
    if panel.row is None:
        return "no row order is known"
    start, end = panel.bounds[annotator : annotator + 2]
    votes = start + np.flatnonzero(panel.answered[start:end])
    blocks = min(most_blocks, len(votes) // LEAST_ANSWERS)
    if blocks < LEAST_BLOCKS:
        least = LEAST_BLOCKS * LEAST_ANSWERS
        return f"{len(votes):,} answers; {least} are needed"
    block = np.arange(len(votes)) * blocks // len(votes)
    edges = np.searchsorted(block, np.arange(blocks))
    item = panel.item[votes]
    own = panel.member[panel.code[votes]].astype(np.float64)
    rest = (values.answers[item] - 1).astype(np.float64)
    # Each item's others count once, however many they are: as the annotator does.
    others = (values.label_counts[item] - own) / np.maximum(rest, 1.0)[:, None]
    apart = (own - others) * (rest > 0)[:, None]
    together = np.add.reduceat((rest > 0).astype(np.float64), edges)
    answers = np.bincount(block, minlength=blocks)
    row = panel.row[item]
    return Series(
        own=_with_size(np.add.reduceat(own, edges)) / answers,
        others=_mean(_with_size(np.add.reduceat(others, edges)), together),
        difference=_mean(_with_size(np.add.reduceat(apart, edges)), together),
        answers=answers,
        first=row[edges],
        last=row[np.append(edges[1:], len(votes)) - 1],
    )


def _with_size(labels: Floats) -> Floats:
    """Sums ``[blocks, labels]`` as rows of labels, with the sum over labels (sizes) above them."""
    return np.concatenate((labels.sum(axis=1)[None], labels.T))


def _mean(total: Floats, count: Floats) -> Floats:
    return ratio(total, np.broadcast_to(count, total.shape))


@dataclass(frozen=True)
class Trends:
    """Change over the blocks of several series, each ``[series]``."""

    first: Floats
    second: Floats
    low: Floats
    high: Floats
    rho: Floats
    p: Floats

    @property
    def adjusted(self) -> Floats:
        """``p`` adjusted for the number of series."""
        return holm(self.p)

    @property
    def change(self) -> Floats:
        """Second half less first."""
        return self.second - self.first


def trends(blocks: Floats, *, replicates: int, seed: int, confidence: float) -> Trends:
    """Trends of series ``[series, blocks]``: halves, interval, rank correlation, p-value.

    A constant series has no rank correlation (NaN), and p is NaN.
    """
    n = blocks.shape[1]
    half = n // 2  # of an odd number, the middle block is in neither half
    first, second = blocks[:, :half], blocks[:, n - half :]
    low = np.full(len(blocks), np.nan)
    high = low.copy()
    if replicates:
        # How often each block is drawn within its half.
        generator = np.random.default_rng(seed)
        drawn = generator.multinomial(half, np.full(half, 1 / half), size=(2, replicates)) / half
        change = second @ drawn[1].T - first @ drawn[0].T
        tail = (1 - confidence) / 2
        low, high = np.quantile(change, [tail, 1 - tail], axis=1)
    rho, p = rank_correlation(blocks, seed)
    return Trends(first.mean(axis=1), second.mean(axis=1), low, high, rho, p)


def rank_correlation(blocks: Floats, seed: int) -> tuple[Floats, Floats]:
    """Spearman's correlation of each series with its order, and the two-sided permutation p.

    p = (1 + permutations at least as far from 0) / (1 + permutations) (Davison and Hinkley, 1997).
    """
    n = blocks.shape[1]
    ranks = mid_ranks(blocks)
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1))
    constant = length < 1e-9
    centred /= np.where(constant, 1.0, length)[:, None]
    order = _places(n)
    rho = centred @ order
    shuffled = _permutations(n, seed)
    beyond = (np.abs(centred @ shuffled.T) >= np.abs(rho)[:, None] - 1e-12).sum(axis=1)
    p = (1 + beyond) / (1 + PERMUTATIONS)
    return np.where(constant, np.nan, rho), np.where(constant, np.nan, p)


def _places(n: int) -> Floats:
    """The numbers 1 to n, centred and of length 1."""
    order = np.arange(n, dtype=np.float64) - (n - 1) / 2
    return np.asarray(order / np.sqrt((order**2).sum()))


@lru_cache(maxsize=16)
def _permutations(n: int, seed: int) -> Floats:
    """`_places` in random orders, ``[permutations, n]``; the same for all series of one length."""
    tiled = np.tile(_places(n), (PERMUTATIONS, 1))
    return np.random.default_rng(seed).permuted(tiled, axis=1)


def mid_ranks(rows: Floats) -> Floats:
    """Ranks within each row, from 1; ties share their mean rank."""
    # Means of floats that differ by rounding only are ties.
    values = np.round(rows, 12)
    less = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    equal = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return np.asarray(less + (equal + 1) / 2)


def holm(p: Floats) -> Floats:
    """p-values adjusted for their number (Holm, 1979); NaN stays and is not counted."""
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factor = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factor))
    return adjusted


@dataclass(frozen=True)
class Drift:
    """Tables of one annotator's drift, without the columns that say whose it is.

    ``what`` is what drifts, as ``cardinality`` or ``share:LABEL``.
    """

    drift: pl.DataFrame
    blocks: pl.DataFrame
    what: tuple[str, ...]


def measure_drift(values: Values, annotator: int, options: StylesOptions) -> Drift:
    """Drift of one annotator of a group; one row that says why, where it cannot be told."""
    found = series(values, annotator, options.blocks)
    if isinstance(found, str):
        return _untold(found)
    labels = values.panel.labels
    # Labels that neither side gave have no series.
    used = np.flatnonzero((found.own > 0).any(axis=1) | (np.nan_to_num(found.others) > 0).any(1))
    names = [(None if row == 0 else labels[row - 1]) for row in used]
    own, difference = found.own[used], found.difference[used]
    level = 1 - options.confidence
    alone = trends_of(own, options)
    parts, told = [_table(alone, names, "self", level)], alone.adjusted < level
    if not np.isnan(difference).any():
        apart = trends_of(difference, options)
        parts.append(_table(apart, names, "others", level))
        same_way = np.sign(alone.rho) == np.sign(apart.rho)
        told = (apart.adjusted < level) & (alone.p < level) & same_way
    what = ["cardinality" if name is None else f"share:{name}" for name in names]
    return Drift(
        pl.concat(parts),
        _blocks(found, own, found.others[used], names),
        tuple(name for name, drifts in zip(what, told, strict=True) if drifts),
    )


def _untold(reason: str) -> Drift:
    unknown = Trends(*(np.full(1, np.nan) for _ in fields(Trends)))
    table = _table(unknown, [None], "self", 0.0).with_columns(reason=pl.lit(reason))
    columns = {name: kind for name, kind in BLOCKS.items() if name not in (*GROUP, "annotator")}
    return Drift(table, pl.DataFrame(schema=columns), ())


def trends_of(blocks: Floats, options: StylesOptions) -> Trends:
    """`trends` under the options of the whole."""
    return trends(
        blocks,
        replicates=options.replicates,
        seed=options.seed,
        confidence=options.confidence,
    )


def _table(found: Trends, names: list[str | None], against: str, level: float) -> pl.DataFrame:
    told = ~np.isnan(found.adjusted)
    below = found.adjusted < level
    return pl.DataFrame(
        {
            "figure": ["cardinality" if name is None else "share" for name in names],
            "label": pl.Series(names, dtype=pl.String),
            "against": [against] * len(names),
            "first": found.first,
            "second": found.second,
            "change": found.change,
            "low": found.low,
            "high": found.high,
            "rho": found.rho,
            "p": found.p,
            "p_adjusted": found.adjusted,
            "drifts": [bool(b) if t else None for b, t in zip(below, told, strict=True)],
            "reason": [None if t else "the same in every block" for t in told],
        },
        schema_overrides={"drifts": pl.Boolean, "reason": pl.String},
    )


def _blocks(found: Series, own: Floats, others: Floats, names: list[str | None]) -> pl.DataFrame:
    count = len(found.answers)
    return pl.DataFrame(
        {
            "figure": np.repeat(["cardinality" if n is None else "share" for n in names], count),
            "label": pl.Series([n for n in names for _ in range(count)], dtype=pl.String),
            "block": np.tile(np.arange(1, count + 1), len(names)),
            "first": np.tile(found.first, len(names)),
            "last": np.tile(found.last, len(names)),
            "answers": np.tile(found.answers, len(names)),
            "value": own.ravel(),
            "others": others.ravel(),
        }
    )
