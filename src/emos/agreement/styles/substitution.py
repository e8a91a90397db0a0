"""What a group would have given had others sat in some of its seats: a simulation.

Annotators of different batches never saw the same items, so what a mixed group does has to be
simulated. The annotators who keep their seats keep their real answers. A seat is filled by another
annotator r, item by item, with a real answer of r from r's own batch: one that r gave where r's own
colleagues had answered nearly as those present here did. Nearness is the Bhattacharyya coefficient
of the two label distributions; r's answer is drawn from the `NEAREST` nearest items (more if they
are equally near). A second seat is filled in the same way, the first one's simulated answer being
present. This is hot-deck imputation by nearest neighbours (Andridge and Little, 2010): no model of
answers is fitted, and whole label sets are kept.

What it assumes: that r answers as r did at home, given what colleagues say of the item; colleagues
are interchangeable, and so are the items of two batches on which colleagues say the same. Whatever
else two annotators share, they share by what the others say alone: people of different batches
never met, so that nothing else can be known. Language and genre may break it too. Two checks:

``check``     seats are filled by their own holders, from other items of the same batch. It tests
              the method where colleagues are the same people.
``stranger``  of a pair who did meet, the second is simulated from items where another colleague,
              not the first, said the like. It tests that colleagues are interchangeable, which is
              what a seat in another batch takes; its errors are the larger ones.

The intervals are those of resampling items; they do not hold the chance of the draws themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from math import comb

import numpy as np

from emos.agreement.coefficient import Floats, Ints
from emos.agreement.label_sets import Bits, pack_sets
from emos.agreement.styles.composition import MEASURES, Group, item_values, seats
from emos.agreement.styles.panel import Booleans, Panel

NEAREST = 5
_TRIES = 100  # after so many draws an item may be its own donor, for want of another


@dataclass(frozen=True)
class Desk:
    """The complete items of one batch: everybody's answer, as rows of a table all batches share.

    Attributes
    ----------
    annotators : their names.
    code : ``[annotators, items]``, rows of ``Office.member``.
    item : the items' places in the panel; items that somebody left blank are left out.
    items : number of items of the panel.
    """

    annotators: tuple[str, ...]
    code: Ints
    item: Ints
    items: int


@dataclass(frozen=True)
class Office:
    """All batches of a layer, with one table of answers: ``member`` ``[answers, labels]``."""

    desks: tuple[Desk, ...]
    member: Booleans
    sets: Bits

    def elsewhere(self, desk: Desk) -> tuple[str, ...]:
        """Annotators who have no seat at a desk."""
        every = dict.fromkeys(name for other in self.desks for name in other.annotators)
        return tuple(name for name in every if name not in desk.annotators)


def open_office(panels: Sequence[Panel]) -> Office:
    """Put the batches of one layer side by side."""
    labels = list(dict.fromkeys(label for panel in panels for label in panel.labels))
    tables = []
    for panel in panels:
        table = np.zeros((len(panel.member), len(labels)), dtype=np.bool_)
        table[:, [labels.index(label) for label in panel.labels]] = panel.member
        tables.append(table)
    member, place = np.unique(np.concatenate(tables), axis=0, return_inverse=True)
    starts = np.cumsum([0, *(len(table) for table in tables)])
    desks = []
    for panel, start in zip(panels, starts, strict=False):
        code = seats(panel)
        complete = np.flatnonzero((code >= 0).all(axis=0))
        shared = place[start + code[:, complete]]
        desks.append(Desk(panel.annotators, shared, complete, panel.items))
    return Office(tuple(desks), member, pack_sets(member))


def check_groups(office: Office, desk: Desk, seed: int) -> list[Group]:
    """The real group with all seats but one, and one seat alone, filled by their own holders."""
    if len(desk.item) <= NEAREST:
        return []
    generator = np.random.default_rng(seed)
    people = range(len(desk.annotators))
    groups = []
    for kept in sorted({1, len(desk.annotators) - 1}, reverse=True):
        for keep in combinations(people, kept):
            new = tuple(desk.annotators[seat] for seat in people if seat not in keep)
            groups.append(_fill(office, desk, list(keep), new, generator))
    return groups


def stranger_groups(office: Office, desk: Desk, seed: int) -> list[Group]:
    """Every pair of a desk with its second member simulated as if the two had never met."""
    if len(desk.item) <= NEAREST or len(desk.annotators) < 3:
        return []
    generator = np.random.default_rng(seed)
    groups = []
    for first, second in permutations(range(len(desk.annotators)), 2):
        context, answer, item = _donations(office, desk.annotators[second], 1, desk, without=first)
        known = desk.code[first]
        drawn = answer[_nearest(office, known[:, None], context, item, generator)]
        names = (desk.annotators[first], desk.annotators[second])
        groups.append(_group(office, desk, [known, drawn], names, names[1:], "stranger"))
    return groups


def simulated_groups(
    office: Office, desk: Desk, expansive: set[str], *, most: int, seed: int
) -> list[Group]:
    """Groups of the desk's size with every number of expansive members, others in some seats.

    For each number, as few seats as possible are filled, and at most ``most`` groups made (all
    there are, or a random choice). A number that cannot be had is left out.
    """
    generator = np.random.default_rng(seed)
    size = len(desk.annotators)
    groups = []
    for count in range(size + 1):
        for kept in range(size - 1, 0, -1):
            plans = _plans(office, desk, expansive, count, kept, most, generator)
            if plans:
                groups += [_fill(office, desk, keep, new, generator) for keep, new in plans]
                break
    return groups


_Plan = tuple[list[int], tuple[str, ...]]


def _plans(
    office: Office,
    desk: Desk,
    expansive: set[str],
    count: int,
    kept: int,
    most: int,
    generator: np.random.Generator,
) -> list[_Plan]:
    """Who keeps a seat and who fills the others, so that ``count`` members are expansive."""
    able = [name for name in office.elsewhere(desk) if _donors_of(office, name)]
    loud = [name for name in able if name in expansive]
    quiet = [name for name in able if name not in expansive]
    new = len(desk.annotators) - kept
    options: list[tuple[tuple[int, ...], int, int]] = []  # kept seats, expansive new, ways
    for keep in combinations(range(len(desk.annotators)), kept):
        wanted = count - sum(desk.annotators[seat] in expansive for seat in keep)
        if 0 <= wanted <= new:
            ways = comb(len(loud), wanted) * comb(len(quiet), new - wanted)
            options += [(keep, wanted, ways)] if ways else []
    total = sum(ways for _, _, ways in options)
    if total <= most:
        return [
            (list(keep), (*some, *rest))
            for keep, wanted, _ in options
            for some in combinations(loud, wanted)
            for rest in combinations(quiet, new - wanted)
        ]
    chosen: dict[tuple[tuple[int, ...], tuple[str, ...]], None] = {}
    weights = np.array([ways / total for _, _, ways in options])
    while len(chosen) < most:
        keep, wanted, _ = options[generator.choice(len(options), p=weights)]
        picked = [
            pool[at]
            for pool, number in ((loud, wanted), (quiet, new - wanted))
            for at in sorted(generator.choice(len(pool), number, replace=False))
        ]
        chosen[keep, tuple(picked)] = None
    return [(list(keep), picked) for keep, picked in chosen]


def _donors_of(office: Office, name: str) -> bool:
    """Whether an annotator has answers to draw from, in a batch with colleagues."""
    return any(
        name in desk.annotators and len(desk.annotators) > 1 and len(desk.item)
        for desk in office.desks
    )


def _fill(
    office: Office,
    desk: Desk,
    keep: list[int],
    new: tuple[str, ...],
    generator: np.random.Generator,
) -> Group:
    """The group in which ``keep`` stay and ``new`` fill the other seats, one after the other."""
    present = [desk.code[seat] for seat in keep]
    own = bool(set(new) & set(desk.annotators))
    for name in new:
        context, answer, item = _donations(office, name, len(present), desk if own else None)
        present.append(
            answer[_nearest(office, np.stack(present, axis=1), context, item, generator)]
        )
    members = (*(desk.annotators[seat] for seat in keep), *new)
    return _group(office, desk, present, members, new, "check" if own else "simulated")


def _group(
    office: Office,
    desk: Desk,
    codes: list[Ints],
    members: tuple[str, ...],
    new: tuple[str, ...],
    kind: str,
) -> Group:
    counted = np.zeros(desk.items, dtype=np.bool_)
    counted[desk.item] = True
    values = np.zeros((len(MEASURES), desk.items))
    values[:, desk.item] = item_values([office.sets[code] for code in codes])
    return Group(members, new, kind, values, counted)


def _donations(
    office: Office, name: str, colleagues: int, home: Desk | None, *, without: int | None = None
) -> tuple[Ints, Ints, Ints | None]:
    """An annotator's answers with what ``colleagues`` others said there, ``without`` one of them.

    Returns contexts ``[donations, colleagues]``, answers, and for a check (``home`` alone is drawn
    from) each donation's place among the items.
    """
    contexts, answers = [], []
    for desk in office.desks if home is None else (home,):
        if name not in desk.annotators or len(desk.annotators) < 2:
            continue
        seat = desk.annotators.index(name)
        others = [p for p in range(len(desk.annotators)) if p not in (seat, without)]
        for chosen in combinations(others, min(colleagues, len(others))):
            rows = np.full((len(desk.item), colleagues), -1, dtype=np.int64)
            rows[:, : len(chosen)] = desk.code[list(chosen)].T
            contexts.append(rows)
            answers.append(desk.code[seat])
    item = None if home is None else np.tile(np.arange(len(home.item)), len(contexts))
    return np.concatenate(contexts), np.concatenate(answers), item


def _nearest(
    office: Office,
    targets: Ints,
    contexts: Ints,
    item: Ints | None,
    generator: np.random.Generator,
) -> Ints:
    """For each target (codes of those present) a donation drawn from the nearest contexts.

    ``item`` is given where targets and donations are the same items: none is its own donor.
    """
    wanted, of_target = np.unique(np.sort(targets, axis=1), axis=0, return_inverse=True)
    had, of_donation = np.unique(np.sort(contexts, axis=1), axis=0, return_inverse=True)
    shuffled = generator.permutation(len(had))  # contexts equally near are taken at random
    alike = _root_shares(office, wanted) @ _root_shares(office, had[shuffled]).T
    copies = 0 if item is None else len(contexts) // max(len(targets), 1)
    need = NEAREST + copies  # an item's own donations are none
    width = min(need, len(had))
    top = np.argpartition(-alike, width - 1, axis=1)[:, :width]
    order = np.argsort(-np.take_along_axis(alike, top, axis=1), axis=1, kind="stable")
    near = shuffled[np.take_along_axis(top, order, axis=1)]  # [targets, width] of `had`
    # Donations sorted by context; the nearest contexts that together hold enough of them.
    by_context = np.argsort(of_donation, kind="stable")
    count = np.bincount(of_donation, minlength=len(had))
    start = np.cumsum(count) - count
    upto = np.cumsum(count[near], axis=1)
    enough = np.minimum((upto < need).sum(axis=1), width - 1)
    total = upto[np.arange(len(near)), enough][of_target]
    chosen = np.zeros(len(targets), dtype=np.int64)
    open_ = np.arange(len(targets))
    for _ in range(_TRIES):
        drawn = np.floor(generator.random(len(open_)) * total[open_]).astype(np.int64)
        chosen[open_] = _at(drawn, of_target[open_], near, upto, start, by_context)
        if item is None:
            break
        open_ = open_[item[chosen[open_]] == open_]  # drew themselves: draw again
    return chosen


def _at(
    drawn: Ints, of_target: Ints, near: Ints, upto: Ints, start: Ints, by_context: Ints
) -> Ints:
    """The donation at a place of a target's list of donations, contexts one after the other."""
    column = (upto[of_target] <= drawn[:, None]).sum(axis=1)
    before = np.where(column > 0, upto[of_target, np.maximum(column - 1, 0)], 0)
    return np.asarray(by_context[start[near[of_target, column]] + drawn - before])


def _root_shares(office: Office, codes: Ints) -> Floats:
    """Square roots of the label shares of several answers together, ``[rows, labels]``."""
    # Half the width, and twice as fast: nearness needs no more digits.
    counts = np.zeros((len(codes), office.member.shape[1]), dtype=np.float32)
    for column in codes.T:
        counts += office.member[column] * (column >= 0)[:, None]
    return np.asarray(np.sqrt(counts / counts.sum(axis=1, keepdims=True)))
