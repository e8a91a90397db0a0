"""Runs that are killed at any moment, torn files, and two processes at one run."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.evaluate.runner.journal import Journal, json_line, read_lines
from emos.evaluate.runner.lock import locked
from making_runs import JOY, ask, attempts, clips, monologue, predictions, statuses
from serving import Asked, Reply, Server, completion, error

pytest.importorskip("openai", reason="needs the extra evaluate")
N = 60
KILLS = 20


def command(dataset: Path, url: str, run: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "emos", "evaluate", str(dataset)),
        *("--model", "openai:m", "--base-url", url, "-o", str(run)),
        *("--at-once", "8", "--backoff", "0.01", *more),
    ]


def which(asked: Asked) -> str:
    found = re.search(r"words of clip (\d+)", asked.text)
    assert found
    return found[1]


def rather_slow(asked: Asked) -> Reply:
    """Every sixth request fails; answers take 0 to 60 ms."""
    chance = random.Random(f"{which(asked)}/{asked.turn}")
    if chance.random() < 1 / 6:
        return error(500)
    return Reply(body=completion(JOY).body, delay_s=chance.uniform(0, 0.06))


def finals(run: Path) -> Counter[str]:
    """How often each item's request was ended, in what is written so far."""
    path = run / "attempts.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return Counter(a["item_id"] for a in map(json.loads, lines) if a["final"])


# A process that has loaded everything and makes a new one for each run it is told to begin: twenty
# starts of a whole interpreter would take most of the test's time.
STARTER = """
import os, signal, sys
from pathlib import Path
import openai, making_runs
for line in sys.stdin:
    dataset, url, run = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        making_runs.ask(Path(dataset), url, Path(run))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Starter:
    """Begins runs in processes of their own, one at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent,
        )

    def begin(self, *words: object) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write("\t".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._line()

    def end(self) -> int:
        """The exit code of what was begun last; minus the signal that ended it."""
        return self._line()

    def _line(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_twenty_moments_no_answer_is_lost_and_none_asked_twice(tmp_path: Path) -> None:
    clips(N).write(tmp_path / "dataset")
    run, chance = tmp_path / "run", random.Random(4)
    interrupted = 0
    starter = Starter()
    with Server(rather_slow) as server:
        for _ in range(KILLS):
            if len(_whole_lines(run / "predictions.jsonl")) == N:  # done: begin another run
                run = run.with_name(f"{run.name}+")
            known, seen = finals(run), len(server.asked)
            process = starter.begin(tmp_path / "dataset", server.url, run)
            _wait_for_a_request(server, seen, process)
            time.sleep(chance.uniform(0, 0.12))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            interrupted += starter.end() == -signal.SIGKILL
            again = {f"talk/d{int(w) // 5:03d}/{w}" for w in map(which, server.asked[seen:])}
            assert not again & set(known), "asked although it had been answered"
            assert not set(known) - set(finals(run)), "an answer was lost"
            assert max(finals(run).values(), default=1) == 1
            names = [r["item_id"] for r in _whole_lines(run / "predictions.jsonl")]
            assert len(names) == len(set(names))
        starter.close()
        # The last time it is the command itself.
        subprocess.run(
            command(tmp_path / "dataset", server.url, run), check=True, stdout=subprocess.DEVNULL
        )
    assert interrupted >= KILLS // 2  # the others had ended by themselves
    assert sorted(r["item_id"] for r in predictions(run)) == sorted(finals(run))
    assert len(predictions(run)) == N
    assert set(finals(run).values()) == {1}
    raws = {a["item_id"]: a["raw"] for a in attempts(run) if a["final"]}
    assert all(record["raw"] == raws[record["item_id"]] for record in predictions(run))


def _wait_for_a_request(server: Server, seen: int, process: int) -> None:
    _wait_for(lambda: len(server.asked) > seen or not _alive(process))


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _whole_lines(path: Path) -> list[dict[str, str]]:
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def _wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_ctrl_c_is_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    clips(N).write(tmp_path / "dataset")
    with Server(rather_slow) as server:
        process = subprocess.Popen(
            command(tmp_path / "dataset", server.url, tmp_path / "run"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _wait_for(lambda: len(server.asked) > 10)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 130
        assert said == "emos: stopped; run the same command again\n"
        known, seen = set(finals(tmp_path / "run")), len(server.asked)
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
        again = {f"talk/d{int(w) // 5:03d}/{w}" for w in map(which, server.asked[seen:])}
    assert not again & known
    assert statuses(tmp_path / "run") == {"ok": N}


# Torn files


def _finished(tmp_path: Path) -> Path:
    clips(6).write(tmp_path / "dataset")
    with Server(lambda asked: completion(JOY)) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("left", [1, 40, -2, -1])
def test_a_torn_last_attempt_is_cut_off_and_asked_again(tmp_path: Path, left: int) -> None:
    """Of the last line so many bytes are left (negative: missing); complete, it is kept."""
    run = _finished(tmp_path)
    lines = (run / "attempts.jsonl").read_bytes().splitlines(keepends=True)
    torn = json.loads(lines[-1])["item_id"]
    (run / "attempts.jsonl").write_bytes(b"".join(lines[:-1]) + lines[-1][:left])
    with Server(lambda asked: completion(JOY)) as server:
        outcome = ask(tmp_path / "dataset", server.url, run)
    whole = left == -1  # the record itself is whole, only the line's end is missing
    assert [which(asked) for asked in server.asked] == ([] if whole else [torn[-4:]])
    assert outcome.cut == (0 if whole else len(lines[-1][:left]))
    assert Counter(r["item_id"] for r in predictions(run)) == Counter(finals(run))
    assert len(predictions(run)) == 6


def test_lost_torn_or_doubled_predictions_are_made_again_from_the_attempts(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    whole = (run / "predictions.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    with Server(lambda asked: error(500)) as server:
        for damaged in (
            b"",
            b"".join(lines[:3]) + lines[3][:20],
            whole + lines[2],
            b"".join([*lines[:2], *lines[4:]]),
        ):
            (run / "predictions.jsonl").write_bytes(damaged)
            ask(tmp_path / "dataset", server.url, run)
            assert (run / "predictions.jsonl").read_bytes() == whole
        (run / "predictions.jsonl").unlink()
        ask(tmp_path / "dataset", server.url, run)
        assert (run / "predictions.jsonl").read_bytes() == whole
        assert not server.asked


def test_zeros_after_a_power_cut_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"a": 1}\n' + bytes(200_000))
    journal = Journal(path)
    assert journal.cut == 200_000
    journal.append({"b": 2})
    journal.close()
    assert [record for _, record in read_lines(path)] == [{"a": 1}, {"b": 2}]


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    run = _finished(tmp_path)
    lines = (run / "attempts.jsonl").read_bytes().splitlines(keepends=True)
    lines[2] = b"{broken\n"
    (run / "attempts.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(EmosError, match=r"attempts\.jsonl, line 3: no JSON object"):
        ask(tmp_path / "dataset", "http://127.0.0.1:9/v1", run)


def test_a_folder_left_by_a_kill_at_the_very_beginning_is_begun_again(tmp_path: Path) -> None:
    clips(2).write(tmp_path / "dataset")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.lock").touch()
    (tmp_path / "run" / ".run.toml.part").write_text("emos = ")
    with Server(lambda asked: completion(JOY)) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
    assert statuses(tmp_path / "run") == {"ok": 2}


def test_any_text_of_a_model_makes_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "x.jsonl")
    texts = ["a\nb\r\n\u2028\u2029\x00", "\ud83d half", "愤怒 😀", '"quoted" \\ back']
    for text in texts:
        journal.append({"raw": text})
    journal.close()
    found = [record["raw"] for _, record in read_lines(tmp_path / "x.jsonl")]
    assert found == texts
    assert json_line({"raw": "\ud83d"}) == b'{"raw":"\\ud83d"}\n'


# Two processes


def test_a_second_process_is_refused_while_the_first_works(tmp_path: Path) -> None:
    clips(6).write(tmp_path / "dataset")
    refused: list[str] = []

    def tries_the_lock(asked: Asked) -> Reply:
        try:
            with locked(tmp_path / "run"):
                pass
        except EmosError as wrong:
            refused.append(str(wrong))
        return completion(JOY)

    with Server(tries_the_lock) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
        assert len(refused) == len(server.asked) == 6
        with locked(tmp_path / "run"):
            second = subprocess.run(
                command(tmp_path / "dataset", server.url, tmp_path / "run"),
                capture_output=True,
                text=True,
                check=False,
            )
    assert second.returncode == 2
    assert second.stderr == f"emos: {refused[0]}\n"
    assert "another process works on this run" in second.stderr


def test_the_lock_is_free_again_after_its_holder_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from emos.evaluate.runner.lock import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    with pytest.raises(EmosError, match="another process"), locked(tmp_path):
        pass
    holder.kill()
    holder.wait()
    with locked(tmp_path):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "x.jsonl")
    os.dup2(os.open("/dev/full", os.O_WRONLY), journal._file)
    with pytest.raises(EmosError, match=r"x\.jsonl: cannot be written \(No space left"):
        journal.append({"a": 1})


def test_a_chain_of_windows_goes_on_where_it_was(tmp_path: Path) -> None:
    """The summary is carried over a stop, and windows that were answered are not asked again."""
    spoken = [(10.0 * n, 10.0 * n + 5, f"line {n}", "Joy") for n in range(10)]
    monologue(spoken, seconds=100).write(tmp_path / "dataset")

    def told(asked: Asked) -> Reply:
        if "from 00:50" in asked.text and len(server.asked) < 5:
            return error(400, "stop here")
        begin = re.search(r"part from (\d\d:\d\d)", asked.text)
        assert begin
        said = {"summary": f"until {begin[1]}", "utterances": []}
        return completion(json.dumps(said))

    with Server(told) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run", protocol="windowed")
        first = len(server.asked)
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "run",
            protocol="windowed",
            retry_errors=True,
        )
    assert "stop here" in {a.get("reason", "")[5:] for a in attempts(tmp_path / "run")}
    again = server.asked[first:]
    assert len(again) == 1
    assert "from 00:50" in again[0].text
    assert "Summary of the parts before it: until 00:25" in again[0].text
