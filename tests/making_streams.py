"""Monologues and predicted utterances for tests, one line of text per utterance.

``0-4 Joy joy,love 3 #2``: seconds, Basic-7 class, fine labels, intensity, index. ``.`` stands for
what is missing, ``{}`` for no fine label; what is left out at the end is missing too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

from emos.score.options import ScoreOptions
from emos.score.result import Score
from emos.score.score import score_predictions
from emos.score.streaming.options import StreamingOptions
from emos.tables import Dataset, DatasetInfo, conform
from emos.tables.predictions import PREDICTED_UTTERANCES, PREDICTIONS, Predictions
from emos.taxonomy import BASIC7

Lines = Mapping[str, Sequence[str]]


def utterance(line: str) -> dict[str, Any]:
    """The fields of one line."""
    words = [None if word == "." else word for word in line.split()]
    index = int(words.pop()[1:]) if str(words[-1]).startswith("#") else None
    span, label, fine, intensity = (*words, None, None, None)[:4]
    start, end = map(float, span.split("-")) if span else (None, None)
    return {
        "index": index,
        "start_s": start,
        "end_s": end,
        "label": label,
        "fine": None if fine is None else [w for w in fine.strip("{}").split(",") if w],
        "intensity": None if intensity is None else float(intensity),
    }


def streamed(spoken: Lines, **columns: Sequence[Any]) -> Dataset:
    """A dataset of monologues, indices from 1; ``columns`` are of the items table."""
    rows = []
    for name, lines in spoken.items():
        for index, line in enumerate(lines, start=1):
            one = utterance(line)
            intensity = one["intensity"]
            rows.append(
                {
                    "monologue_id": name,
                    "index": index,
                    "start_s": one["start_s"],
                    "end_s": one["end_s"],
                    "primary": one["label"],
                    "secondary": one["fine"],
                    "intensity": None if intensity is None else int(intensity),
                }
            )
    items = {"item_id": list(spoken), "subset": ["streaming"] * len(spoken)} | columns
    schema = {"primary": pl.String, "secondary": pl.List(pl.String), "intensity": pl.Int64}
    schema |= {"start_s": pl.Float64, "end_s": pl.Float64}
    return Dataset(
        info=DatasetInfo(name="made", label_sets={"basic7": BASIC7.labels}),
        items=conform("items", pl.DataFrame(items)),
        monologues=conform("monologues", pl.DataFrame({"monologue_id": list(spoken)})),
        utterances=conform("utterances", pl.DataFrame(rows, schema_overrides=schema)),
    )


def answered(
    said: Lines, *, name: str = "model", status: Mapping[str, str] | None = None
) -> Predictions:
    """Predictions that answer each monologue with utterances."""
    items = [
        dict.fromkeys(PREDICTIONS)
        | {"item_id": item_id, "status": (status or {}).get(item_id, "ok")}
        for item_id in said
    ]
    rows = []
    for item_id, lines in said.items():
        for line in lines:
            one = utterance(line)
            one["monologue_id"] = item_id
            one["basic7"], one["goemotions"] = one.pop("label"), one.pop("fine")
            rows.append(one)
    return Predictions(
        name,
        pl.DataFrame(items, schema=dict(PREDICTIONS), orient="row"),
        pl.DataFrame(rows, schema=dict(PREDICTED_UTTERANCES), orient="row"),
    )


def scored(
    spoken: Lines, said: Lines, *, replicates: int = 0, policy: str = "wrong", **settings: Any
) -> Score:
    """The score of the family alone."""
    options = ScoreOptions(
        replicates=replicates,
        policy=policy,
        families=("streaming",),
        settings={"streaming": StreamingOptions(**settings)},
    )
    return score_predictions(streamed(spoken), answered(said), options)


def value(score: Score, name: str) -> float:
    """A metric of the family."""
    return score.metrics[f"streaming/{name}"].value


# A monologue and answers that every metric is worked out for by hand.
GOLD = (
    "0-4 Neutral neutral 2",
    "4-10 Anger anger,annoyance 4",
    "10-12 Anger anger 5",
    "14-20 Joy joy 3",
    "20-24 Neutral {} 1",
)
SAID = (
    "0-5 Neutral neutral 1",
    "5-11 Anger anger 4",
    "11-13 Sadness grief 3",
    "14-17 Joy joy,love 3",
    "17-20 Joy joy 3",
    "30-31 Fear fear 2",
)

TIMES = st.integers(0, 240).map(lambda quarter: quarter / 4)


@st.composite
def lines(draw: st.DrawFn, *, disjoint: bool, least: int = 0, most: int = 7) -> list[str]:
    """Utterances in order of time, or any: overlapping, empty, late."""
    n = draw(st.integers(least, most))
    cuts = draw(st.lists(TIMES, min_size=2 * n, max_size=2 * n))
    if disjoint:
        cuts.sort()
    spans = [sorted(pair) for pair in zip(cuts[::2], cuts[1::2], strict=True)]
    told = []
    for start, end in spans:
        label = draw(st.sampled_from(["Joy", "Anger", "Neutral", "Fear", "Surprise", "glad", "."]))
        label = "Neutral" if disjoint and label == "glad" else label
        fine = draw(st.sampled_from(["{}", ".", "joy", "anger,fear", "neutral", "joy,hope"]))
        intensity = draw(st.sampled_from(["1", "3", "4", "5", "."]))
        told.append(f"{start}-{end} {label} {fine} {intensity}")
    return told


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Up to three monologues with answers to some of them, at least to one."""
    names = ["m0", "m1", "m2"][: draw(st.integers(1, 3))]
    spoken = {name: draw(lines(disjoint=True, least=1)) for name in names}
    told = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    return spoken, {name: draw(lines(disjoint=False)) for name in told}
