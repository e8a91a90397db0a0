"""Gemini through google-genai, against a stand-in on the loopback address.

The stand-in speaks what the client sends: generateContent and resumable uploads. Whether Google's
own service answers likewise is not tested here; nothing in these tests reaches it.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emos.errors import EmosError
from making_runs import JOY, ask, attempts, clips, predictions, statuses
from serving import Asked, Reply, Server

pytest.importorskip("google.genai", reason="needs the extra google")

from emos.evaluate.backends import google

KEY = "AIza-secret-0123456789"
N = 6


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)


def said(text: str | None, finish: str = "STOP", **more: Any) -> Reply:
    content = {"role": "model", "parts": [] if text is None else [{"text": text}]}
    found = {
        "candidates": [{"content": content, "finishReason": finish}],
        "usageMetadata": {
            "promptTokenCount": 20,
            "candidatesTokenCount": 5,
            "thoughtsTokenCount": 2,
        },
    }
    return Reply(body=json.dumps(found | more).encode())


def failed(code: int, status: str, message: str = "", details: list[Any] | None = None) -> Reply:
    body = {"error": {"code": code, "status": status, "message": message, "details": details or []}}
    return Reply(code, json.dumps(body).encode())


class StandIn:
    """Answers generateContent with ``answer`` and keeps what is uploaded."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.files: dict[str, bytes] = {}
        self.generated: list[Any] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path.endswith(":generateContent"):
            self.generated.append(asked.json)
            return self.answer(asked)
        if asked.path.startswith("/upload/"):
            name = f"files/f{len(self.files)}"
            self.files[name] = b""
            address = f"http://{asked.headers['host']}/send/{name}"
            return Reply(headers={"x-goog-upload-url": address}, body=b"{}")
        if asked.path.startswith("/send/"):
            name = asked.path.removeprefix("/send/")
            self.files[name] += asked.content
            return Reply(
                headers={"x-goog-upload-status": "final"},
                body=json.dumps({"file": self._file(name, "PROCESSING")}).encode(),
            )
        found = re.search(r"files/\w+", asked.path)
        assert found
        return Reply(body=json.dumps(self._file(found[0], "ACTIVE")).encode())

    def _file(self, name: str, state: str) -> dict[str, str]:
        uri = f"https://files.example/{name}"
        return {"name": name, "uri": uri, "mimeType": "video/mp4", "state": state}


def base(server: Server) -> str:
    return server.url.removesuffix("/v1")


def text_of(body: Any) -> str:
    return "".join(
        part.get("text", "") for content in body["contents"] for part in content["parts"]
    )


def media_of(body: Any) -> list[dict[str, Any]]:
    parts = [part for content in body["contents"] for part in content["parts"]]
    return [part for part in parts if "text" not in part]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    clips(N).write(tmp_path / "dataset")
    return tmp_path / "dataset"


def test_text_is_asked_and_read_and_failures_told_apart(dataset: Path, tmp_path: Path) -> None:
    turns: Counter[str] = Counter()

    def answer(asked: Asked) -> Reply:
        found = re.search(r"words of clip (\d+)", text_of(asked.json))
        assert found
        turns[found[1]] += 1
        assert asked.headers["x-goog-api-key"] == KEY
        first = turns[found[1]] == 1
        if found[1] == "0000":
            return said(None, promptFeedback={"blockReason": "SAFETY"}, candidates=[])
        if found[1] == "0001":
            return said(None, finish="PROHIBITED_CONTENT")
        if found[1] == "0002" and first:
            wait = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.2s"}
            return failed(429, "RESOURCE_EXHAUSTED", "slow down", [wait])
        if found[1] == "0003" and first:
            return failed(503, "UNAVAILABLE")
        if found[1] == "0004":
            return failed(400, "INVALID_ARGUMENT", f"bad, {KEY}")
        return said(JOY)

    with Server(StandIn(answer)) as server:
        ask(dataset, base(server), tmp_path / "run", model="google:gemini-x")
    found = [record["status"] for record in predictions(tmp_path / "run")]
    assert found == ["refused", "refused", "ok", "ok", "error", "ok"]
    assert turns == {"0000": 1, "0001": 1, "0002": 2, "0003": 2, "0004": 1, "0005": 1}
    waited = [a["retry_after_s"] for a in attempts(tmp_path / "run") if "retry_after_s" in a]
    assert waited == [0.2]
    assert attempts(tmp_path / "run")[-1]["usage"] == {"input": 20, "output": 7}
    for path in (tmp_path / "run").iterdir():
        assert KEY not in path.read_text()


def test_a_wrong_key_stops_the_run(dataset: Path, tmp_path: Path) -> None:
    details = [{"reason": "API_KEY_INVALID"}]
    wrong = failed(400, "INVALID_ARGUMENT", "API key not valid", details)
    refused = pytest.raises(EmosError, match="400: API key not valid; check the key")
    with Server(StandIn(lambda asked: wrong)) as server, refused:
        ask(dataset, base(server), tmp_path / "run", model="google:gemini-x")


def test_without_a_key_the_message_names_the_variables(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_API_KEY")
    with pytest.raises(EmosError, match="GOOGLE_API_KEY, GEMINI_API_KEY"):
        ask(dataset, "http://127.0.0.1:9", tmp_path / "run", model="google:gemini-x")


def test_half_an_answer_and_none_are_asked_again(dataset: Path, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def answer(asked: Asked) -> Reply:
        text = text_of(asked.json)
        seen[text] += 1
        if seen[text] > 1:
            return said(JOY)
        whole = said(JOY).body
        if "0001" in text:
            return Reply(body=whole[:40])
        if "0002" in text:
            return Reply(body=whole, keep=0.5)
        if "0003" in text:
            return Reply(body=b"{}")
        return said(JOY)

    with Server(StandIn(answer)) as server:
        ask(dataset, base(server), tmp_path / "run", model="google:gemini-x")
    assert statuses(tmp_path / "run") == {"ok": N}
    assert sorted(seen.values()) == [1, 1, 1, 2, 2, 2]


def _media(tmp_path: Path, n: int) -> Path:
    pytest.importorskip("av", reason="needs the extra media")
    from making_clips import write_clip

    clips(n, media=True).write(tmp_path / "with-media")
    folder = tmp_path / "media" / "clips"
    folder.mkdir(parents=True)
    write_clip(folder / "0000.mp4", 2, beep=(0.5, 1.0))
    for number in range(1, n):
        (folder / f"{number:04d}.mp4").hardlink_to(folder / "0000.mp4")
    return tmp_path / "media"


def test_small_clips_travel_in_the_request(tmp_path: Path) -> None:
    media = _media(tmp_path, 1)
    stand_in = StandIn(lambda asked: said(JOY))
    with Server(stand_in) as server:
        ask(
            tmp_path / "with-media",
            base(server),
            tmp_path / "run",
            model="google:gemini-x",
            media=media,
        )
        ask(
            tmp_path / "with-media",
            base(server),
            tmp_path / "mute",
            model="google:gemini-x",
            media=media,
            modalities=("text", "video"),
        )
        ask(
            tmp_path / "with-media",
            base(server),
            tmp_path / "sound",
            model="google:gemini-x",
            media=media,
            modalities=("audio",),
        )
    whole, mute, sound = (media_of(body)[0] for body in stand_in.generated)
    from making_clips import tracks

    assert (
        base64.urlsafe_b64decode(whole["inlineData"]["data"])
        == (media / "clips" / "0000.mp4").read_bytes()
    )
    assert whole["videoMetadata"]["fps"] == 2.0
    assert tracks(base64.urlsafe_b64decode(mute["inlineData"]["data"])) == (1, 0)
    assert sound["inlineData"]["mime_type"] == "audio/wav"
    assert not stand_in.files


def test_large_clips_are_uploaded_once_and_kept_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = _media(tmp_path, 4)
    (media / "clips" / "0003.mp4").unlink()
    from making_clips import write_clip

    write_clip(media / "clips" / "0003.mp4", 1)
    monkeypatch.setattr(google, "INLINE_BYTES", 100)
    monkeypatch.setattr(google, "_POLL_S", 0.01)
    stand_in = StandIn(lambda asked: said(JOY))
    run = tmp_path / "run"
    with Server(stand_in) as server:
        for limit in (2, 4):
            ask(
                tmp_path / "with-media",
                base(server),
                run,
                model="google:gemini-x",
                media=media,
                limit=limit,
                cache=run,
            )
    contents = set(stand_in.files.values())
    assert contents == {(media / "clips" / f"{n:04d}.mp4").read_bytes() for n in (0, 3)}
    assert len(stand_in.files) == 2  # three clips are one content
    addresses = Counter(media_of(body)[0]["fileData"]["file_uri"] for body in stand_in.generated)
    assert sorted(addresses.values()) == [1, 3]
    assert statuses(run) == {"ok": 4}
