"""Files that a README or another text names and that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emos.readers.lint.folder import Folder
from emos.readers.lint.registry import Hit, Rule

_BRANCH = re.compile(r"^([│|\s]*)[├└+`][─-]{1,3}\s+(\S.*?)\s*(?:\s#.*)?$")
_QUOTED = re.compile(r"`([^`\n]{1,200})`")
_FILE = re.compile(
    r"[^*<>{}$:]*\.(?:xlsx|csv|tsv|json|jsonl|md|pdf|parquet|txt|toml|ya?ml|mp4|wav)"
)
_STEP = 4  # columns that a level of a drawn tree is set in by


def _check(folder: Folder) -> Iterator[Hit]:
    known = set(folder.files)
    listed = {listing.prefix + path for listing in folder.listings for path, _, _ in listing.rows}
    folders = {prefix for path in known | listed for prefix in _parents(path)}
    for file, text in folder.texts.items():
        base = file.rpartition("/")[0]
        prefix = f"{base}/" if base else ""
        lines = text.splitlines()
        for number, path in tree_paths(lines):
            full = prefix + path.rstrip("/")
            if full not in known and full not in folders:
                yield _hit(file, number, path, full in listed)
        for number, line in enumerate(lines, 1):
            for name in _QUOTED.findall(line):
                if _FILE.fullmatch(name) and not _is_there(name, known):
                    yield _hit(file, number, name, any(_ends(path, name) for path in listed))


def tree_paths(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Line number and path of every entry of trees drawn as ``tree`` draws them."""
    stack: list[str] = []
    for number, line in enumerate(lines, 1):
        branch = _BRANCH.match(line)
        if branch is None:
            if not re.fullmatch(r"[│|\s]*", line):
                stack = []
            continue
        depth, name = len(branch.group(1)) // _STEP, branch.group(2)
        if name in ("...", "…") or depth > len(stack):
            continue
        stack = [*stack[:depth], name.rstrip("/")]
        yield number, "/".join(stack) + ("/" if name.endswith("/") else "")


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _is_there(name: str, known: set[str]) -> bool:
    return any(_ends(path, name) for path in known)


def _ends(path: str, name: str) -> bool:
    return path == name or path.endswith(f"/{name.removeprefix('./')}")


def _hit(file: str, number: int, path: str, listed: bool) -> Hit:
    manifest = "; the manifest lists it" if listed else ""
    return Hit(file, f"names {path}, which is not there{manifest}", f"line {number}")


RULE = Rule(
    "named-file-missing",
    "warning",
    "files that a README's tree or a text in `backticks` names and that are not there",
    "add the file, or take its name out",
    _check,
)
