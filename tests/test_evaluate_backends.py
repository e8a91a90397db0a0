"""Backends: what they send and how they read what comes back; profiles, replays, baselines."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from emos.errors import EmosError
from emos.evaluate.backends import (
    FailedError,
    Setup,
    backend_names,
    find_backend,
    split_model,
)
from emos.evaluate.backends.chat import StreamReader, read_completion
from emos.evaluate.backends.profile import load_profile, profile_names
from emos.evaluate.backends.transport import retry_after, shown_address
from emos.evaluate.baselines import baseline_names, find_baseline
from emos.readers.predictions import read_predictions
from emos.tables import Dataset, DatasetInfo
from making_runs import JOY, ask, attempts, clips, monologue, predictions, statuses
from serving import Asked, Reply, Server, completion, error, streamed

JSON = "application/json"


def test_every_backend_has_its_module_and_is_found_by_its_name() -> None:
    assert {"openai", "google", "replay", "baseline"} <= set(backend_names())
    for name in backend_names():
        assert find_backend(name).name == name
    with pytest.raises(EmosError, match=r"no backend is called 'opena1'; there are .*openai"):
        find_backend("opena1")
    assert split_model("openai:org/name:tag") == ("openai", "org/name:tag")
    for wrong in ("openai", ":x", "openai:"):
        with pytest.raises(EmosError, match="not of the form BACKEND:NAME"):
            split_model(wrong)


# Answers of the OpenAI protocol


def body(**message: object) -> bytes:
    choice = {"message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice]}).encode()


def test_answers_are_read_in_all_the_forms_that_servers_send() -> None:
    assert read_completion(body(content="hello"), JSON).text == "hello"
    parts = [{"type": "text", "text": "he"}, {"type": "other"}, {"type": "text", "text": "llo"}]
    assert read_completion(body(content=parts), f"{JSON}; charset=utf-8").text == "hello"
    assert read_completion(body(content=None), JSON).text == ""
    assert read_completion(body(content=None, refusal="no"), JSON).refusal == "no"
    filtered = json.dumps(
        {"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}
    )
    assert read_completion(filtered.encode(), JSON).refusal is not None


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"<html>", "text/html", "answered text/html: <html>"),
        (b"{}", "", "answered without a type"),
        (b'{"choices": [', JSON, "broken JSON"),
        (b"[" * 100_000, JSON, "broken JSON"),
        (b"\xff\xfe", JSON, "broken JSON"),
        (b'{"choices": []}', JSON, "no choices"),
        (b'{"choices": null}', JSON, "no choices"),
        (b'{"choices": [null]}', JSON, "no choices"),
        (b'{"choices": [{"message": "x"}]}', JSON, "without a message"),
        (b'{"error": {"message": "overloaded"}}', JSON, "an error: overloaded"),
        (b'{"error": "plain"}', JSON, "an error: plain"),
        (b"null", JSON, "no JSON object"),
    ],
)
def test_what_is_no_answer_is_a_failure_worth_asking_again(
    content: bytes, kind: str, said: str
) -> None:
    with pytest.raises(FailedError, match=said) as failed:
        read_completion(content, kind)
    assert failed.value.again


def test_streamed_answers_are_put_together_and_cut_ones_noticed() -> None:
    def read(reply: Reply, lines: int | None = None) -> str:
        reader = StreamReader()
        for line in reply.body.decode().split("\n")[:lines]:
            reader.line(line)
        return reader.answer().text

    whole = streamed(["Jo", "y", "!"])
    assert read(whole) == "Joy!"
    with pytest.raises(FailedError, match="the stream was cut"):
        read(whole, 4)
    with pytest.raises(FailedError, match="streamed broken JSON"):
        read(Reply(body=b"data: {"))
    with pytest.raises(FailedError, match="streamed an error: too long"):
        read(Reply(body=b'data: {"error": {"message": "too long"}}'))


def test_streams_are_read_from_a_server_and_asked_again_when_cut(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    clips(4).write(tmp_path / "dataset")

    def streams(asked: Asked) -> Reply:
        pieces = [JOY[:20], JOY[20:]]
        if asked.turn == 1 and "clip 0001" in asked.text:
            return streamed(pieces, end=False)
        if asked.turn == 1 and "clip 0002" in asked.text:
            return streamed(pieces, keep=0.5)
        return streamed(pieces)

    with Server(streams) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run", profile="dashscope")
        assert len(server.asked) == 6
        assert all(asked.json["stream"] is True for asked in server.asked)
    assert statuses(tmp_path / "run") == {"ok": 4}
    assert attempts(tmp_path / "run")[-1]["usage"] == {"input": 7, "output": 3}


def test_refusals_of_all_kinds_are_told_from_errors(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    clips(4).write(tmp_path / "dataset")

    def refuses(asked: Asked) -> Reply:
        if "0000" in asked.text:
            return error(400, "inappropriate", code="data_inspection_failed")
        if "0001" in asked.text:
            return completion("", finish="content_filter")
        if "0002" in asked.text:
            return completion("I'm sorry, but I can't help with that.")
        return error(400, "bad request")

    with Server(refuses) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
    found = [record["status"] for record in predictions(tmp_path / "run")]
    assert found == ["refused", "refused", "refused", "error"]


def test_an_endless_answer_is_not_read_to_its_end(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    clips(1).write(tmp_path / "dataset")
    huge = Reply(body=b" " * 20_000_000)
    with Server(lambda asked: huge) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
        assert len(server.asked) == 1
    assert "more than 8,000,000 bytes" in predictions(tmp_path / "run")[0]["reason"]


def test_the_request_is_what_the_run_says(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    from emos.evaluate.backends import Sampling

    clips(1).write(tmp_path / "dataset")
    sampling = Sampling(0.3, 50, 7, {"top_k": 5})
    with Server(lambda asked: completion(JOY)) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run", sampling=sampling)
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "bare",
            profile="vllm",
            sampling=Sampling(temperature=None),
        )
        first, second = (asked.json for asked in server.asked)
    assert first.pop("messages")[0]["role"] == "user"
    assert first == {
        "model": "m",
        "temperature": 0.3,
        "max_completion_tokens": 50,
        "seed": 7,
        "top_k": 5,
    }
    assert set(second) == {"model", "messages"}


# Addresses, keys and waiting


def test_an_address_is_shown_without_its_secrets() -> None:
    assert shown_address("https://me:pw@host:81/v1?key=1") == "https://host:81/v1"
    assert shown_address("http://host:x/v1") == "http://host/v1"


def test_a_server_may_say_how_long_to_wait_in_three_ways() -> None:
    assert retry_after({"retry-after": "2.5"}) == 2.5
    assert retry_after({"retry-after-ms": "250"}) == 0.25
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert (retry_after({"retry-after": "Wed, 21 Oct 2099 07:28:00 GMT"}) or 0) > 1e6
    for silent in ({}, {"retry-after": "soon"}, {"retry-after": "nan"}):
        assert retry_after(silent) is None


def test_without_a_key_the_message_names_the_variable() -> None:
    pytest.importorskip("openai")
    make = find_backend("openai").make
    with pytest.raises(EmosError, match=r"no key in the environment \(OPENAI_API_KEY\)"):
        make(Setup("m"))
    with pytest.raises(EmosError, match="no address of a server"):
        make(Setup("m", base_url="localhost:8000"))
    with pytest.raises(EmosError, match="DASHSCOPE_API_KEY"):
        make(Setup("m", profile="dashscope"))
    local = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    assert make(Setup("m", environment=local)).session == {"server": "http://127.0.0.1:9/v1/"}


def test_profiles_that_cannot_carry_what_is_asked_say_so() -> None:
    pytest.importorskip("openai")
    make = find_backend("openai").make
    local = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    with pytest.raises(EmosError, match="profile frames carries no audio"):
        make(Setup("m", modalities=("audio",), profile="frames", environment=local))
    assert set(profile_names()) >= {"openai", "vllm", "sglang", "dashscope", "frames"}
    for name in profile_names():
        assert load_profile(name).says


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("video = 'hologram'", "'video' cannot be 'hologram'"),
        ("stream = 'yes'", "'stream' cannot be 'yes'"),
        ("vide = 'none'", "unknown key 'vide'; the keys are says, video"),
        ("video = ", "not valid TOML"),
    ],
)
def test_ones_own_profile_is_checked(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(EmosError, match=said):
        load_profile(str(path))
    path.write_text("video = 'frames'\naudio = 'input_audio'\none_modality = true")
    assert load_profile(str(path)).one_modality
    pytest.importorskip("openai")
    with pytest.raises(EmosError, match="one modality beside text"):
        local = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
        wanted = ("text", "audio", "video")
        find_backend("openai").make(
            Setup("m", modalities=wanted, profile=str(path), environment=local)
        )


# Replays


def test_a_replay_gives_the_same_predictions_as_the_run_it_replays(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    clips(8).write(tmp_path / "dataset")
    with Server(lambda asked: completion(JOY if "1" in asked.text[-4:] else "?")) as server:
        ask(tmp_path / "dataset", server.url, tmp_path / "run")
    model = f"replay:{tmp_path / 'run'}"
    ask(tmp_path / "dataset", "", tmp_path / "again", model=model)
    assert predictions(tmp_path / "again") == predictions(tmp_path / "run")
    assert str(tmp_path) not in (tmp_path / "again" / "run.toml").read_text()
    others = tmp_path / "others.jsonl"
    others.write_text('{"item_id": "talk/d000/0003", "raw": "Predicted emotion: Fear"}\n')
    ask(tmp_path / "dataset", "", tmp_path / "third", model=f"replay:{others}")
    found = {record["item_id"]: record for record in predictions(tmp_path / "third")}
    assert found["talk/d000/0003"]["basic7"] == "Fear"
    assert statuses(tmp_path / "third") == {"ok": 1, "error": 7}
    assert "no answer in the replayed file" in found["talk/d000/0000"]["reason"]
    with pytest.raises(EmosError, match="no such file"):
        ask(tmp_path / "dataset", "", tmp_path / "x", model="replay:nowhere.jsonl")


# Baselines


def test_the_majority_is_counted_in_each_subset() -> None:
    small = clips(10)  # Joy, Joy, Anger, Joy, Neutral: Joy has 6 of 10
    other = small.items.with_columns(item_id=pl.format("o{}", "item_id"), subset=pl.lit("other"))
    labels = pl.DataFrame(
        {"item_id": other["item_id"], "subset": "other", "layer": "basic7", "label": "Fear"}
    )
    soft = pl.DataFrame(
        {
            "item_id": small.items["item_id"],
            "subset": "talk",
            "layer": "goemotions",
            "probability": [[0.0] * 29] * 10,
            "union": [["joy"], ["joy", "love"]] * 5,
            "votes": 3,
        }
    )
    data = small.with_tables(
        items=pl.concat([small.items, other]),
        labels=pl.concat([small.labels, pl.DataFrame(labels)], how="diagonal"),
        soft_labels=soft,
    )
    names = data.items["item_id"].to_list()
    found = find_baseline("majority").answers(data, names, 1)
    assert list(found) == names
    assert found[names[0]] == {
        "basic7": "Joy",
        "confidence": 0.6,
        "goemotions": {"joy": 1.0, "love": 0.5},
    }
    assert found[names[-1]] == {"basic7": "Fear", "confidence": 1.0}


def test_the_prior_draws_labels_as_often_as_they_occur() -> None:
    data = clips(3000)
    names = data.items["item_id"].to_list()
    find = find_baseline("prior").answers
    found = find(data, names, 1)
    counts = Counter(answer["basic7"] for answer in found.values())
    for label, share in (("Joy", 0.6), ("Anger", 0.2), ("Neutral", 0.2)):
        # Within four standard errors of a binomial.
        assert abs(counts[label] / 3000 - share) < 4 * math.sqrt(share * (1 - share) / 3000)
    assert find(data, names, 1) == found != find(data, names, 2)
    # An item's draw is its own, whoever is asked beside it.
    same = dict(zip(names[:10], (found[name] for name in names[:10]), strict=True))
    again = find(data, names[:1000], 1)
    assert [again[n]["basic7"] for n in same] == [same[n]["basic7"] for n in same]


def test_baselines_answer_monologues_by_their_segments(tmp_path: Path) -> None:
    spoken = [(0.0, 1.0, "a", "Joy"), (1.0, 2.0, "b", "Fear"), (2.0, 3.0, "c", "Fear")]
    monologue(spoken, seconds=3).write(tmp_path / "dataset")
    for name in ("majority", "prior"):
        ask(tmp_path / "dataset", "", tmp_path / name, model=f"baseline:{name}")
    found = read_predictions(tmp_path / "majority").utterances
    assert found["index"].to_list() == [1, 2, 3]
    assert found["basic7"].to_list() == ["Fear"] * 3
    assert found["intensity"].to_list() == [2.0] * 3
    assert found["confidence"].to_list() == [pytest.approx(2 / 3)] * 3


def test_a_changed_label_is_another_baseline(tmp_path: Path) -> None:
    data = clips(10)
    data.write(tmp_path / "dataset")
    ask(tmp_path / "dataset", "", tmp_path / "run", model="baseline:majority", limit=2)
    data.with_tables(labels=data.labels.head(9)).write(tmp_path / "dataset")
    with pytest.raises(EmosError, match=r"settings\.labels_hash was"):
        ask(tmp_path / "dataset", "", tmp_path / "run", model="baseline:majority")


def test_a_dataset_without_labels_has_no_baseline(tmp_path: Path) -> None:
    Dataset(DatasetInfo("bare"), items=clips(2).items).write(tmp_path / "dataset")
    with pytest.raises(EmosError, match="no item has a label to count; run emos aggregate"):
        ask(tmp_path / "dataset", "", tmp_path / "run", model="baseline:majority")
    assert {"majority", "prior"} <= set(baseline_names())
    with pytest.raises(EmosError, match="no baseline is called 'best'"):
        ask(tmp_path / "dataset", "", tmp_path / "run", model="baseline:best")
