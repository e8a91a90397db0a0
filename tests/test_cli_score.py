"""``emos score`` and ``emos compare``: what they print and write, and how bad input ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from emos.cli import app
from emos.errors import EmosError
from making_scores import labelled, simulated

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in an empty folder; an `EmosError` is raised, not printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object, ok: bool = True) -> Result:
        done = CliRunner().invoke(app, [str(one) for one in arguments])
        if ok and done.exception is not None:
            raise done.exception
        return done

    return call


GOLD, SAID = simulated(5, 120, 0.7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset with two runs in it, where `emos evaluate` puts them."""
    place = tmp_path / "数据 of clips"
    subsets = ["a" if number < 80 else "b" for number in range(120)]
    labelled(GOLD, subset=subsets, group=[f"g{n // 4}" for n in range(120)]).write(place)
    for name, said in (("good", SAID), ("always joy", ["Joy"] * 120)):
        run = place / "runs" / name
        run.mkdir(parents=True)
        rows = [{"item_id": f"i{n}", "basic7": one, "status": "ok"} for n, one in enumerate(said)]
        (run / "predictions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return place


def test_one_run_is_one_object(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run("score", folder, folder / "runs" / "good", "--json", "score.json")
    assert "accuracy" in done.stdout and "no usable answer" in done.stdout
    assert "Surprise" in done.stdout
    assert "Written to score.json" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("score|families=basic7/failure_modes|n=120|")
    told = json.loads((tmp_path / "score.json").read_text(encoding="utf-8"))
    right = sum(a == b for a, b in zip(GOLD, SAID, strict=True))
    accuracy = told["metrics"]["accuracy"]
    assert accuracy["value"] == pytest.approx(right / 120)
    assert accuracy["low"] < accuracy["value"] < accuracy["high"]
    assert told["n"] == 120
    assert told["signature"] in done.stdout
    assert told["invalid_rate"] == pytest.approx(SAID.count("happiness") / 120)


def test_several_runs_are_a_list(run: Run, folder: Path) -> None:
    runs = folder / "runs"
    done = run("score", folder, runs / "good", runs / "always joy", "--json", "-", "--subset", "a")
    told = json.loads(done.stdout)
    assert [one["name"] for one in told] == ["good", "always joy"]
    assert [one["n"] for one in told] == [80, 80]
    assert told[1]["metrics"]["recall/Joy"]["value"] == 1
    assert told[1]["metrics"]["precision/Fear"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "never answered",
    }


def test_options_arrive(run: Run, folder: Path) -> None:
    done = run(
        *("score", folder, folder / "runs" / "good", "--by", "group", "--policy", "leave-out"),
        *("--replicates", 50, "--seed", 3, "--language", "en", "--tier", "high"),
        *("--family", "basic7"),
    )
    signature = done.stdout.splitlines()[-1]
    for part in ("by=group", "policy=leave-out", "replicates=50", "|seed=3|", "languages=en"):
        assert part in signature


def test_a_table_behind_the_numbers(run: Run, folder: Path) -> None:
    good = folder / "runs" / "good"
    done = run("score", folder, good, "--table", "answers", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 120
    assert rows[0]["model"] == "good"
    assert [row["answer"] for row in rows] == SAID
    done = run("score", folder, good, "--csv", "-", "--replicates", 0)
    by_metric = {row["metric"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert float(by_metric["accuracy"]["value"]) > 0.5
    assert by_metric["accuracy"]["low"] == ""
    with pytest.raises(EmosError, match="tables: metrics, answers, classes, confusion"):
        run("score", folder, good, "--table", "nothing", "--csv", "x.csv")
    with pytest.raises(EmosError, match="--csv FILE"):
        run("score", folder, good, "--table", "answers")


def test_runs_are_compared(run: Run, folder: Path, tmp_path: Path) -> None:
    runs = folder / "runs"
    done = run("compare", folder, runs / "always joy", runs / "good", "--json", "both.json")
    board = [line for line in done.stdout.splitlines() if line.startswith(("good", "always joy"))]
    assert board[0].startswith("good"), "the best stands first"
    assert "McNemar" in done.stdout
    assert "†" not in done.stdout, "no paper is about this dataset"
    told = json.loads((tmp_path / "both.json").read_text(encoding="utf-8"))
    assert set(told) == {
        "signature",
        "scores",
        "differences",
        "mcnemar",
        "notes",
        "leaderboard",
    }
    assert told["differences"][0]["metric"] == "accuracy"
    assert told["differences"][0]["difference"] < 0
    with_paper = run("compare", folder, runs / "good", runs / "good", "--paper", "emos_paper")
    assert "† Gemini-3" in with_paper.stdout
    assert "0.580" in with_paper.stdout
    assert "published, not computed here" in with_paper.stdout


@pytest.mark.parametrize("table", ["differences", "mcnemar", "leaderboard"])
def test_tables_of_a_comparison(run: Run, folder: Path, table: str) -> None:
    runs = folder / "runs"
    done = run(
        *("compare", folder, runs / "good", runs / "always joy", "--replicates", 20),
        *("--table", table, "--csv", "-"),
    )
    assert pl.read_csv(io.StringIO(done.stdout)).height


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--subset", "c"), "no item of subset 'c'; there are a, b"),
        (("--policy", "kind"), "use wrong, leave-out, neutral"),
        (("--by", "week"), "use item or group"),
        (("--family", "x"), "no family of metrics 'x'"),
        (("--set", "basic7"), "write FAMILY.OPTION=VALUE"),
        (("--set", "basic7.bins=3"), "basic7 has no option 'bins'"),
        (("--set", "x.bins=3"), "no family of metrics 'x'"),
        (("--replicates", "1"), "whole number"),
        (("--json", "no/where.json"), "no such folder"),
    ],
    ids=str,
)
def test_a_mistake_says_what_to_do(
    run: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(EmosError) as caught:
        run("score", folder, folder / "runs" / "good", *arguments)
    assert said in str(caught.value)


def test_predictions_are_never_written_over(run: Run, folder: Path) -> None:
    good = folder / "runs" / "good"
    before = (good / "predictions.jsonl").read_bytes()
    for output in (good / "predictions.jsonl", folder / "labels.parquet"):
        with pytest.raises(EmosError):
            run("score", folder, good, "--json", output)
    assert (good / "predictions.jsonl").read_bytes() == before
