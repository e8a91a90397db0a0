"""The public EmoS release on this machine: files listed in its manifest, fetched over HTTPS.

The repository is https://github.com/NLP2CT/EmoS. GitHub serves a file's content at
``https://raw.githubusercontent.com/OWNER/REPOSITORY/REF/PATH`` and takes ``HEAD`` as the default
branch's name there (sources in docs/fetch.md). The repository's own ``.gitignore`` keeps every
video out, so ``media`` is of use with a base that has them.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from emos.errors import EmosError
from emos.readers.fetch.download import Downloader, DownloadError, Partial, make_opener

BASE_URL = "https://raw.githubusercontent.com/NLP2CT/EmoS/HEAD/"
MANIFEST = "manifest.csv"
# In the repository, but not in its manifest; their sizes are not known beforehand.
BESIDE_MANIFEST = ("README.md", "file_counts.json")
MEDIA_SUFFIXES = frozenset(
    {".mp4", ".mov", ".avi", ".mkv", ".webm", ".flv", ".wmv", ".m4v", ".wav", ".mp3", ".m4a"}
)
# After so many media files in a row that the server does not have, it has none.
MEDIA_TRIES = 20
_UNREACHABLE_TRIES = 3
_RESERVE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Listed:
    """A file to fetch: its path in the release, its size in bytes (None if not listed)."""

    path: str
    size: int | None

    @property
    def is_media(self) -> bool:
        """Whether it is a video or a recording."""
        return PurePosixPath(self.path).suffix.lower() in MEDIA_SUFFIXES


@dataclass(frozen=True)
class Problem:
    """A file that is not here: its path, the kind (`DownloadError`), why."""

    path: str
    kind: str
    why: str


@dataclass(frozen=True)
class Plan:
    """What a fetch would do, before it does it.

    ``files`` are still to be fetched, ``kept`` counts complete ones, ``media_files`` and
    ``media_bytes`` count the media to be fetched and what they weigh by the manifest,
    ``left_bytes`` is what must still arrive.
    """

    files: tuple[Listed, ...]
    kept: int
    media_files: int
    media_bytes: int
    left_bytes: int


@dataclass(frozen=True)
class FetchReport:
    """What a fetch did: files fetched, files that were complete before, files that are not here."""

    fetched: int
    kept: int
    problems: tuple[Problem, ...]


def fetch_release(
    target: Path,
    *,
    media: bool = False,
    base_url: str = BASE_URL,
    accept: Callable[[Plan], bool] = lambda plan: True,
    on_bytes: Callable[[int], object] = lambda count: None,
    on_wait: Callable[[str, str, float], object] = lambda name, why, seconds: None,
    workers: int = 4,
    attempts: int = 5,
    timeout_s: float = 30.0,
    wait: Callable[[float], object] | None = None,
) -> FetchReport | None:
    """Fetch the release into ``target``; a complete file is never fetched again.

    Parameters
    ----------
    target : folder, made if need be. A file in it that the manifest lists with another size is
        replaced.
    media : fetch videos too.
    base_url : where the paths of the manifest are looked for; HTTPS, or HTTP to this machine.
    accept : shown the plan before anything but the manifest is fetched; False ends the fetch.
    on_bytes, on_wait, attempts, timeout_s, wait : as in `Downloader`.
    workers : files fetched at a time.

    Returns
    -------
    The report; None if the plan was not accepted. One file's failure does not stop the others.

    Raises
    ------
    EmosError : if the manifest cannot be had or read, the target cannot be written, or the disk
        has too little room.
    """
    base_url = base_url if base_url.endswith("/") else f"{base_url}/"
    downloader = Downloader(
        make_opener(base_url),
        attempts=attempts,
        timeout_s=timeout_s,
        wait=wait,
        on_wait=on_wait,
    )
    try:
        target.mkdir(parents=True, exist_ok=True)
        listed, refused = _manifest(downloader, base_url, target)
        plan = make_plan(target, listed, media=media)
        _check_room(target, plan)
        if not accept(plan):
            return None
        downloader.on_bytes = on_bytes
        problems = _fetch_all(downloader, base_url, target, plan.files, workers)
    except OSError as error:
        raise EmosError(
            f"cannot be written ({error.strerror})", file=target, remedy="choose another -o"
        ) from error
    fetched = len(plan.files) - len(problems)
    return FetchReport(
        fetched, plan.kept, tuple(sorted([*refused, *problems], key=lambda problem: problem.path))
    )


def _manifest(
    downloader: Downloader, base_url: str, target: Path
) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    """The manifest in the folder, or else the server's; one that is none is never kept."""
    path = target / MANIFEST
    if path.is_file():
        with suppress(EmosError):
            return read_manifest(path)
    _fetch_manifest(downloader, base_url, path)
    try:
        return read_manifest(path)
    except EmosError as error:
        path.unlink()
        raise EmosError(
            error.problem,
            file=base_url + MANIFEST,
            place=error.place,
            remedy="check --base-url and the network (a login page answers like this)",
        ) from error


def _fetch_manifest(downloader: Downloader, base_url: str, path: Path) -> None:
    try:
        downloader.get(base_url + MANIFEST, path, None)
    except DownloadError as error:
        raise EmosError(
            f"cannot be fetched: {error.why}",
            file=base_url + MANIFEST,
            remedy="check the network or --base-url",
        ) from error


def read_manifest(path: Path) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    """Files that a manifest lists (columns ``release_path, size_bytes``), and refused rows.

    A row is refused if its path leads out of the folder or cannot be a file's name everywhere, if
    its size is no number, or if it contradicts an earlier row.

    Raises
    ------
    EmosError : if the file is no such manifest.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise EmosError(
            "not a manifest (cannot be read as UTF-8)", file=path, remedy="delete it and try again"
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    files: dict[str, Listed] = {}
    refused: list[Problem] = []
    try:
        if not {"release_path", "size_bytes"} <= set(reader.fieldnames or ()):
            raise EmosError(
                "not a manifest (columns release_path and size_bytes are missing)",
                file=path,
                remedy="delete it and try again",
            )
        for row in reader:
            name, size = row["release_path"] or "", (row["size_bytes"] or "").strip()
            if (why := unsafe(name)) is not None:
                refused.append(Problem(name[:200], "refused", why))
            elif not re.fullmatch(r"[0-9]{1,15}", size):
                refused.append(Problem(name, "refused", f"its size is {size[:40]!r}"))
            elif name in files and files[name].size != int(size):
                refused.append(Problem(name, "refused", "listed twice with two sizes"))
            else:
                files.setdefault(name, Listed(name, int(size)))
    except csv.Error as error:
        raise EmosError(
            f"not a manifest ({error})",
            file=path,
            place=f"line {reader.line_num}",
            remedy="delete it and try again",
        ) from error
    return tuple(files.values()), tuple(refused)


def unsafe(path: str) -> str | None:
    """Why ``path`` from a manifest is not written to; None if it stays within the folder."""
    parts = path.split("/")
    if not path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "leads out of the folder"
    if re.search(r'[\\:*?"<>|\x00-\x1f\x7f]', path) or any(part != part.strip() for part in parts):
        return "holds characters that are not allowed in file names everywhere"
    if path.endswith((".part", ".part.tag")) or len(path.encode("utf-8", "replace")) > 1000:
        return "cannot be told from an unfinished file, or is too long"
    return None


def make_plan(target: Path, listed: Sequence[Listed], *, media: bool) -> Plan:
    """What is left to fetch into ``target``."""
    known = {MANIFEST, *(file.path for file in listed)}
    wanted = [file for file in listed if file.path != MANIFEST and (media or not file.is_media)]
    wanted += [Listed(path, None) for path in BESIDE_MANIFEST if path not in known]
    files = [file for file in wanted if not _is_complete(target / file.path, file.size)]
    videos = [file for file in files if file.is_media]
    return Plan(
        tuple(files),
        len(wanted) - len(files) + 1,
        len(videos),
        sum(file.size or 0 for file in videos),
        sum(max(0, (file.size or 0) - Partial.of(target / file.path).size()) for file in files),
    )


def _is_complete(path: Path, size: int | None) -> bool:
    return path.is_file() and (size is None or path.stat().st_size == size)


def _check_room(target: Path, plan: Plan) -> None:
    free = shutil.disk_usage(target).free
    if free < plan.left_bytes + _RESERVE_BYTES:
        raise EmosError(
            f"{plan.left_bytes / 1e9:.1f} GB are to come, {free / 1e9:.1f} GB are free",
            file=target,
            remedy="make room or choose another -o",
        )


class _Run:
    """One fetch under way: decides whether the next file is worth asking for."""

    def __init__(self, downloader: Downloader, base_url: str, target: Path) -> None:
        self.downloader = downloader
        self.base_url = base_url
        self.root = target.resolve()
        self.unreachable = 0
        self.media_missing: int | None = 0  # None once a media file has been there
        self.full: str | None = None

    def fetch(self, file: Listed) -> Problem | None:
        """Fetch one file; the problem if it did not come."""
        reason = self.pointless(file)
        if reason is not None:
            return Problem(file.path, *reason)
        path = self.root / file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.parent.resolve().is_relative_to(self.root):
                return Problem(file.path, "refused", "a link leads out of the folder")
            self.downloader.get(self.base_url + quote(file.path), path, file.size)
        except DownloadError as error:
            self.note(file, error)
            return Problem(file.path, error.kind, error.why)
        except OSError as error:
            return Problem(file.path, "disk", error.strerror or str(error))
        self.unreachable = 0
        if file.is_media:
            self.media_missing = None
        return None

    def note(self, file: Listed, error: DownloadError) -> None:
        self.unreachable = self.unreachable + 1 if error.kind == "unreachable" else 0
        if error.kind == "disk":
            self.full = error.why
        if file.is_media and self.media_missing is not None and error.kind == "missing":
            self.media_missing += 1

    def pointless(self, file: Listed) -> tuple[str, str] | None:
        """Kind and reason why ``file`` need not be asked for."""
        if self.downloader.stop.is_set():
            return "not-tried", "stopped"
        if self.full is not None:
            return "not-tried", self.full
        if self.unreachable >= _UNREACHABLE_TRIES:
            return "not-tried", "the server cannot be reached"
        if file.is_media and (self.media_missing or 0) >= MEDIA_TRIES:
            return "missing", f"not asked for: the first {MEDIA_TRIES} media files are not there"
        return None


def _fetch_all(
    downloader: Downloader, base_url: str, target: Path, files: Sequence[Listed], workers: int
) -> list[Problem]:
    run = _Run(downloader, base_url, target)
    # Small files first: what most people need is there before the videos.
    ordered = sorted(files, key=lambda file: (file.is_media, file.path))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            futures = [pool.submit(run.fetch, file) for file in ordered]
            results = [future.result() for future in as_completed(futures)]
        except BaseException:
            downloader.stop.set()  # also an interrupt: let running files end at the next chunk
            pool.shutdown(cancel_futures=True)
            raise
    return [problem for problem in results if problem is not None]
