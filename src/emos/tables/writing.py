"""Files that are put in place by a rename, so that a stopped run never leaves half of one; JSON."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emos.errors import EmosError


@contextmanager
def staged(target: str | Path) -> Iterator[Path]:
    """A path next to ``target`` to write to; what is there becomes ``target`` at the end.

    A link is followed: the file it points to is replaced, not the link. If the block fails,
    nothing changes.

    Raises
    ------
    EmosError : if the file cannot be written.
    """
    try:
        place = Path(target).resolve()
        if place.is_symlink():
            raise RuntimeError  # as older Pythons do
    except (OSError, RuntimeError) as error:
        raise EmosError("a link leads to itself", file=target) from error
    part = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        try:
            yield part
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise EmosError(f"cannot be written ({error.strerror})", file=target) from error


def write_text(text: str, target: str | Path) -> None:
    """Write ``text`` as UTF-8; errors as for `staged`."""
    with staged(target) as part:
        part.write_text(text, encoding="utf-8")


def json_text(content: Any) -> str:
    """``content`` as JSON, which has no NaN and no infinity: they become ``null``."""
    return json.dumps(finite(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def finite(value: Any) -> Any:
    """``value`` with ``None`` for every NaN and infinity in it, which JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return value
