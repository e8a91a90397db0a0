"""JSON lines, one object each, read without trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from emos.errors import EmosError

LONGEST = 16_000_000  # characters of one line; a monologue's answer is a few thousand


def json_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's place and object; empty lines are passed over.

    Raises
    ------
    EmosError : for a line that is no JSON object, or too long.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            number = 0
            while line := lines.readline(LONGEST + 1):
                number += 1
                place = f"line {number}"
                if len(line) > LONGEST:
                    raise EmosError(
                        f"longer than {LONGEST:,} characters",
                        file=path,
                        place=place,
                        remedy="one item's answer to a line",
                    )
                if line.strip():
                    yield place, _object(line, path, place)
    except UnicodeDecodeError as error:
        raise EmosError("not UTF-8 text", file=path, remedy="save it as UTF-8") from error
    except OSError as error:
        raise EmosError(f"cannot be read ({error.strerror})", file=path) from error


def _object(line: str, path: Path, place: str) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise EmosError(
            f"no JSON ({why})", file=path, place=place, remedy="one JSON object to a line"
        ) from error
    if not isinstance(found, dict):
        raise EmosError("no JSON object", file=path, place=place, remedy="one object to a line")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} stands there twice")
    return found
