"""Clips made ready to be sent: what is taken of them, and what is refused before it is read."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.evaluate.media.frames import fitted, sample_times
from emos.evaluate.media.options import MediaOptions
from emos.evaluate.media.paths import inside, media_root
from emos.evaluate.runner.run import RunOptions
from making_runs import JOY, ask, clips, predictions, statuses
from serving import Server, completion

pytest.importorskip("openai", reason="needs the extra evaluate")
av = pytest.importorskip("av", reason="needs the extra media")

from emos.evaluate.media.decoding import MediaError  # noqa: E402
from emos.evaluate.media.frames import frames  # noqa: E402
from emos.evaluate.media.sending import Ways, parts_of  # noqa: E402
from emos.evaluate.media.sound import sound  # noqa: E402
from emos.evaluate.media.video import muted, piece  # noqa: E402
from making_clips import brightness, loud, second_of, tracks, write_clip  # noqa: E402
from serving.looking import media_of, samples_of_video, samples_of_wav  # noqa: E402


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    write_clip(path)
    return path


# Frames


def test_frames_stand_in_the_middle_of_equal_intervals() -> None:
    assert sample_times(0, 3, 1, 64) == [0.5, 1.5, 2.5]
    assert sample_times(2, 4, 2, 64) == [2.25, 2.75, 3.25, 3.75]
    assert sample_times(0, 100, 2, 4) == [12.5, 37.5, 62.5, 87.5]  # no more than four
    assert sample_times(0, 0.1, 1, 64) == [0.05]  # but one at least
    assert len(sample_times(0, 2.1, 1, 64)) == 3


@pytest.mark.parametrize("fps", [0.5, 1.0, 2.0])
def test_frames_show_what_is_there_at_their_time(clip: Path, fps: float) -> None:
    found = frames(clip, MediaOptions(fps=fps))
    assert len(found) == round(6 * fps)
    for frame in found:
        ((_, mean),) = brightness(frame.jpeg)
        assert second_of(mean) == int(frame.at_s)


def test_frames_of_a_part_show_that_part_alone(clip: Path) -> None:
    found = frames(clip, MediaOptions(fps=5), span=(2.0, 4.0))
    assert [second_of(brightness(frame.jpeg)[0][1]) for frame in found] == [2] * 5 + [3] * 5


def test_frames_are_made_smaller_never_larger(clip: Path) -> None:
    with av.open(frames(clip, MediaOptions(size=64), (0, 1))[0].jpeg and str(clip)) as original:
        assert original.streams.video[0].width == 320
    for size, expected in ((64, (64, 36)), (1000, (320, 180))):
        assert fitted(320, 180, size) == expected


# Sound


@pytest.mark.parametrize("rate", [8000, 16000, 24000])
def test_the_sound_is_mono_at_the_rate_that_was_asked_for(clip: Path, rate: int) -> None:
    samples = samples_of_wav(sound(clip, MediaOptions(audio_rate=rate)))
    assert len(samples) / rate == pytest.approx(6.0, abs=0.1)
    assert loud(samples, rate) == pytest.approx((2.5, 3.0), abs=0.05)


def test_the_sound_of_a_part_is_that_part_alone(clip: Path) -> None:
    samples = samples_of_wav(sound(clip, MediaOptions(), span=(2.0, 4.0)))
    assert len(samples) == 2 * 16000
    assert loud(samples, 16000) == pytest.approx((0.5, 1.0), abs=0.05)
    assert max(map(abs, samples_of_wav(sound(clip, MediaOptions(), span=(3.2, 5.0))))) < 300
    assert max(map(abs, samples_of_wav(sound(clip, MediaOptions(), span=(0.0, 2.4))))) < 300


# Videos


def test_a_muted_video_has_every_frame_and_no_sound(clip: Path) -> None:
    content = muted(clip)
    assert tracks(clip.read_bytes()) == (1, 1)
    assert tracks(content) == (1, 0)
    assert len(brightness(content)) == 60
    assert brightness(content) == brightness(clip.read_bytes())  # not encoded anew


@pytest.mark.parametrize("span", [(0.0, 1.5), (2.0, 4.0), (3.3, 6.0)])
def test_a_piece_begins_at_zero_and_holds_nothing_else(
    clip: Path, span: tuple[float, float]
) -> None:
    content = piece(clip, MediaOptions(size=160), span, with_sound=True)
    assert tracks(content) == (1, 1)
    found = brightness(content)
    assert len(found) == round((span[1] - span[0]) * 10)
    assert found[0][0] == pytest.approx(0, abs=0.11)
    for at, mean in found:
        assert second_of(mean) == int(span[0] + at + 1e-6)
    samples = samples_of_video(content)
    if span == (2.0, 4.0):
        assert loud(samples, 16000) == pytest.approx((0.5, 1.0), abs=0.08)
    else:
        assert max(map(abs, samples)) < 300
    assert tracks(piece(clip, MediaOptions(), span, with_sound=False)) == (1, 0)


def test_what_cannot_be_sent_says_why(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "broken.mp4").write_bytes(clip.read_bytes()[:900])
    (tmp_path / "list.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{clip}\n")
    (tmp_path / "list.avi").write_text(f"ffconcat version 1.0\nfile '{clip}'\n")
    (tmp_path / "playing.mp4").write_text(f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">{clip}')
    write_clip(tmp_path / "silent.mp4", 1, sound=False)
    os.mkfifo(tmp_path / "pipe.mp4")
    for name, said in (
        ("none.mp4", "no such file"),
        ("text.mp4", "no form of video"),
        ("broken.mp4", "cannot be read"),
        ("pipe.mp4", "no regular file"),
        ("list.mp4", "no form of video"),  # playlists lead to other files
        ("list.avi", "no form of video"),
        ("playing.mp4", "no form of video"),
    ):
        with pytest.raises(MediaError, match=said):
            frames(tmp_path / name, MediaOptions())
    with pytest.raises(MediaError, match="no sound in it"):
        sound(tmp_path / "silent.mp4", MediaOptions())
    with pytest.raises(MediaError, match="no picture from 90 to 91 s"):
        piece(clip, MediaOptions(), (90, 91), with_sound=False)


# Paths


def test_paths_that_lead_outside_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "media"
    root.mkdir()
    (tmp_path / "secret.mp4").write_text("secret")
    (root / "link.mp4").symlink_to(tmp_path / "secret.mp4")
    (root / "folder").symlink_to(tmp_path)
    (root / "loop.mp4").symlink_to(root / "loop.mp4")
    (root / "inner").mkdir()
    (root / "inner" / "ok.mp4").write_text("ok")
    (root / "good.mp4").symlink_to(root / "inner" / "ok.mp4")
    base = media_root(root)
    for bad in (
        "../secret.mp4",
        "/etc/passwd",
        "link.mp4",
        "folder/secret.mp4",
        "a/../../secret.mp4",
        "",
        ".",
        "x\0y",
    ):
        with pytest.raises(EmosError, match=r"leads outside|no usable path"):
            inside(base, bad, "an/item")
    with pytest.raises(MediaError):  # a link to itself leads nowhere
        try:
            frames(inside(base, "loop.mp4", "an/item"), MediaOptions())
        except EmosError as refused:  # by older Pythons already when it is followed
            raise MediaError from refused
    for good in ("inner/ok.mp4", "good.mp4", "inner/../inner/ok.mp4", "not/there/yet.mp4"):
        assert inside(base, good, "an/item").is_relative_to(base)


def test_one_path_outside_stops_the_run_before_anything_is_read_or_sent(tmp_path: Path) -> None:
    data = clips(3, media=True)
    paths = data.items["media"].scatter(2, "../../secret.mp4")
    data.with_tables(items=data.items.with_columns(paths)).write(tmp_path / "dataset")
    (tmp_path / "media" / "clips").mkdir(parents=True)
    write_clip(tmp_path / "media" / "clips" / "0000.mp4", 1)
    with Server(lambda asked: completion(JOY)) as server:
        with pytest.raises(EmosError, match=r"talk/d000/0002: media .* leads outside"):
            ask(tmp_path / "dataset", server.url, tmp_path / "run", media=tmp_path / "media")
        assert not server.asked
    assert not (tmp_path / "run").exists()


# In a run


def _with_clips(tmp_path: Path, n: int, there: int) -> Path:
    clips(n, media=True).write(tmp_path / "dataset")
    folder = tmp_path / "media" / "clips"
    folder.mkdir(parents=True)
    write_clip(folder / "0000.mp4", 2, beep=(0.5, 1.0))
    for number in range(1, there):
        (folder / f"{number:04d}.mp4").hardlink_to(folder / "0000.mp4")
    return tmp_path / "media"


@pytest.mark.parametrize(
    ("profile", "modalities", "kinds"),
    [
        ("openai", ("text", "video"), ["image"] * 4),
        ("openai", ("text", "audio"), ["audio"]),
        ("openai", ("text", "audio", "video"), ["image"] * 4 + ["audio"]),
        ("vllm", ("text", "audio", "video"), ["video", "audio"]),
        ("sglang", ("audio",), ["audio"]),
        ("dashscope", ("text", "audio", "video"), ["video"]),
        ("frames", ("text", "video"), ["image"] * 4),
    ],
)
def test_each_profile_sends_its_parts(
    tmp_path: Path, profile: str, modalities: tuple[str, ...], kinds: list[str]
) -> None:
    media = _with_clips(tmp_path, 1, 1)
    with Server(lambda asked: completion(JOY)) as server:
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "run",
            media=media,
            modalities=modalities,
            profile=profile,
        )
        (asked,) = server.asked
    parts = list(media_of(asked))
    assert [kind for kind, _ in parts] == kinds
    assert ("words of clip 0000" in asked.text) == ("text" in modalities)
    for kind, content in parts:
        if kind == "video":
            assert tracks(content) == (1, int(profile == "dashscope"))
        if kind == "audio":
            assert loud(samples_of_wav(content), 16000) == pytest.approx((0.5, 1.0), abs=0.05)
    if profile == "dashscope":
        assert asked.json["modalities"] == ["text"]
        assert asked.json["stream"] is True
        assert asked.parts[0]["video_url"]["url"].startswith("data:;base64,")


def test_a_missing_clip_is_that_items_error(tmp_path: Path) -> None:
    media = _with_clips(tmp_path, 5, 3)
    (media / "clips" / "0001.mp4").unlink()
    (media / "clips" / "0001.mp4").write_bytes(b"not a video")
    with Server(lambda asked: completion(JOY)) as server:
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "run",
            media=media,
            modalities=("text", "video"),
        )
        assert len(server.asked) == 2
    assert statuses(tmp_path / "run") == {"ok": 2, "error": 3}
    reasons = [r.get("reason") for r in predictions(tmp_path / "run")]
    assert reasons[3] == str(reasons[4]).replace("0004", "0003") == "clips/0003.mp4: no such file"
    assert "clips/0001.mp4: cannot be read" in str(reasons[1])


def test_a_server_that_fetches_is_sent_an_address(tmp_path: Path) -> None:
    media = _with_clips(tmp_path, 1, 1)
    with Server(lambda asked: completion(JOY)) as server:
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "run",
            media=media,
            profile="dashscope",
            modalities=("text", "audio", "video"),
            media_url="https://files.example/a%20b/",
        )
        (asked,) = server.asked
    assert asked.parts[0]["video_url"]["url"] == "https://files.example/a%20b/clips/0000.mp4"
    with pytest.raises(EmosError, match="with its sound, which was not asked for"):
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "mute",
            media=media,
            profile="dashscope",
            modalities=("text", "video"),
            media_url="https://files.example/",
        )


def test_no_media_is_held_longer_than_its_request(tmp_path: Path) -> None:
    """At most two requests of 2 MB are under way: the peak does not grow with their number."""
    media = _with_clips(tmp_path, 45, 45)
    clip = media / "clips" / "0000.mp4"
    padding = (0x200000).to_bytes(4) + b"free" + bytes(0x200000 - 8)  # a box to be skipped
    clip.write_bytes(clip.read_bytes() + padding)  # all are one file
    peaks = []
    with Server(lambda asked: completion(JOY), keep=False) as server:
        for limit in (15, 45):  # 15 requests, then 30
            tracemalloc.start()
            ask(
                tmp_path / "dataset",
                server.url,
                tmp_path / "run",
                media=media,
                limit=limit,
                modalities=("audio", "video"),
                profile="dashscope",
                options=RunOptions(at_once=2),
            )
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert statuses(tmp_path / "run") == {"ok": 45}
    assert peaks[0] > 2 * 0x200000  # the measure sees what it is about
    assert peaks[1] < 1.3 * peaks[0]


def test_nothing_of_a_clip_is_written_to_the_run(tmp_path: Path) -> None:
    media = _with_clips(tmp_path, 2, 2)
    with Server(lambda asked: completion(JOY)) as server:
        ask(
            tmp_path / "dataset",
            server.url,
            tmp_path / "run",
            media=media,
            modalities=("text", "audio", "video"),
        )
        (url,) = {asked.parts[0]["image_url"]["url"] for asked in server.asked}
    for path in (tmp_path / "run").iterdir():
        assert path.stat().st_size < 3000
        assert url[30:130] not in path.read_text()
        assert str(tmp_path) not in path.read_text()


def test_parts_are_those_that_were_asked_for(clip: Path) -> None:
    def kinds(ways: Ways, span: tuple[float, float] | None = None) -> list[str]:
        return [part.kind for part in parts_of(clip, ways, MediaOptions(fps=0.5), span)]

    assert kinds(Ways(None, True)) == ["audio"]
    assert kinds(Ways("frames", False)) == ["image"] * 3
    assert kinds(Ways("video", True), (1, 2)) == ["video", "audio"]
    whole = parts_of(clip, Ways("video", False, True), MediaOptions(), None)[0]
    assert whole.content == clip.read_bytes()
