"""Turning points: worked by hand, the release's known figures, and a count from its raw files."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.aggregate.settled import origins, settled
from emos.aggregate.turning_points import (
    DEFINITIONS,
    VALENCE,
    Labels,
    boundaries,
    count_turning_points,
    turning_points,
)
from emos.errors import EmosError
from emos.tables import Dataset
from emos.tables.schemas import conform, empty
from emos.taxonomy import BASIC7


def labels(*told: tuple[str | None, str | None]) -> list[Labels]:
    """("Joy", "joy pride"): primary emotion and secondary labels; None where there is none."""
    return [
        Labels(primary, None if fine is None else frozenset(fine.split())) for primary, fine in told
    ]


MONOLOGUE = labels(
    ("Neutral", "neutral"),
    ("Surprise", "realization"),  # both layers change, the side does not
    ("Surprise", "curiosity realization"),  # a label more
    ("Surprise", "realization curiosity"),  # the same set in another order
    ("Anger", "realization curiosity"),  # the primary alone, and the side
    ("Disgust", "disgust"),  # both, on the same side
    ("Joy", ""),  # no secondary label
)
BY_HAND = {
    "boundary": [True, True, True, True, True, True],
    "primary": [True, False, False, True, True, True],
    "secondary": [True, True, False, False, True, True],
    "either": [True, True, False, True, True, True],
    "valence": [False, False, False, True, False, True],
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_monologue_by_hand(name: str) -> None:
    assert turning_points(MONOLOGUE, name) == BY_HAND[name]


def test_what_is_missing_is_undefined_and_never_a_change() -> None:
    told = labels(("Joy", "joy"), (None, "joy"), (None, "grief"), ("Joy", None), ("Fear", None))
    assert turning_points(told, "boundary") == [True, True, True, True]
    assert turning_points(told, "primary") == [None, None, None, True]
    assert turning_points(told, "secondary") == [False, True, None, None]
    assert turning_points(told, "either") == [None, True, None, True]
    assert turning_points(told, "valence") == [None, None, None, True]
    # Known to stay the same on one layer, unknown on the other: cannot be told.
    assert turning_points(labels(("Joy", None), ("Joy", "joy")), "either") == [None]
    assert turning_points(labels(("Boredom", None), ("Joy", None)), "valence") == [None]


def test_every_class_has_a_side() -> None:
    assert set(VALENCE) == set(BASIC7.labels)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_no_boundary_without_a_second_utterance(name: str) -> None:
    assert turning_points([], name) == []
    assert turning_points(MONOLOGUE[:1], name) == []


def test_an_unknown_definition_says_which_are_known() -> None:
    with pytest.raises(EmosError, match=r"'tertiary'.*boundary, primary, secondary, either"):
        turning_points(MONOLOGUE, "tertiary")


_UTTERANCE = st.builds(
    Labels,
    st.sampled_from([*BASIC7.labels, None]),
    st.none() | st.frozensets(st.sampled_from(["joy", "grief", "pride"])),
)


@given(st.lists(_UTTERANCE, min_size=2, max_size=12))
def test_definitions_nest_and_do_not_know_the_direction_of_time(told: list[Labels]) -> None:
    found = {name: turning_points(told, name) for name in DEFINITIONS}
    for place in range(len(told) - 1):
        at = {name: column[place] for name, column in found.items()}
        assert at["boundary"] is True
        assert at["either"] or not (at["primary"] or at["secondary"])
        assert at["primary"] or not at["valence"]
    for name in DEFINITIONS:
        assert turning_points(told[::-1], name) == found[name][::-1]


def utterances(*rows: tuple[str, str, int, str | None, list[str], list[str]]) -> pl.DataFrame:
    names = ("monologue_id", "origin", "index", "primary", "secondary", "secondary_aside")
    return conform("utterances", pl.DataFrame(rows, schema=names, orient="row"))


def test_annotators_of_one_monologue_are_sequences_of_their_own() -> None:
    table = utterances(
        ("m", "A2", 2, "Anger", ["anger"], []),
        ("m", "A1", 1, "Joy", ["joy"], []),
        ("m", "A2", 1, "Joy", ["joy"], []),
        ("m", "A1", 2, "Joy", ["joy"], ["glee"]),
        ("n", "A1", 1, "Fear", [], []),
    )
    found = boundaries(table)
    assert found.select("monologue_id", "origin", "index", "primary", "secondary").rows() == [
        ("m", "A1", 2, False, True),  # glee is no label of the set and still a word
        ("m", "A2", 2, True, True),
    ]
    counts = count_turning_points(found)
    assert counts.select("origin", "boundary", "primary", "either").rows() == [
        ("A1", 1, 0, 1),
        ("A2", 1, 1, 1),
    ]


def test_undefined_boundaries_are_null_and_not_counted() -> None:
    table = utterances(("m", "A1", 1, None, [], []), ("m", "A1", 2, "Joy", [], []))
    found = boundaries(table)
    assert found.select(*DEFINITIONS).row(0) == (True, None, False, None, None)
    assert count_turning_points(found).select(*DEFINITIONS).row(0) == (1, 0, 0, 0, 0)


def test_no_utterances_no_boundaries() -> None:
    found = boundaries(empty("utterances"))
    assert found.is_empty()
    assert set(DEFINITIONS) < set(found.columns)
    assert count_turning_points(found).is_empty()


def test_the_figures_of_the_release(release: Dataset) -> None:
    counts = count_turning_points(boundaries(release.utterances))
    assert counts.height == 46
    assert counts.select(pl.col(*DEFINITIONS).sum()).row(0, named=True) == {
        "boundary": 401,  # 447 utterances less 46 monologues: what the paper counts
        "primary": 233,
        "secondary": 399,
        "either": 399,
        "valence": 145,
    }
    most = counts.sort("boundary").row(-1, named=True)
    assert (most["monologue_id"], most["boundary"]) == ("streaming/en/Any Given Sunday", 25)


def test_every_monologue_of_the_release_as_counted_from_its_file(
    release: Dataset, release_path: Path
) -> None:
    counts = count_turning_points(boundaries(release.utterances))
    ours = {
        row["monologue_id"].split("/", 2)[2]: {name: row[name] for name in DEFINITIONS}
        for row in counts.iter_rows(named=True)
    }
    files = sorted(release_path.rglob("*.emotion.json"))
    assert len(files) == 46
    assert ours == {file.parent.name: _count(file) for file in files}


def _count(file: Path) -> dict[str, int]:
    """Plain Python on the file as it is: take off the code fence, compare neighbours."""
    text = re.sub(r"^```(?:json)?|```$", "", file.read_text(encoding="utf-8-sig").strip())
    counts = dict.fromkeys(DEFINITIONS, 0)
    found = json.loads(text)["utterances"]
    for before, after in pairwise(found):
        primary = [one["emotion_primary"].split("/")[0] for one in (before, after)]
        fine = [
            {re.sub("[^a-z]", "", word.lower()) for word in one["emotion_secondary"]}
            for one in (before, after)
        ]
        side = [(name == "Joy") - (name not in ("Joy", "Neutral", "Surprise")) for name in primary]
        counts["boundary"] += 1
        counts["primary"] += primary[0] != primary[1]
        counts["secondary"] += fine[0] != fine[1]
        counts["either"] += primary[0] != primary[1] or fine[0] != fine[1]
        counts["valence"] += side[0] != side[1]
    return counts


def test_the_settled_rows_are_those_the_monologue_names_else_the_last() -> None:
    table = utterances(
        ("m", "settled", 1, "Joy", [], []),
        ("m", "A1", 1, "Fear", [], []),
        ("n", "A1", 1, "Fear", [], []),
        ("n", "A2", 1, "Anger", [], []),
    )
    named = conform(
        "monologues", pl.DataFrame({"monologue_id": ["m", "n"], "origin": ["settled", "nobody"]})
    )
    assert origins(table, named) == {"m": ["A1", "settled"], "n": ["A1", "A2"]}
    assert settled(table, named).select("monologue_id", "primary").rows() == [
        ("m", "Joy"),
        ("n", "Anger"),
    ]
    assert settled(empty("utterances"), empty("monologues")).is_empty()
    unnamed = table.with_columns(origin=pl.lit(None, dtype=pl.String))
    assert settled(unnamed, empty("monologues")).height == 4
