"""Datasets small enough to ask about, and runs on them without a process per reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from emos.evaluate.runner import session
from emos.evaluate.runner.journal import read_lines
from emos.evaluate.runner.progress import Progress
from emos.evaluate.runner.reading import choose
from emos.evaluate.runner.run import RunOptions
from emos.evaluate.runner.session import Outcome, Plan, Question
from emos.tables import Dataset, DatasetInfo

JOY = '{"predicted_emotion": "Joy", "model_confidence": 0.8, "goemotions_labels": ["joy"]}'
FAST = RunOptions(at_once=16, tries=4, backoff_s=0.005, give_up_after=1000)
LABELS = ("Joy", "Joy", "Anger", "Joy", "Neutral")


def clips(n: int, *, media: bool = False) -> Dataset:
    """``n`` clips with labels; the words of each say which it is."""
    ids = [f"talk/d{i // 5:03d}/{i:04d}" for i in range(n)]
    items = pl.DataFrame(
        {
            "item_id": ids,
            "subset": "talk",
            "batch": "",
            "language": ["en" if i % 2 else "zh" for i in range(n)],
            "transcript": [f"words of clip {i:04d}" for i in range(n)],
            "media": [f"clips/{i:04d}.mp4" if media else None for i in range(n)],
            "position": range(n),
        },
        schema_overrides={"media": pl.String},
    )
    labels = pl.DataFrame(
        {
            "item_id": ids,
            "subset": "talk",
            "layer": "basic7",
            "label": [LABELS[i % len(LABELS)] for i in range(n)],
        }
    )
    return Dataset(DatasetInfo("small"), items=items, labels=labels)


def monologue(
    spoken: list[tuple[float, float, str, str]], *, seconds: float, name: str = "stream/en/One"
) -> Dataset:
    """A monologue of utterances: from, to, words, label."""
    items = pl.DataFrame(
        {
            "item_id": [name],
            "subset": "streaming",
            "language": "en",
            "transcript": " ".join(words for _, _, words, _ in spoken),
            "media": "one.mp4",
            "start_s": 100.0,
            "end_s": 100.0 + seconds,
        }
    )
    utterances = pl.DataFrame(
        {
            "monologue_id": name,
            "index": range(1, len(spoken) + 1),
            "start_s": [one[0] for one in spoken],
            "end_s": [one[1] for one in spoken],
            "transcript_en": [one[2] for one in spoken],
            "primary": [one[3] for one in spoken],
            "secondary": [["joy"]] * len(spoken),
            "intensity": [1 + n % 5 for n in range(len(spoken))],
        }
    )
    return Dataset(DatasetInfo("small"), items=items, utterances=utterances)


def plan_of(dataset: Path, url: str, **changes: Any) -> Plan:
    """The plan of a question to a server, its dataset read in this process."""
    given: dict[str, Any] = {"dataset": dataset, "model": "openai:m", "base_url": url}
    cache = changes.pop("cache", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "read_apart", lambda at, choice: choose(Dataset.load(at), choice))
        return session.prepare(Question(**given | changes), cache=cache)


def ask(
    dataset: Path,
    url: str,
    output: Path,
    *,
    options: RunOptions = FAST,
    limit: int | None = None,
    retry_errors: bool = False,
    say: Callable[[str], object] = lambda line: None,
    **changes: Any,
) -> Outcome:
    plan = plan_of(dataset, url, **changes)
    return session.carry_out(
        plan,
        output,
        limit=limit,
        retry_errors=retry_errors,
        options=options,
        progress=Progress(0, write=say),
    )


def predictions(run: Path) -> list[dict[str, Any]]:
    return [record for _, record in read_lines(run / "predictions.jsonl")]


def attempts(run: Path) -> list[dict[str, Any]]:
    return [record for _, record in read_lines(run / "attempts.jsonl")]


def statuses(run: Path) -> Counter[str]:
    return Counter(record["status"] for record in predictions(run))
