"""The canary tells whether picture and sound arrive, for every way in which they travel."""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emos.errors import EmosError
from emos.evaluate.media.made import COLOURS, SHAPES, beep_samples, shape_pixels
from serving import Asked, Reply, Server, completion, error

pytest.importorskip("av", reason="needs the extra media")
pytest.importorskip("openai", reason="needs the extra evaluate")

from emos.cli import app
from emos.evaluate.canary import COUNTS, Round, Shown, Verdict, draw, run_canary
from emos.evaluate.runner.session import Question
from serving.looking import looks_and_listens


def canary(server: Server, **more: object) -> Verdict:
    given = {"dataset": Path(), "model": "openai:m", "base_url": server.url}
    return run_canary(Question(**(given | more)))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["openai", "vllm", "sglang"])
@pytest.mark.parametrize(("blind", "deaf"), [(False, False), (True, False), (False, True)])
def test_what_arrives_is_told_from_what_is_dropped(profile: str, blind: bool, deaf: bool) -> None:
    with Server(functools.partial(looks_and_listens, blind=blind, deaf=deaf)) as server:
        verdict = canary(server, profile=profile)
        assert len(server.asked) == len(COUNTS)
    assert verdict.picture is not blind
    assert verdict.sound is not deaf
    assert verdict.arrives is (not blind and not deaf)
    if not blind:
        assert [r.colour for r in verdict.rounds] == [r.shown.colour for r in verdict.rounds]
    if not deaf:
        assert [r.beeps for r in verdict.rounds] == [r.shown.beeps for r in verdict.rounds]


def test_only_what_is_sent_is_asked_about() -> None:
    with Server(looks_and_listens) as server:
        verdict = canary(server, modalities=("audio",))
        assert all("colour" not in asked.text for asked in server.asked)
        assert all(
            [part["type"] for part in asked.parts] == ["input_audio", "text"]
            for asked in server.asked
        )
    assert (verdict.picture, verdict.sound, verdict.arrives) == (None, True, True)


def test_the_clips_differ_and_give_nothing_away() -> None:
    for seed in range(50):
        clips = draw(seed)
        assert len({clip.colour for clip in clips}) == len(clips)
        assert sorted(clip.beeps for clip in clips) == sorted(COUNTS)
        assert max(Counter(clip.shape for clip in clips).values()) <= 2
    assert len({len(beep_samples(count, 6)) for count in COUNTS}) == 1  # all are equally long
    assert len({tuple(draw(seed)) for seed in range(50)}) > 30
    for shape in SHAPES:
        for colour, ink in COLOURS.items():
            assert set(_pixels(shape, colour)) == {bytes(ink), bytes([255] * 3)}


def _pixels(shape: str, colour: str) -> list[bytes]:
    content = shape_pixels(shape, colour)
    return [content[place : place + 3] for place in range(0, len(content), 3)]


def verdict_of(heard: list[int | None], seen: int = 4) -> Verdict:
    """A verdict on beeps heard for 0, 2, 4 and 6; and so many pictures right."""
    rounds = [
        Round(Shown("circle", "red", played), "", "circle", "red" if n < seen else "blue", said)
        for n, (played, said) in enumerate(zip((0, 2, 4, 6), heard, strict=True))
    ]
    return Verdict(tuple(rounds), ("video", "audio"), {})


@pytest.mark.parametrize(
    ("heard", "arrives"),
    [
        ([0, 2, 4, 6], True),
        ([0, 2, 4, 9], True),  # one wrong
        ([1, 2, 3, 5], True),  # miscounted by one, but more where there is more
        ([0, 0, 0, 0], False),  # deaf
        ([3, 3, 3, 3], False),  # always the same guess
        ([2, 3, 3, 4], False),
        ([None, None, None, None], False),
        ([6, 4, 2, 0], False),
    ],
)
def test_a_guess_is_no_hearing(heard: list[int | None], arrives: bool) -> None:
    assert verdict_of(heard).sound is arrives


def test_one_picture_may_be_mistaken_not_two() -> None:
    assert verdict_of([0, 2, 4, 6], seen=3).picture
    assert not verdict_of([0, 2, 4, 6], seen=2).picture


def test_the_command_says_it_and_its_exit_status_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-123456")
    command = ["evaluate", "--canary", "--model", "openai:m", "--base-url"]
    with Server(looks_and_listens) as server:
        well = CliRunner().invoke(app, [*command, server.url])
    with Server(functools.partial(looks_and_listens, deaf=True)) as server:
        deaf = CliRunner().invoke(app, [*command, server.url, "--profile", "vllm"])
    assert well.exit_code == 0
    assert well.output.splitlines()[-2:] == ["Picture: arrives", "Sound: arrives"]
    assert deaf.exit_code == 1
    assert deaf.output.splitlines()[-2:] == ["Picture: arrives", "Sound: DOES NOT ARRIVE"]
    assert "Sent as sound: WAV as input_audio, base64" in deaf.output
    assert "sk-secret" not in well.output + deaf.output


def test_words_that_answer_nothing_are_shown() -> None:
    with Server(lambda asked: completion("As a text model I have no ears.")) as server:
        lines = canary(server).lines()
    assert any("its words: As a text model I have no ears." in line for line in lines)


def test_a_server_that_refuses_the_media_is_the_error() -> None:
    def refuses(asked: Asked) -> Reply:
        return error(400, "audio input is not supported")

    with Server(refuses) as server, pytest.raises(EmosError, match="audio input is not supported"):
        canary(server)
    with Server(refuses) as server, pytest.raises(EmosError, match="neither picture nor sound"):
        canary(server, modalities=("text",))
    with pytest.raises(EmosError, match="a baseline sees and hears nothing"):
        run_canary(Question(Path(), "baseline:majority"))
