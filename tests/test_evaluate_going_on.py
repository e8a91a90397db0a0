"""A run goes on only as it was begun: what may change, what may not, and what is said of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from emos.errors import EmosError
from emos.evaluate.backends import Sampling
from making_runs import FAST, JOY, ask, clips, predictions, statuses
from serving import Asked, Reply, Server, completion

pytest.importorskip("openai", reason="needs the extra evaluate")
N = 120


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    clips(N).write(folder)
    return folder


def number(asked: Asked) -> int:
    """Which clip a request is about."""
    found = re.search(r"words of clip (\d+)", asked.text)
    assert found
    return int(found[1])


def well(asked: Asked) -> Reply:
    return completion(JOY)


def test_a_limit_can_be_lifted(dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with Server(well) as server:
        outcome = ask(dataset, server.url, run, limit=10)
        assert (len(server.asked), outcome.left) == (10, N - 10)
        assert sorted(map(number, server.asked)) == list(range(10))
        outcome = ask(dataset, server.url, run)
        assert (len(server.asked), outcome.left) == (N, 0)
    assert [record["item_id"][-4:] for record in predictions(run)] == [f"{i:04d}" for i in range(N)]
    sessions = tomllib.loads((run / "run.toml").read_text())["sessions"]
    assert [one.get("limit") for one in sessions] == [10, None]


def test_options_that_change_no_answer_may_change(dataset: Path, tmp_path: Path) -> None:
    with Server(well) as server:
        ask(dataset, server.url, tmp_path / "run", limit=3, timeout_s=7)
        ask(dataset, server.url, tmp_path / "run", options=FAST, timeout_s=9)
    assert statuses(tmp_path / "run") == {"ok": N}


# Going on after something changed


def _changed_prompt(folder: Path) -> dict[str, object]:
    (folder / "own.txt").write_text("One emotion of: {transcript}")
    return {"prompts": (str(folder / "own.txt"),)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "openai:other"}, "settings.model was openai:m, is now openai:other"),
        ({"sampling": Sampling(temperature=0.7)}, "settings.temperature was 0.0, is now 0.7"),
        ({"sampling": Sampling(max_tokens=5)}, "settings.max_tokens was not set, is now 5"),
        ({"sampling": Sampling(extra={"top_p": 1})}, "settings.extra.top_p was not set, is now 1"),
        ({"prompts": ("a-text",)}, "prompts.a-json.version was 1, is now not set"),
        ({"languages": ("zh",)}, 'data.languages was ["zh", "en"], is now ["zh"]'),
        ({"profile": "vllm"}, "settings.profile was openai, is now vllm"),
        ({"synonyms": "common"}, "settings.synonyms was not set, is now common"),
    ],
)
def test_a_run_that_was_begun_otherwise_is_refused_and_says_what_changed(
    dataset: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    run = tmp_path / "run"
    with Server(well) as server:
        ask(dataset, server.url, run, limit=3)
        before = {path.name: path.read_bytes() for path in run.iterdir()}
        with pytest.raises(EmosError, match=re.escape(said)):
            ask(dataset, server.url, run, **change)
        assert len(server.asked) == 3
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_a_changed_text_of_the_same_prompt_and_changed_words_of_an_item_are_noticed(
    dataset: Path, tmp_path: Path
) -> None:
    prompt = tmp_path / "own.txt"
    prompt.write_text("Which emotion? {transcript}")
    with Server(well) as server:
        ask(dataset, server.url, tmp_path / "run", limit=3, prompts=(str(prompt),))
        prompt.write_text("Which emotion is it? {transcript}")
        with pytest.raises(EmosError, match=r"prompts\.own\.sha256 was [0-9a-f]+"):
            ask(dataset, server.url, tmp_path / "run", prompts=(str(prompt),))
        ask(dataset, server.url, tmp_path / "other", limit=3)
        small = clips(N)
        items = small.items.with_columns(
            small.items["transcript"].replace("words of clip 0119", "!")
        )
        small.with_tables(items=items).write(dataset)
        with pytest.raises(EmosError, match=r"data\.items_hash was"):
            ask(dataset, server.url, tmp_path / "other")
        # A label is nothing that a model sees.
        small.with_tables(labels=small.labels.head(3)).write(dataset)
        ask(dataset, server.url, tmp_path / "other")


def test_another_server_may_go_on_and_is_written_down(dataset: Path, tmp_path: Path) -> None:
    with Server(well) as first, Server(well) as second:
        ask(dataset, first.url, tmp_path / "run", limit=5)
        ask(dataset, second.url, tmp_path / "run")
        assert (len(first.asked), len(second.asked)) == (5, N - 5)
        found = tomllib.loads((tmp_path / "run" / "run.toml").read_text())
        assert [one["server"] for one in found["sessions"]] == [f"{first.url}/", f"{second.url}/"]


def test_a_folder_that_is_no_run_is_left_alone(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with Server(well) as server:
        with pytest.raises(EmosError, match="folder exists and is no run"):
            ask(dataset, server.url, tmp_path / "notes")
        assert not server.asked
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["mine.txt"]
