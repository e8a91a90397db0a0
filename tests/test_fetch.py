"""Fetching a release from a server on this machine that misbehaves in every way asked for."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from emos.cli import app
from emos.errors import EmosError
from emos.readers.fetch import release as fetch_module
from emos.readers.fetch.download import Downloader, DownloadError, make_opener
from emos.readers.fetch.release import Listed, fetch_release, make_plan, read_manifest, unsafe

Answer = Callable[["Handler", bytes], None]

NAMES = {
    "datasets/a b/The Devil's 独白.json": b'{"a": 1}' * 40_000,
    "datasets/100%+a&b#1.csv": b"x,y\n" * 10,
    "datasets/empty": b"",
    "datasets/clip.mp4": b"\x00video" * 500,
}


class Handler(BaseHTTPRequestHandler):
    server: Server  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(self.path.lstrip("/"))
        self.server.asked.append((path, self.headers.get("Range")))
        body = self.server.files.get(path)
        script = self.server.scripts.get(path)
        if script:
            with suppress(BrokenPipeError, ConnectionResetError):
                script.pop(0)(self, body or b"")
        elif body is None:
            self.answer(404, b"404: Not Found")
        else:
            with suppress(BrokenPipeError, ConnectionResetError):
                serve(self, body)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.scripts: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def publish(self, files: dict[str, bytes], manifest: str | None = None) -> None:
        if manifest is None:
            rows = [f'"{name}",{len(body)}' for name, body in files.items()]
            manifest = "\n".join(["release_path,size_bytes", *rows]) + "\n"
        self.files = {
            **files,
            "manifest.csv": manifest.encode(),
            "README.md": b"# Read me\n",
            "file_counts.json": b"{}",
        }

    def paths_asked(self) -> list[str]:
        return [path for path, _ in self.asked]


def tag(body: bytes) -> str:
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def serve(handler: Handler, body: bytes) -> None:
    """A server that knows ranges."""
    wanted = handler.headers.get("Range")
    if wanted is None:
        handler.answer(200, body, ETag=tag(body))
        return
    start = int(wanted.removeprefix("bytes=").rstrip("-"))
    if start >= len(body):
        handler.answer(416, b"")
        return
    where = f"bytes {start}-{len(body) - 1}/{len(body)}"
    handler.answer(206, body[start:], ETag=tag(body), Content_Range=where)


def whole(handler: Handler, body: bytes) -> None:
    """A server that ignores Range."""
    handler.answer(200, body)


def cut_after(count: int) -> Answer:
    """The connection is lost after ``count`` bytes of the body."""

    def answer(handler: Handler, body: bytes) -> None:
        start = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", tag(body))
        if start:
            where = f"bytes {start}-{len(body) - 1}/{len(body)}"
            handler.send_header("Content-Range", where)
        handler.send_header("Content-Length", str(len(body) - start))
        handler.end_headers()
        handler.wfile.write(body[start : start + count])
        handler.wfile.flush()
        handler.close_connection = True

    return answer


def status(code: int, **headers: str) -> Answer:
    return lambda handler, body: handler.answer(code, b"no", **headers)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join(timeout=10)
            assert not thread.is_alive()


def get(server: Server, target: Path, **options: Any) -> Any:
    waits: list[float] = options.pop("waits", [])
    return fetch_release(
        target, base_url=server.url, wait=waits.append, timeout_s=10, attempts=3, **options
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_but_media_arrives_and_once_only(server: Server, tmp_path: Path) -> None:
    server.publish(NAMES)
    target = tmp_path / "新 folder"
    arrived: list[int] = []
    report = get(server, target, on_bytes=arrived.append)
    assert report.problems == ()
    assert (report.fetched, report.kept) == (5, 1)  # the manifest is had before the plan
    expected = {name: body for name, body in server.files.items() if not name.endswith(".mp4")}
    assert tree(target) == expected
    assert sum(arrived) == sum(map(len, expected.values())) - len(expected["manifest.csv"])
    asked = len(server.asked)
    again = get(server, target)
    assert (again.fetched, again.kept) == (0, 6)
    assert len(server.asked) == asked


def test_media_are_fetched_on_request(server: Server, tmp_path: Path) -> None:
    server.publish(NAMES)
    report = get(server, tmp_path / "a", media=True)
    assert report.problems == ()
    assert tree(tmp_path / "a") == server.files


def test_plan_tells_the_size_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    server.publish(NAMES)
    plans = []

    def refuse(plan: Any) -> bool:
        plans.append(plan)
        return False

    assert get(server, tmp_path, media=True, accept=refuse) is None
    assert (plans[0].media_files, plans[0].media_bytes) == (1, 3000)
    assert plans[0].left_bytes == sum(map(len, NAMES.values()))
    assert server.paths_asked() == ["manifest.csv"]


def test_a_lost_connection_is_resumed_within_a_run(server: Server, tmp_path: Path) -> None:
    name = "big.bin"
    server.publish({name: bytes(range(256)) * 4000})
    server.scripts[name] = [cut_after(300_000), cut_after(500_000)]
    waits: list[float] = []
    report = get(server, tmp_path, waits=waits)
    assert report.problems == ()
    assert (tmp_path / name).read_bytes() == server.files[name]
    ranges = [wanted for path, wanted in server.asked if path == name]
    assert ranges == [None, "bytes=300000-", "bytes=800000-"]
    assert waits == [1.0, 2.0]


def test_a_killed_fetch_is_resumed_by_the_next(server: Server, tmp_path: Path) -> None:
    name, body = "big.bin", b"0123456789" * 100_000
    server.publish({name: body})
    half_sent, released = threading.Event(), threading.Event()

    def stall(handler: Handler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("ETag", tag(body))
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        half_sent.set()
        released.wait(60)
        handler.close_connection = True

    server.scripts[name] = [stall]
    arguments = ["fetch", "emos-release", "-o", str(tmp_path), "--base-url", server.url]
    with subprocess.Popen([sys.executable, "-m", "emos", *arguments]) as process:
        try:
            assert half_sent.wait(60)
            part = tmp_path / f"{name}.part"
            for _ in range(600):
                if part.is_file() and part.stat().st_size:
                    break
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait(60)
            released.set()
    before = part.stat().st_size
    assert 0 < before <= len(body) // 2
    assert not (tmp_path / name).exists()
    server.asked.clear()
    report = get(server, tmp_path)
    assert report.problems == ()
    assert (tmp_path / name).read_bytes() == body
    assert (name, f"bytes={before}-") in server.asked
    assert not list(tmp_path.rglob("*.part*"))


def test_an_error_in_one_place_stops_all_at_the_next_chunk(server: Server, tmp_path: Path) -> None:
    server.publish(dict.fromkeys(("a", "b", "c", "d", "e"), b"0123456789" * 100000))

    class StoppedError(BaseException):
        pass

    def stop(count: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        get(server, tmp_path, on_bytes=stop)
    assert get(server, tmp_path).problems == ()


def test_a_server_that_ignores_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    name = "big.bin"
    server.publish({name: b"abc" * 100_000})
    server.scripts[name] = [cut_after(100_000), whole]
    arrived: list[int] = []
    report = get(server, tmp_path, on_bytes=arrived.append)
    assert report.problems == ()
    assert (tmp_path / name).read_bytes() == server.files[name]
    assert sum(arrived) == 300_000 + len(b"# Read me\n") + len(b"{}")


def test_a_file_that_changed_between_two_runs_is_not_patched_together(
    server: Server, tmp_path: Path
) -> None:
    name = "big.bin"
    server.publish({name: b"a" * 400_000})
    server.scripts[name] = [cut_after(1000), cut_after(1000), cut_after(1000)]
    assert [p.path for p in get(server, tmp_path).problems] == [name]
    assert (tmp_path / f"{name}.part").stat().st_size == 3000
    server.files[name] = b"b" * 400_000
    assert get(server, tmp_path).problems == ()
    assert (tmp_path / name).read_bytes() == b"b" * 400_000


@pytest.mark.parametrize("left_over", [b"x" * 500, b"x" * 100])
def test_a_partial_file_that_is_no_part_is_thrown_away(
    server: Server, tmp_path: Path, left_over: bytes
) -> None:
    server.publish({"a.bin": b"y" * 300})
    (tmp_path / "a.bin.part").write_bytes(left_over)
    (tmp_path / "a.bin.part.tag").write_text("old")
    assert get(server, tmp_path).problems == ()
    assert (tmp_path / "a.bin").read_bytes() == b"y" * 300


def test_partial_file_of_unknown_size_past_the_end(server: Server, tmp_path: Path) -> None:
    server.publish({})
    (tmp_path / "README.md.part").write_bytes(b"x" * 5000)  # answered with 416
    assert get(server, tmp_path).problems == ()
    assert (tmp_path / "README.md").read_bytes() == b"# Read me\n"


@pytest.mark.parametrize("length", [299, 301, 100_000])
def test_wrong_size_is_reported_and_not_kept(server: Server, tmp_path: Path, length: int) -> None:
    server.publish({"a.bin": b"y" * length, "b.bin": b"z"})
    server.files["manifest.csv"] = b"release_path,size_bytes\na.bin,300\nb.bin,1\n"
    (problem,) = get(server, tmp_path).problems
    assert (problem.path, problem.kind) == ("a.bin", "wrong-size")
    assert problem.why == f"{length:,} bytes, 300 expected"
    assert sorted(tree(tmp_path)) == ["README.md", "b.bin", "file_counts.json", "manifest.csv"]


def test_git_lfs_pointer_is_named(server: Server, tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9000\n"
    server.publish({"a.bin": pointer}, "release_path,size_bytes\na.bin,9000\n")
    (problem,) = get(server, tmp_path).problems
    assert problem.why == "a Git LFS pointer instead of the file"


def test_a_missing_file_does_not_stop_the_others(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"1", "b": b"2", "c": b"3"})
    del server.files["b"]
    waits: list[float] = []
    report = get(server, tmp_path, waits=waits)
    assert [(p.path, p.kind, p.why) for p in report.problems] == [("b", "missing", "HTTP 404")]
    assert report.fetched == 4
    assert waits == []
    assert server.paths_asked().count("b") == 1


def test_transient_errors_are_tried_again(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"1", "b": b"2"})
    server.scripts["a"] = [status(503), status(429, Retry_After="7")]
    server.scripts["b"] = [status(503, Retry_After="100000"), status(500), status(502)]
    waits: list[float] = []
    report = get(server, tmp_path, waits=waits, workers=1)
    assert [(p.path, p.why) for p in report.problems] == [("b", "HTTP 502 (3 attempts)")]
    assert waits == [1.0, 7.0, 60.0, 2.0]  # a server cannot ask for more than a minute


def test_forbidden_is_not_tried_again(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"1"})
    server.scripts["a"] = [status(403)]
    (problem,) = get(server, tmp_path).problems
    assert (problem.kind, problem.why) == ("failed", "HTTP 403")


@pytest.mark.parametrize(
    "where", ["http://example.com/a", "ftp://127.0.0.1/a", "file:///etc/hostname", "http://[::"]
)
def test_a_redirect_to_anything_but_https_is_refused(
    server: Server, tmp_path: Path, where: str
) -> None:
    server.publish({"a": b"1", "b": b"2"})
    server.scripts["a"] = [status(302, Location=where)]
    problems = get(server, tmp_path).problems
    assert [(p.path, p.kind) for p in problems] in ([("a", "refused")], [("a", "failed")])
    assert (tmp_path / "b").is_file()
    assert not (tmp_path / "a").exists()


def test_a_redirect_on_this_machine_is_followed(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"1", "there/a": b"1"})
    server.scripts["a"] = [status(302, Location=f"{server.url}there/a")]
    assert get(server, tmp_path).problems == ()


def test_https_never_leads_to_plain_http_here(server: Server) -> None:
    """A public address must not send a fetch to a service on the user's machine."""
    opener = make_opener("https://example.com/")
    (redirects,) = [h for h in opener.handlers if hasattr(h, "local_allowed")]
    with pytest.raises(DownloadError, match="not HTTPS"):
        redirects.redirect_request(None, None, 302, "", None, server.url)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url", ["http://example.com/", "ftp://a/", "file:///tmp/", "x", "", "http://[::/"]
)
def test_a_base_that_is_not_https_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="not HTTPS"):
        fetch_release(tmp_path, base_url=url)


@pytest.mark.parametrize(
    "path",
    [
        "../out",
        "a/../../out",
        "/etc/passwd",
        "a//b",
        "./a",
        "",
        "C:\\x",
        "C:x",
        "a\\..\\b",
        "a\x00b",
        "a\nb",
        "a/ b",
        "a.part",
        "x" * 1001,
    ],
)
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    assert unsafe(path) is not None


@pytest.mark.parametrize("path", ["a/b.csv", "狗 13/it's.json", "a.b/..c", "-x", "~"])
def test_ordinary_paths_are_taken(path: str) -> None:
    assert unsafe(path) is None


def test_path_traversal_in_a_manifest(server: Server, tmp_path: Path) -> None:
    manifest = 'release_path,size_bytes\n../evil,4\n/tmp/evil,4\ngood,4\n"b\\c",4\nneg,-1\n'
    server.publish({"../evil": b"evil", "good": b"good"}, manifest)
    target = tmp_path / "inside"
    report = get(server, target)
    assert {(p.path, p.kind) for p in report.problems} == {
        ("../evil", "refused"),
        ("/tmp/evil", "refused"),
        ("b\\c", "refused"),
        ("neg", "refused"),
    }
    assert sorted(tree(tmp_path)) == [
        f"inside/{name}" for name in ("README.md", "file_counts.json", "good", "manifest.csv")
    ]


def test_a_link_out_of_the_folder_is_not_followed(server: Server, tmp_path: Path) -> None:
    outside, target = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    target.mkdir()
    (target / "d").symlink_to(outside)
    (outside / "victim").write_bytes(b"mine")
    (target / "b.part").symlink_to(outside / "victim")
    server.publish({"d/a": b"1", "b": b"22"})
    (problem,) = get(server, target).problems
    assert (problem.path, problem.kind) == ("d/a", "refused")
    assert tree(outside) == {"victim": b"mine"}
    assert (target / "b").read_bytes() == b"22"


def test_a_file_of_another_size_is_fetched_again(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"new!"})
    (tmp_path / "a").write_bytes(b"old")
    get(server, tmp_path)
    assert (tmp_path / "a").read_bytes() == b"new!"


def test_a_server_without_media_is_not_asked_for_all(server: Server, tmp_path: Path) -> None:
    server.publish({f"{number:03}.mp4": b"v" for number in range(100)})
    for name in list(server.files):
        if name.endswith(".mp4"):
            del server.files[name]
    report = get(server, tmp_path, media=True, workers=1)
    assert len(report.problems) == 100
    assert {p.kind for p in report.problems} == {"missing"}
    asked = [path for path in server.paths_asked() if path.endswith(".mp4")]
    assert len(asked) == fetch_module.MEDIA_TRIES


def test_a_server_that_is_gone_is_not_asked_for_all(server: Server, tmp_path: Path) -> None:
    server.publish({f"{number}": b"1" for number in range(30)})
    get(server, tmp_path, accept=lambda plan: False)
    waits: list[float] = []
    report = fetch_release(
        tmp_path, base_url="http://127.0.0.1:9/", attempts=2, wait=waits.append, workers=1
    )
    assert report is not None
    assert len(waits) == 3  # one pause for each of three files
    assert {p.kind for p in report.problems} == {"unreachable", "not-tried"}


@pytest.mark.parametrize(
    "manifest", ["", "a,b\n1,2\n", "<html>404</html>", "release_path\nx\n", "\x00"]
)
def test_what_is_no_manifest_is_one_line(server: Server, tmp_path: Path, manifest: str) -> None:
    server.publish({}, manifest)
    with pytest.raises(EmosError, match=r"manifest.csv.*: not a manifest .*; check --base-url"):
        get(server, tmp_path)
    assert not (tmp_path / "manifest.csv").exists()
    server.publish(NAMES)
    assert get(server, tmp_path).problems == ()


def test_a_bad_manifest_in_the_folder_is_replaced(server: Server, tmp_path: Path) -> None:
    server.publish(NAMES)
    (tmp_path / "manifest.csv").write_text("<html>log in</html>")
    assert get(server, tmp_path).problems == ()
    assert (tmp_path / "manifest.csv").read_bytes() == server.files["manifest.csv"]


def test_what_is_waited_for_is_told(server: Server, tmp_path: Path) -> None:
    server.publish(NAMES)
    server.scripts["manifest.csv"] = [status(503, Retry_After="7"), status(500)]
    told: list[tuple[str, str, float]] = []
    get(server, tmp_path, on_wait=lambda *what: told.append(what))
    assert told == [("manifest.csv", "HTTP 503", 7.0), ("manifest.csv", "HTTP 500", 2.0)]


def test_no_manifest_on_the_server(server: Server, tmp_path: Path) -> None:
    with pytest.raises(EmosError, match=r"manifest.csv: cannot be fetched: HTTP 404"):
        get(server, tmp_path)


def test_too_little_room_is_said_before(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.publish({"a": b"1" * 1000})
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(fetch_module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(EmosError, match="make room"):
        get(server, tmp_path)
    assert server.paths_asked() == ["manifest.csv"]


def test_target_that_is_a_file(server: Server, tmp_path: Path) -> None:
    server.publish({})
    (tmp_path / "a").write_text("x")
    with pytest.raises(EmosError, match="cannot be written"):
        get(server, tmp_path / "a")


def test_a_stopped_downloader_keeps_what_it_has(server: Server, tmp_path: Path) -> None:
    server.publish({"a": b"1" * 1_000_000})
    downloader = Downloader(make_opener(server.url))
    downloader.on_bytes = lambda count: downloader.stop.set()
    with pytest.raises(DownloadError, match="stopped"):
        downloader.get(f"{server.url}a", tmp_path / "a", 1_000_000)
    assert 0 < (tmp_path / "a.part").stat().st_size < 1_000_000


def test_command(server: Server, tmp_path: Path) -> None:
    server.publish({**NAMES, "gone.csv": b"1"})
    del server.files["gone.csv"]
    arguments = ["fetch", "emos-release", "-o", str(tmp_path / "r 1"), "--base-url", server.url]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 1
    assert run.stdout.startswith(f"Asking {server.url} for the list of files (manifest.csv)\n")
    assert "To fetch: 6 files, 320.0 kB.\n" in run.stdout  # nothing is "already here" at first
    assert "Fetched 5 files into" in run.stdout
    assert "Not fetched: 1 file" in run.stdout
    assert "gone.csv" in run.stdout
    assert "Run the same command again" in run.stdout
    assert "emos import" not in run.stdout
    server.files["gone.csv"] = b"1"
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0
    assert "To fetch: 1 file, 1 byte. Already here: 5 files." in run.stdout
    assert "Fetched 1 file into" in run.stdout
    hint = run.stdout.splitlines()[-1]
    assert shlex.split(hint, comments=True) == [
        *("emos", "import", "emos-release", str(tmp_path / "r 1"), "-o", "dataset")
    ]
    run = CliRunner().invoke(app, arguments)
    assert "Nothing to fetch: every file is here" in run.stdout
    run = CliRunner().invoke(app, [*arguments, "--media"], input="n\n")
    assert run.exit_code == 1
    assert "Videos: 1 file, 3.0 kB" in run.stdout
    assert not (tmp_path / "r 1/datasets/clip.mp4").exists()
    run = CliRunner().invoke(app, [*arguments, "--media", "--yes"])
    assert run.exit_code == 0
    assert (tmp_path / "r 1/datasets/clip.mp4").read_bytes() == NAMES["datasets/clip.mp4"]


def test_a_missing_document_does_not_stop_the_import(server: Server, tmp_path: Path) -> None:
    server.publish({**NAMES, "paper.pdf": b"%PDF"})
    del server.files["paper.pdf"]
    arguments = ["fetch", "emos-release", "-o", str(tmp_path / "r"), "--base-url", server.url]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 1
    assert "paper.pdf" in run.stdout
    assert "  emos import emos-release" in run.stdout


def test_an_error_of_the_command_leaves_no_empty_line(tmp_path: Path) -> None:
    arguments = ["fetch", "emos-release", "-o", str(tmp_path), "--base-url", "ftp://localhost"]
    run = CliRunner().invoke(app, arguments)
    assert isinstance(run.exception, EmosError)
    assert all(line.strip() for line in run.stdout.splitlines())


def test_unknown_source_is_one_line() -> None:
    run = CliRunner().invoke(app, ["fetch", "imagenet"])
    assert isinstance(run.exception, EmosError)
    assert "try emos-release" in str(run.exception)


@pytest.mark.release
def test_manifest_of_the_release(release_path: Path) -> None:
    listed, refused = read_manifest(release_path / "manifest.csv")
    assert refused == ()
    assert len(listed) == 11_430
    videos = [file for file in listed if file.is_media]
    assert len(videos) == 11_275
    assert sum(file.size or 0 for file in listed) / 1e9 == pytest.approx(18.5, abs=0.05)
    plan = make_plan(release_path, listed, media=False)
    assert [Path(file.path).suffix for file in plan.files] == [".pdf"]


def test_listed() -> None:
    assert Listed("a/B.MP4", 1).is_media
    assert not Listed("a/mp4.json", 1).is_media
