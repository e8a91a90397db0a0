"""A run against a server that misbehaves: nothing lost, nothing asked twice, all of it on disk."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.evaluate.runner.folder import ATTEMPTS, PREDICTIONS
from emos.evaluate.runner.limiter import Limiter
from emos.evaluate.runner.run import RunOptions
from emos.readers.predictions import read_predictions
from emos.tables import Dataset
from making_runs import JOY, ask, attempts, clips, monologue, plan_of, predictions, statuses
from serving import (
    Asked,
    Reply,
    Server,
    completion,
    cut,
    error,
    half_json,
    no_choices,
    refusal,
    wrong_type,
)

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


FAULTS = (
    lambda: error(500, "out of memory"),
    lambda: error(429, "slow down", headers={"retry-after": "0.01"}),
    lambda: error(503, "loading"),
    lambda: cut(JOY),
    lambda: cut(JOY, keep=0.0),
    lambda: half_json(JOY),
    no_choices,
    lambda: wrong_type("Bad gateway"),
    lambda: Reply(body=b"[1, 2]"),
    lambda: completion(JOY).__class__(body=b'{"choices": [{"index": 0}]}'),
)


def misbehaves(asked: Asked, share: float = 0.3) -> Reply:
    """Each request fails with the given chance, in one of all ways; some clips fail always."""
    which = number(asked)
    if which % 40 == 7:
        return error(400, "prompt too long")
    if which % 40 == 11:
        return error(500, "always")
    if which % 40 == 13:
        return refusal("I cannot judge people.")
    chance = random.Random(f"{which}/{asked.turn}")
    return chance.choice(FAULTS)() if chance.random() < share else completion(JOY)


def test_with_a_third_of_requests_failing_every_item_ends_ok_or_with_its_reason(
    dataset: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with Server(misbehaves) as server:
        ask(dataset, server.url, run, options=RunOptions(16, 8, 0.005, 1000))
    found = {record["item_id"]: record for record in predictions(run)}
    assert list(found) == Dataset.load(dataset).items["item_id"].to_list()
    assert statuses(run) == {"ok": N - 9, "error": 6, "refused": 3}
    for place, record in enumerate(found.values()):
        expected = {7: "error", 11: "error", 13: "refused"}.get(place % 40, "ok")
        assert record["status"] == expected
    reasons = {r["reason"] for r in found.values() if r["status"] == "error"}
    assert reasons == {"400: prompt too long", "500: always"}
    # Every request that the server saw is a line, and each way of failing is told apart.
    made = attempts(run)
    assert len(made) == len(server.asked)
    why = Counter(a["reason"].split(" (")[0] for a in made if a["outcome"] == "failed")
    assert {
        "500: out of memory",
        "429: slow down",
        "answered broken JSON",
        "answered no choices",
        "the answer was cut",
        "answered no JSON object",
        "answered a choice without a message",
    } <= set(why)
    assert any(reason.startswith("answered text/html: <html>") for reason in why)


def test_what_cannot_be_mended_is_asked_once_and_the_rest_a_bounded_number_of_times(
    dataset: Path, tmp_path: Path
) -> None:
    with Server(misbehaves) as server:
        ask(dataset, server.url, tmp_path / "run", options=RunOptions(16, 5, 0.001, 1000))
    turns = Counter(map(number, server.asked))
    assert turns[7] == turns[47] == 1
    assert turns[11] == turns[51] == 5
    assert max(turns.values()) == 5


def test_a_finished_run_asks_nothing_more_and_changes_no_byte(
    dataset: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with Server(misbehaves) as server:
        ask(dataset, server.url, run)
        asked = len(server.asked)
        before = [(run / name).read_bytes() for name in (ATTEMPTS, PREDICTIONS)]
        outcome = ask(dataset, server.url, run)
        assert len(server.asked) == asked
    assert outcome.asked == 0
    assert [(run / name).read_bytes() for name in (ATTEMPTS, PREDICTIONS)] == before


def test_errors_are_asked_again_only_when_told_to(dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with Server(misbehaves) as server:
        ask(dataset, server.url, run)
    bad = statuses(run)["error"]
    with Server(well) as server:
        ask(dataset, server.url, run)
        assert not server.asked
        ask(dataset, server.url, run, retry_errors=True)
        assert len(server.asked) == bad > 0
        ask(dataset, server.url, run, retry_errors=True)
        assert len(server.asked) == bad
    assert statuses(run) == {"ok": N - 3, "refused": 3}
    assert len({record["item_id"] for record in predictions(run)}) == N


def test_the_scorer_reads_the_run(dataset: Path, tmp_path: Path) -> None:
    with Server(misbehaves) as server:
        ask(dataset, server.url, tmp_path / "run")
    found = read_predictions(tmp_path / "run")
    assert found.items.height == N
    assert set(found.items.filter(found.items["status"] == "ok")["basic7"]) == {"Joy"}


# Stopping the whole run


def test_a_servers_words_do_nothing_to_a_terminal(dataset: Path, tmp_path: Path) -> None:
    with Server(lambda asked: error(400, "\x1b[2J\x1b]0;title\x07 no\r\nno \u202e")) as server:
        ask(dataset, server.url, tmp_path / "run", limit=1)
    (record,) = predictions(tmp_path / "run")
    assert record["reason"] == "400: [2J ]0;title no no"


def test_a_wrong_key_stops_the_run_at_once(dataset: Path, tmp_path: Path) -> None:
    with Server(lambda asked: error(401, "Incorrect API key provided")) as server:
        with pytest.raises(EmosError, match="401: Incorrect API key"):
            ask(dataset, server.url, tmp_path / "run")
        assert len(server.asked) <= 16
    with Server(well) as server:
        ask(dataset, server.url, tmp_path / "run")
    assert statuses(tmp_path / "run") == {"ok": N}


def test_a_dead_server_stops_the_run_instead_of_failing_every_item(
    dataset: Path, tmp_path: Path
) -> None:
    patience = RunOptions(at_once=4, tries=2, backoff_s=0.001, give_up_after=10)
    with Server(lambda asked: error(500, "gone")) as server:
        with pytest.raises(EmosError, match=r"10 requests in a row brought no answer.*500: gone"):
            ask(dataset, server.url, tmp_path / "run", options=patience)
        assert len(server.asked) < 2 * 16
    with Server(well) as server:
        ask(dataset, server.url, tmp_path / "run", retry_errors=True)
    assert statuses(tmp_path / "run") == {"ok": N}


def test_without_a_server_the_reason_is_that_there_is_none(dataset: Path, tmp_path: Path) -> None:
    patience = RunOptions(at_once=4, tries=1, backoff_s=0.001, give_up_after=5)
    with pytest.raises(EmosError, match="no connection"):
        ask(dataset, "http://127.0.0.1:9/v1", tmp_path / "run", options=patience)


# Time


def test_a_slow_server_is_given_up_after_the_timeout_even_if_it_drips(
    dataset: Path, tmp_path: Path
) -> None:
    def slow(asked: Asked) -> Reply:
        which = number(asked)
        if asked.turn > 1 or which > 1:
            return completion(JOY)
        body = completion(JOY).body
        return Reply(body=body, delay_s=3) if which else Reply(body=body, drip_s=0.25)

    began = time.monotonic()
    with Server(slow) as server:
        ask(dataset, server.url, tmp_path / "run", limit=4, timeout_s=0.4)
    assert time.monotonic() - began < 3
    failed = [a for a in attempts(tmp_path / "run") if a["outcome"] == "failed"]
    assert {a["item_id"][-4:] for a in failed} == {"0000", "0001"}
    assert all("0.4 s" in a["reason"] or "timed out" in a["reason"] for a in failed)
    assert statuses(tmp_path / "run") == {"ok": 4}


def test_retry_after_is_waited_out_by_everybody(dataset: Path, tmp_path: Path) -> None:
    def busy(asked: Asked) -> Reply:
        if number(asked) == 0 and asked.turn == 1:
            return error(429, headers={"retry-after": "0.8"})
        return Reply(body=completion(JOY).body, delay_s=0.2)

    with Server(busy) as server:
        ask(dataset, server.url, tmp_path / "run", limit=8, options=RunOptions(4, 3, 0.001))
        times = sorted(asked.at for asked in server.asked)
    # The first four go out together; what follows waits, though three places were free by 0.2 s.
    assert times[3] - times[0] < 0.2
    assert times[4] - times[0] >= 0.8
    assert attempts(tmp_path / "run")[0]["retry_after_s"] == 0.8


def test_an_error_of_ones_own_may_say_how_long_to_wait_too(dataset: Path, tmp_path: Path) -> None:
    def fails(asked: Asked) -> Reply:
        own = number(asked) == 0 and asked.turn == 1
        return error(500, headers={"retry-after": "0.6"}) if own else completion(JOY)

    with Server(fails) as server:
        ask(dataset, server.url, tmp_path / "run", limit=4, options=RunOptions(4, 3, 0.001))
        times = {(number(asked), asked.turn): asked.at for asked in server.asked}
    assert times[0, 2] - times[0, 1] >= 0.6
    assert times[3, 1] - times[0, 1] < 0.5


def test_the_limit_doubles_at_first_is_halved_by_overload_and_grows_slowly_then() -> None:
    limiter = Limiter(most=40, start=4)
    for _ in range(12):
        limiter.answered()
    assert limiter.limit == 16
    began = time.monotonic()
    limiter.overloaded(began)
    assert limiter.limit == 8
    limiter.overloaded(began)  # sent before the cut: it says nothing new
    assert limiter.limit == 8
    for _ in range(8):
        limiter.answered()
    assert 8.9 < limiter.limit <= 9
    for _ in range(10):
        limiter.overloaded(time.monotonic() + 1)
    assert limiter.limit == 1
    for _ in range(10_000):
        limiter.answered()
    assert limiter.limit == 40


def test_requests_at_once_fit_what_the_server_bears(dataset: Path, tmp_path: Path) -> None:
    """A server that takes 6 at a time and answers 429 to more: few requests are turned away."""

    def narrow(asked: Asked) -> Reply:
        if server._active > 6:
            return error(429, "busy")
        return Reply(body=completion(JOY).body, delay_s=0.01)

    with Server(narrow) as server:
        ask(dataset, server.url, tmp_path / "run", options=RunOptions(64, 20, 0.01, 1000))
        asked = len(server.asked)
        assert 4 < server.most_active <= 20  # it went beyond, and came back
    assert statuses(tmp_path / "run") == {"ok": N}
    assert asked < 1.5 * N


def test_progress_says_rate_errors_and_time_left(dataset: Path, tmp_path: Path) -> None:
    lines: list[str] = []

    from emos.evaluate.runner.progress import Progress

    progress = Progress(100, before=20, write=lines.append)
    for place in range(10):
        progress.ended("error" if place == 3 else "ok")
    line = progress.line()
    assert "30 of 120 items" in line
    assert "1 error" in line
    assert "/s" in line
    assert line.endswith("left")


# What is written


def test_no_key_and_no_password_is_written_anywhere(
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not even where the server repeats it in an error or the model in an answer."""
    key = "sk-very-secret-0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)

    def tells(asked: Asked) -> Reply:
        assert asked.headers["authorization"] == f"Bearer {key}"
        if number(asked) == 1:
            return error(400, f"key {key} may not do this")
        if number(asked) == 2 and asked.turn == 1:
            return wrong_type(f"your key {key}")
        return completion(f"{JOY} as {key} knows")

    run = tmp_path / "run"
    with Server(tells) as server:
        address = server.url.replace("http://", "http://me:pass-word-77@")
        ask(dataset, address, run, limit=6)
    wrong = Server(lambda asked: error(401, f"{key} is wrong"))
    with wrong as server, pytest.raises(EmosError) as stopped:
        ask(dataset, server.url, tmp_path / "other")
    said = capfd.readouterr()
    texts = [path.read_text() for path in [*run.iterdir(), *(tmp_path / "other").iterdir()]]
    texts += [str(stopped.value), said.out, said.err]
    assert "[key]" in "".join(texts)
    for text in texts:
        assert key not in text
        assert "pass-word-77" not in text


def test_run_toml_says_what_the_run_is(dataset: Path, tmp_path: Path) -> None:
    with Server(well) as server:
        ask(dataset, server.url, tmp_path / "run", limit=1)
    found = tomllib.loads((tmp_path / "run" / "run.toml").read_text())
    assert found["settings"]["model"] == "openai:m"
    assert found["settings"]["modalities"] == ["text"]
    prompt = found["prompts"]["a-json"]
    from emos.evaluate.prompts import load_prompt

    assert prompt["sha256"] == hashlib.sha256(load_prompt("a").text.encode()).hexdigest()
    assert found["data"]["clips"] == N
    assert found["sent"]["profile"]["audio"] == "input_audio"
    attempt = attempts(tmp_path / "run")[0]
    assert attempt["usage"] == {"input": 100, "output": 10}
    assert attempt["sent"] == {"characters": len(server.asked[0].text)}
    assert json.loads(attempt["raw"])["predicted_emotion"] == "Joy"


def test_a_dry_run_sends_nothing_and_counts_what_would_be_sent(
    dataset: Path, tmp_path: Path
) -> None:
    from emos.evaluate.runner.dry_run import estimate, rough_tokens
    from emos.evaluate.runner.prices import read_price

    prices = tmp_path / "prices.toml"
    prices.write_text(
        'currency = "EUR"\n[models."m"]\ninput_per_million = 2.0\noutput_per_million = 10\n'
    )
    with Server(well) as server:
        plan = plan_of(dataset, server.url)
        found = estimate(plan, plan.chosen.items, read_price(prices, "m"))
        assert not server.asked
        ask(dataset, server.url, tmp_path / "run")
        texts = [asked.text for asked in server.asked]
    assert (found.items, found.requests) == (N, N)
    assert found.text_bytes == sum(len(text.encode()) for text in texts)
    assert found.text_tokens == sum(map(rough_tokens, texts))
    assert found.cost == pytest.approx((2.0 * found.text_tokens + 10 * 300 * N) / 1e6)
    assert rough_tokens("我不想 go home") == 3 + 2  # three wide, then eight letters and blanks


def test_an_item_without_its_words_is_asked_without_them(tmp_path: Path) -> None:
    small = clips(2)
    items = small.items.with_columns(transcript=None).cast(
        {"transcript": small.items.schema["transcript"]}
    )
    small.with_tables(items=items).write(tmp_path / "dataset")
    with Server(well) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
        assert all("transcript: (not given)" in asked.text for asked in server.asked)


def test_a_monologue_without_segments_says_so(tmp_path: Path) -> None:
    data = monologue([(0, 1, "a", "Joy")], seconds=1)
    empty = data.with_tables(
        utterances=data.utterances.clear(),
        sentences=Dataset(data.info).sentences,
        monologues=Dataset(data.info).monologues.clear(),
    )
    names = data.items.select(monologue_id="item_id")
    empty.with_tables(monologues=names).write(tmp_path / "dataset")
    with Server(well) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run", protocol="segments")
        assert not server.asked
    (record,) = predictions(tmp_path / "run")
    assert record["status"] == "error"
    assert "no segments" in record["reason"]
