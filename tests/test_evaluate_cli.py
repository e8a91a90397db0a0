"""``emos evaluate``: what it says and refuses, and how it ends, as the command itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emos.cli import app
from making_runs import JOY, clips, predictions
from serving import Asked, Reply, Server, completion, error


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    clips(20).write(tmp_path / "dataset")
    return tmp_path / "dataset"


def emos(*words: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emos", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | (env or {}),
    )


def test_a_baseline_needs_nothing_and_the_command_it_names_scores_it(dataset: Path) -> None:
    """With the default install: no extra can be imported."""
    blocked = "import sys; sys.modules.update(dict.fromkeys(['openai', 'av', 'google.genai']))\n"
    code = f"{blocked}from emos.cli import run; sys.exit(run())"
    run = dataset.parent / "my run"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "evaluate",
            str(dataset),
            "--model",
            "baseline:majority",
            "-o",
            str(run),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "20 items: 20 ok" in done.stdout
    assert done.stderr == ""
    assert {record["basic7"] for record in predictions(run)} == {"Joy"}
    line = done.stdout.splitlines()[-1]
    assert line == f"Score it:  emos score {dataset} '{run}'"
    scored = emos("score", dataset, run, "--replicates", 0)
    assert scored.returncode == 0
    assert re.search(r"accuracy +0\.600", scored.stdout)


def test_the_run_lies_in_the_dataset_where_no_folder_is_named(dataset: Path) -> None:
    assert emos("evaluate", dataset, "--model", "baseline:prior").returncode == 0
    assert len(predictions(dataset / "runs" / "baseline-prior")) == 20


@pytest.mark.parametrize(("model", "extra"), [("openai:m", "evaluate"), ("google:m", "google")])
def test_a_missing_extra_is_named(dataset: Path, model: str, extra: str) -> None:
    blocked = "import sys; sys.modules.update(dict.fromkeys(['openai', 'google.genai.errors']))\n"
    code = f"{blocked}from emos.cli import run; sys.exit(run())"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "evaluate",
            str(dataset),
            "--model",
            model,
            "--base-url",
            "http://127.0.0.1:9/v1",
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GOOGLE_API_KEY": "x"},
    )
    assert done.returncode == 2
    assert f"pip install 'emos[{extra}]'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "no dataset"),
        (["DATASET", "--model", "majority"], "not of the form BACKEND:NAME"),
        (["DATASET", "--model", "own:x"], "no backend is called 'own'"),
        (["DATASET", "--subset", "meld"], "no subset is called 'meld'; this dataset has talk"),
        (["DATASET", "--language", "fr"], "no language is called 'fr'"),
        (["DATASET", "--modalities", "text,smell"], "no modality is called 'smell'"),
        (["DATASET", "--modalities", "video"], "video without a media folder; --media names"),
        (["DATASET", "--media", "nowhere"], "nowhere: no such folder"),
        (["DATASET", "--protocol", "all"], "no protocol is called 'all'"),
        (["DATASET", "--prompt", "z"], "no prompt is called 'z'"),
        (["DATASET", "--prompt", "b"], "no monologue among the chosen items"),
        (["DATASET", "--temperature", "hot"], "temperature 'hot'"),
        (["DATASET", "--extra", "[1]"], "--extra is no JSON object"),
        (["DATASET", "--synonyms", "none"], "no table of synonyms is called 'none'"),
        (["DATASET", "--prices", "none.toml"], "none.toml: cannot be read"),
        (["nowhere"], "no dataset here"),
    ],
)
def test_a_mistake_is_one_line_with_a_remedy(dataset: Path, words: list[str], said: str) -> None:
    given = [str(dataset) if word == "DATASET" else word for word in words]
    model = [] if "--model" in words else ["--model", "openai:m"]
    address = ["--base-url", "http://127.0.0.1:9/v1"]
    if any("openai" in word for word in model):
        pytest.importorskip("openai")
    done = emos("evaluate", *given, *model, *address)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert ";" in done.stderr


def test_a_model_behind_a_server_is_one_line(dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("openai")

    def some_fail(asked: Asked) -> Reply:
        return error(400, "no") if "clip 0003" in asked.text else completion(JOY)

    prices = tmp_path / "prices.toml"
    prices.write_text('[models."m"]\ninput_per_million = 1000\noutput_per_million = 0\n')
    words = ("evaluate", dataset, "--model", "openai:m", "-o", tmp_path / "run")
    with Server(some_fail) as server:
        address = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-0123456789"}
        first = emos(*words, "--limit", 5, "--prices", prices, env=address)
        again = emos(*words, "--retry-errors", env=address)
        assert len(server.asked) == 5 + 1 + 15
    assert first.returncode == again.returncode == 0
    assert first.stdout.splitlines() == [
        "5 items: 1 error, 4 ok",
        "Tokens as the server counts them: 400 input, 40 output; 0.40 ",
        f"Written to {tmp_path / 'run'}",
        "15 items are left; the same command without --limit goes on.",
        "Reasons stand in attempts.jsonl; --retry-errors asks again.",
        f"Score it:  emos score {dataset} {tmp_path / 'run'}",
    ]
    assert "20 items: 1 error, 19 ok" in again.stdout


def test_a_dry_run_writes_and_sends_nothing(dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    with Server(lambda asked: completion(JOY)) as server:
        done = emos(
            "evaluate",
            dataset,
            "--model",
            "openai:m",
            "--base-url",
            server.url,
            "-o",
            tmp_path / "run",
            "--dry-run",
        )
        assert not server.asked
    assert not (tmp_path / "run").exists()
    assert done.stdout.startswith("20 requests about 20 items; nothing was sent.\nText: 0.03 MB")


def test_a_dry_run_makes_a_few_clips_ready_to_know_their_size(
    dataset: Path, tmp_path: Path
) -> None:
    pytest.importorskip("openai")
    pytest.importorskip("av")
    from making_clips import write_clip

    clips(20, media=True).write(tmp_path / "with-media")
    (tmp_path / "media" / "clips").mkdir(parents=True)
    write_clip(tmp_path / "media" / "clips" / "0000.mp4", 2)
    for number in range(1, 20):
        path = tmp_path / "media" / "clips" / f"{number:04d}.mp4"
        path.hardlink_to(tmp_path / "media" / "clips" / "0000.mp4")
    prices = tmp_path / "prices.toml"
    prices.write_text(
        '[models."m"]\ninput_per_million = 1\noutput_per_million = 0\n'
        "tokens_per_image = 100\ntokens_per_audio_second = 10\n"
    )
    with Server(lambda asked: completion(JOY)) as server:
        words = [
            "evaluate",
            str(tmp_path / "with-media"),
            "--model",
            "openai:m",
            "--base-url",
            server.url,
            "--media",
            str(tmp_path / "media"),
            "-o",
            str(tmp_path / "run"),
            "--prices",
            str(prices),
        ]
        found = CliRunner().invoke(app, [*words, "--dry-run"])
        assert not server.asked
        CliRunner().invoke(app, words)
        sizes = [len(asked.content) for asked in server.asked]
    line = next(line for line in found.output.splitlines() if line.startswith("Media"))
    # Four pictures and two seconds (a little more in AAC) of sound, 20 times.
    tokens = re.search(r"about ([\d,]+) tokens", line)
    assert tokens and 8400 <= int(tokens[1].replace(",", "")) <= 8440
    size = re.search(r"([\d.]+) MB in base64, from 8 requests", line)
    assert size and float(size[1]) == pytest.approx(sum(sizes) / 1e6, rel=0.05, abs=0.05)


def test_ones_own_price_list_is_checked(dataset: Path, tmp_path: Path) -> None:
    for text, said in (
        ("", "no prices of 'majority'"),
        ('[models."majority"]\ninput_per_million = "1"\n', "input_per_million = '1' is no price"),
        ('[models."majority"]\ninput_per_million = 1\n', "has no output_per_million"),
        ('[models."majority"]\nfree = 1\n', "free = 1 is no price"),
        ("[models", "not valid TOML"),
    ):
        (tmp_path / "prices.toml").write_text(text)
        done = emos(
            "evaluate",
            dataset,
            "--model",
            "baseline:majority",
            "--prices",
            tmp_path / "prices.toml",
        )
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
