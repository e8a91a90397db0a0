"""What the composition of groups says of the paper's finding on mixing styles (section 3.2.3).

The paper: "When an annotation group mixes expansive and conservative styles, the label union and
disagreement (low Exact Match, low Jaccard) increase substantially. In contrast, when conservative
annotators share similar decision rules, pairwise agreement and three-way agreement can remain high
even with one expansive annotator present."

Each sentence is a difference with an interval; it is supported if the interval lies on the side the
sentence says, not supported if it does not. Who is not expansive counts as conservative. A
simulated difference that is no larger than the simulation's own errors (`check` and `stranger`)
tells nothing. Nor does one on more expansive members than any batch has at once: how far two of
them agree was then never seen, and the simulation lets them agree by what the others say alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from emos.agreement.bootstrap import percentile_interval
from emos.agreement.coefficient import Floats, ratio
from emos.agreement.styles.composition import MEASURES, Group, Means
from emos.agreement.styles.drift import mid_ranks

_WORDS = {"union": "labels in the union", "exact": "exact match", "jaccard": "mean Jaccard"}
# Where the paper says the measure goes when styles are mixed.
_SAID = {"union": 1.0, "exact": -1.0, "jaccard": -1.0}

FINDING_NAMES: dict[str, str] = {
    "mixed-pairs": "Pairs with one expansive member against pairs without, observed",
    "mixed-groups": "Groups with some expansive members against groups without, simulated",
    "all-expansive": "Groups of expansive members alone against mixed ones, simulated",
    "kept": "Share of the conservative pair's exact matches that the expansive third joins, "
    "observed",
    "check": "Error: simulated less observed, members in their own seats, the largest",
    "stranger": "Error: the same for pairs simulated as if they had never met, the largest",
    "shared-rules": "Rank correlation over batches of the conservative members' Jaccard with the "
    "exact match of the whole group that has one expansive member",
}


class Batch(NamedTuple):
    """All groups of one batch, observed and simulated, with their means."""

    groups: Sequence[Group]
    means: Means
    expansive: set[str]
    size: int  # annotators of the batch
    seen: int  # expansive annotators at once in some batch of the layer

    def where(self, kind: str, size: int, expansive: Callable[[int], bool]) -> list[int]:
        """Places of the groups of a kind, size and number of expansive members."""
        return [
            place
            for place, group in enumerate(self.groups)
            if group.kind == kind
            and len(group.members) == size
            and expansive(self.loud(group))
            and group.counted.any()
        ]

    def loud(self, group: Group) -> int:
        """Expansive members of a group."""
        return sum(name in self.expansive for name in group.members)


def mixing_rows(batch: Batch) -> list[dict[str, object]]:
    """Means over the groups of a kind, size and number of expansive members."""
    found: dict[tuple[str, int, int], list[int]] = {}
    for place, group in enumerate(batch.groups):
        if group.kind in ("observed", "simulated") and group.counted.any():
            key = (group.kind, len(group.members), batch.loud(group))
            found.setdefault(key, []).append(place)
    return [
        {"kind": kind, "size": size, "expansive": expansive, "groups": len(places)}
        | {"seen": expansive <= batch.seen}
        | dict(zip(MEASURES, batch.means.point[places].mean(axis=0).tolist(), strict=True))
        for (kind, size, expansive), places in sorted(found.items())
    ]


class Difference(NamedTuple):
    """Mean `MEASURES` of some groups less those of others: ``[3]`` and ``[3, samples]``."""

    value: Floats
    replicates: Floats


def _difference(batch: Batch, some: list[int], others: list[int]) -> Difference | None:
    if not some or not others:
        return None
    point, drawn = batch.means.point, batch.means.replicates
    return Difference(
        point[some].mean(axis=0) - point[others].mean(axis=0),
        drawn[some].mean(axis=0) - drawn[others].mean(axis=0),
    )


def differences(batch: Batch) -> dict[str, Difference]:
    """The comparisons of `FINDING_NAMES` that a batch allows."""
    k = batch.size
    mixed, none, every = (
        (lambda n: 0 < n < k and n <= batch.seen),
        (lambda n: n == 0),
        (lambda n: n == k),
    )
    pairs = (
        batch.where("observed", 2, lambda n: n == 1),
        batch.where("observed", 2, none),
    )
    found = {
        "mixed-pairs": _difference(batch, *pairs) if k > 2 else None,
        "mixed-groups": _difference(
            batch, batch.where("simulated", k, mixed), batch.where("simulated", k, none)
        ),
        "all-expansive": _difference(
            batch, batch.where("simulated", k, every), batch.where("simulated", k, mixed)
        ),
    }
    return {name: one for name, one in found.items() if one is not None}


def finding_rows(batch: Batch, confidence: float) -> list[dict[str, object]]:
    """Rows of the table of findings of one batch, without the columns that say which.

    A simulated difference that is no larger than the simulation's own error tells nothing.
    """
    errors = np.concatenate([errors_of(batch, kind) for kind in _TESTS])
    rows = []
    for name, difference in differences(batch).items():
        low, high = np.full((2, len(MEASURES)), np.nan)
        if difference.replicates.shape[1]:
            low, high, _ = percentile_interval(difference.replicates, confidence)
        for place, measure in enumerate(MEASURES):
            value = float(difference.value[place])
            limits = float(low[place]), float(high[place])
            verdict = _SENTENCES[name](measure, value, *limits)
            why = None if name == "mixed-pairs" else _untold(name, batch, value, errors[:, place])
            if why is not None:
                change = _change(measure, value, *limits)
                verdict = _Verdict(None, f"{_WHAT[name]}: {change}, {why}")
            row = {"finding": f"{name}-{measure}", "value": value, "low": limits[0]}
            rows.append(row | {"high": limits[1]} | verdict._asdict())
    return rows


def _untold(name: str, batch: Batch, value: float, errors: Floats) -> str | None:
    """Why a simulated difference tells nothing, or None."""
    if name == "all-expansive" and batch.seen < batch.size:
        return "on an assumption: no batch has so many expansive members at once"
    error = float(np.abs(errors).max()) if len(errors) else 0.0
    if abs(value) <= error:
        return f"within the simulation's error of {error:.3f}"
    return None


_TESTS = {"check": "members in their own seats", "stranger": "pairs as if they had never met"}
_WHAT = {
    "mixed-pairs": "Pairs with an expansive member against pairs without",
    "mixed-groups": "Simulated groups with some expansive members against none",
    "all-expansive": "Expansive members alone against mixed groups, simulated",
}


class _Verdict(NamedTuple):
    supported: bool | None
    sentence: str


def _mixed(name: str) -> Callable[[str, float, float, float], _Verdict]:
    def said(measure: str, value: float, low: float, high: float) -> _Verdict:
        holds = _on_side(_SAID[measure], low, high)
        return _Verdict(holds, f"{_WHAT[name]}: {_change(measure, value, low, high)}{_told(holds)}")

    return said


def _all_expansive(measure: str, value: float, low: float, high: float) -> _Verdict:
    # Were it the mixture, groups of expansive members alone would lie on the other side.
    holds = _on_side(-_SAID[measure], low, high)
    ending = {
        True: ", so the mixture itself matters",
        False: ", so it is the expansive members, not the mixture",
        None: "",
    }[holds if holds or _on_side(_SAID[measure], low, high) else None]
    change = _change(measure, value, low, high)
    return _Verdict(holds, f"{_WHAT['all-expansive']}: {change}{ending}")


_SENTENCES: dict[str, Callable[[str, float, float, float], _Verdict]] = {
    "mixed-pairs": _mixed("mixed-pairs"),
    "mixed-groups": _mixed("mixed-groups"),
    "all-expansive": _all_expansive,
}


def _on_side(sign: float, low: float, high: float) -> bool | None:
    """Whether the interval lies wholly on the side of ``sign``; None without an interval."""
    if np.isnan(low):
        return None
    return bool(low > 0) if sign > 0 else bool(high < 0)


def _change(measure: str, value: float, low: float, high: float) -> str:
    limits = "" if np.isnan(low) else f" ({low:+.3f} to {high:+.3f})"
    return f"{_WORDS[measure]} {value:+.3f}{limits}"


def _told(holds: bool | None) -> str:
    return {True: ", as the paper says", False: ", not as the paper says", None: ""}[holds]


def kept_row(batch: Batch, confidence: float) -> dict[str, object] | None:
    """How much of the conservative pair's exact match one expansive member leaves.

    That it leaves less is no finding: three can never agree on more items than two of them.
    """
    pair = batch.where("observed", 2, lambda n: n == 0)
    whole = batch.where("observed", 3, lambda n: n == 1)
    if batch.size != 3 or not pair or not whole:
        return None
    at = MEASURES.index("exact")
    two, three = batch.means.point[[pair[0], whole[0]], at]
    drawn = batch.means.replicates[[pair[0], whole[0]], at]
    if not two:
        return None
    low = high = float("nan")
    if drawn.shape[1]:
        limits = percentile_interval(ratio(drawn[1:], drawn[:1]), confidence)
        low, high = float(limits.low[0]), float(limits.high[0])
    return {
        "finding": "kept-exact",
        "value": float(three / two),
        "low": low,
        "high": high,
        "supported": None,
        "sentence": f"The two conservative members gave one answer on {two:.1%} of the items, all "
        f"three on {three:.1%}: {three / two:.0%} of it is kept",
    }


def errors_of(batch: Batch, kind: str) -> Floats:
    """Simulated less observed `MEASURES` of every group of a test, ``[groups, 3]``."""
    observed = {
        frozenset(group.members): batch.means.point[place]
        for place, group in enumerate(batch.groups)
        if group.kind == "observed"
    }
    found = [
        batch.means.point[place] - observed[frozenset(group.members)]
        for place, group in enumerate(batch.groups)
        if group.kind == kind
    ]
    return np.array(found).reshape(-1, len(MEASURES))


def error_rows(batch: Batch) -> list[dict[str, object]]:
    """How far the simulation is from what was observed, the largest error of each test."""
    rows = []
    for kind, what in _TESTS.items():
        errors = errors_of(batch, kind)
        for place, measure in enumerate(MEASURES if len(errors) else ()):
            error = errors[:, place]
            value = float(error[np.abs(error).argmax()])
            rows.append(
                {
                    "finding": f"{kind}-{measure}",
                    "value": value,
                    "low": float(error.min()),
                    "high": float(error.max()),
                    "supported": None,
                    "sentence": f"Simulated less observed {_WORDS[measure]}, {what}: at most "
                    f"{value:+.3f}",
                }
            )
    return rows


def shared_rules(batches: Sequence[Batch]) -> dict[str, object] | None:
    """Whether groups whose conservative members agree more keep more exact match, over batches.

    Batches of three with one expansive member count; None with fewer than three of them.
    """
    points = []
    for batch in batches:
        pair = batch.where("observed", 2, lambda n: n == 0)
        whole = batch.where("observed", 3, lambda n: n == 1)
        if batch.size == 3 and pair and whole:
            alike = batch.means.point[pair[0], MEASURES.index("jaccard")]
            points.append((alike, batch.means.point[whole[0], MEASURES.index("exact")]))
    if len(points) < 3:
        return None
    ranks = mid_ranks(np.array(points).T)
    if np.ptp(ranks, axis=1).min() == 0:
        return None
    matrix: Floats = np.asarray(np.corrcoef(ranks))
    rho = float(matrix[0, 1])
    return {
        "finding": "shared-rules",
        "value": rho,
        "low": float("nan"),
        "high": float("nan"),
        "supported": None,
        "sentence": f"Over {len(points)} batches with one expansive member, the conservative "
        "pair's Jaccard and the whole group's exact match have rank correlation "
        f"{rho:+.2f}; so few batches, which differ in more than this, prove nothing",
    }
