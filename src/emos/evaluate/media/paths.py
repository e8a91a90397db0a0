"""Paths that come from data: nothing outside the declared media root is opened."""

from __future__ import annotations

from pathlib import Path

from emos.errors import EmosError


def media_root(folder: str | Path) -> Path:
    """The declared media root, resolved.

    Raises
    ------
    EmosError : if it is no folder.
    """
    try:
        root = Path(folder).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise EmosError(
            "no such folder", file=folder, remedy="--media names the clips' folder"
        ) from error
    if not root.is_dir():
        raise EmosError("no folder", file=folder, remedy="--media names the clips' folder")
    return root


def inside(root: Path, media: str, item_id: str) -> Path:
    """Where ``media`` leads below ``root``, every link followed; the file need not exist.

    Raises
    ------
    EmosError : if it leads outside; nothing of it was read.
    """
    try:
        place = (root / media).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        raise EmosError(
            f"media {media[:120]!r} is no usable path", place=item_id, remedy="mend the items table"
        ) from error
    if not place.is_relative_to(root) or place == root:
        raise EmosError(
            f"media {media[:120]!r} leads outside the media root",
            place=item_id,
            remedy="nothing was read or sent; mend the items table or give another --media",
        )
    return place
