"""``run.toml``: everything that decides what a run's answers mean, and who may go on with it.

``[settings]``, ``[prompts]``, ``[data]`` and ``[sent]`` are compared when a command is started
again: one difference and it refuses. ``[[sessions]]`` tells how each start was carried out (the
server's address, how many requests at once, timeouts), which may differ.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emos.errors import EmosError

RUN_TOML = "run.toml"
COMPARED = ("settings", "prompts", "data", "sent")


def agree(path: Path, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The earlier sessions of the run in ``path``, whose settings must be those ``wanted``.

    Raises
    ------
    EmosError : if the file cannot be read, or naming what changed.
    """
    if not path.exists():
        return []
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmosError(
            f"not valid TOML ({error})", file=path, remedy="choose another -o"
        ) from error
    changed = list(_changes(found, wanted))
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise EmosError(
            f"this run was begun otherwise: {'; '.join(changed[:3])}{more}",
            file=path,
            remedy="start it as before, or choose another -o for a new run",
        )
    sessions = found.get("sessions", [])
    return list(sessions) if isinstance(sessions, list) else []


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, now = dict(_flat(old)), dict(_flat(new))
    for key in [*before, *(key for key in now if key not in before)]:
        if before.get(key) != now.get(key):
            yield f"{key} was {_short(before.get(key))}, is now {_short(now.get(key))}"


def _flat(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("emos", *COMPARED):
        if name in tree:
            yield from _leaves(name, tree[name])


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(f"{name}.{key}", part)
    elif value is not None:
        yield name, list(value) if isinstance(value, tuple) else value


def _short(value: Any) -> str:
    if value is None:
        return "not set"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def run_text(wanted: Mapping[str, Any], sessions: list[dict[str, Any]]) -> str:
    """The text of ``run.toml``."""
    lines = [
        "# What this run is. Written by emos evaluate.",
        f"emos = {toml_value(wanted['emos'])}",
    ]
    for name in COMPARED:
        lines += _table((name,), wanted.get(name, {}))
    for session in sessions:
        lines += ["", "[[sessions]]", *_pairs(session)]
    return "\n".join(lines) + "\n"


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    lines = ["", f"[{'.'.join(map(_key, path))}]", *_pairs(plain)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _table((*path, key), value)
    return lines


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(k)} = {toml_value(v)}" for k, v in table.items() if v is not None]


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if plain else toml_value(name)


def toml_value(value: Any) -> str:
    """A value in TOML; a text's escapes are JSON's, DEL apart."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(k)} = {toml_value(v)}" for k, v in value.items() if v is not None)
        return "{ " + ", ".join(pairs) + " }"
    text = json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return text.encode("utf-8", "replace").decode("utf-8")
