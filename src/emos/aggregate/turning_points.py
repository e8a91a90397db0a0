"""Where a monologue's emotion turns, under several definitions that go by name.

A boundary is the place between an utterance and the one before it in the same monologue, so a
monologue of n utterances has n - 1. A definition says at which boundaries the emotion turns; it
looks at the labels on both sides and at nothing else. The paper speaks of "emotion turning
points" (section 3.3.1, Table 6) and gives no definition; its 401 is the number of all boundaries.

Where a label that the definition needs is missing, the boundary is undefined (``None``, null): it
is neither a turning point nor none, and it is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from emos.errors import EmosError


class Labels(NamedTuple):
    """What one utterance is labelled.

    Attributes
    ----------
    primary : its Basic-7 class, ``None`` if it has none.
    secondary : its fine labels, words outside the label set among them; ``None`` if that layer was
        not labelled. The empty set is an answer: no fine label.
    """

    primary: str | None
    secondary: frozenset[str] | None = None


@dataclass(frozen=True)
class Definition:
    """One meaning of "turning point".

    Attributes
    ----------
    name : as in tables and on the command line.
    meaning : which boundaries are turning points.
    undefined : at which boundaries it cannot be told.
    turns : the two utterances' labels, the earlier first -> whether the emotion turns between
        them, ``None`` where it cannot be told.
    """

    name: str
    meaning: str
    undefined: str
    turns: Callable[[Labels, Labels], bool | None]


# Which side a class is on. GoEmotions counts surprise as ambiguous (Demszky et al., 2020, Figure
# 2), so that it takes no side and stands with Neutral.
VALENCE = {
    "Joy": "positive",
    "Neutral": "neutral",
    "Surprise": "neutral",
    "Anger": "negative",
    "Disgust": "negative",
    "Fear": "negative",
    "Sadness": "negative",
}


def _always(before: Labels, after: Labels) -> bool:
    return True


def _primary(before: Labels, after: Labels) -> bool | None:
    return _differ(before.primary, after.primary)


def _secondary(before: Labels, after: Labels) -> bool | None:
    return _differ(before.secondary, after.secondary)


def _either(before: Labels, after: Labels) -> bool | None:
    turns = (_primary(before, after), _secondary(before, after))
    return True if True in turns else None if None in turns else False


def _valence(before: Labels, after: Labels) -> bool | None:
    return _differ(VALENCE.get(before.primary or ""), VALENCE.get(after.primary or ""))


def _differ(before: object, after: object) -> bool | None:
    return None if before is None or after is None else before != after


DEFINITIONS: dict[str, Definition] = {
    definition.name: definition
    for definition in (
        Definition(
            "boundary",
            "Every boundary between two utterances, whether a label changes at it or not.",
            "Never.",
            _always,
        ),
        Definition(
            "primary",
            "The primary emotion differs from the one before.",
            "Where either utterance has no primary emotion.",
            _primary,
        ),
        Definition(
            "secondary",
            "The set of secondary labels differs from the one before, whatever their order; a "
            "word outside the label set counts as a label.",
            "Where the secondary labels of either utterance are missing; none given is a set too.",
            _secondary,
        ),
        Definition(
            "either",
            "The primary emotion or the set of secondary labels differs from the one before.",
            "Where one of the two is undefined and the other does not change.",
            _either,
        ),
        Definition(
            "valence",
            "The primary emotion is on another side than the one before. Sides are positive (Joy), "
            "negative (Anger, Disgust, Fear, Sadness) and neutral (Neutral, Surprise).",
            "Where either utterance has no primary emotion, or one that is no Basic-7 class.",
            _valence,
        ),
    )
}


def turning_points(labels: Sequence[Labels], definition: str = "primary") -> list[bool | None]:
    """Whether the emotion turns at each boundary of one sequence of utterances.

    Parameters
    ----------
    labels : of the n utterances, in order of time.
    definition : a name in `DEFINITIONS`.

    Returns
    -------
    n - 1 entries (none for n = 0), the i-th about the boundary between utterance i and i + 1;
    ``None`` where the definition cannot tell.

    Raises
    ------
    EmosError : for a definition that does not exist.
    """
    turns = _definition(definition).turns
    return [turns(before, after) for before, after in pairwise(labels)]


# What says where the utterance after a boundary stands.
_PLACE = (
    "monologue_id",
    "origin",
    "index",
    "start_s",
    "primary_raw",
    "secondary_raw",
    "file",
    "place",
)


def boundaries(utterances: pl.DataFrame) -> pl.DataFrame:
    """Every boundary of every monologue, under all definitions.

    Parameters
    ----------
    utterances : the table of a dataset. Rows of one monologue and several origins (annotators) are
        as many sequences.

    Returns
    -------
    A row per utterance that follows another, by monologue, origin and index: ``monologue_id``,
    ``origin``, ``index``, ``start_s``, ``primary_raw``, ``secondary_raw``, ``file`` and ``place``
    of that utterance, and a column of booleans for each name in `DEFINITIONS`, null where it is
    undefined.
    """
    ordered = utterances.sort("monologue_id", "origin", "index", maintain_order=True)
    turns: dict[str, list[bool | None]] = {name: [] for name in DEFINITIONS}
    later = []
    for _, rows in ordered.group_by("monologue_id", "origin", maintain_order=True):
        labels = utterance_labels(rows)
        for name, column in turns.items():
            column.extend(turning_points(labels, name))
        later.append(rows.slice(1))
    columns = [pl.Series(name, values, dtype=pl.Boolean) for name, values in turns.items()]
    places = pl.concat(later) if later else ordered
    return places.select(_PLACE).with_columns(columns)


def utterance_labels(utterances: pl.DataFrame) -> list[Labels]:
    """The labels of each row of an ``utterances`` table, in its order."""
    layers = utterances.select("primary", "secondary", "secondary_aside")
    return [
        Labels(primary, None if secondary is None else frozenset([*secondary, *(aside or ())]))
        for primary, secondary, aside in layers.iter_rows()
    ]


def count_turning_points(found: pl.DataFrame) -> pl.DataFrame:
    """How many boundaries of each monologue are turning points.

    Parameters
    ----------
    found : what `boundaries` returns. A monologue of one utterance has no row there, nor here.

    Returns
    -------
    ``monologue_id``, ``origin``, and a whole number for each name in `DEFINITIONS`; undefined
    boundaries are in none but ``boundary``.
    """
    counts = found.group_by("monologue_id", "origin", maintain_order=True)
    return counts.agg(pl.col(*DEFINITIONS).sum().cast(pl.Int64))


def _definition(name: str) -> Definition:
    if name not in DEFINITIONS:
        raise EmosError(
            f"no definition of a turning point is called {name!r}",
            remedy=f"known are {', '.join(DEFINITIONS)}",
        )
    return DEFINITIONS[name]
